"""Champion or challenger: one verdict from their answers to the same rows, with its reasons and its evidence."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest, ttest_1samp

from ..evaluation import Score, Verdict, by_slice, by_value, interval, means, say, weakest
from ..metrics import DECISIVE, SIGN, measure, row_biases, row_calibration, row_scores
from ..record import PROMOTED, REFUSED, UNDECIDED

Rows = NDArray[np.float64]
SLICE_ROWS = 50  # a smaller slice is reported, but can't refuse a challenger
CALIBRATION_SHARE = 0.1  # how much worse the calibration may get, as a share of the champion's


@dataclass(frozen=True)
class Contender:
    """A model that is judged: its answers to the rows, how long one takes, and the size of its bundle."""

    answers: pd.DataFrame
    latency_ms: float
    megabytes: float


@dataclass(frozen=True)
class Bounds:
    """What a challenger has to gain, and what may refuse it; gain, tolerance and floor in units of the deciding metric.

    `columns` are the slices that are guarded. One that is told by the truth (the dear homes, the defective cells) is
    reported, but guards nothing: a champion that overrates everything is at its best there, and whatever mends it would
    be refused. The limits are multiples of the champion's time and size.
    """

    columns: list[str]
    tolerance: float = 0.01
    minimum_gain: float = 0.002
    slice_floor: float | None = None
    latency_limit: float = 3.0
    size_limit: float = 5.0


def compare(challenger: Contender, champion: Contender, slices: pd.DataFrame, bounds: Bounds, seed: int) -> Verdict:
    """Promoted if surely better or if it mends the bias, unless a guard fires; undecided if the rows are too few."""
    both = [champion.answers, challenger.answers]
    old, new = map(row_scores, both)
    gain, mended = interval(SIGN * (new - old), seed), _mended(row_biases(both[0]), row_biases(both[1]), seed)
    status, finding = _finding(gain, mended, float((new - old).std()), bounds)
    guards = [
        *_worse_slices(new - old, slices[bounds.columns], bounds.tolerance),
        *below_floor(new, slices[bounds.columns], bounds.slice_floor),
        *_worse_calibration(row_calibration(both[0]), row_calibration(both[1]), seed),
        *_heavier(challenger, champion, bounds),
    ]
    change, better = interval(new - old, seed), float((means(SIGN * (new - old), seed) > 0).mean())
    headline = f"{finding}: {say(change)} on {change.rows:,} rows, better with probability {better:.2f}"
    before, after = by_slice(old, slices, seed), by_slice(new, slices, seed)
    evidence = {
        "score": asdict(interval(new, seed)),
        "champion": asdict(interval(old, seed)),
        "change": asdict(change),
        "probability_better": better,
        "mcnemar": _mcnemar(old, new),
        "mended_bias": asdict(mended),
        "measures": measure(challenger.answers),
        "slices": _pairs(before, after),
        "biases": _pairs(*(by_slice(row_biases(answers), slices.iloc[:, :1], seed) for answers in both)),
        "calibration": _pair(*(asdict(interval(row_calibration(answers), seed)) for answers in both)),
        "latency_ms": _pair(champion.latency_ms, challenger.latency_ms),
        "megabytes": _pair(champion.megabytes, challenger.megabytes),
        "weakest": weakest(after),
    }
    return Verdict(REFUSED if guards else status, [headline, *guards], evidence, guarded=bool(guards))


def below_floor(scores: Rows, slices: pd.DataFrame, floor: float | None) -> list[str]:
    """The large slices whose score is surely worse than the floor; none if no floor is set."""
    if floor is None:
        return []
    found = _large(scores, slices)
    return [
        f"{name}: {DECISIVE} {rows.mean():.3f}, worse than SLICE_FLOOR={floor:g}"
        for name, rows in found.items()
        if _surely_worse(rows, floor, len(found))
    ]


def _finding(gain: Score, mended: Score, deviation: float, bounds: Bounds) -> tuple[str, str]:
    """What the gain and the mended bias say by themselves, as a status and in words."""
    if gain.low > 0 and gain.value >= bounds.minimum_gain:
        return PROMOTED, "better than the champion"
    if mended.low > bounds.tolerance and gain.low >= -bounds.tolerance:
        return PROMOTED, f"mends the bias by {mended} and is surely no worse than tolerated"
    if gain.high <= bounds.minimum_gain:
        return REFUSED, f"surely no gain of MINIMUM_GAIN={bounds.minimum_gain:g}"
    # As many rows as make half of the interval no wider than what there is to see.
    effect = max(gain.value, bounds.minimum_gain - gain.value, 1e-6)
    rows = float(f"{(1.96 * deviation / effect) ** 2:.1g}")
    return UNDECIDED, f"not surely better than the champion, about {max(rows, 2 * gain.rows):,.0f} rows would tell"


def _mended(old: Rows, new: Rows, seed: int) -> Score:
    """How much nearer to 0 the bias is."""
    low, high = np.percentile(abs(means(old, seed)) - abs(means(new, seed)), [2.5, 97.5])
    return Score(float(abs(old.mean()) - abs(new.mean())), float(low), float(high), len(new))


def _mcnemar(old: Rows, new: Rows) -> dict[str, float] | None:
    """McNemar's exact test (1947) of which labels changed; None where scores are more than right and wrong."""
    if not np.isin([old, new], [0, 1]).all():
        return None
    gained, lost = int((new > old).sum()), int((new < old).sum())
    p = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    return {"gained": gained, "lost": lost, "p": float(p)}


