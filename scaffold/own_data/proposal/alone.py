"""Measures how well a single column predicts the target."""

from math import floor, isnan, sqrt

import polars as pl

from scaffold.own_data.columns.cells import Values

ENOUGH = 0.9  # of the errors of always predicting the most frequent label; a leak avoids them
DOUBTFUL = 0.73  # of these errors; such a column stays a feature and is reported
ENOUGH_OF_SPREAD = 0.98  # of the target's variance
DOUBTFUL_SPREAD = 0.95
ENOUGH_OF_PART = 0.8  # of the errors in the rows with a value, or without one
CHANCE = 2  # standard errors of the number of wrong labels, as a margin
FEWEST_ERRORS = 10  # expected in such rows, or they aren't checked
BINS = 40
NEIGHBOURS = 11  # rows that are adjacent when sorted by the column
MOSTLY = 0.9  # of the rows have a value


def labels_predicted(column: Values, frame: pl.DataFrame) -> tuple[str, str] | None:
    """The role leak or doubt and the reason, if the column alone predicts most labels."""
    usual = int(frame["target"].value_counts(sort=True)["count"][0])
    others = frame.height - usual
    if not others:
        return None
    wrong = min(wrong_labels(grouped) for grouped in groupings(column, frame))
    if column.numeric and column.distinct > BINS and not column.missing:
        wrong = min(wrong, wrong_of_nearest(frame))
    surely = surely_avoided(wrong, others)
    part = labels_of_part(column, frame) if surely < ENOUGH else None
    if part is not None or surely < DOUBTFUL:
        return part
    right = share(frame.height - wrong, frame.height)
    reason = f"alone predicts {right} of the labels; {most_frequent(usual, frame.height)}"
    return "leak" if surely >= ENOUGH else "doubt", reason


def surely_avoided(wrong: int, others: float) -> float:
    """A lower bound for the share of errors that are avoided."""
    return 1 - (wrong + CHANCE * sqrt(wrong)) / others


def labels_of_part(column: Values, frame: pl.DataFrame) -> tuple[str, str] | None:
    """The same if nearly all rows with a value, without one, or with 'yes' have one label.

    For example, the date of a second offense gives the label away, but only where there is one.
    """
    if column.missing:
        gap = pl.col("column").is_null()
        parts = {"has no value": gap, "has a value": ~gap}
    elif column.type == "boolean":
        parts = {"is true": pl.col("column"), "is false": ~pl.col("column")}
    else:
        return None
    for words, rows in parts.items():
        labels = frame.filter(rows)["target"]
        if labels.is_empty():
            continue
        label, count = labels.value_counts(sort=True, name="rows").row(0)
        elsewhere = float((frame["target"] != label).mean() or 0)
        expected = len(labels) * elsewhere
        if expected < FEWEST_ERRORS:
            continue
        if surely_avoided(len(labels) - count, expected) >= ENOUGH_OF_PART:
            right, usual = share(count, len(labels)), share(1 - elsewhere, 1)
            reason = f"predicts {label!r} where it {words}: {right} of these rows, {usual} overall"
            return "leak" if column.missing else "doubt", reason
    return None


def quantity_explained(column: Values, frame: pl.DataFrame) -> tuple[str, str] | None:
    """The role leak or doubt and the reason, if the column alone explains most of a quantity."""
    explained = variance_explained(column, frame)
    if explained >= DOUBTFUL_SPREAD:  # also of ranks, because one outlier can inflate it
        ranks = frame.with_columns(pl.col("target").rank())
        if column.numeric:
            ranks = ranks.with_columns(pl.col("column").rank())
        explained = min(explained, variance_explained(column, ranks))
    if explained < DOUBTFUL_SPREAD:
        return None
    role = "leak" if explained >= ENOUGH_OF_SPREAD else "doubt"
    return role, f"alone explains {share(explained, 1)} of the target's variance"


def most_frequent(count: int, rows: int) -> str:
    """The baseline for the share of correct labels."""
    return f"always predicting the most frequent label is right for {share(count, rows)}"


def share(part: float, whole: float) -> str:
    """A percentage, rounded down, so that 100% means all."""
    return f"{floor(100 * part / whole)}%"


