"""How far two samples lie apart, column by column, and whether that is more than chance."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import StatTest, get_stattest, register_stattest
from evidently.legacy.core import ColumnType
from scipy.stats import chi2_contingency, ks_2samp, mannwhitneyu, norm

from ..features import WATCHED

TOLD_APART = "told_apart"
# Methods that give the AUC of a classifier, and the share of the rows that it is measured on.
AUC = {"abs_text_content_drift": 0.5, TOLD_APART: 1.0}


@dataclass(frozen=True)
class Distance:
    """How far apart a column's samples are, in the units of its method, and how likely chance alone does that.

    It counts as a change only beyond both limits. The distance says whether the change matters: in a large window any
    trifle is significant. The probability says whether there is a change: two small samples of the same source lie
    far apart by chance.
    """

    column: str
    value: float
    p_value: float
    level: float

    @property
    def changed(self) -> bool:
        return self.value > WATCHED[self.column][2] and self.p_value < self.level

    def __str__(self) -> str:
        _, method, limit = WATCHED[self.column]
        return f"{method} {self.value:.2f} (limit {limit}), p {self.p_value:.1g} (limit {self.level:.1g})"


def distances(columns: list[str], current: pd.DataFrame, reference: pd.DataFrame, level: float) -> list[Distance]:
    """The distance of each of the columns; `level` is divided by their number (Bonferroni)."""
    found = []
    for column in columns:
        kind, method, limit = WATCHED[column]
        column_type = ColumnType[kind.capitalize()]
        old, new = reference[column], current[column]
        if old.nunique() == 1 and set(old) == set(new):  # some methods can't take what is constant
            found.append(Distance(column, 0.0, 1.0, level / len(columns)))
            continue
        value = float(get_stattest(old, new, column_type, method)(old, new, column_type, limit).drift_score)
        found.append(Distance(column, value, _chance(column, value, old, new), level / len(columns)))
    return found


def _chance(column: str, value: float, old: pd.Series, new: pd.Series) -> float:
    """The p-value of a test that suits the column: of the AUC, of shares (chi-square) or of numbers (Kolmogorov)."""
    kind, method, _ = WATCHED[column]
    if method in AUC:
        m, n = AUC[method] * len(old), AUC[method] * len(new)
        return float(norm.sf((value - 0.5) / math.sqrt((m + n + 1) / (12 * m * n))))  # Mann and Whitney (1947)
    if kind == "categorical":
        labels = pd.concat([old, new], ignore_index=True)
        counts = pd.crosstab(labels, np.arange(len(labels)) < len(old))
        return float(chi2_contingency(counts).pvalue)
    return float(ks_2samp(old, new, method="asymp").pvalue)


def _auc(old: pd.Series, new: pd.Series, _: ColumnType, limit: float) -> tuple[float, bool]:
    """The AUC of scores that a classifier gave to rows which it had not learnt from."""
    auc = float(mannwhitneyu(new, old).statistic) / (len(new) * len(old))
    return auc, auc > limit


# Makes the method known to Evidently, for its reports too.
register_stattest(StatTest(TOLD_APART, "AUC of a classifier that tells both apart", [ColumnType.Numerical], 0.6), _auc)
