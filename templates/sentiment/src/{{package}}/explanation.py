"""What moved an answer, and what moves the model: words and pairs of words, each with its share of the score."""

import json
from collections import Counter
from typing import TYPE_CHECKING

from .predictor import Predictor
from .schema import Review

if TYPE_CHECKING:  # the service explains as well, and has no pandas
    import pandas as pd

MEDIA_TYPE = "application/json"
STRONGEST = 20
IMPORTANCE = (
    "What each word or pair of words adds to the log-odds of a positive review, on average over all reviews, with it or"
    " without: its weight times how often it stands there."
)


def explain(predictor: Predictor, review: Review) -> bytes:
    """The score and its strongest parts, as JSON.

    The score is the log-odds of a positive review: the intercept and all parts add up to it.
    """
    parts = predictor.contributions(review.text)
    strongest = sorted(parts.items(), key=lambda part: -abs(part[1]))[:STRONGEST]
    answer = predictor.predict([review])[0]
    explained = {
        **answer.model_dump(),
        "score": predictor.score(review.text),
        "intercept": predictor.intercept,
        "parts": dict(strongest),
    }
    return json.dumps(explained, ensure_ascii=False).encode()


def importance(predictor: Predictor, rows: "pd.DataFrame", seed: int) -> dict[str, float]:
    """The n-grams that move the model most on these reviews, strongest first, as IMPORTANCE says. All rows count.

    An n-gram moves every score in the direction of its weight, so the mean keeps its sign and is as large as the mean
    of the absolute values.
    """
    total: Counter[str] = Counter()
    for text in rows["text"]:
        total.update(predictor.contributions(text))
    strongest = sorted(total.items(), key=lambda part: -abs(part[1]))[:STRONGEST]
    return {ngram: share / len(rows) for ngram, share in strongest}
