"""What moved an answer: the words and pairs of words of a review, each with its share of the score."""

import json

from .predictor import Predictor
from .schema import Review

MEDIA_TYPE = "application/json"
STRONGEST = 20


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
