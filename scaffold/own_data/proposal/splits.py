"""Proposes the drift: by time, else by a segment that differs, else by group."""

import re
from collections.abc import Sequence

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.identifiers import separated, words_of
from scaffold.own_data.profile import Drift
from scaffold.own_data.proposal import leaks
from scaffold.own_data.proposal.judging import FEWEST_OF_A_LABEL
from scaffold.own_data.proposal.targets import ORIGINS, called_identifier

# Whose rows must not be in both train and test set, and where rows come from.
OWNERS = words_of("""
customer client patient subject user device sensor machine household kunde player driver author
""")
SOURCES = words_of("""
source site hospital clinic store shop branch region country state city district plant station
school group batch origin platform quelle filiale language lang
""")
LEAST_DATES = 10
LEAST_SHARE, MOST_SHARE = 0.03, 0.5  # of the rows may be in a held-back segment
LEAST_ROWS = 30
MOST_VALUES = 30
LEAST_SHARED = 0.1  # of the rows share their group with another row
LEAST_DIFFERENCE = 0.1  # in standard deviations, or as a share of labels
MOST_STRANGE = 0.1  # of its rows may have labels that only it has
CHANCE = 3.0  # standard errors, rarely exceeded by chance


def time_column(columns: Sequence[Values]) -> Values | None:
    """The date, or else the year, with the most distinct values, then the fewest missing."""
    dated = [column for column in columns if column.type == "date" and filled(column) > 0.8]
    dated = [column for column in dated if column.distinct >= LEAST_DATES]
    birth = [column for column in dated if re.search("birth|dob|geb", column.name.lower())]
    dated = [column for column in dated if column not in birth]
    if dated:
        return max(dated, key=lambda column: (filled(column), column.distinct))
    for column in columns:
        if column.numeric and (is_year(column) or is_clock(column)):
            return column
    return None


def is_year(column: Values) -> bool:
    """Whether the column is the year of the row."""
    if column.name.lower() not in ("year", "yr", "jahr", "season", "año", "année"):
        return False
    low, high = column.series.min(), column.series.max()
    return isinstance(low, float) and isinstance(high, float) and 1900 <= low < high <= 2100


def is_clock(column: Values) -> bool:
    """Whether the column is elapsed time and the rows are sorted by it."""
    if column.name.lower() not in ("time", "timestamp", "ts", "epoch", "step", "t", "unixtime"):
        return False
    return column.missing == 0 and column.distinct > 2 and column.series.is_sorted()


def filled(column: Values) -> float:
    return 1 - column.missing / max(len(column.series), 1)


def group_column(
    columns: Sequence[Values], time: Values | None, target: pl.Series | None
) -> Values | None:
    """The group column by its name: the person or, without a time, the place of a row.

    A column that leaks the target is skipped.
    """
    wanted = OWNERS if time else OWNERS | SOURCES
    best = None
    for column in columns:
        if column.type not in ("choice", "integer"):
            continue
        words = words_of(separated(column.name))
        several = called_identifier(column.name) and column.distinct > MOST_VALUES
        if not (words & wanted or several) or column.distinct < 2 or shared(column) < LEAST_SHARED:
            continue
        if column.type == "integer" and not words & {"id", "number", "no", "nr", "code"}:
            continue
        if best is not None and column.distinct <= best.distinct:
            continue
        if target is None or not leaks.gives_away(column, target, regression=is_number(target)):
            best = column
    return best


def shared(column: Values) -> float:
    """The share of rows whose value also occurs in another row."""
    counts = column.series.drop_nulls().value_counts(name="rows")["rows"]
    return float(counts.filter(counts > 1).sum()) / max(len(column.series), 1)


def is_number(target: pl.Series) -> bool:
    return target.dtype.is_numeric()


