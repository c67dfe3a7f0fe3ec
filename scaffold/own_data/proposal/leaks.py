"""Finds columns that repeat the target or give it away."""

import operator
from collections.abc import Callable, Sequence
from itertools import combinations

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.proposal import alone

LEAST_REPEATED = 3  # rows per value; with fewer, any two columns of distinct values map one-to-one
MOST_ROWS = 50_000
TRIED = 300  # rows that are checked for two columns making up the target
ROUNDING = 1e-4
JOINED: dict[str, Callable[[float, float], float]] = {
    "plus": operator.add,
    "less": operator.sub,
    "from": lambda one, two: two - one,
    "times": operator.mul,
}
MOST_PARTS = 40  # columns that are tried in pairs


def verdict(column: Values, target: pl.Series, *, regression: bool) -> tuple[str, str] | None:
    """The role (copy, leak, or doubt if it might be a leak) and the reason; else None."""
    frame = pl.DataFrame({"column": column.series, "target": target}).drop_nulls("target")
    if same(frame, regression=regression):
        return "copy", "has the target's values"
    pairs = frame.drop_nulls().unique()
    values = frame.drop_nulls()["column"].n_unique()
    labels = frame["target"].n_unique()
    repeated = frame.height / max(labels, 1) >= LEAST_REPEATED
    if pairs.height == values == labels > 1 and repeated and not column.missing:
        return "copy", "maps one-to-one to the target"
    sample = frame.sample(min(frame.height, MOST_ROWS), shuffle=True, seed=0)
    return (
        alone.quantity_explained(column, sample)
        if regression
        else alone.labels_predicted(column, sample)
    )


def gives_away(column: Values, target: pl.Series, *, regression: bool) -> bool:
    """Whether the column is a copy of the target or a leak."""
    judged = verdict(column, target, regression=regression)
    return judged is not None and judged[0] != "doubt"


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


def composed(columns: Sequence[Values], target: pl.Series) -> dict[str, str]:
    """Maps columns whose sum, difference or product is the target to the reason."""
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
