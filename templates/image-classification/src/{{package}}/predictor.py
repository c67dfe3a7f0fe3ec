"""The champion as arithmetic: embeddings from ONNX Runtime, then a classifier of plain arrays, without pickle."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from .extractor import digest, embed
from .pictures import pixels
from .schema import NEGATIVE, POSITIVE, Answer, Cell

ARRAYS = "classifier.npz"
FILES = (ARRAYS,)
PARITY = 1e-9  # how far a probability may be from the registered pipeline's
INLINE = 0  # pictures are answered in threads: the network works outside of Python, on all cores
Arrays = dict[str, Any]  # by name; all of them NumPy's


class Predictor:
    """A scaled embedding, a score of one of three kinds, and a sigmoid that makes a probability of it."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.score = SCORES[str(arrays["kind"])]
        self.threads = ThreadPoolExecutor(os.cpu_count(), "network")

    def predict(self, cells: list[Cell]) -> list[Answer]:
        """One answer for each cell, in order."""
        if len(cells) == 1:
            return [self._answer(cells[0])]  # it is in a thread already
        return list(self.threads.map(self._answer, cells))

    def log_odds(self, picture: NDArray[np.uint8]) -> float:
        """The log-odds of a defect in a picture of shape (300, 300)."""
        scaled = (embed(picture) - self.arrays["mean"]) / self.arrays["scale"]
        return float(self.arrays["slope"] * self.score(self.arrays, scaled) + self.arrays["offset"])

    def _answer(self, cell: Cell) -> Answer:
        log_odds = self.log_odds(pixels(cell.image))
        probability = float(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))
        return Answer(label=POSITIVE if probability > 0.5 else NEGATIVE, probability=probability)


def _linear(arrays: Arrays, embedding: NDArray[np.float64]) -> float:
    return float(embedding @ arrays["weights"] + arrays["intercept"])


def _kernel(arrays: Arrays, embedding: NDArray[np.float64]) -> float:
    """A support vector machine: how near the embedding is to each of its vectors."""
    distances = ((arrays["vectors"] - embedding) ** 2).sum(axis=1)
    return float(np.exp(-arrays["gamma"] * distances) @ arrays["coefficients"] + arrays["intercept"])


def _trees(arrays: Arrays, embedding: NDArray[np.float64]) -> float:
    """Boosted trees, all of them walked down together; a leaf is its own child."""
    trees = np.arange(len(arrays["feature"]))
    nodes = np.zeros_like(trees)
    for _ in range(int(arrays["depth"])):
        left = embedding.astype(np.float32)[arrays["feature"][trees, nodes]] <= arrays["threshold"][trees, nodes]
        nodes = np.where(left, arrays["left"][trees, nodes], arrays["right"][trees, nodes])
    return float(arrays["value"][trees, nodes].sum())


SCORES = {"linear": _linear, "kernel": _kernel, "trees": _trees}


def write(folder: Path, arrays: Arrays) -> None:
    """Leave the arrays in a folder, with the digest of the network that they were learned from."""
    np.savez(folder / ARRAYS, **arrays, extractor=np.array(digest()))


def load(folder: Path) -> Predictor:
    """The predictor that `write` left there. Raises ValueError if it is damaged or was learned from another network."""
    try:
        with np.load(folder / ARRAYS, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (BadZipFile, EOFError, TokenError) as error:
        raise ValueError(f"{ARRAYS} is damaged: {error}") from None
    if str(arrays["extractor"]) != digest():
        raise ValueError("learned from another network than the one installed")
    return Predictor(arrays)
