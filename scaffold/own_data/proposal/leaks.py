"""Finds columns that repeat the target or give it away."""

import operator
from collections.abc import Callable, Sequence
from itertools import combinations

import polars as pl

from scaffold.own_data.columns.cells import Values

ENOUGH = 0.98  # of the errors without the column, that it avoids
ENOUGH_OF_SPREAD = 0.99  # of the target's variance
BINS = 40
LEAST_REPEATED = 3  # rows for each value, or any two columns of different values are one-to-one
MOST_ROWS = 50_000
TRIED = 300  # rows that show whether two columns make the target
ROUNDING = 1e-4
JOINED: dict[str, Callable[[float, float], float]] = {
    "plus": operator.add,
    "less": operator.sub,
    "from": lambda one, two: two - one,
    "times": operator.mul,
}
MOST_PARTS = 40  # columns of which pairs are tried


def verdict(column: Values, target: pl.Series, *, regression: bool) -> tuple[str, str] | None:
    """The role copy or leak and the reason, if the column is one."""
    frame = pl.DataFrame({"column": column.series, "target": target}).drop_nulls("target")
    if same(frame, regression=regression):
        return "copy", "has the target's values"
    pairs = frame.drop_nulls().unique()
    values = frame.drop_nulls()["column"].n_unique()
    labels = frame["target"].n_unique()
    repeated = frame.height / max(labels, 1) >= LEAST_REPEATED
    if pairs.height == values == labels > 1 and repeated and not column.missing:
        return "copy", "has one value for each value of the target"
    sample = frame.sample(min(frame.height, MOST_ROWS), shuffle=True, seed=0)
    explained = explains(column, sample, regression=regression)
    if regression and explained >= ENOUGH_OF_SPREAD:  # of ranks, too: one outlier can fake it
        ranks = sample.with_columns(pl.col("target").rank())
        if column.numeric:
            ranks = ranks.with_columns(pl.col("column").rank())
        explained = min(explained, explains(column, ranks, regression=True))
    if explained >= (ENOUGH_OF_SPREAD if regression else ENOUGH):
        return "leak", f"alone tells {explained:.0%} of the target"
    return None


def same(frame: pl.DataFrame, *, regression: bool) -> bool:
    """Whether the column equals the target in every row."""
    column, target = frame["column"], frame["target"]
    if column.null_count():
        return False
    if regression:
        if not column.dtype.is_numeric():
            return False
        return bool((column.cast(pl.Float64) == target.cast(pl.Float64)).all())
    texts = column.cast(pl.String).str.strip_suffix(".0").str.to_lowercase()
    return bool((texts == target.cast(pl.String).str.to_lowercase()).all())


def explains(column: Values, frame: pl.DataFrame, *, regression: bool) -> float:
    """How much of the target one half of the rows tells about the other, by this column alone.

    1 is all of it; of a quantity, the share of the variance, of labels, that of the errors.
    """
    if not regression and column.numeric and column.distinct > BINS and not column.missing:
        return nearest_tells(frame)
    parted = frame.select(groups(column, frame["column"]), pl.col("target"))
    half = parted.height // 2
    known, asked = parted.head(half), parted.tail(parted.height - half)
    if known.is_empty() or asked.is_empty():
        return 0.0
    if regression:
        return variance_explained(column, frame, known, asked)
    counts = known.group_by("group", "target").len().sort("len", "target", descending=True)
    most = counts.unique("group", keep="first", maintain_order=True).select("group", "target")
    usual = known["target"].value_counts(sort=True).item(0, "target")
    told = asked.join(most.rename({"target": "told"}), on="group", how="left", nulls_equal=True)
    wrong = int((told["told"].fill_null(usual) != told["target"]).sum())
    without = int((told["target"] != usual).sum())
    return 1 - wrong / without if without else 0.0


def nearest_tells(frame: pl.DataFrame) -> float:
    """The share of errors avoided by the label of the row whose value is nearest."""
    half = frame.height // 2
    known = frame.head(half).sort("column")
    asked = frame.tail(frame.height - half).sort("column")
    near = known.rename({"target": "told"})
    told = asked.join_asof(near, on="column", strategy="nearest")
    usual = known["target"].value_counts(sort=True).item(0, "target")
    without = int((told["target"] != usual).sum())
    return 1 - int((told["told"] != told["target"]).sum()) / without if without else 0.0


def variance_explained(
    column: Values, frame: pl.DataFrame, known: pl.DataFrame, asked: pl.DataFrame
) -> float:
    """The better of a straight line and of the mean of each group."""
    line = 0.0
    if column.numeric:
        filled = frame.drop_nulls()
        if filled.height >= 0.9 * frame.height:
            correlation = filled.select(pl.corr("column", "target")).item()
            line = 0.0 if correlation is None or correlation != correlation else correlation**2
    means = known.group_by("group").agg(pl.col("target").mean().alias("told"))
    told = asked.join(means, on="group", how="left", nulls_equal=True)
    guess = told["told"].fill_null(known["target"].mean())
    error = ((told["target"] - guess) ** 2).sum()
    total = ((told["target"] - known["target"].mean()) ** 2).sum()
    return max(float(line), 1 - float(error) / float(total) if total else 0.0)


def groups(column: Values, values: pl.Series) -> pl.Series:
    """Rows of about the same value: by quantile for numbers, filled or not for texts and dates."""
    if column.type in ("text", "date"):
        return values.is_null().alias("group")
    if not column.numeric or column.distinct <= BINS:
        return values.alias("group")
    ranks = values.rank("dense") * BINS / max(values.n_unique(), 1)
    return ranks.floor().alias("group")


def composed(columns: Sequence[Values], target: pl.Series) -> dict[str, str]:
    """The columns whose sum, difference or product is the target, each with the reason."""
    rows = target.is_not_null()
    asked = target.filter(rows).head(TRIED).to_list()
    parts = {}
    for values in columns[:MOST_PARTS]:
        series = values.series.filter(rows).head(TRIED)
        if values.numeric and values.missing == 0 and series.n_unique() > 1:
            parts[values.name] = series.to_list()
    reasons: dict[str, str] = {}
    for one, two in combinations(parts, 2):
        for word, join in JOINED.items():
            results = map(join, parts[one], parts[two])
            if len(asked) > 2 and all(map(same_number, results, asked)):
                reason = f"{one!r} {word} {two!r} is the target"
                reasons |= {one: reason, two: reason}
    return reasons


def same_number(result: float, number: float) -> bool:
    return abs(result - number) <= abs(number) * ROUNDING
