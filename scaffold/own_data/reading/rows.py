"""Separates records that fit the header from those that are dropped and reported."""

from dataclasses import dataclass

import polars as pl

from scaffold.errors import DataError
from scaffold.own_data.reading.headers import Header, nameless
from scaffold.own_data.table import SHOWN, Fault

PROBLEMS = {
    "trailing": "an extra separator after {width} cells, ignored",
    "long": "more than {width} cells: dropped",
    "short": "fewer than {width} cells: dropped",
    "header": "the header repeated: dropped",
    "total": "a total of the other rows: dropped",
}
TOTALS = ("total", "totals", "grand total", "sum", "summe", "gesamt", "total général", "totale")
MOST_LEFT_OUT = 0.1  # of the rows; with more, the file is probably misread


@dataclass(frozen=True)
class Body:
    """The rows as text, their line numbers, and faults of dropped rows."""

    cells: pl.DataFrame
    lines: pl.Series
    faults: tuple[Fault, ...]


def divide(records: list[list[str]], lines: list[int], header: Header) -> Body:
    """The rows below the header; raises DataError if too many have the wrong number of cells."""
    width = len(header.names)
    wrong: dict[str, list[int]] = {problem: [] for problem in PROBLEMS}
    whole, places = records[header.skipped :], lines[header.skipped :]
    if not all_fit(whole, header):
        whole, places = sorted_out(whole, places, header, wrong)
    check(wrong, len(whole), width)
    while len(whole) > 1 and is_total(whole[-1]):
        whole.pop()
        wrong["total"].append(places.pop())
    columns = []
    for name, values in zip(header.names, zip(*whole, strict=True), strict=True):
        columns.append(pl.Series(name, values, pl.String))
    if not header.record or header.record[-1].strip():
        return Body(pl.DataFrame(columns), series(places), dropped(wrong, width))
    if any(columns[-1]):
        faults = (*dropped(wrong, width), nameless(width, header.names[-1]))
        return Body(pl.DataFrame(columns), series(places), faults)
    wrong["trailing"] += places
    return Body(pl.DataFrame(columns[:-1]), series(places), dropped(wrong, width - 1))


def are_all(below: list[list[str]], header: Header, body: Body) -> bool:
    """Whether no record below the header was dropped and the names were not changed."""
    named = tuple(cell.strip() for cell in header.record) == header.names
    whole = body.cells.height == len(below) and not body.faults
    return whole and (named or header.line == header.skipped == 0)


def all_fit(records: list[list[str]], header: Header) -> bool:
    """Whether every record has one cell per name and none is blank or repeats the header."""
    widths = set(map(len, records))
    return (
        widths == {len(header.names)}
        and all(map(any, records))
        and list(header.record) not in records
    )


def sorted_out(
    records: list[list[str]], lines: list[int], header: Header, wrong: dict[str, list[int]]
) -> tuple[list[list[str]], list[int]]:
    """The rows that fit and their line numbers; those of the others are added to `wrong`."""
    width, repeated = len(header.names), list(header.record)
    whole: list[list[str]] = []
    places: list[int] = []
    for line, record in zip(lines, records, strict=True):
        if not any(record):
            continue
        if len(record) == width and record != repeated:
            whole.append(record)
            places.append(line)
        elif record == repeated:
            wrong["header"].append(line)
        elif len(record) < width:
            wrong["short"].append(line)
        elif any(cell.strip() for cell in record[width:]):
            wrong["long"].append(line)
        else:
            wrong["trailing"].append(line)
            whole.append(record[:width])
            places.append(line)
    return whole, places


def series(places: list[int]) -> pl.Series:
    return pl.Series("line", places, pl.Int64)


def is_total(record: list[str]) -> bool:
    """Whether the last row is a total: it is labeled as one and has an empty cell."""
    words = [cell.strip().rstrip(":").lower() for cell in record]
    return "" in words and any(word in TOTALS for word in words)


def check(wrong: dict[str, list[int]], rows: int, width: int) -> None:
    if width == 1:
        raise DataError(
            "The file has only one column, so there is nothing to predict from. "
            "If the separator is wrong, set it: --separator semicolon"
        )
    left_out = sorted(wrong["long"] + wrong["short"])
    if len(left_out) > max(MOST_LEFT_OUT * (rows + len(left_out)), 1):
        raise DataError(
            f"{len(left_out)} of {rows + len(left_out)} rows don't have {width} cells like "
            f"the header, the first in line {left_out[0]}. Quote cells that contain the separator, "
            "or set --separator or --header"
        )
    if rows == 0:
        raise DataError("The file has no rows below the column names. Use a file with rows")


def dropped(wrong: dict[str, list[int]], width: int) -> tuple[Fault, ...]:
    faults = []
    for key, lines in wrong.items():
        if lines:
            problem = PROBLEMS[key].format(width=width)
            faults.append(Fault(problem, len(lines), lines=tuple(sorted(lines)[:SHOWN])))
    return tuple(faults)
