"""Divides records into the rows that fit the names, and those that are left out and told."""

from dataclasses import dataclass

import polars as pl

from scaffold.errors import DataError
from scaffold.own_data.reading.headers import Header, nameless
from scaffold.own_data.table import SHOWN, Fault

PROBLEMS = {
    "trailing": "a separator too many after {width} cells, which is ignored",
    "long": "more than {width} cells: left out",
    "short": "fewer than {width} cells: left out",
    "header": "the names again: left out",
    "total": "a total of the other rows: left out",
}
TOTALS = ("total", "totals", "grand total", "sum", "summe", "gesamt", "total général", "totale")
MOST_LEFT_OUT = 0.1  # of the rows; more and the whole file is read wrongly


@dataclass(frozen=True)
class Body:
    """The rows as texts, the line of each, and what was wrong with others."""

    cells: pl.DataFrame
    lines: pl.Series
    faults: tuple[Fault, ...]


def divide(records: list[list[str]], lines: list[int], header: Header) -> Body:
    """The rows below the header; raises DataError if too many have another number of cells."""
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
        return Body(pl.DataFrame(columns), series(places), told(wrong, width))
    if any(columns[-1]):
        faults = (*told(wrong, width), nameless(width, header.names[-1]))
        return Body(pl.DataFrame(columns), series(places), faults)
    wrong["trailing"] += places
    return Body(pl.DataFrame(columns[:-1]), series(places), told(wrong, width - 1))


def are_all(below: list[list[str]], header: Header, body: Body) -> bool:
    """Whether the rows are all records below the names, and the names stand there as they are."""
    named = tuple(cell.strip() for cell in header.record) == header.names
    whole = body.cells.height == len(below) and not body.faults
    return whole and (named or header.line == header.skipped == 0)


def all_fit(records: list[list[str]], header: Header) -> bool:
    """Whether every record has a cell for each name and none is blank or has the names again."""
    widths = set(map(len, records))
    return (
        widths == {len(header.names)}
        and all(map(any, records))
        and list(header.record) not in records
    )


def sorted_out(
    records: list[list[str]], lines: list[int], header: Header, wrong: dict[str, list[int]]
) -> tuple[list[list[str]], list[int]]:
    """The rows that fit and their lines; the lines of the others go into `wrong`."""
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
    """Whether a last row sums the others: it says so and leaves a cell empty."""
    words = [cell.strip().rstrip(":").lower() for cell in record]
    return "" in words and any(word in TOTALS for word in words)


def check(wrong: dict[str, list[int]], rows: int, width: int) -> None:
    if width == 1:
        raise DataError(
            "There is one column only, so nothing to predict it from. "
            "Give what parts the cells, for example: --separator semicolon"
        )
    left_out = sorted(wrong["long"] + wrong["short"])
    if len(left_out) > max(MOST_LEFT_OUT * (rows + len(left_out)), 1):
        raise DataError(
            f"{len(left_out)} of {rows + len(left_out)} rows don't have {width} cells as the "
            f"names do, first in line {left_out[0]}. Quote cells that hold the separator, "
            "or give another --separator or --header"
        )
    if rows == 0:
        raise DataError("There is no row of data below the names. Give a file with rows")


def told(wrong: dict[str, list[int]], width: int) -> tuple[Fault, ...]:
    faults = []
    for key, lines in wrong.items():
        if lines:
            problem = PROBLEMS[key].format(width=width)
            faults.append(Fault(problem, len(lines), lines=tuple(sorted(lines)[:SHOWN])))
    return tuple(faults)
