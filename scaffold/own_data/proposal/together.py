"""Warns if a few features together give the labels away."""

from collections.abc import Sequence

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.proposal import alone

MOST_ROWS = 4_000
MOST_COLUMNS = 40
DEPTH = 3  # columns in the tree
BEST = 9  # candidate columns at the next level
PARTS = 40  # groups per column
NEARLY_ALL = 0.95  # of the errors of always predicting the most frequent label
RIGHT = 0.99  # of the rows, if most errors are avoided as well
MISSING = -1


def warning(columns: Sequence[Values], target: pl.Series) -> str | None:
    """The warning, if a small tree predicts nearly all labels."""
    rows = pl.DataFrame({"target": target})
    for number, values in enumerate(columns[:MOST_COLUMNS]):
        rows = rows.with_columns(coded(values).alias(str(number)))
    rows = rows.drop_nulls("target")
    rows = rows.sample(min(rows.height, MOST_ROWS), shuffle=True, seed=0)
    usual = int(rows["target"].value_counts(sort=True)["count"][0]) if rows.height else 0
    if usual == rows.height:
        return None
    chosen, wrong = tree(rows)
    avoided = alone.surely_avoided(wrong, rows.height - usual)
    right = 1 - wrong / rows.height
    if avoided < NEARLY_ALL and not (right >= RIGHT and avoided >= alone.DOUBTFUL):
        return None
    names = ", ".join(repr(columns[number].name) for number in chosen)
    usually = alone.most_frequent(usual, rows.height)
    return (
        f"{names} predict {alone.share(right, 1)} of the labels; {usually}. "
        "Exclude columns recorded after the target with --leave-out"
    )


def coded(values: Values) -> pl.Series:
    """An integer code per group of similar values: by quantile, or per frequent choice."""
    series = values.series
    if values.type == "text":
        return series.is_null().cast(pl.Int64)
    if values.type in ("date", "number", "integer") and values.distinct > PARTS:
        ranks = (series.rank("ordinal") * PARTS / max(series.count(), 1)).floor()
        return ranks.cast(pl.Int64).fill_null(MISSING)
    often = series.drop_nulls().value_counts(sort=True)[series.name].head(PARTS - 1)
    places = dict(zip(often.to_list(), range(len(often)), strict=True))
    numbers = series.replace_strict(places, default=PARTS, return_dtype=pl.Int64)
    return pl.select(pl.when(series.is_null()).then(MISSING).otherwise(numbers)).to_series()


def tree(rows: pl.DataFrame) -> tuple[list[int], int]:
    """The columns that split the rows best, and the number of wrong labels (two-fold)."""
    usual = rows["target"].value_counts(sort=True)["target"][0]
    is_usual = (rows["target"] == usual).cast(pl.Float64)
    centred = is_usual - is_usual.mean()
    chosen: list[int] = []
    group = pl.Series([0] * rows.height)
    least = float((centred**2).sum())
    tried = list(range(rows.width - 1))
    while tried and len(chosen) < DEPTH:
        errors = {}
        for number in tried:
            grouped = pl.DataFrame({"group": divided(group, rows, number), "target": centred})
            errors[number] = alone.squared_errors(grouped)
        ordered = sorted(errors, key=errors.__getitem__)
        if errors[ordered[0]] >= least:
            break
        least = errors[ordered[0]]
        chosen.append(ordered[0])
        group = divided(group, rows, ordered[0])
        tried = ordered[1:BEST]
    labels = pl.DataFrame({"group": group, "target": rows["target"]})
    return chosen, alone.wrong_labels(labels)


def divided(group: pl.Series, rows: pl.DataFrame, number: int) -> pl.Series:
    """The groups, each subdivided by a column."""
    return group * (PARTS + 2) + rows[str(number)] + 1
