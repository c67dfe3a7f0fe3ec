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
    """A linear model over TF-IDF: for each n-gram its inverse document frequency and its weight."""

    def __init__(self, table: dict[str, list[float]], intercept: float) -> None:
        self.table = table
        self.intercept = intercept

    def predict(self, reviews: list[Review]) -> list[Answer]:
        """One answer for each review, in order."""
        return [self._answer(review.text) for review in reviews]

    def contributions(self, text: str) -> dict[str, float]:
        """What each n-gram adds to the log-odds: sublinear TF-IDF of unit length times its weight."""
        known = {ngram: count for ngram, count in Counter(ngrams(text)).items() if ngram in self.table}
        values = {ngram: (1 + math.log(count)) * self.table[ngram][0] for ngram, count in known.items()}
        length = math.sqrt(sum(value * value for value in values.values()))
        return {ngram: value / length * self.table[ngram][1] for ngram, value in values.items()}

    def _answer(self, text: str) -> Answer:
        score = self.intercept + sum(self.contributions(text).values())
        probability = 1 / (1 + math.exp(-score)) if score > -700 else 0.0
        return Answer(label="positive" if score > 0 else "negative", probability=probability)


def write(folder: Path, table: dict[str, list[float]], intercept: float) -> None:
    """Leave the table in a folder, as JSON that any language reads."""
    text = json.dumps({"intercept": intercept, "ngrams": table}, ensure_ascii=False, separators=(",", ":"))
    (folder / TABLE).write_text(text, "utf-8")


def load(folder: Path) -> Predictor:
    """The predictor that `write` left there."""
    stored = json.loads((folder / TABLE).read_text("utf-8"))
    return Predictor(stored["ngrams"], stored["intercept"])
