"""Copies raw data into the project: the file itself, or its rows as a CSV.

A CSV is written if the file is too large (the CSV is then a sample), or if the project would read
the file differently than the profile did.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scaffold.errors import InvalidAnswerError
from scaffold.own_data import libraries
from scaffold.own_data.reading import files

LARGEST = 10_000_000  # bytes of raw data in a repository
WRITTEN = {
    "format": "csv",
    "encoding": "utf-8",
    "separator": ",",
    "quote": '"',
    "header": 1,
    "sheet": None,
    "member": None,
    "compression": None,
    "spaced": False,
    "exact": True,
}


def take(path: Path, own: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Returns the file's contents for the project, and the answers with digest and row count."""
    try:
        path = files.named(path)
        if path.stat().st_size <= LARGEST and own["read"].get("exact", True):
            return path.read_bytes(), own
        return rewritten(path, own)
    except OSError as error:
        reason = error.strerror or error
        raise InvalidAnswerError(f"{str(path)!r} can't be read: {reason}. Fix the file") from error


def rewritten(path: Path, own: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The rows as a CSV: all of them, or every nth row if they exceed LARGEST bytes."""
    libraries.check("A copy of the rows", "polars")
    from scaffold.own_data.reading import streams
    from scaffold.own_data.reading.rows import is_total

    read = own["read"]
    with TemporaryDirectory() as scratch:
        file = files.open_file(path, Path(scratch), read.get("member"))
        keys = [column["source"] for column in own["columns"]]
        names, rows, step = streams.names_and_rows(file, read, keys, LARGEST)
        start = as_line(names)
        lines, more = sample(rows, LARGEST - len(start))
    while len(lines) > 1 and is_total(next(csv.reader([lines[-1].decode()]))):
        lines.pop()
    content = b"".join([start, *lines])
    step *= more
    new = {
        "file": f"raw/{files.ENDINGS.sub('', path.name)}.csv",
        "read": {**read, **WRITTEN},
        "rows": len(lines),
        "duplicates": duplicates(lines, own),
        "digest": hashlib.sha256(content).hexdigest(),
        "original": {"file": path.name, "digest": own["digest"], "rows": own["rows"]},
    }
    if step > 1:
        new["sampled"] = step
    return content, {**own, **new}


def duplicates(lines: list[bytes], own: dict[str, Any]) -> int:
    """Counts duplicate rows; for texts, scales the profile's count to the sample."""
    if own["kind"] == "text":
        return round(int(own["duplicates"]) * len(lines) / max(int(own["rows"]), 1))
    return len(lines) - len(set(lines))


def sample(rows: Iterable[Sequence[str | None]], most: int) -> tuple[list[bytes], int]:
    """Returns at most this many bytes of CSV lines, and the number of source rows per line.

    Each time the limit is exceeded, every second line is dropped.
    """
    lines: list[bytes] = []
    size, step = 0, 1
    for number, row in enumerate(rows):
        if number % step:
            continue
        lines.append(as_line(row))
        size += len(lines[-1])
        while size > most and len(lines) > 1:
            lines = lines[::2]
            step *= 2
            size = sum(map(len, lines))
    return lines, step


def as_line(row: Sequence[str | None]) -> bytes:
    """The row as a CSV line."""
    cells = [(cell or "").replace("\0", "").strip() for cell in row]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue().encode("utf-8", "replace")
