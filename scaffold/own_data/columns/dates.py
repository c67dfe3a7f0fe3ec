"""Parses dates in common formats and reports which formats a column mixes."""

from dataclasses import dataclass

import polars as pl

# Each format with a pattern for the day; a time of day may follow.
FORMS = {
    "2024-03-31": (r"^\d{4}-\d{1,2}-\d{1,2}$", ["%Y-%m-%d"]),
    "2024/03/31": (r"^\d{4}/\d{1,2}/\d{1,2}$", ["%Y/%m/%d"]),
    "2024.03.31": (r"^\d{4}\.\d{1,2}\.\d{1,2}$", ["%Y.%m.%d"]),
    "20240331": (r"^(?:19|20)\d{6}$", ["%Y%m%d"]),
    "31.03.2024": (r"^\d{1,2}\.\d{1,2}\.\d{4}$", ["%d.%m.%Y"]),
    "31.03.24": (r"^\d{1,2}\.\d{1,2}\.\d{2}$", ["%d.%m.%y"]),
    "31 Mar 2024": (r"^\d{1,2}[ -][[:alpha:]]{3,9}\.?[ ,-]+\d{4}$", ["%d %B %Y", "%d %b %Y"]),
    "31-Mar-24": (r"^\d{1,2}[ -][[:alpha:]]{3,9}[ -]\d{2}$", ["%d %b %y", "%d %B %y"]),
    "Mar 31, 2024": (r"^[[:alpha:]]{3,9}\.? \d{1,2},? \d{4}$", ["%B %d %Y", "%b %d %Y"]),
    "2024-03": (r"^(?:19|20)\d{2}-\d{2}$", ["%Y-%m-%d"]),
}
POINTED = ["31.03.2024", "31.03.24"]
SLASHED = r"^\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})$"
DAY_FIRST, MONTH_FIRST = "31/03/2024", "03/31/2024"
CLOCK = r"(?:[T ,]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)|T(\d{4}|\d{6}))"
ZONE = r"(?:Z|UTC|[-+]\d{2}:?\d{2})?"
TIME = rf"^(.*?\d){CLOCK}\s*([AaPp][Mm])?\s*{ZONE}$"
WEEKDAY = r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "


@dataclass(frozen=True)
class Dates:
    """The dates with their time of day, null if a text isn't a date, and the format of each.

    `order` is day-first or month-first, for dates with the year last; it may be assumed.
    """

    values: pl.Series
    forms: pl.Series
    order: str | None
    order_assumed: bool


def parse(texts: pl.Series, order: str | None) -> Dates:
    """Parses dates; `order` is day-first or month-first, for dates such as 03/04/2024."""
    plain = texts.str.replace(WEEKDAY, "")
    days = plain.str.extract(TIME, 1).fill_null(plain)
    clock = seconds(plain)
    values = pl.Series([None] * len(texts), dtype=pl.Date)
    forms = pl.Series([None] * len(texts), dtype=pl.String)
    for form, (pattern, layouts) in FORMS.items():
        mine = days.str.contains(pattern)
        if not mine.any():
            continue
        tidy = spelled(days) if "Mar" in form else days
        tidy = tidy + "-01" if form == "2024-03" else tidy
        values = fill(values, mine, tidy, layouts)
        forms = pl.select(pl.when(mine).then(pl.lit(form)).otherwise(forms)).to_series()
    slashed = days.str.contains(SLASHED)
    chosen, assumed = None, False
    if slashed.any():
        tidy = days.str.replace_all("-", "/")
        chosen, assumed = day_order(tidy.filter(slashed), order)
        for first in (chosen, "month-first" if chosen == "day-first" else "day-first"):
            layout = "%d/%m/%" if first == "day-first" else "%m/%d/%"
            for year, length in (("Y", 4), ("y", 2)):
                mine = slashed & tidy.str.contains(rf"/\d{{{length}}}$") & values.is_null()
                values = fill(values, mine, tidy, [layout + year])
                form = DAY_FIRST if first == "day-first" else MONTH_FIRST
                new = mine & values.is_not_null()
                forms = pl.select(pl.when(new).then(pl.lit(form)).otherwise(forms)).to_series()
    if chosen is None and forms.is_in(POINTED).any():
        chosen = "day-first"
    moments = values.cast(pl.Datetime("us")) + (clock * 1_000_000).cast(pl.Duration("us"))
    return Dates(moments, forms, chosen, assumed)


def fill(values: pl.Series, mine: pl.Series, texts: pl.Series, layouts: list[str]) -> pl.Series:
    """Fills in the values of the selected texts that fit one of the layouts."""
    for layout in layouts:
        parsed = texts.str.to_date(layout, strict=False)
        wanted = mine & values.is_null()
        values = pl.select(pl.when(wanted).then(parsed).otherwise(values)).to_series()
    return values


def spelled(days: pl.Series) -> pl.Series:
    """Days with the name of a month, separated by single spaces."""
    return days.str.replace_all(r"[-., ]+", " ").str.replace("Sept ", "Sep ", literal=True)


def seconds(texts: pl.Series) -> pl.Series:
    """The time of day in seconds, 0 without one."""
    digits = texts.str.extract(TIME, 2).str.replace(r"^(\d):", "0$1:").str.replace_all(":", "")
    clock = digits.fill_null(texts.str.extract(TIME, 3))
    hours = clock.str.slice(0, 2).cast(pl.Int64, strict=False)
    minutes = clock.str.slice(2, 2).cast(pl.Int64, strict=False)
    rest = clock.str.slice(4, 2).cast(pl.Int64, strict=False).fill_null(0)
    half = texts.str.extract(TIME, 4).str.to_lowercase()
    hours = pl.select(
        pl.when(half == "pm")
        .then(hours % 12 + 12)
        .when(half == "am")
        .then(hours % 12)
        .otherwise(hours)
    ).to_series()
    return (hours * 3600 + minutes * 60 + rest).fill_null(0)


def day_order(slashed: pl.Series, order: str | None) -> tuple[str, bool]:
    """The order of day and month, and whether it is only assumed."""
    if order:
        return order, False
    first = slashed.str.extract(r"^(\d+)").cast(pl.Int64)
    second = slashed.str.extract(r"^\d+/(\d+)").cast(pl.Int64)
    days_first, months_first = int((first > 12).sum()), int((second > 12).sum())
    chosen = "day-first" if days_first > months_first else "month-first"
    return chosen, days_first == months_first == 0