def groupings(column: Values, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The target grouped by the column's values, and by missing or not."""
    empty = frame.select(pl.col("column").is_null().alias("group"), "target")
    if column.type == "text":
        return [empty]
    grouped = frame.select(groups(column, frame["column"]), pl.col("target"))
    return [grouped, empty] if column.missing else [grouped]


def groups(column: Values, values: pl.Series) -> pl.Series:
    """Groups rows of similar value: by quantile for numbers and dates; missing is its own group."""
    if column.type == "date" or (column.numeric and column.distinct > BINS):
        ranks = values.rank("dense") * BINS / max(values.n_unique(), 1)
        return ranks.floor().alias("group")
    return values.alias("group")


def wrong_labels(grouped: pl.DataFrame) -> int:
    """Counts rows whose label isn't the most frequent one of their group in the other half."""
    half = (pl.int_range(pl.len()) % 2).alias("half")
    counts = grouped.with_columns(half).group_by("group", "half", "target").len()
    counts = counts.sort("len", "target", descending=True)
    most = counts.unique(["group", "half"], keep="first", maintain_order=True)
    guesses = most.select("group", (1 - pl.col("half")).alias("half"), guess="target")
    usual = grouped["target"].value_counts(sort=True)["target"][0]
    judged = counts.join(guesses, on=["group", "half"], how="left", nulls_equal=True)
    right = judged.filter(pl.col("guess").fill_null(usual) == pl.col("target"))
    return grouped.height - int(right["len"].sum())


def wrong_of_nearest(frame: pl.DataFrame) -> int:
    """Counts rows whose label differs from the nearest row by value in the other half."""
    numbered = frame.with_row_index("row")
    halves = [numbered.filter(pl.col("row") % 2 == side).sort("column") for side in (0, 1)]
    wrong = 0
    for asked, others in (halves, reversed(halves)):
        near = others.select("column", guess="target")
        judged = asked.join_asof(near, on="column", strategy="nearest")
        wrong += int((judged["guess"] != judged["target"]).sum())
    return wrong


def variance_explained(column: Values, frame: pl.DataFrame) -> float:
    """The variance explained, from 0 to 1, by a line, nearest neighbors or groups: the best."""
    centred = frame.with_columns(pl.col("target") - pl.col("target").mean())
    total = float((centred["target"] ** 2).sum())
    if not total:
        return 0.0
    shares = [1 - squared_errors(grouped) / total for grouped in groupings(column, centred)]
    filled = centred.drop_nulls()
    if column.numeric and filled.height >= MOSTLY * frame.height:
        correlation = filled.select(pl.corr("column", "target")).item()
        shares.append(0.0 if correlation is None or isnan(correlation) else correlation**2)
        shares.append(1 - errors_of_neighbours(filled) / total)
    return max(shares)


def errors_of_neighbours(frame: pl.DataFrame) -> float:
    """The sum of squared errors if each row is predicted by its nearest neighbors' mean."""
    ordered = frame.sort("column").with_columns(pl.lit(1.0).alias("one"))
    target, one = pl.col("target"), pl.col("one")
    sums = [each.rolling_sum(NEIGHBOURS, center=True, min_samples=2) for each in (target, one)]
    mean = (sums[0] - target) / (sums[1] - 1)
    return float(ordered.select(((target - mean) ** 2).sum()).item())


def squared_errors(grouped: pl.DataFrame) -> float:
    """The sum of squared errors against the group's mean in the other half, or else 0."""
    half = (pl.int_range(pl.len()) % 2).alias("half")
    target = pl.col("target")
    groups = grouped.with_columns(half).group_by("group", "half")
    sums = groups.agg(pl.len(), target.sum().alias("sum"), (target**2).sum().alias("squares"))
    mean = (pl.col("sum") / pl.col("len")).alias("mean")
    means = sums.select("group", (1 - pl.col("half")).alias("half"), mean)
    judged = sums.join(means, on=["group", "half"], how="left", nulls_equal=True)
    judged = judged.with_columns(pl.col("mean").fill_null(0))
    off = pl.col("squares") - 2 * pl.col("mean") * pl.col("sum")
    return float(judged.select((off + pl.col("len") * pl.col("mean") ** 2).sum()).item())
