"""What the rows allow: the task, the metric, the parts of the data, and what they can't show."""

from math import ceil, sqrt

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.parts import BY_TIME, FEWEST, FEWEST_OF_A_PART, WINDOW

FEW_ROWS = 1000
FEWEST_OF_A_LABEL = 10
MOST_LABELS = 100
RARE = 0.2  # share of the rarer of two labels
UNEVEN = 3  # times as many rows of the most frequent label as of the rarest
MANY_LABELS = 10
LARGEST_RATING = 10
NEAR_ZERO = 0.05  # of the median


def task(target: Values) -> tuple[str, str, bool]:
    """The task, why, and whether only the user can tell."""
    if not target.numeric:
        return "classification", f"it has {target.distinct} labels", False
    if target.type == "number":
        return "regression", "it is a quantity with decimals", False
    low, high = bounds(target.series)
    if target.distinct == 2:
        return "classification", "it has two values", False
    if low >= 0 and high <= LARGEST_RATING:
        why = f"whole numbers from {low:.0f} to {high:.0f} may be a quantity or labels"
        numbered = low == 0 and target.distinct == high + 1
        return "classification" if numbered else "regression", why, True
    return "regression", "it is a quantity in whole numbers", False


def bounds(series: pl.Series) -> tuple[float, float]:
    low, high = series.min(), series.max()
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(low), float(high)
    return 0.0, 0.0


def regression_metric(values: Values) -> tuple[str, str]:
    """MAPE where a share of the target makes sense for every row, else MAE."""
    target = values.series
    low, high = bounds(target)
    median = target.median()
    if values.type == "integer" and low >= 0 and high <= LARGEST_RATING:
        return "mae", "a point more or less counts the same everywhere on a short scale"
    if isinstance(median, int | float) and low > NEAR_ZERO * median > 0:
        return "mape", f"all are well above 0: the lowest is {low:,.6g}, the median {median:,.6g}"
    if low > 0:
        return "mae", f"the lowest, {low:,.6g}, is so near to 0 that a percentage says little"
    return "mae", "values of 0 or below have no percentage error"


def classification_metric(counts: dict[str, int]) -> tuple[str, str]:
    """Accuracy where the labels are balanced; a rare label or many of them need another."""
    rows = sum(counts.values())
    rarest, most = min(counts.values()), max(counts.values())
    label = min(counts, key=lambda name: counts[name])
    if len(counts) == 2:
        if rarest / rows < RARE:
            return "average_precision", f"{label!r} is rare: {rarest / rows:.1%} of the rows"
        return "accuracy", f"neither label is rare: {rarest / rows:.0%} are {label!r}"
    if len(counts) > MANY_LABELS or most > UNEVEN * rarest:
        return "macro_f1", f"there are {len(counts)} labels of {rarest:,} to {most:,} rows"
    return "accuracy", f"the {len(counts)} labels are balanced: {rarest:,} to {most:,} rows"


def obstacles(rows: int, parts: dict[str, int], counts: dict[str, int] | None) -> list[str]:
    """Why nothing can be learnt from so few rows or labels."""
    reasons = []
    smallest = min(("train", "test", "stream"), key=lambda part: parts[part])
    if rows < FEWEST:
        reasons.append(
            f"{rows} rows are too few: the test set would have {int(rows * BY_TIME['test'])}. "
            f"Collect at least {FEWEST}, better {FEW_ROWS:,}"
        )
    elif parts[smallest] < FEWEST_OF_A_PART:
        needed = ceil(rows * FEWEST_OF_A_PART / max(parts[smallest], 1) / 10) * 10
        reasons.append(
            f"{rows} rows leave {parts[smallest]} for {smallest!r}, which needs "
            f"{FEWEST_OF_A_PART}. Collect about {needed:,}, or hold nothing back: --drift none"
        )
    if counts is None:
        return reasons
    if len(counts) < 2:
        only = ", ".join(map(repr, counts)) or "none"
        reasons.append(f"The target has one label only ({only}): there is nothing to tell apart")
    elif len(counts) > MOST_LABELS:
        reasons.append(
            f"The target has {len(counts):,} labels, more than {MOST_LABELS}. "
            "Choose another with --target, or merge labels with --labels a=c,b=c"
        )
    elif sorted(counts.values())[-2] < FEWEST_OF_A_LABEL:
        reasons.append(
            f"Only one label has {FEWEST_OF_A_LABEL} rows or more. "
            "Collect more of the others, or merge them with --labels a=c,b=c"
        )
    return reasons


def warnings(parts: dict[str, int], rows: int, metric: str) -> list[str]:
    """What this number of rows can't show."""
    if not FEWEST <= rows < FEW_ROWS:
        return []
    tested = parts["test"]
    said = [f"{rows} rows are few: {tested} of them test the model"]
    if metric == "accuracy":
        margin = 1.96 * sqrt(0.25 / max(tested, 1))
        said.append(
            f"An accuracy measured on {tested} rows is known to ±{margin:.0%}, so models that "
            "are nearer to each other can't be told apart"
        )
    least = WINDOW[0]
    for part in ("stream", "drift"):
        if parts.get(part, least) < least:
            said.append(f"Monitoring needs {least} rows, and {part} has {parts[part]}")
    return said