def _worse_slices(changes: Rows, slices: pd.DataFrame, tolerance: float) -> list[str]:
    """The slices that got worse by more than tolerated and by more than chance."""
    found = _large(changes, slices)
    return [
        f"worse on {name}: {DECISIVE} {rows.mean():+.3f}"
        for name, rows in found.items()
        if SIGN * rows.mean() < -tolerance and _surely_worse(rows, 0, len(found))
    ]


def _large(row_values: Rows, slices: pd.DataFrame) -> dict[str, Rows]:
    return {name: rows for name, rows in by_value(row_values, slices).items() if len(rows) >= SLICE_ROWS}


def _surely_worse(rows: Rows, limit: float, number: int) -> bool:
    """A t-test of one of so many slices, at 5 % divided by their number (Bonferroni): one is always worse by chance."""
    if np.ptp(rows) == 0:
        return bool(SIGN * rows[0] < SIGN * limit)
    return bool(ttest_1samp(SIGN * rows, SIGN * limit, alternative="less").pvalue < 0.05 / number)


def _worse_calibration(old: Rows, new: Rows, seed: int) -> list[str]:
    if interval(new - (1 + CALIBRATION_SHARE) * old, seed).low <= 0:
        return []
    return [f"calibration worse by more than {CALIBRATION_SHARE:.0%}: {new.mean():.3f}, was {old.mean():.3f}"]


def _heavier(challenger: Contender, champion: Contender, bounds: Bounds) -> list[str]:
    limits = [("LATENCY_LIMIT", "latency_ms", "ms"), ("SIZE_LIMIT", "megabytes", "MB")]
    return [
        f"{getattr(challenger, name):.2f} {unit}, was {getattr(champion, name):.2f}: {setting} is {limit:g} times"
        for setting, name, unit in limits
        if getattr(challenger, name) > (limit := getattr(bounds, setting.lower())) * getattr(champion, name)
    ]


def _pair(champion: Any, challenger: Any) -> dict[str, Any]:
    return {"champion": champion, "challenger": challenger}


def _pairs(before: dict[str, Score], after: dict[str, Score]) -> dict[str, Any]:
    return {name: _pair(asdict(before[name]), asdict(after[name])) for name in after}
