"""What every reader gives back: the cells of a table as texts, and how they were read."""

from dataclasses import dataclass

import polars as pl

SHOWN = 5  # line numbers that a message names


@dataclass(frozen=True)
class Read:
    """How a file was read.

    `format` is csv, excel, parquet or json. `header` is the line of the names, 0 if there are
    none. `decimal` and `thousands` are the marks in numbers, `spaces` what stands between
    thousands and is no comma or point, `minus` the unusual forms of negative ones. `missing` are
    the texts in it that only say that a value is missing, `kept` those that pandas would take so.
    `member` is the file in a zip of several. `spaced` says that spaces follow the separators,
    `exact` that a project reads the file itself as it was read here.
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
    """Something wrong with the data: how often, in which lines first, and what is proposed.

    `column` is None if it is about whole rows. `proposal` is an option of the command.
    """

    problem: str
    count: int
    column: str | None = None
    lines: tuple[int, ...] = ()
    proposal: str | None = None


@dataclass(frozen=True)
class Table:
    """Cells as texts, null where empty; `lines` has each row's line as a spreadsheet counts.

    `rows` is the number in the whole file: more than `cells` has if the file was sampled.
    """

    read: Read
    cells: pl.DataFrame
    lines: pl.Series
    rows: int
    sampled: bool
    faults: tuple[Fault, ...] = ()


def first_lines(lines: pl.Series, where: pl.Series) -> tuple[int, ...]:
    """The first lines of the rows where the condition holds."""
    return tuple(lines.filter(where.fill_null(False)).head(SHOWN).to_list())
