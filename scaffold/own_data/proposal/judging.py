"""Chooses task and metric from the rows, and lists what so few rows can't support."""

from math import ceil, sqrt

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.parts import BY_TIME, FEWEST, FEWEST_OF_A_PART, WINDOW

FEW_ROWS = 1000
FEWEST_OF_A_LABEL = 10
MOST_LABELS = 100
RARE = 0.2  # the share of the rarer of two labels
UNEVEN = 3  # times as many rows of the most frequent label as of the rarest
MANY_LABELS = 10
LARGEST_RATING = 10
NEAR_ZERO = 0.05  # of the median


def task(target: Values) -> tuple[str, str, bool]:
    """The task, the reason, and whether the user has to decide."""
    if not target.numeric:
        return "classification", f"it has {target.distinct} labels", False
    if target.type == "number":
        return "regression", "it is a quantity with decimals", False
    low, high = bounds(target.series)
    if target.distinct == 2:
        return "classification", "it has two values", False
    if low >= 0 and high <= LARGEST_RATING:
        why = f"whole numbers from {low:.0f} to {high:.0f} could be a quantity or labels"
        numbered = low == 0 and target.distinct == high + 1
        return "classification" if numbered else "regression", why, True
    return "regression", "it is a quantity of whole numbers", False


def bounds(series: pl.Series) -> tuple[float, float]:
    low, high = series.min(), series.max()
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(low), float(high)
    return 0.0, 0.0


def regression_metric(values: Values) -> tuple[str, str]:
    """MAPE if relative errors make sense for every row, else MAE."""
    target = values.series
    low, high = bounds(target)
    median = target.median()
    if values.type == "integer" and low >= 0 and high <= LARGEST_RATING:
        return "mae", "on a short scale, a difference of 1 matters the same everywhere"
    if isinstance(median, int | float) and low > NEAR_ZERO * median > 0:
        why = f"all values are well above 0: the minimum is {low:,.6g}, the median {median:,.6g}"
        return "mape", why
    if low > 0:
        return "mae", f"the minimum, {low:,.6g}, is too close to 0 for percentage errors"
    return "mae", "percentage errors are undefined for values of 0 or below"


def classification_metric(counts: dict[str, int]) -> tuple[str, str]:
    """Accuracy if the labels are balanced; average precision for a rare label, else macro F1."""
    rows = sum(counts.values())
    rarest, most = min(counts.values()), max(counts.values())
    label = min(counts, key=lambda name: counts[name])
    if len(counts) == 2:
        if rarest / rows < RARE:
            return "average_precision", f"{label!r} is rare: {rarest / rows:.1%} of rows"
        return "accuracy", f"neither label is rare: {rarest / rows:.0%} are {label!r}"
    if len(counts) > MANY_LABELS or most > UNEVEN * rarest:
        return "macro_f1", f"there are {len(counts)} labels with {rarest:,} to {most:,} rows each"
    return "accuracy", f"the {len(counts)} labels are balanced: {rarest:,} to {most:,} rows each"


def obstacles(rows: int, parts: dict[str, int], counts: dict[str, int] | None) -> list[str]:
    """The reasons why no model can be trained, such as too few rows or labels."""
    reasons = []
    smallest = min(("train", "test", "stream"), key=lambda part: parts[part])
    if rows < FEWEST:
        reasons.append(
            f"{rows} rows are too few: the test set would have {int(rows * BY_TIME['test'])} rows. "
            f"Collect at least {FEWEST}, ideally {FEW_ROWS:,}"
        )
    elif parts[smallest] < FEWEST_OF_A_PART:
        needed = ceil(rows * FEWEST_OF_A_PART / max(parts[smallest], 1) / 10) * 10
        reasons.append(
            f"{rows} rows leave only {parts[smallest]} for {smallest!r}, which needs "
            f"{FEWEST_OF_A_PART}. Collect about {needed:,} rows, or give --drift none"
        )
    if counts is None:
        return reasons
    if len(counts) < 2:
        only = ", ".join(map(repr, counts)) or "none"
        reasons.append(f"The target has only one label ({only}), so there is nothing to classify")
    elif len(counts) > MOST_LABELS:
        reasons.append(
            f"The target has {len(counts):,} labels, more than {MOST_LABELS}. "
            "Choose another --target, or merge labels with --labels a=c,b=c"
        )
    elif sorted(counts.values())[-2] < FEWEST_OF_A_LABEL:
        reasons.append(
            f"Only one label has at least {FEWEST_OF_A_LABEL} rows. "
            "Collect more rows of the others, or merge them with --labels a=c,b=c"
        )
    return reasons


def warnings(parts: dict[str, int], rows: int, metric: str) -> list[str]:
    """Warns about what this few rows can't show."""
    if not FEWEST <= rows < FEW_ROWS:
        return []
    tested = parts["test"]
    said = [f"Only {rows} rows: the test set has {tested} of them"]
    if metric == "accuracy":
        margin = 1.96 * sqrt(0.25 / max(tested, 1))
        said.append(
            f"Accuracy on {tested} test rows has a margin of error of up to ±{margin:.0%}, so "
            "smaller differences between models aren't significant"
        )
    least = WINDOW[0]
    for part in ("stream", "drift"):
        if parts.get(part, least) < least:
            said.append(f"Monitoring needs {least} rows, but {part} has only {parts[part]}")
    return said
