"""Converts a column of text to values of one type and reports texts that don't fit."""

from dataclasses import replace

import polars as pl

from scaffold import shell
from scaffold.own_data.columns import choices, dates, numbers
from scaffold.own_data.columns.cells import Cells, Values
from scaffold.own_data.columns.numbers import Votes
from scaffold.own_data.table import SHOWN, Fault, first_lines

MOST = 0.9  # of the values must be numbers or dates
HALF = 0.5  # of the values, if the others are a few words without digits
FEW_WORDS = 3
LONG = 40  # characters
WORDS = 6
TRIED = 100  # texts that are tried as dates first
REPEATED = 5  # the average count of a choice; free text repeats less


def understand(cells: Cells, lines: pl.Series, decimal: str, order: str | None) -> Values:
    """Returns the column's values; `decimal` is the file's mark, `order` the date order."""
    texts, name = cells.known["text"], cells.name
    distinct = len(texts)
    if distinct == 0:
        return Values(name, "empty", cells.spread(texts), 0, "has no value")
    faults = marker_faults(cells, lines)
    if distinct == 1 and cells.missing == 0:
        why = f"is {texts[0]!r} in every row"
        return Values(name, "constant", cells.spread(texts), 1, why)
    values = (
        choices.booleans(cells, lines)
        or as_dates(cells, lines, order)
        or as_numbers(cells, lines, decimal)
        or as_words(cells, lines)
    )
    return replace(values, faults=(*faults, *values.faults))


def as_dates(cells: Cells, lines: pl.Series, order: str | None) -> Values | None:
    """The column as dates, if nearly all values are dates."""
    texts = cells.known["text"]
    if cells.plain is not None and not named_for_time(cells.name):
        return None
    few = texts.sample(min(TRIED, len(texts)), seed=0)
    if numbers.machine_written(few) is not None and not named_for_time(cells.name):
        return None
    tried = dates.parse(few, order)
    if tried.values.null_count() > len(tried.values) / 2:
        return None
    parsed = dates.parse(texts, order)
    if share(cells, parsed.values) < MOST:
        return None
    names = parsed.forms.drop_nulls().unique().sort().to_list()
    faults = unreadable(cells, parsed.values, lines, "a date")
    if len(names) > 1:
        problem = f"mixes date formats: {', '.join(names)}"
        doubt = dates.DAY_FIRST in names and dates.MONTH_FIRST in names
        proposal = "--dates day-first" if doubt else None
        faults.append(Fault(problem, len(names), cells.name, proposal=proposal))
    why = f"dates such as {texts[0]}"
    series = cells.spread(parsed.values)
    return Values(
        cells.name,
        "date",
        series,
        series.drop_nulls().n_unique(),
        why,
        faults=tuple(faults),
        order=parsed.order,
        order_assumed=parsed.order_assumed,
        timed=bool((series.dt.truncate("1d") != series).any()),
    )


def named_for_time(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in ("date", "day", "time", "datum", "fecha", "dt"))


def as_numbers(cells: Cells, lines: pl.Series, decimal: str) -> Values | None:
    """The column as numbers, if nearly all values are numbers, or all except a few words."""
    texts = cells.bare
    own = own_decimal(cells.votes, decimal)
    differs = own if own != decimal else None
    decimal = own
    if cells.plain is not None and (decimal == "." or not has_point(texts)):
        return plain_numbers(cells, cells.plain, differs)
    parsed = numbers.parse(texts, decimal)
    good = share(cells, parsed)
    rest = cells.known["text"].filter(parsed.is_null())
    words = len(rest) <= FEW_WORDS and not rest.str.contains(r"\d").any()
    if good < MOST and not (good >= HALF and words):
        return None
    if numbers.are_codes(cells.known["text"]) or numbers.are_mostly_codes(parsed, rest):
        return None
    whole = bool((parsed.drop_nulls() == parsed.drop_nulls().round()).all())
    pointed = texts.str.contains(r"[.,]\d{1,2}$").any()
    kind = "integer" if whole and not pointed else "number"
    series = cells.spread(parsed)
    return Values(
        cells.name,
        kind,
        series,
        series.drop_nulls().n_unique(),
        "whole numbers" if kind == "integer" else "numbers",
        unit=numbers.unit(
            cells.known["text"].filter(parsed.is_not_null() & (texts != cells.known["text"]))
        ),
        decimal=differs,
        thousands=numbers.thousands(texts, decimal),
        minus=tuple(numbers.forms_of_minus(cells.known["text"].filter(parsed.is_not_null()))),
        faults=tuple(unreadable(cells, parsed, lines, "a number")),
    )


