"""Reads delimited text and numbers its rows as a spreadsheet does."""

import csv
import io
from itertools import islice
from pathlib import Path

from scaffold.errors import DataError
from scaffold.own_data.options import Options
from scaffold.own_data.reading import dialects, encodings, headers, rows, sampling
from scaffold.own_data.reading.dialects import Dialect
from scaffold.own_data.reading.files import File
from scaffold.own_data.reading.sampling import Piece
from scaffold.own_data.table import Read, Table

LARGEST_CELL = 1 << 27
TRIED = 3  # records of the right width, after which a piece is in sync

Record = list[str]


def read(file: File, options: Options, scratch: Path) -> Table:
    """Reads the table; raises DataError with the line number if a line can't be parsed."""
    csv.field_size_limit(LARGEST_CELL)
    encoding = encodings.detect(file, options.encoding)
    sample = sampling.take(file, encoding, scratch)
    start = sample.pieces[0].text
    dialect = dialects.detect(start, options.separator_character())
    records, lines = parse_all(sample.pieces, dialect, file.path.name)
    header = headers.find(records[: dialects.LINES], dialect.width, options.header)
    body = rows.divide(records, lines, header)
    found = encodings.faults(start, encoding, options.encoding)
    exact = (
        dialect.escape is None
        and dialect.separator != dialects.SPACE
        and (b"\0" not in file.head or encoding.startswith("utf-16"))
        and not any("\ufffd" in piece.text for piece in sample.pieces)
        and not any("\n" in cell for record in records[: header.skipped] for cell in record)
        and rows.are_all([row for row in records[header.skipped :] if row], header, body)
    )
    description = Read(
        format="csv",
        encoding=encoding,
        separator=dialect.separator,
        quote=dialect.quote,
        compression=file.compression,
        header=header.line,
        spaced=dialects.spaced(start, dialect),
        exact=exact,
    )
    return Table(
        read=description,
        cells=body.cells,
        lines=body.lines,
        rows=round(body.cells.height * sample.scale),
        sampled=sample.sampled,
        faults=(*found, *header.faults, *body.faults),
    )


def parse_all(
    pieces: tuple[Piece, ...], dialect: Dialect, name: str
) -> tuple[list[Record], list[int]]:
    """Every record, and its line number in a spreadsheet.

    A record that is cut off at the end of a sampled piece is dropped.
    """
    records: list[Record] = []
    lines: list[int] = []
    for number, piece in enumerate(pieces):
        part = piece if number == 0 else resume(piece, dialect)
        more, problem = parse(part, dialect)
        if problem and len(pieces) == 1:
            raise DataError(f"{name!r}: {problem}")
        records += more
        lines += range(part.line, part.line + len(more))
    return records, lines


def parse(piece: Piece, dialect: Dialect) -> tuple[list[Record], str | None]:
    """The records of a piece up to the first that can't be parsed, and the problem with it."""
    records: list[Record] = []
    reader = csv.reader(
        split_lines(piece.text),
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        skipinitialspace=True,
        strict=True,
    )
    parsed = 0  # lines of text; a record may span several
    try:
        for record in reader:
            parsed = reader.line_num
            records.append(record)
    except csv.Error:
        line = piece.line + len(records)
        if reader.line_num > parsed + 1:
            return records, f"line {line} has an unclosed quote. Close or remove it"
        rule = f"Double it ({2 * dialect.quote}) or remove it"
        return records, f"line {line} has an unescaped quote in a quoted cell. {rule}"
    return records, None


def split_lines(text: str) -> list[str]:
    """Splits at CR, LF or CRLF, which are kept, but not at other Unicode line breaks."""
    return list(io.StringIO(text, newline=""))


def resume(piece: Piece, dialect: Dialect) -> Piece:
    """The piece from its first complete record on, since it may start inside a quoted cell.

    The result is empty if there is no complete record.
    """
    lines = split_lines(piece.text)
    for start in range(len(lines)):
        rest = islice(lines, start, None)
        records = dialects.parse(rest, dialect.separator, dialect.quote, dialect.escape)
        widths = [len(record) for record in islice(records, TRIED)]
        if widths and set(widths) == {dialect.width}:
            return Piece("".join(lines[start:]), piece.line + start)
    return Piece("", piece.line)
