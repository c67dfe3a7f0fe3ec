"""Scores with intervals, slices, and whether a challenger has earned its place."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import bootstrap, ttest_1samp

from .metrics import DECISIVE, SIGN, measure, row_biases, row_scores

RESAMPLES = 1000
SLICE_ROWS = 50  # a smaller slice is reported, but can't refuse a challenger
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
class Guard:
    """The slices that may refuse a challenger, by column, and how much worse they may get.

    A slice that is told by the truth (the dear homes, the defective cells) is reported, but guards nothing: a champion
    that overrates everything is at its best there, and whatever mends it would be refused.
    """

    columns: list[str]
    tolerance: float


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
    return {name: interval(rows, seed) for name, rows in _rows(row_values, slices).items()}


def apart(now: Score, before: Score, tolerance: float) -> int:
    """1 if `now` lies surely above `before`, by more than tolerated, -1 if below, 0 if the intervals are too near."""
    return int(now.low > before.high + tolerance) - int(now.high < before.low - tolerance)


def gate(challenger: pd.DataFrame, baselines: dict[str, pd.DataFrame], slices: pd.DataFrame, seed: int) -> Verdict:
    """A first champion has to beat every baseline on the same test rows, by more than chance."""
    scores = row_scores(challenger)
    changes = {name: interval(scores - row_scores(rows), seed) for name, rows in baselines.items()}
    beaten = all(_better(change) for change in changes.values())
    verb = "better than" if beaten else "not surely better than"
    reasons = [f"{verb} {name}: {_say(change)}" for name, change in changes.items() if beaten or not _better(change)]
    evidence = {
        "score": asdict(interval(scores, seed)),
        "measures": measure(challenger),
        "baselines": {name: asdict(interval(row_scores(rows), seed)) for name, rows in baselines.items()},
        "weakest": _weakest(by_slice(scores, slices, seed)),
    }
    return Verdict(beaten, reasons, evidence)


def compare(challenger: pd.DataFrame, champion: pd.DataFrame, slices: pd.DataFrame, guard: Guard, seed: int) -> Verdict:
    """Challenger against champion on the same rows: surely better, and no guarded slice worse than tolerated."""
    new, old = row_scores(challenger), row_scores(champion)
    change = interval(new - old, seed)
    worse = _worse_slices(new - old, slices[guard.columns], guard.tolerance, seed)

    before, after = by_slice(old, slices, seed), by_slice(new, slices, seed)
    headline = slices.iloc[:, :1]
    biases = (by_slice(row_biases(scored), headline, seed) for scored in (champion, challenger))

    verb = "better than" if _better(change) else "not surely better than"
    reasons = [f"{verb} the champion: {_say(change)} on {change.rows} rows"]
    reasons += [f"worse on {name}: {DECISIVE} {found.value:+.3f}" for name, found in worse.items()]
    evidence = {
        "score": asdict(interval(new, seed)),
        "champion": asdict(interval(old, seed)),
        "measures": measure(challenger),
        "slices": _pairs(before, after),
        "biases": _pairs(*biases),
        "weakest": _weakest(after),
    }
    return Verdict(_better(change) and not worse, reasons, evidence)


def _better(change: Score) -> bool:
    """Whether the whole interval of a change is on the better side."""
    return min(SIGN * change.low, SIGN * change.high) > 0


def _worse_slices(changes: NDArray[np.float64], slices: pd.DataFrame, tolerance: float, seed: int) -> dict[str, Score]:
    """The slices that got worse by more than tolerated and by more than chance.

    A t-test for each slice, at 5 % divided by their number (Bonferroni): among many, one is always worse by chance.
    """
    found = {name: rows for name, rows in _rows(changes, slices).items() if len(rows) >= SLICE_ROWS}
    suspects = {name: rows for name, rows in found.items() if SIGN * rows.mean() < -tolerance}
    level = 0.05 / max(len(found), 1)
    return {
        name: interval(rows, seed)
        for name, rows in suspects.items()
        if np.ptp(rows) == 0 or ttest_1samp(SIGN * rows, 0, alternative="less").pvalue < level
    }


def _rows(row_values: NDArray[np.float64], slices: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    return {
        f"{column}: {value}": row_values[(slices[column] == value).to_numpy()]
        for column in slices
        for value in sorted(slices[column].unique())
    }


def _weakest(scores: dict[str, Score]) -> dict[str, Any]:
    large = {name: score for name, score in scores.items() if score.rows >= WEAKEST_ROWS}
    ranked = sorted(large.items(), key=lambda item: SIGN * item[1].value)
    return {name: asdict(score) for name, score in ranked[:WEAKEST]}


def _pairs(before: dict[str, Score], after: dict[str, Score]) -> dict[str, Any]:
    return {name: {"champion": asdict(before[name]), "challenger": asdict(after[name])} for name in after}


def _say(change: Score) -> str:
    return f"{DECISIVE} {change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
