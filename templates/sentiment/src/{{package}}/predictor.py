"""The champion as arithmetic: one table from n-gram to weight, without scikit-learn, NumPy or pickle."""

import math
import re
from array import array
from collections import Counter
from itertools import pairwise
from operator import mul
from pathlib import Path

from .schema import Answer, Review

FILES = NGRAMS, NUMBERS = "ngrams.txt", "numbers.f64"
PARITY = 1e-6  # how far a probability may be from the registered pipeline's
INLINE = 16_000  # weight of a request that is answered on the event loop, in a few ms; more goes to a thread
TAG = re.compile(r"<[^<>]{1,20}>")
# Windows-1252 punctuation that was read as Latin-1: a dash became the control character U+0097.
REPAIRS = {code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)}
WORD = re.compile(r"\w[\w']*|[!?]")


def normalise(text: str) -> str:
    """The text without markup, broken punctuation and runs of white space."""
    return " ".join(_repaired(text).split())


def ngrams(text: str) -> list[str]:
    """Words and pairs of neighbouring words in lower case; `!` and `?` count as words.

    Raw reviews come in, here as in training: both call this function, so they can't part ways.
    """
    words = WORD.findall(_repaired(text).lower())
    return words + list(map(" ".join, pairwise(words)))


def _repaired(text: str) -> str:
    """The text without markup and broken punctuation; looked for first, since most texts have neither."""
    text = TAG.sub(" ", text) if "<" in text else text
    return text if text.isascii() else text.translate(REPAIRS)


class Predictor:
    """A linear model over TF-IDF. For each n-gram it needs two numbers: the square of its inverse document frequency,
    and that frequency times its weight. They are the parts of a complex number, a pair that Python adds in one step.
    """

    def __init__(self, table: dict[str, complex], intercept: float) -> None:
        self.table = table
        self.intercept = intercept

    def predict(self, reviews: list[Review]) -> list[Answer]:
        """One answer for each review, in order."""
        return [self._answer(self.score(review.text)) for review in reviews]

    def score(self, text: str) -> float:
        """The log-odds of a positive review: sublinear TF-IDF times the weights, divided by its length at the end."""
        known, total = self.table.get, 0j
        for ngram, count in Counter(ngrams(text)).items():
            if pair := known(ngram):
                total += pair if count == 1 else _times(pair, 1 + math.log(count))
        return self.intercept + (total.imag / math.sqrt(total.real) if total else 0.0)

    def contributions(self, text: str) -> dict[str, float]:
        """What each known n-gram adds to the score."""
        counts = {ngram: count for ngram, count in Counter(ngrams(text)).items() if ngram in self.table}
        pairs = {ngram: _times(self.table[ngram], 1 + math.log(count)) for ngram, count in counts.items()}
        length = math.sqrt(sum(pair.real for pair in pairs.values()))
        return {ngram: pair.imag / length for ngram, pair in pairs.items()}

    def _answer(self, score: float) -> Answer:
        probability = 1 / (1 + math.exp(-score)) if score > -700 else 0.0
        return Answer(label="positive" if score > 0 else "negative", probability=probability)


def _times(pair: complex, frequency: float) -> complex:
    """The pair of an n-gram that stands in a text more than once."""
    return complex(pair.real * frequency * frequency, pair.imag * frequency)


def write(folder: Path, vocabulary: list[str], idf: list[float], weights: list[float], intercept: float) -> None:
    """Leave the n-grams in a folder, one a line, and the numbers as doubles: intercept, frequencies, weights."""
    (folder / NGRAMS).write_text("\n".join(vocabulary), "utf-8", newline="\n")
    (folder / NUMBERS).write_bytes(array("d", [intercept, *idf, *weights]).tobytes())


def load(folder: Path) -> Predictor:
    """The predictor that `write` left there. Raises ValueError for files that don't fit together."""
    vocabulary = (folder / NGRAMS).read_text("utf-8").split("\n")
    numbers = array("d", (folder / NUMBERS).read_bytes())
    if len(numbers) != 1 + 2 * len(vocabulary):
        raise ValueError(f"{len(numbers)} numbers for {len(vocabulary)} n-grams")
    idf, weights = numbers[1 : len(vocabulary) + 1], numbers[len(vocabulary) + 1 :]
    pairs = map(complex, map(mul, idf, idf), map(mul, idf, weights))
    return Predictor(dict(zip(vocabulary, pairs, strict=True)), numbers[0])
