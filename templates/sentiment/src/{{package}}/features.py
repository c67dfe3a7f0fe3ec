"""What the model sees (the preprocessor inside the pipeline), and what monitoring and the slices look at."""

from collections import Counter
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer

from .predictor import WORD, ngrams, normalise

# Column → kind, Evidently's method, threshold: how large a change has to be to matter.
WATCHED = {
    "text": ("text", "abs_text_content_drift", 0.6),  # AUC of a classifier that tells the two samples apart
    "length": ("numerical", "wasserstein", 0.25),  # in standard deviations of the reference
    "unseen_words": ("numerical", "wasserstein", 0.25),
    "prediction": ("categorical", "jensenshannon", 0.1),
    "probability": ("numerical", "wasserstein", 0.25),
}
OUTPUTS = ["prediction", "probability"]
GUARDED = ["source", "length"]  # slices that may refuse a challenger


class NgramTfidf(TfidfVectorizer):  # type: ignore[misc]
    """TF-IDF that is stored with its vocabulary as one text: entry by entry, skops took 20 s to write the model."""

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        if "vocabulary_" in state:
            state = {**state, "vocabulary_": "\n".join(sorted(self.vocabulary_, key=self.vocabulary_.__getitem__))}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "vocabulary_" in state:
            ngrams_in_order = state["vocabulary_"].split("\n")
            state = {**state, "vocabulary_": {ngram: column for column, ngram in enumerate(ngrams_in_order)}}
        super().__setstate__(state)


def preprocessor() -> ColumnTransformer:
    """From raw reviews to TF-IDF of words and pairs of words, unfitted."""
    tfidf = NgramTfidf(analyzer=ngrams, sublinear_tf=True, min_df=5)
    return ColumnTransformer([("tfidf", tfidf, "text")], sparse_threshold=1)


def slices(reviews: pd.DataFrame) -> pd.DataFrame:
    """For each review the slices that it belongs to: its source and its length."""
    words = reviews["text"].str.split().str.len()
    length = pd.cut(words, [0, 50, 200, float("inf")], labels=["to 50 words", "51 to 200 words", "over 200 words"])
    return pd.DataFrame({"source": reviews["source"], "length": length.astype(str)}, index=reviews.index)


def watched(current: pd.DataFrame, reference: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What monitoring follows, of a window and of its reference: the text, its length, and the share of unseen words.

    Unseen is a word that no other review of the reference has.
    """
    words = [[WORD.findall(normalise(text).lower()) for text in reviews["text"]] for reviews in (current, reference)]
    reviews_with = Counter(word for text in words[1] for word in set(text))

    def statistics(reviews: pd.DataFrame, texts: list[list[str]], own: int) -> pd.DataFrame:
        unseen = [sum(reviews_with[word] <= own for word in text) / max(len(text), 1) for text in texts]
        text = reviews["text"].map(normalise)
        return pd.DataFrame({"text": text, "length": text.str.len(), "unseen_words": unseen}, index=reviews.index)

    return statistics(current, words[0], 0), statistics(reference, words[1], 1)
