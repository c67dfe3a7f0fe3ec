"""Parses numbers as people write them: decimal commas, thousands, currencies, percentages."""

from dataclasses import dataclass

import polars as pl

from scaffold.own_data.minus import MINUS

CURRENCY = r"[$€£¥₹₽]|R\$|US\$|USD|EUR|GBP|CHF|JPY|INR|SEK|NOK|DKK|PLN|CZK|kr\.?|zł|Fr\.?|Rs\.?"
BEFORE = rf"^([-+]?)\s*(?:{CURRENCY})\s*(\(?[-+]?[\d.,])"
AFTER = rf"\s*(?:{CURRENCY}|%)$"
UNIT = rf"({CURRENCY}|%)"
MEASURE = r"^[-+]?[\d.,' ]*\d\s+([^\d\s.,;:/-]{1,6}|m2|m3|km/h|ft2|sq ft)$"
SPACES = "'\u2019 \u00a0\u202f\u2009"
LONGEST = 16  # digits; a 64-bit float can't hold them exactly
MOST_NUMBERS = 0.5  # of the values, for a column to count for the decimal mark
MOST_OF_ONE_UNIT = 0.9  # of the values; with fewer, the words aren't a unit

# With a decimal point, a comma before three digits separates thousands, and vice versa.
POINT = rf"^[-+]?(?:\d+|\d{{1,3}}(?:[,{SPACES}]\d{{3}})+)?(?:\.\d*)?(?:[eE][-+]?\d+)?$"
COMMA = rf"^[-+]?(?:\d+|\d{{1,3}}(?:[.{SPACES}]\d{{3}})+)?(?:,\d*)?(?:[eE][-+]?\d+)?$"
EITHER = r"^[-+]?\d{1,3}\.\d{3}(?:[eE][-+]?\d+)?$"


@dataclass(frozen=True)
class Votes:
    """How many values are only valid with a decimal point, and how many only with a comma."""

    point: int
    comma: int


def bare(texts: pl.Series) -> pl.Series:
    """The texts without currency, percent sign and common unit, with minus signs normalized."""
    if machine_written(texts) is not None:
        return texts
    plain = texts
    for pattern, new in MINUS.values():
        plain = plain.str.replace(pattern, new.replace("\\1", "$1"))
    plain = plain.str.replace(BEFORE, "$1$2").str.replace(AFTER, "")
    for pattern, new in MINUS.values():  # also next to a currency
        plain = plain.str.replace(pattern, new.replace("\\1", "$1"))
    measure = common_measure(plain)
    if measure:
        plain = plain.str.strip_suffix(measure).str.strip_chars()
    return plain


def forms_of_minus(texts: pl.Series) -> list[str]:
    """The keys of MINUS whose notation occurs in these texts."""
    plain = texts.str.replace(BEFORE, "$1$2").str.replace(AFTER, "")
    forms = []
    for form, (pattern, _) in MINUS.items():
        if texts.str.contains(pattern).any() or plain.str.contains(pattern).any():
            forms.append(form)
    return forms


def machine_written(texts: pl.Series) -> pl.Series | None:
    """The numbers, if all texts are plain numbers, with or without a decimal point."""
    values = texts.cast(pl.Float64, strict=False)
    return values if values.is_finite().all(ignore_nulls=False) else None


def common_measure(texts: pl.Series) -> str | None:
    """The unit after nearly all values, separated by a space: 'kg' in '12 kg'."""
    units = texts.str.extract(MEASURE).drop_nulls()
    if len(units) < MOST_OF_ONE_UNIT * len(texts) or units.is_empty():
        return None
    unit = str(units[0])
    return unit if (units == unit).all() else None


def unit(texts: pl.Series) -> str | None:
    """The most common currency, percent sign or unit in these numeric texts."""
    measure = common_measure(texts)
    if measure:
        return measure
    marks = texts.str.extract(UNIT).drop_nulls()
    if marks.is_empty():
        return None
    return str(marks.value_counts(sort=True).item(0, 0))


def votes(texts: pl.Series, counts: pl.Series) -> Votes:
    """Counts the evidence for each decimal mark in bare texts with these counts.

    No votes, unless most of the texts are numbers.
    """
    if machine_written(texts) is not None:
        return plain_votes(texts, counts)
    point, comma = fits(texts, POINT), fits(texts, COMMA)
    if int(counts.filter(point | comma).sum()) < MOST_NUMBERS * int(counts.sum()):
        return Votes(0, 0)
    only_point = int(counts.filter(point & ~comma).sum())
    only_comma = int(counts.filter(comma & ~point).sum())
    return Votes(only_point, only_comma)


def plain_votes(texts: pl.Series, counts: pl.Series) -> Votes:
    """The same for plain numbers, of which 1.234 is ambiguous."""
    pointed = texts.str.contains(".", literal=True) & ~texts.str.contains(EITHER)
    return Votes(int(counts.filter(pointed).sum()), 0)


def fits(texts: pl.Series, pattern: str) -> pl.Series:
    return texts.str.contains(pattern) & texts.str.contains(r"\d")


def parse(texts: pl.Series, decimal: str) -> pl.Series:
    """Parses the numbers in bare texts; null if a text isn't a number."""
    plain = machine_written(texts)
    if plain is not None and (decimal == "." or not texts.str.contains(".", literal=True).any()):
        return plain
    if decimal == ",":
        good = fits(texts, COMMA)
        plain = texts.str.replace_all(f"[.{SPACES}]", "").str.replace(",", ".", literal=True)
    else:
        good = fits(texts, POINT)
        plain = texts.str.replace_all(f"[,{SPACES}]", "")
    plain = plain.str.replace(r"^\+", "").str.replace(r"\.$", "")
    values = plain.cast(pl.Float64, strict=False)
    return pl.select(pl.when(good).then(values)).to_series()


def thousands(texts: pl.Series, decimal: str) -> str | None:
    """The thousands separator, if one is used."""
    marks = texts.str.extract(rf"^[-+]?\d{{1,3}}([,.{SPACES}])\d{{3}}(?:\D|$)").drop_nulls()
    marks = marks.filter(marks != decimal)
    return None if marks.is_empty() else str(marks.value_counts(sort=True).item(0, 0))


def are_mostly_codes(values: pl.Series, rest: pl.Series) -> bool:
    """Whether the texts that aren't whole numbers mix letters and digits, such as '207a'."""
    if rest.is_empty() or not (values.drop_nulls() == values.drop_nulls().round()).all():
        return False
    mixed = rest.str.contains(r"^\w*\d\w*$") & rest.str.contains("[[:alpha:]]")
    return bool(mixed.all())


def are_codes(texts: pl.Series) -> bool:
    """Whether these are digit codes such as '00501', which would lose digits as numbers."""
    if texts.str.contains(rf"^\d{{{LONGEST},}}$").any():
        return True
    digits = texts.str.contains(r"^\d+$")
    zeros = texts.str.contains(r"^0\d+$")
    lengths = texts.str.len_chars().n_unique()
    often = int(zeros.sum()) > 0.05 * len(texts)
    return bool(digits.all()) and bool(zeros.any()) and (lengths == 1 or often)
