"""Iterates over all rows of a file in bounded memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import polars as pl

from scaffold.errors import DataError
from scaffold.own_data.options import Options
from scaffold.own_data.reading import dialects, encodings, headers, records
from scaffold.own_data.reading.delimited import LARGEST_CELL
from scaffold.own_data.reading.files import HEAD, File

Read = dict[str, Any]  # how the profile read the file
TRIED = 1000  # rows to estimate the length of a row as text


def names_and_rows(
    file: File, read: Read, keys: list[str], most: int
) -> tuple[list[str], Iterator[Sequence[str | None]], int]:
    """The column names, an iterator over rows of text, and the number of file rows per row.

    `keys` are the columns of JSON. A Parquet file is sampled to about `most` bytes; other files
    are read completely.
    """
    if read["format"] == "parquet":
        return parquet(file, most)
    if read["format"] == "excel":
        return (*workbook(file, read), 1)
    if read["format"] in ("json", "jsonl"):
        return keys, objects(file, read, keys), 1
    return (*delimited(file, read), 1)


def delimited(file: File, read: Read) -> tuple[list[str], Iterator[Sequence[str | None]]]:
    """The rows that fit the header, as in `reading.rows`."""
    csv.field_size_limit(LARGEST_CELL)
    encoding = encodings.detect(file, read.get("encoding"))
    start = encodings.decode(whole_lines(file.head), encoding, file.path.name)
    dialect = dialects.detect(start, read.get("separator"))
    parsed = parse(file, encoding, dialect)
    head = list(islice(parsed, dialects.LINES))
    line = read.get("header", 1)
    header = headers.find(head, dialect.width, line or None)
    if line == 0 and header.line:
        header = headers.unnamed(head, dialect.width)
    width = len(header.names)
    if header.record and not header.record[-1].strip() and not filled(head, header.skipped, width):
        width -= 1
    body = chain(head[header.skipped :], parsed)
    return list(header.names[:width]), fitting(body, list(header.record), width)


def whole_lines(head: bytes) -> bytes:
    """The start of a file; if truncated, up to its last line end."""
    if len(head) < HEAD:
        return head
    last = max(head.rfind(b"\n"), head.rfind(b"\r"))
    return head[: last + 2] if last > 0 else head


def parse(file: File, encoding: str, dialect: dialects.Dialect) -> Iterator[list[str]]:
    """The records of the whole file."""
    with file.plain.open(encoding=encoding, errors="replace", newline="") as text:
        reader = csv.reader(
            text,
            delimiter=dialect.separator,
            quotechar=dialect.quote,
            escapechar=dialect.escape,
            skipinitialspace=True,
        )
        try:
            yield from reader
        except csv.Error as error:
            raise DataError(
                f"{file.path.name!r}, near line {reader.line_num}: {error}. Check the quotes there"
            ) from error


def filled(records: list[list[str]], start: int, width: int) -> bool:
    """Whether the last column has a value in any row."""
    return any(len(record) >= width and record[width - 1].strip() for record in records[start:])


def fitting(records: Iterable[list[str]], names: list[str], width: int) -> Iterator[list[str]]:
    """The records without blank, short, long and repeated header rows."""
    for record in records:
        if len(record) < width or record == names or not any(record):
            continue
        if len(record) == width:
            yield record
        elif not any(map(str.strip, record[width:])):
            yield record[:width]


def workbook(file: File, read: Read) -> tuple[list[str], Iterator[Sequence[str | None]]]:
    """The rows of a sheet."""
    from scaffold.own_data.reading import workbooks

    table = workbooks.read(file, Options(sheet=read.get("sheet"), header=read.get("header")))
    return table.cells.columns, (list(row) for row in table.cells.iter_rows())


def objects(file: File, read: Read, names: list[str]) -> Iterator[Sequence[str | None]]:
    """The rows of JSON Lines or a JSON list."""
    encoding = encodings.detect(file, read.get("encoding"))
    for values in parsed(file, encoding):
        yield [records.as_text(values.get(name)) for name in names]


def parsed(file: File, encoding: str) -> Iterator[dict[str, Any]]:
    """The objects in a file."""
    if records.is_list(file):
        text = encodings.decode(file.plain.read_bytes(), encoding, file.path.name)
        yield from records.json_list(text, file.path.name)
        return
    with file.plain.open(encoding=encoding, errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            plain = line.replace("\0", "").strip("\ufeff\r\n\t ")
            if plain:
                yield records.json_object(plain, number, file.path.name)


def parquet(file: File, most: int) -> tuple[list[str], Iterator[Sequence[str | None]], int]:
    """Every nth row, so that all rows together have at most `most` bytes."""
    frame = pl.scan_parquet(file.plain)
    rows = records.count_rows(frame)
    few = records.as_texts(records.at_distance(frame, max(1, rows // TRIED)))[0]
    length = len(few.write_csv()) / max(few.height, 1)
    step = max(1, -int(-rows * length // most))
    table = records.as_texts(records.at_distance(frame, step))[0]
    return table.columns, table.iter_rows(), step
