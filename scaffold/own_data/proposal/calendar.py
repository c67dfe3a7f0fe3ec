"""Finds columns that only repeat when a row was recorded."""

import polars as pl

from scaffold.own_data.columns.cells import Values

MOSTLY = 0.9  # of the rows
GROWS = 0.99  # Spearman's correlation with the time
YEAR = 366  # days


def repeats(values: Values, time: Values) -> str | None:
    """The reason, if the column adds nothing to the time: it is part of the date, or a counter.

    Such a column differs between any two periods, so monitoring would always raise an alarm, and a
    model can't use it for a later period.
    """
    frame = pl.DataFrame({"column": values.series, "time": time.series}).drop_nulls()
    if frame.height < 2 or values.missing or values is time:
        return None
    if time.type == "date":
        for name, part in parts(frame["time"]).items():
            if equals(values, frame["column"], part) or follows(name, frame, part):
                return f"follows from the {name} of {time.name!r}"
    if values.type == "integer" and values.distinct > frame.height / 2:
        ranks = frame.select(pl.corr("column", "time", method="spearman")).item()
        if ranks is not None and ranks >= GROWS:
            return f"grows with {time.name!r}, so later rows have values outside the training range"
    return None


def parts(time: pl.Series) -> dict[str, pl.Series]:
    """The numeric parts of a date."""
    return {
        "year": time.dt.year(),
        "quarter": time.dt.quarter(),
        "month": time.dt.month(),
        "weekday": time.dt.weekday(),
    }


def equals(values: Values, column: pl.Series, part: pl.Series) -> bool:
    """Whether the column mostly equals the part, counted from 0 or 1."""
    if not values.numeric or column.n_unique() < 2:
        return False
    distance = column.cast(pl.Float64) - part.cast(pl.Float64)
    return any(int((distance == shift).sum()) >= MOSTLY * len(column) for shift in (0, -1))


def follows(name: str, frame: pl.DataFrame, part: pl.Series) -> bool:
    """Whether each month or weekday has a single value of the column, over more than a year."""
    time = pl.col("time")
    days = frame.select((time.max() - time.min()).dt.total_days()).item()
    if name not in ("month", "weekday") or days <= YEAR:
        return False
    pairs = pl.DataFrame({"column": frame["column"], "part": part}).n_unique()
    return frame["column"].n_unique() > 1 and pairs == part.n_unique()
