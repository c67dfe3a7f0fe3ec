"""Has the quality changed? Judged from the rows alone of which the truth is known, by deciding metric and bias."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ttest_ind

from ..evaluation import Score, interval
from ..metrics import DECISIVE, HEAVY_TAILS, SIGN, row_biases, row_scores

PERIODS = 10
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Live:
    """Scores of the window and of the reference, the bias in the course of time, and what got worse."""

    quality: Score
    reference_quality: Score
    bias: Score
    reference_bias: Score
    bias_by_period: list[dict[str, Any]]
    worse: list[str]


def judge(scored: pd.DataFrame, reference: pd.DataFrame, tolerance: float, level: float, seed: int) -> Live:
    """Compare labelled answers with those of the reference; both have the columns of `model.scored`, one also `time`.

    Quality or bias counts as worse if it is so by more than the tolerance, and by more than chance: Welch's t-test of
    two samples, for biases with heavy tails Yuen's (1974), at a level that is halved since there are two.
    """
    (new, old), (now, before) = _both(row_scores, scored, reference, seed)
    (new_bias, old_bias), (bias, bias_before) = _both(row_biases, scored, reference, seed)
    worse = []
    p_value = ttest_ind(new, old, equal_var=False, alternative="less" if SIGN > 0 else "greater").pvalue
    if SIGN * (before.value - now.value) > tolerance and p_value < level / 2:
        worse.append(f"{DECISIVE} worsened to {now} from {before}, p {p_value:.1g} (limit {level / 2:.1g})")
    p_value = ttest_ind(new_bias, old_bias, equal_var=False, trim=HEAVY_TAILS).pvalue
    if abs(bias.value) - abs(bias_before.value) > tolerance and p_value < level / 2:
        worse.append(f"bias grew to {bias} from {bias_before}, p {p_value:.1g} (limit {level / 2:.1g})")
    return Live(now, before, bias, bias_before, _by_period(scored["time"], new_bias, seed), worse)


def _both(value: Any, scored: pd.DataFrame, reference: pd.DataFrame, seed: int) -> Any:
    rows = value(scored), value(reference)
    return rows, [interval(one, seed) for one in rows]


def _by_period(times: pd.Series, biases: Values, seed: int) -> list[dict[str, Any]]:
    """The bias of equal parts of the rows in order of arrival, each with the time of its first row."""
    parts = np.array_split(np.arange(len(biases)), min(PERIODS, len(biases)))
    return [{"since": times.iloc[part[0]], **asdict(interval(biases[part], seed))} for part in parts]
