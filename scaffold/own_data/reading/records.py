"""Reads Parquet, JSON lines, and JSON that is one list of objects."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from scaffold.errors import DataError
from scaffold.own_data.options import Options
from scaffold.own_data.reading import encodings, sampling
from scaffold.own_data.reading.files import File
from scaffold.own_data.reading.headers import distinct
from scaffold.own_data.table import Fault, Read, Table

MOST_ROWS = 150_000  # of a Parquet file; more are sampled
SLICES = 50
LARGEST_EXACT = 1e15
LARGEST_LIST = 300_000_000  # bytes of JSON that is one list, which has to be read as a whole
FIRST_LINE = 2  # where a spreadsheet would show the first row, below the names


def read_parquet(file: File) -> Table:
    """The table in a Parquet file; a large one is sampled in slices from everywhere."""
    try:
        frame = pl.scan_parquet(file.plain)
        rows = int(frame.select(pl.len()).collect().item())
        frame = frame.with_row_index("line number", offset=FIRST_LINE)
        parts = [frame.collect()] if rows <= MOST_ROWS else slices(frame, rows)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise DataError(f"{file.path.name!r} is damaged Parquet: {first}") from error
    table = pl.concat(parts)
    lines = table["line number"].cast(pl.Int64).alias("line")
    cells, faults = as_texts(table.drop("line number"))
    read = Read("parquet", compression=file.compression)
    return Table(read, cells, lines, rows, rows > MOST_ROWS, tuple(faults))


def slices(frame: pl.LazyFrame, rows: int) -> list[pl.DataFrame]:
    length = MOST_ROWS // SLICES
    starts = [number * (rows - length) // (SLICES - 1) for number in range(SLICES)]
    return [frame.slice(start, length).collect() for start in starts]


def as_texts(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The cells as texts; columns of lists, objects or bytes are left out and told."""
    columns = []
    names, faults = distinct(table.columns)
    for name, column in zip(names, table.get_columns(), strict=True):
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            faults.append(Fault(f"holds {column.dtype}, which is left out", len(column), name))
        else:
            columns.append(as_text_column(column).alias(name))
    return pl.DataFrame(columns), faults


def as_text_column(column: pl.Series) -> pl.Series:
    """The values as texts: 3.0 as '3' where all are whole, a duration in seconds."""
    if column.dtype == pl.Duration:
        column = column.dt.total_seconds()
    if column.dtype.is_float():
        known = column.drop_nulls()
        if (known == known.round()).all() and (known.abs() < LARGEST_EXACT).all():
            column = column.cast(pl.Int64)
    return column.cast(pl.String)


def read_json(file: File, options: Options, scratch: Path) -> Table:
    """The table in JSON lines or in a list of objects, one row for each object."""
    encoding = encodings.detect(file, options.encoding)
    name = file.path.name
    if file.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"["):
        if file.size > LARGEST_LIST:
            raise DataError(f"{name!r} is one large list. Write it as JSON lines, one for each row")
        text = encodings.decode(file.plain.read_bytes(), encoding, name)
        objects = json_list(text, name)
        lines, scale = list(range(1, len(objects) + 1)), 1.0
    else:
        check_lines(file, encoding)
        sample = sampling.take(file, encoding, scratch)
        scale = sample.scale
        objects, lines = [], []
        for piece in sample.pieces:
            more, places = json_lines(piece, name)
            objects += more
            lines += places
    if not objects:
        raise DataError(f"{name!r} holds no object. Give one for each row")
    cells, faults = flat(objects)
    read = Read("json", encoding=encoding, compression=file.compression)
    rows = round(len(objects) * scale)
    line_numbers = pl.Series("line", lines, pl.Int64)
    return Table(read, cells, line_numbers, rows, scale > 1, tuple(faults))


def check_lines(file: File, encoding: str) -> None:
    """Raises DataError if the file is one object that goes over several lines."""
    first = encodings.decode(file.head, encoding, file.path.name).lstrip("\ufeff \r\n\t")
    if first.split("\n")[0].strip() in ("{", "{}"):
        raise DataError(
            f"{file.path.name!r} is one JSON object, not rows. "
            "Write a list of objects, or JSON lines, one object for each row"
        )


def json_list(text: str, name: str) -> list[dict[str, Any]]:
    try:
        objects = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise DataError(f"{name!r}, line {error.lineno}: {error.msg}. Correct the JSON") from error
    wrong = [value for value in objects if not isinstance(value, dict)]
    if wrong:
        raise DataError(f"{name!r} holds {str(wrong[0])[:30]!r} where an object should be")
    return list(objects)


def json_lines(piece: sampling.Piece, name: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The objects of a piece and their lines; raises DataError at the first that is none."""
    objects = []
    lines = []
    for number, line in enumerate(piece.text.lstrip("\ufeff").split("\n"), piece.line):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{name!r}, line {number}: {error.msg}. Correct the JSON") from error
        if not isinstance(value, dict):
            raise DataError(f"{name!r}, line {number}: {line[:30]!r} is no object")
        objects.append(value)
        lines.append(number)
    return objects, lines


def flat(objects: Iterable[dict[str, Any]]) -> tuple[pl.DataFrame, list[Fault]]:
    """A column for each key; keys that hold lists or objects are left out and told."""
    objects = list(objects)
    names = list(dict.fromkeys(key for row in objects for key in row))
    columns = []
    faults = []
    for key in names:
        values = [row.get(key) for row in objects]
        nested = sum(isinstance(value, list | dict) for value in values)
        if nested:
            faults.append(Fault("holds lists or objects, which are left out", nested, key))
        else:
            columns.append(pl.Series(key, [as_text(value) for value in values], pl.String))
    return pl.DataFrame(columns), faults


def as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
