"""Scores with intervals, slices, and what a first champion has to be better than."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .metrics import DECISIVE, SIGN, measure, row_scores
from .record import PROMOTED, REFUSED

BATCH, BATCHES = 50, 20  # bootstrap samples at once, which bounds the memory, and how many times
WEAKEST, WEAKEST_ROWS = 5, 20  # slices that are named, and the fewest rows of one


@dataclass(frozen=True)
class Score:
    """A mean with its 95 % interval and the number of rows that it rests on."""

    value: float
    low: float
    high: float
    rows: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger is promoted, refused, or can't be told from the champion yet; why, and on which figures."""

    status: str
    reasons: list[str]
    evidence: dict[str, Any]
    guarded: bool = False  # whether something that may not get worse did

    @property
    def promoted(self) -> bool:
        return self.status == PROMOTED


def means(row_values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """The means of 1,000 bootstrap samples (Efron 1979). As many rows and the same seed draw the same rows: pairs."""
    rng, rows = np.random.default_rng(seed), len(row_values)
    return np.concatenate([row_values[rng.integers(0, rows, (BATCH, rows))].mean(axis=1) for _ in range(BATCHES)])


def interval(row_values: NDArray[np.float64], seed: int) -> Score:
    """The mean of one value a row, with the percentile interval of its bootstrap samples."""
    mean = float(row_values.mean())
    if len(row_values) < 2 or row_values.min() == row_values.max():
        return Score(mean, mean, mean, len(row_values))
    low, high = np.percentile(means(row_values, seed), [2.5, 97.5])
    return Score(mean, float(low), float(high), len(row_values))


def by_slice(row_values: NDArray[np.float64], slices: pd.DataFrame, seed: int) -> dict[str, Score]:
    """The score of every value of every slice column, such as `source: imdb`."""
    return {name: interval(rows, seed) for name, rows in by_value(row_values, slices).items()}


def gate(challenger: pd.DataFrame, baselines: dict[str, pd.DataFrame], slices: pd.DataFrame, seed: int) -> Verdict:
    """A first champion has to beat every baseline on the same test rows, by more than chance."""
    scores = row_scores(challenger)
    changes = {name: interval(scores - row_scores(rows), seed) for name, rows in baselines.items()}
    beaten = all(_better(change) for change in changes.values())
    verb = "better than" if beaten else "not surely better than"
    reasons = [f"{verb} {name}: {say(change)}" for name, change in changes.items() if beaten or not _better(change)]
    evidence = {
        "score": asdict(interval(scores, seed)),
        "measures": measure(challenger),
        "baselines": {name: asdict(interval(row_scores(rows), seed)) for name, rows in baselines.items()},
        "gains": {name: asdict(change) for name, change in changes.items()},
        "weakest": weakest(by_slice(scores, slices, seed)),
    }
    return Verdict(PROMOTED if beaten else REFUSED, reasons, evidence)


def _better(change: Score) -> bool:
    """Whether the whole interval of a change is on the better side."""
    return min(SIGN * change.low, SIGN * change.high) > 0


def by_value(row_values: NDArray[np.float64], slices: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """The row values of every value of every slice column."""
    return {
        f"{column}: {value}": row_values[(slices[column] == value).to_numpy()]
        for column in slices
        for value in sorted(slices[column].unique())
    }


def weakest(scores: dict[str, Score]) -> dict[str, Any]:
    """The slices with the worst scores, the worst first."""
    large = {name: score for name, score in scores.items() if score.rows >= WEAKEST_ROWS}
    ranked = sorted(large.items(), key=lambda item: SIGN * item[1].value)
    return {name: asdict(score) for name, score in ranked[:WEAKEST]}


def say(change: Score) -> str:
    """The change of the deciding metric with its interval."""
    return f"{DECISIVE} {change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
