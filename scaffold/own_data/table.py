"""The result of every reader: the cells of a table as text, and how they were read."""

from dataclasses import dataclass

import polars as pl

SHOWN = 5  # line numbers listed in a message


@dataclass(frozen=True)
class Read:
    """How a file was read.

    `format` is csv, excel, parquet or json. `header` is the line of the column names, 0 if there
    are none. `decimal` and `thousands` are the marks in numbers, `spaces` the thousands separators
    other than comma and point, `minus` the unusual notations of negative numbers. `missing` lists
    the texts that mean a missing value; `kept` lists values that pandas would read as missing.
    `member` is the file in a zip that has several. `spaced` is True if spaces follow the
    separators, `exact` if a project can read the original file with the same result.
    """

    format: str
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    decimal: str = "."
    thousands: str | None = None
    spaces: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    sheet: str | None = None
    compression: str | None = None
    header: int = 1
    missing: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    member: str | None = None
    spaced: bool = False
    exact: bool = True


@dataclass(frozen=True)
class Fault:
    """A problem with the data: how many cells or rows have it, the first lines, and a fix.

    `column` is None if it affects whole rows. `proposal` is a command-line option.
    """

    problem: str
    count: int
    column: str | None = None
    lines: tuple[int, ...] = ()
    proposal: str | None = None


@dataclass(frozen=True)
class Table:
    """Cells as text, null if empty; `lines` has each row's line number as in a spreadsheet.

    `rows` is the number of rows in the whole file, more than in `cells` if it was sampled.
    """

    read: Read
    cells: pl.DataFrame
    lines: pl.Series
    rows: int
    sampled: bool
    faults: tuple[Fault, ...] = ()


def first_lines(lines: pl.Series, where: pl.Series) -> tuple[int, ...]:
    """The line numbers of the first rows that meet the condition."""
    return tuple(lines.filter(where.fill_null(False)).head(SHOWN).to_list())
