"""Finds the line with the column names and makes the names unique."""

import re
from dataclasses import dataclass

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.table import Fault

SEARCHED = 30  # lines that are searched for the names
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
YEAR = re.compile(r"(19|20)\d\d")
REPEATED = 3  # repeats of a first cell that make it a value, not a name
FEW = 2  # rows per distinct value, at least, in a column with few values


@dataclass(frozen=True)
class Header:
    """The unique column names; `skipped` records precede the first row of data."""

    names: tuple[str, ...]
    line: int
    skipped: int
    record: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def find(records: list[list[str]], width: int, chosen: int | None) -> Header:
    """Finds the header: the user's line, or the first line that is as wide as the data."""
    if chosen == 0:
        return unnamed(records, width)
    if chosen is not None and not 0 < chosen <= len(records):
        raise InvalidAnswerError(f"--header {chosen} isn't among the first {len(records)} lines")
    place = position(records, width) if chosen is None else chosen - 1
    record = records[place]
    if chosen is None and is_data(record, records[place + 1 :]):
        numbered = unnamed(records, width)
        problem = f"line {place + 1} looks like data, not column names, so the columns are numbered"
        fault = Fault(problem, 1, lines=(place + 1,), proposal=f"--header {place + 1}")
        return Header(numbered.names, 0, place, faults=(fault,))
    faults = []
    before = sum(any(row) and not declares(row) for row in records[:place])
    if chosen is None and before:
        problem = f"text before the column names in line {place + 1} is skipped"
        faults.append(Fault(problem, before, lines=(1,), proposal="--header LINE"))
    names = list(record)
    if rows_are_named(records[place + 1 :], len(names), width):
        names.insert(0, "row")
        faults.append(Fault("the first column has no name, as in R; it is named 'row'", 1))
    unique, more = distinct(names)
    return Header(unique, place + 1, place + 1, tuple(record), (*faults, *more))


def position(records: list[list[str]], width: int) -> int:
    """The index of the first record that is as wide as the data, or one cell short."""
    for place, record in enumerate(records[:SEARCHED]):
        enough = sum(map(bool, record)) > width / 2
        usual = len(record) in (width, width - 1) and enough and not declares(record)
        if usual and not stands_above_names(record, records[place + 1 :]):
            return place
    return 0


def stands_above_names(record: list[str], below: list[list[str]]) -> bool:
    """Whether the line has empty cells and the next line, without any, is the header."""
    if all(record) or len(below) < 2 or len(below[0]) < len(record):
        return False
    names, rows = below[0], below[1:SEARCHED]
    plain = all(names) and not any(NUMBER.fullmatch(name.strip()) for name in names)
    return plain and any(NUMBER.fullmatch(cell.strip()) for row in rows for cell in row)


def declares(record: list[str]) -> bool:
    """Whether the line is 'sep=;', which only sets Excel's separator."""
    return bool(record) and record[0].lower().startswith("sep=")


def unnamed(records: list[list[str]], width: int) -> Header:
    """Numbered names for a file without a header."""
    return Header(tuple(f"column_{number}" for number in range(1, width + 1)), 0, 0)


def is_data(record: list[str], below: list[list[str]]) -> bool:
    """Whether the record is data: numbers in numeric columns, or values that repeat below.

    Text above numbers, or a value that isn't among a column's few values, suggests a header.
    """
    numbers = [cell.strip() for cell in record if NUMBER.fullmatch(cell.strip())]
    named = all(YEAR.fullmatch(cell) for cell in numbers) or counts_up(numbers)
    evidence = False
    for column, cell in enumerate(map(str.strip, record)):
        values = [row[column].strip() for row in below if len(row) > column and row != record]
        values = [value for value in values if value]
        if not cell or not values:
            continue
        if 10 * sum(NUMBER.fullmatch(value) is not None for value in values) > 9 * len(values):
            if not NUMBER.fullmatch(cell):
                return False
            evidence = evidence or not named
        elif FEW * len(set(values)) <= len(values):
            if cell not in values:
                return False
            evidence = evidence or values.count(cell) >= REPEATED
    return evidence


def counts_up(numbers: list[str]) -> bool:
    """Whether these are consecutive whole numbers, which can be column names."""
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
        return False
    first = int(numbers[0])
    return [int(number) for number in numbers] == list(range(first, first + len(numbers)))


def rows_are_named(below: list[list[str]], names: int, width: int) -> bool:
    """Whether rows have one cell more than the header, and the first cell is unique."""
    if names != width - 1:
        return False
    whole = [row for row in below if len(row) == width]
    last = [row[-1].strip() for row in whole]
    first = [row[0] for row in whole]
    return any(last) and len(set(first)) == len(first)


def distinct(names: list[str]) -> tuple[tuple[str, ...], list[Fault]]:
    """The names without surrounding spaces; empty and duplicate names get a number."""
    unique: list[str] = []
    faults = []
    wanted = {" ".join(name.split()) for name in names}
    for number, name in enumerate(names, 1):
        name = " ".join(name.split())
        if not name:
            new = f"column_{number}"
            if new in wanted:
                new = renamed(new, wanted | set(unique))
            if number < len(names):  # `rows` drops the last column if it is empty
                faults.append(nameless(number, new))
        elif name in unique:
            new = renamed(name, wanted | set(unique))
            faults.append(Fault(f"two columns are named {name!r}; one is renamed {new!r}", 1, new))
        else:
            new = name
        unique.append(new)
    return tuple(unique), faults


def nameless(number: int, name: str) -> Fault:
    return Fault(f"column {number} has no name; it is named {name!r}", 1, column=name)


def renamed(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
