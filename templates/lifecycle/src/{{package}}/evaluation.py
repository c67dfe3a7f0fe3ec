"""Scores with intervals, slices, and whether a challenger has earned its place."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import bootstrap

from .metrics import DECISIVE, row_scores

RESAMPLES = 1000
SLICE_ROWS = 50  # a smaller slice is reported, but can't refuse a challenger


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
    """Whether a challenger is promoted, why, and the figures that it rests on."""

    promoted: bool
    reasons: list[str]
    evidence: dict[str, Any]


def interval(row_values: NDArray[np.float64], seed: int) -> Score:
    """The mean of one value a row, with the percentile interval of 1,000 bootstrap samples (Efron 1979)."""
    mean = float(row_values.mean())
    if len(row_values) < 2 or row_values.min() == row_values.max():
        return Score(mean, mean, mean, len(row_values))
    result = bootstrap(
        (row_values,), np.mean, n_resamples=RESAMPLES, batch=50, method="percentile", rng=np.random.default_rng(seed)
    )
    low, high = result.confidence_interval
    return Score(mean, float(low), float(high), len(row_values))


def by_slice(row_values: NDArray[np.float64], slices: pd.DataFrame, seed: int) -> dict[str, Score]:
    """The score of every value of every slice column, such as `source: imdb`."""
    return {
        f"{column}: {value}": interval(row_values[(slices[column] == value).to_numpy()], seed)
        for column in slices
        for value in sorted(slices[column].unique())
    }


def gate(challenger: pd.DataFrame, baselines: dict[str, pd.DataFrame], seed: int) -> Verdict:
    """A first champion has to beat every baseline on the same test rows, by more than chance."""
    gains = {name: interval(row_scores(challenger) - row_scores(rows), seed) for name, rows in baselines.items()}
    beaten = all(gain.low > 0 for gain in gains.values())
    verb = "better than" if beaten else "not surely better than"
    reasons = [f"{verb} {name}: {DECISIVE} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
               for name, gain in gains.items() if beaten or gain.low <= 0]  # fmt: skip
    evidence = {"score": asdict(interval(row_scores(challenger), seed))}
    evidence["baselines"] = {name: asdict(interval(row_scores(rows), seed)) for name, rows in baselines.items()}
    return Verdict(beaten, reasons, evidence)


def compare(
    challenger: pd.DataFrame, champion: pd.DataFrame, slices: pd.DataFrame, tolerance: float, seed: int
) -> Verdict:
    """Challenger against champion on the same rows: better by more than chance, and no slice worse than tolerated."""
    new, old = row_scores(challenger), row_scores(champion)
    gain = interval(new - old, seed)
    changes = by_slice(new - old, slices, seed)
    worse = {
        name: change
        for name, change in changes.items()
        if change.rows >= SLICE_ROWS and change.value < -tolerance and change.high < 0
    }

    difference = f"{DECISIVE} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) on {gain.rows} rows"
    reasons = [f"{'better than' if gain.low > 0 else 'not surely better than'} the champion: {difference}"]
    reasons += [f"worse on {name}: {change.value:+.3f}" for name, change in worse.items()]
    before, after = by_slice(old, slices, seed), by_slice(new, slices, seed)
    evidence = {
        "score": asdict(interval(new, seed)),
        "champion": asdict(interval(old, seed)),
        "slices": {name: {"champion": asdict(before[name]), "challenger": asdict(after[name])} for name in after},
    }
    return Verdict(gain.low > 0 and not worse, reasons, evidence)