def propose(
    time: Values | None,
    group: Values | None,
    others: Sequence[Values],
    target: pl.Series | None,
    lengths: pl.Series | None = None,
) -> Drift:
    """The drift with its reason, or the reason why there is none; `lengths` are text lengths."""
    if time is not None:
        high = time.series.max()
        why = f"the model trains on earlier rows; later rows, up to {shown(high)}, are traffic"
        return Drift("time", time.name, why=why)
    if target is None:
        return Drift("none", why="there is no column to predict")
    for by, columns in (("group", [group] if group else []), ("segment", list(others))):
        by_target = most_different(columns, target)
        by_length = None if lengths is None else most_different(columns, lengths)
        if by_length and (by_target is None or by_length[2] > by_target[2]):
            column, value, difference, rows = by_length
            apart = f"their text lengths differ by {difference:.2f} standard deviations"
            return Drift(by, column, value, f"{rows:,} rows are held back, and {apart}")
        if by_target:
            column, value, difference, rows = by_target
            apart = f"their labels differ by {difference:.0%} from those of the rest"
            if is_number(target):
                apart = f"their {target.name!r} differs by {difference:.2f} standard deviations"
            return Drift(by, column, value, f"{rows:,} rows are held back, and {apart}")
    smallest = smallest_group(group) if group else None
    if group and smallest:
        value, rows = smallest
        why = f"{rows:,} rows of one {group.name!r} are held back; the target hardly differs"
        return Drift("group", group.name, value, why)
    return Drift("none", why="there is no date, and no segment differs")


def most_different(
    columns: Sequence[Values], target: pl.Series
) -> tuple[str, str, float, int] | None:
    """The segment that differs most: column, value, difference and row count."""
    best: tuple[str, str, float, int] | None = None
    for column in columns:
        if not can_be_divided(column):
            continue
        texts = as_text(column)
        counts = texts.drop_nulls().value_counts(name="rows").sort("rows", texts.name)
        for value, rows in counts.iter_rows():
            share = rows / len(target)
            if not LEAST_SHARE <= share <= MOST_SHARE or rows < LEAST_ROWS:
                continue
            if unheard_of(target, texts == value):
                continue
            difference = differs(target, texts == value)
            least = max(LEAST_DIFFERENCE, CHANCE / rows**0.5)
            if difference >= least and (best is None or difference > best[2]):
                best = (column.name, value, difference, rows)
    return best


def can_be_divided(column: Values) -> bool:
    """Whether the column has few enough values to use them as segments."""
    return 2 <= column.distinct <= MOST_VALUES and column.type not in ("number", "text", "date")


def is_origin(column: Values) -> bool:
    """Whether the column's name suggests the source of a row."""
    return bool(words_of(separated(column.name)) & (SOURCES | ORIGINS))


def lengths_of(texts: pl.Series) -> pl.Series:
    """The logarithm of text lengths, so that a few very long texts don't dominate."""
    return texts.str.len_chars().cast(pl.Float64).log1p()


def unheard_of(target: pl.Series, inside: pl.Series) -> bool:
    """Whether the segment has labels that are too rare in the other rows."""
    if target.dtype.is_numeric():
        return False
    inside = inside.fill_null(False)
    counts = target.filter(~inside).value_counts(name="rows")
    learnt = counts.filter(pl.col("rows") >= FEWEST_OF_A_LABEL)[target.name]
    strange = ~target.filter(inside).drop_nulls().is_in(learnt.to_list())
    return int(strange.sum()) > MOST_STRANGE * int(inside.sum())


def smallest_group(group: Values) -> tuple[str, int] | None:
    """The value with the fewest rows that are enough to hold back, and their count."""
    counts = as_text(group).drop_nulls().value_counts(name="rows").sort("rows", group.name)
    for value, rows in counts.iter_rows():
        if rows >= max(LEAST_ROWS, LEAST_SHARE * len(group.series)) and group.distinct > 1:
            return value, rows
    return None


def as_text(column: Values) -> pl.Series:
    """Values as the user would write them: whole numbers without a decimal point."""
    if column.type == "integer":
        return column.series.cast(pl.Int64).cast(pl.String)
    return column.series.cast(pl.String)


def differs(target: pl.Series, inside: pl.Series) -> float:
    """How far a segment's target is from the rest: 0 to 1 for labels, else standard deviations."""
    segment, rest = target.filter(inside.fill_null(False)), target.filter(~inside.fill_null(False))
    if target.dtype.is_numeric():
        spread = target.std()
        here, there = segment.mean(), rest.mean()
        numbers = isinstance(spread, float) and isinstance(here, float) and isinstance(there, float)
        if not numbers or not spread:
            return 0.0
        return abs(float(here) - float(there)) / float(spread)  # type: ignore[arg-type]
    total = 0.0
    for label in target.drop_nulls().unique():
        total += abs(float((segment == label).mean() or 0) - float((rest == label).mean() or 0))
    return total / 2


def shown(value: object) -> str:
    """A date without a time of midnight, a whole number without a decimal point."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).removesuffix(" 00:00:00")
