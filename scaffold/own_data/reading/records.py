"""Reads Parquet, JSON Lines, and a JSON list of objects."""

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

MOST_ROWS = 150_000  # of a Parquet file; a larger file is sampled
MOST_CELLS = 4_000_000
SAMPLED_CELLS = 1_000_000
FEWEST_ROWS = 5_000  # for a file with very many columns
TOGETHER = 8  # columns of a large Parquet file that are read at once
NUMBER = "\0 row"  # not a column name
LARGEST_EXACT = 1e15
LARGEST_LIST = 300_000_000  # bytes of a JSON list, which must be read in one piece
FIRST_LINE = 2  # the line of the first row in a spreadsheet, below the names


def read_parquet(file: File) -> Table:
    """Reads a Parquet file; samples every nth row of a large one."""
    try:
        frame = pl.scan_parquet(file.plain)
        rows, width = count_rows(frame), len(frame.collect_schema())
        whole = rows <= MOST_ROWS and rows * width <= MOST_CELLS
        most = min(MOST_ROWS, max(FEWEST_ROWS, SAMPLED_CELLS // max(width, 1)))
        step = 1 if whole else -(-rows // most)
        table = at_distance(frame, step)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise DataError(f"{file.path.name!r} is a corrupt Parquet file: {first}") from error
    lines = pl.Series("line", range(FIRST_LINE, FIRST_LINE + rows, step), pl.Int64)
    cells, faults = as_texts(table)
    exact = not (file.compression or faults) and all(map(is_usual, table.get_columns()))
    read = Read("parquet", compression=file.compression, exact=exact)
    return Table(read, cells, lines, rows, not whole, tuple(faults))


def count_rows(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def at_distance(frame: pl.LazyFrame, step: int) -> pl.DataFrame:
    """Every nth row; only a few full columns are in memory at once."""
    if step == 1:
        return frame.collect()
    names = frame.collect_schema().names()
    parts = []
    for start in range(0, len(names), TOGETHER):
        part = frame.select(names[start : start + TOGETHER]).with_row_index(NUMBER)
        kept = part.filter(pl.col(NUMBER) % step == 0).drop(NUMBER).collect()
        parts.append(kept)
    return pl.concat(parts, how="horizontal")


def as_texts(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """Converts cells to text; drops and reports columns of lists, objects or bytes."""
    columns = []
    names, faults = distinct(table.columns)
    for name, column in zip(names, table.get_columns(), strict=True):
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            faults.append(
                Fault(f"contains {column.dtype}, not supported: left out", len(column), name)
            )
        else:
            columns.append(as_text_column(column).alias(name))
    return pl.DataFrame(columns), faults


def is_usual(column: pl.Series) -> bool:
    """Whether pandas gives the same texts: it turns 3 into 3.0 if the column has missing values."""
    if column.dtype.is_float():
        return not is_whole(column)
    if column.dtype in (pl.String, pl.Date, pl.Datetime, pl.Categorical, pl.Enum):
        return True
    whole = column.dtype.is_integer() or column.dtype == pl.Boolean
    return whole and column.null_count() == 0


def is_whole(column: pl.Series) -> bool:
    """Whether all numbers are whole and small enough for exact floats."""
    known = column.drop_nulls()
    return bool((known == known.round()).all() and (known.abs() < LARGEST_EXACT).all())


def as_text_column(column: pl.Series) -> pl.Series:
    """Values as text: 3.0 as '3' if all are whole; durations in seconds."""
    if column.dtype == pl.Duration:
        column = column.dt.total_seconds()
    if column.dtype.is_float() and is_whole(column):
        column = column.cast(pl.Int64)
    return column.cast(pl.String)


def read_json(file: File, options: Options, scratch: Path) -> Table:
    """Reads JSON Lines or a list of objects, one row per object."""
    encoding = encodings.detect(file, options.encoding)
    name = file.path.name
    if is_list(file):
        if file.size > LARGEST_LIST:
            raise DataError(
                f"{name!r} is one large JSON list. Save it as JSON Lines, one object per line"
            )
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
        raise DataError(f"{name!r} contains no JSON objects. Write one object per row")
    cells, faults = flat(objects)
    exact = not (file.compression or faults or is_list(file)) and all(map(is_plain, objects))
    read = Read("json", encoding=encoding, compression=file.compression, exact=exact)
    rows = round(len(objects) * scale)
    line_numbers = pl.Series("line", lines, pl.Int64)
    return Table(read, cells, line_numbers, rows, scale > 1, tuple(faults))


def is_list(file: File) -> bool:
    return file.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[")


def check_lines(file: File, encoding: str) -> None:
    """Raises DataError if the file is a single JSON object over several lines."""
    first = encodings.decode(file.head, encoding, file.path.name).lstrip("\ufeff \r\n\t")
    if first.split("\n")[0].strip() in ("{", "{}"):
        raise DataError(
            f"{file.path.name!r} is one JSON object, not rows. "
            "Save it as a list of objects, or as JSON Lines, one object per line"
        )


def json_list(text: str, name: str) -> list[dict[str, Any]]:
    try:
        objects = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise DataError(f"{name!r}, line {error.lineno}: {error.msg}. Fix the JSON") from error
    wrong = [value for value in objects if not isinstance(value, dict)]
    if wrong:
        raise DataError(
            f"{name!r} contains {str(wrong[0])[:30]!r}, which isn't an object. Fix the JSON"
        )
    return list(objects)


def json_lines(piece: sampling.Piece, name: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The objects in a piece and their line numbers; raises DataError if a line isn't an object."""
    objects = []
    lines = []
    for number, line in enumerate(piece.text.lstrip("\ufeff").split("\n"), piece.line):
        if not line.strip():
            continue
        objects.append(json_object(line, number, name))
        lines.append(number)
    return objects, lines


def json_object(line: str, number: int, name: str) -> dict[str, Any]:
    """The object in a line."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{name!r}, line {number}: {error.msg}. Fix the JSON") from error
    if not isinstance(value, dict):
        raise DataError(f"{name!r}, line {number}: {line[:30]!r} isn't an object. Fix the JSON")
    return value


def flat(objects: Iterable[dict[str, Any]]) -> tuple[pl.DataFrame, list[Fault]]:
    """One column per key; drops and reports keys with lists or objects."""
    objects = list(objects)
    names = list(dict.fromkeys(key for row in objects for key in row))
    columns = []
    faults = []
    for key in names:
        values = [row.get(key) for row in objects]
        nested = sum(isinstance(value, list | dict) for value in values)
        if nested:
            faults.append(Fault("contains lists or objects, not supported: left out", nested, key))
        else:
            columns.append(pl.Series(key, [as_text(value) for value in values], pl.String))
    return pl.DataFrame(columns), faults


def is_plain(row: dict[str, Any]) -> bool:
    """Whether pandas keeps the values: it turns 3 into 3.0 if the column has missing values."""
    return all(isinstance(value, str) for value in row.values())


def as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