def plain_numbers(cells: Cells, parsed: pl.Series, differs: str | None) -> Values | None:
    """The same for plain numbers: no missing values, units or thousands separators."""
    whole = bool((parsed == parsed.round()).all())
    if whole and numbers.are_codes(cells.bare):
        return None
    whole = whole and not cells.bare.str.contains(r"\.\d{1,2}$").any()
    kind, why = ("integer", "whole numbers") if whole else ("number", "numbers")
    distinct = parsed.n_unique()
    return Values(cells.name, kind, cells.spread(parsed), distinct, why, decimal=differs)


def has_point(texts: pl.Series) -> bool:
    return bool(texts.str.contains(".", literal=True).any())


def own_decimal(votes: Votes, decimal: str) -> str:
    """The file's decimal mark, unless the column's numbers are only valid with the other one."""
    if votes.point and not votes.comma:
        return "."
    if votes.comma and not votes.point:
        return ","
    return decimal


def as_words(cells: Cells, lines: pl.Series) -> Values:
    """The column as free text, or as choices if the texts are short or repeat."""
    texts = cells.known["text"]
    spelled = choices.spellings(cells)
    distinct = len(texts) - len(spelled)
    series = cells.texts if not spelled else cells.texts.replace(spelled)
    filled = cells.spread(texts).is_not_null()
    series = pl.select(pl.when(filled).then(series)).to_series().alias(cells.name)
    if cells.filled < REPEATED * len(texts) and are_prose(texts):
        return Values(cells.name, "text", series, len(texts), "free text")
    faults = choices.spelling_faults(cells, spelled, lines)
    why = f"{distinct:,} distinct values" if distinct > 1 else "one value, or missing"
    return Values(
        cells.name, "choice", series, distinct, why, spellings=spelled, faults=tuple(faults)
    )


def are_prose(texts: pl.Series) -> bool:
    """Whether half of the texts are long or have many words."""
    long = int((texts.str.len_chars() >= LONG).sum())
    wordy = int((texts.str.count_matches(r"\S+") >= WORDS).sum())
    return 2 * max(long, wordy) >= len(texts)


def share(cells: Cells, values: pl.Series) -> float:
    """The share of filled rows that have a value of the type."""
    good = cells.known.filter(values.is_not_null())["count"].sum()
    return float(good) / cells.filled


def unreadable(cells: Cells, values: pl.Series, lines: pl.Series, what: str) -> list[Fault]:
    """Reports texts that aren't values of the type; the project drops their rows."""
    bad = cells.known.filter(values.is_null()).sort("count", descending=True)
    if bad.is_empty():
        return []
    shown = ", ".join(repr(text[:30]) for text in bad["text"].head(3).to_list())
    more = ", …" if bad.height > 3 else ""
    problem = f"can't be parsed as {what}, so the rows are dropped: {shown}{more}"
    where = cells.texts.is_in(bad["text"].implode())
    count = int(bad["count"].sum())
    words = [f"--missing {shell.word(text)}" for text in bad["text"].head(FEW_WORDS)]
    proposal = " ".join(words) if bad.height <= FEW_WORDS else None
    return [Fault(problem, count, cells.name, first_lines(lines, where), proposal)]


def marker_faults(cells: Cells, lines: pl.Series) -> list[Fault]:
    """Reports which texts are treated as missing values."""
    if not cells.markers:
        return []
    shown = ", ".join(repr(marker) for marker in list(cells.markers)[:SHOWN])
    where = cells.texts.is_in(list(cells.markers))
    count = sum(cells.markers.values())
    return [Fault(f"treated as missing: {shown}", count, cells.name, first_lines(lines, where))]
