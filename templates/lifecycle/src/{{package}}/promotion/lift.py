"""How much better a challenger is, with an interval that holds whenever one looks, and whether to stop looking."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evaluation import Score

ERROR = 0.05  # share of sequences whose interval ever misses the truth
TIGHTEST = 5  # times MINIMUM_ROWS: there, the interval is as narrow as it can be
STEPS = np.geomspace(1, 1e7, 500)  # rows that may be told to be needed
GO_ON, PROMOTE, DROP = "go on", "stop and promote", "stop and drop"


@dataclass(frozen=True)
class Rules:
    """From how many labelled rows on something is said, and the smallest gain that is worth a change."""

    minimum_rows: int
    minimum_gain: float


@dataclass(frozen=True)
class Finding:
    """The lift, advice with its reason, and about how many more labelled rows may settle it."""

    lift: Score | None
    advice: str
    reason: str
    more: int | None = None


def always_valid(values: NDArray[np.float64], rules: Rules) -> Score | None:
    """The mean with an interval that 95 % of all sequences never leave, however often they are looked at.

    None where there are too few values, or no spread to reckon with. It is the asymptotic confidence sequence of
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
    sequences" (Annals of Statistics, 2024), theorem 2.2.
    """
    if len(values) < rules.minimum_rows or np.ptp(values) == 0:
        return None
    mean, half = float(values.mean()), float(values.std() * _width(np.array(len(values)), rules))
    return Score(mean, mean - half, mean + half, len(values))


def weighted(scores: NDArray[np.float64], new: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each row says of the difference of two means, though it has an answer of one version alone.

    Centred, and weighted with the inverse of the share of rows that have the same version's (Horvitz and Thompson 1952;
    the versions' means stand in the place of a regression). Their mean is the difference, their variance that of it.
    """
    share = new.mean()
    means = np.where(new, scores[new].mean(), scores[~new].mean())
    weights = np.where(new, 1 / share, -1 / (1 - share))
    return np.asarray(weights * (scores - means) + scores[new].mean() - scores[~new].mean())


def decide(values: NDArray[np.float64], rules: Rules) -> Finding:
    """The advice by the stopping rule, from what each labelled row says of the lift."""
    lift, gain = always_valid(values, rules), rules.minimum_gain
    if lift is None:
        return Finding(None, GO_ON, f"all {len(values)} labelled rows say {values[0]:+g}: no spread to reckon with")
    if lift.low > 0 and lift.value >= gain:
        return Finding(lift, PROMOTE, f"the interval is above 0, and the lift at least {gain:g}")
    if lift.high < 0:
        return Finding(lift, DROP, "the interval is below 0")
    if lift.high < gain:
        return Finding(lift, DROP, f"the interval is below {gain:g}, the smallest gain that is worth a change")
    distance = lift.value if lift.value >= gain else gain - lift.value
    enough = STEPS[_width(STEPS, rules) * values.std() <= distance]
    return Finding(lift, GO_ON, "the interval is too wide", int(enough[0]) - lift.rows if enough.size else None)


def _width(rows: NDArray[np.float64], rules: Rules) -> NDArray[np.float64]:
    """Half of the interval's width for values with a standard deviation of 1."""
    mixed = (-2 * math.log(ERROR) + math.log(1 - 2 * math.log(ERROR))) / (TIGHTEST * rules.minimum_rows)  # ρ²
    return np.asarray(np.sqrt(2 * (rows + 1 / mixed) / rows**2 * np.log(np.sqrt(rows * mixed + 1) / ERROR)))
