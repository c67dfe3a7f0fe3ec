"""The champion as arithmetic: one table from n-gram to weight, without scikit-learn, NumPy or pickle."""

import json
import math
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from .schema import Answer, Review

TABLE = "ngrams.json"
PARITY = 1e-6  # how far a probability may be from the registered pipeline's
INLINE = 32_000  # bytes of a request that are answered on the event loop, in 3 ms at most; more goes to a thread
TAG = re.compile(r"<[^<>]{1,20}>")
# Windows-1252 punctuation that was read as Latin-1: a dash became the control character U+0097.
REPAIRS = {code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)}
WORD = re.compile(r"\w[\w']*|[!?]")


def normalise(text: str) -> str:
    """The text without markup, broken punctuation and runs of white space; raw reviews come in, here as in training."""
    return " ".join(TAG.sub(" ", text).translate(REPAIRS).split())


def ngrams(text: str) -> list[str]:
    """Words and pairs of neighbouring words in lower case; `!` and `?` count as words.

    Training and serving both call this function, so they can't part ways.
    """
    words = WORD.findall(normalise(text).lower())
    return words + list(map(" ".join, pairwise(words)))


class Predictor:
    """A linear model over TF-IDF: for each n-gram its inverse document frequency and its weight.

    The two numbers are the parts of a complex one: a pair that is a single small object, half the size of a tuple.
    """

    def __init__(self, table: dict[str, complex], intercept: float) -> None:
        self.table = table
        self.intercept = intercept

    def predict(self, reviews: list[Review]) -> list[Answer]:
        """One answer for each review, in order."""
        return [self._answer(self.score(review.text)) for review in reviews]

    def score(self, text: str) -> float:
        """The log-odds of a positive review: sublinear TF-IDF of unit length, times the weights.

        The length is known only at the end, so the sum is divided once instead of every value.
        """
        known, total, squares = self.table.get, 0.0, 0.0
        for ngram, count in Counter(ngrams(text)).items():
            if entry := known(ngram):
                value = entry.real
                if count > 1:
                    value *= 1 + math.log(count)
                total += value * entry.imag
                squares += value * value
        return self.intercept + (total / math.sqrt(squares) if squares else 0.0)

    def contributions(self, text: str) -> dict[str, float]:
        """What each n-gram adds to the score."""
        counts = {ngram: count for ngram, count in Counter(ngrams(text)).items() if ngram in self.table}
        values = {ngram: (1 + math.log(count)) * self.table[ngram].real for ngram, count in counts.items()}
        length = math.sqrt(sum(value * value for value in values.values()))
        return {ngram: value / length * self.table[ngram].imag for ngram, value in values.items()}

    def _answer(self, score: float) -> Answer:
        probability = 1 / (1 + math.exp(-score)) if score > -700 else 0.0
        return Answer(label="positive" if score > 0 else "negative", probability=probability)


def write(folder: Path, ngrams: list[str], frequencies: list[float], weights: list[float], intercept: float) -> None:
    """Leave the n-grams, their inverse document frequencies and weights, as JSON that any language reads."""
    columns = {"intercept": intercept, "ngrams": ngrams, "idf": frequencies, "weights": weights}
    (folder / TABLE).write_text(json.dumps(columns, ensure_ascii=False, separators=(",", ":")), "utf-8")


def load(folder: Path) -> Predictor:
    """The predictor that `write` left there. Raises ValueError or LookupError for columns that don't fit together."""
    stored = json.loads((folder / TABLE).read_text("utf-8"))
    pairs = [complex(*pair) for pair in zip(stored["idf"], stored["weights"], strict=True)]
    return Predictor(dict(zip(stored["ngrams"], pairs, strict=True)), float(stored["intercept"]))
