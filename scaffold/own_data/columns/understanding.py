"""Determines the types of all columns together: they share a decimal mark and a date order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scaffold.own_data.columns import cells, doubts, values
from scaffold.own_data.columns.cells import Cells, Values
from scaffold.own_data.columns.numbers import SPACES as SPACED
from scaffold.own_data.columns.numbers import Votes
from scaffold.own_data.minus import MINUS
from scaffold.own_data.options import Options
from scaffold.own_data.table import Fault, Table


@dataclass(frozen=True)
class Understood:
    """The table with its cells and typed values by column name."""

    table: Table
    cells: Mapping[str, Cells]
    values: Mapping[str, Values]
    faults: tuple[Fault, ...]

    @property
    def names(self) -> list[str]:
        return list(self.values)


def understand(table: Table, options: Options) -> Understood:
    """Returns the typed values of every column, and their faults."""
    texts = {column.name: cells.tidy(column, options.missing) for column in table.cells}
    decimal = options.decimal_mark() or cells.decimal(list(texts.values()), table.read.separator)
    columns = {}
    faults: list[Fault] = []
    for name, column in texts.items():
        if options.decimal:
            column = replace(column, votes=Votes(0, 0))
        columns[name] = values.understand(column, table.lines, decimal, options.dates)
        faults += columns[name].faults
        faults += doubts.find(columns[name], column.texts, table.lines)
    faults += [other_decimal(column, decimal) for column in columns.values() if column.decimal]
    marks = sorted(set(filter(None, map(thousands, columns.values()))), key=SPACED.find)
    spaces = tuple(mark for mark in marks if mark in SPACED)
    read = replace(
        table.read, decimal=decimal, thousands=marks[0] if marks else None, spaces=spaces
    )
    forms = {form for column in columns.values() for form in column.minus}
    minus = tuple(form for form in MINUS if form in forms)
    markers = {marker for column in texts.values() for marker in column.markers}
    kept = sorted(set().union(*(column.kept for column in texts.values())))
    readable = read.format == "csv" or not (markers or kept)  # reader settings only apply to CSV
    missing = tuple(sorted(markers))
    exact = read.exact and readable
    read = replace(read, missing=missing, kept=tuple(kept), minus=minus, exact=exact)
    return Understood(replace(table, read=read), texts, columns, (*table.faults, *faults))


def thousands(column: Values) -> str | None:
    """The column's thousands separator after conversion to the file's decimal mark."""
    exchanged = {",": ".", ".": ","} if column.decimal else {}
    return exchanged.get(column.thousands or "", column.thousands)


def other_decimal(column: Values, decimal: str) -> Fault:
    """Reports a column whose decimal mark differs from the file's."""
    marks = {".": "a point", ",": "a comma"}
    other = marks[column.decimal or decimal]
    problem = f"uses {other} as the decimal mark; other columns use {marks[decimal]}"
    return Fault(problem, len(column.series) - column.missing, column.name)
