"""Detects the CSV dialect: the separator and quote that split lines into equally many cells."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATORS = ",;\t|"
SPACE = " "  # tried last; must fit every line
LINES = 300
DECLARED = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)  # a first line that Excel recognizes
TYPED = re.compile(r"[-+]?[\d.,:/-]+%?|\w{1,12}|")


@dataclass(frozen=True)
class Dialect:
    """The separator, quote and escape; `width` is the most common number of cells per line."""

    separator: str
    quote: str
    escape: str | None
    width: int


def detect(text: str, separator: str | None) -> Dialect:
    """Detects the dialect from the first lines; uses the user's separator if set."""
    lines = head(text)
    if separator is None and (declared := DECLARED.fullmatch(lines[0].strip())):
        separator = declared[1]
    escapes: list[str | None] = [None]
    if '\\"' in text[: 1 << 16]:
        escapes.append("\\")
    best = None
    for character in separator or SEPARATORS + SPACE:
        for escape in escapes:
            quote = quote_of(lines, character)
            score, width = rate(lines, character, quote, escape)
            if best is None or score > best[0]:
                best = (score, Dialect(character, quote, escape, width))
    assert best is not None  # noqa: S101  (there is always a separator to try)
    return best[1]


def spaced(text: str, dialect: Dialect) -> bool:
    """Whether spaces follow the separators, so that quotes after them would be missed."""
    lines = head(text)
    plain = csv.reader(lines, delimiter=dialect.separator, quotechar=dialect.quote)
    try:
        return any(cell.startswith(" ") for record in plain for cell in record)
    except csv.Error:
        return True


def head(text: str) -> list[str]:
    """The first lines of the text, without a truncated last line."""
    start = text[: 1 << 18]
    lines = list(io.StringIO(start, newline=""))
    if len(start) < len(text) and len(lines) > 1:
        lines = lines[:-1]
    return lines[:LINES]


def quote_of(lines: Iterable[str], separator: str) -> str:
    """A single quote if cells are in single quotes and none in double quotes."""
    text = "".join(lines)
    mark = re.escape(separator)
    single = re.findall(rf"(?:^|{mark})'[^'\n]*'(?={mark}|\r?$)", text, re.MULTILINE)
    return "'" if '"' not in text and len(single) > text.count("\n") / 2 else '"'


def rate(
    lines: list[str], separator: str, quote: str, escape: str | None
) -> tuple[tuple[float, float, int], int]:
    """A score for the dialect (higher is better), and the most common number of cells."""
    records = list(parse(lines, separator, quote, escape))
    widths = Counter(len(record) for record in records if record)
    if not widths:
        return (0.0, 0.0, 0), 1
    width = widths.most_common(1)[0][0]
    if width == 1:
        return (0.0, 0.0, 1), 1
    alike = widths[width] / widths.total()
    if separator == SPACE:
        return (0.1 if alike == 1 and len(lines) > 2 else 0.0, alike, width), width
    named = len(records[0]) in (width, width - 1)
    cells = [cell.strip() for record in records for cell in record]
    typed = sum(TYPED.fullmatch(cell) is not None for cell in cells) / len(cells)
    return (alike + 0.3 * named + 0.5 * typed, alike, width), width


def parse(
    lines: Iterable[str], separator: str, quote: str, escape: str | None
) -> Iterator[list[str]]:
    """The records in these lines, up to the first that can't be parsed."""
    try:
        yield from csv.reader(
            lines,
            delimiter=separator,
            quotechar=quote,
            escapechar=escape,
            skipinitialspace=True,
        )
    except csv.Error:
        return
