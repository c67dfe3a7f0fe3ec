"""The raw data as it lies in the project: the file itself, or a sample of one that is large."""

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

from scaffold.errors import InvalidAnswerError

LARGEST = 10_000_000  # bytes


def take(path: Path, own: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The bytes for the project, and the answers with their digest and rows."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else sample(path, own, size)
    except OSError as error:
        reason = error.strerror or error
        raise InvalidAnswerError(f"{str(path)!r} can't be read: {reason}. Correct it") from error
    if size <= LARGEST:
        return content, own
    step = size // LARGEST + 1
    rows = own["rows"] // step
    digest = hashlib.sha256(content).hexdigest()
    return content, {**own, "rows": rows, "digest": digest, "sampled": step}


def sample(path: Path, own: dict[str, Any], size: int) -> bytes:
    """Rows of a CSV at equal distances, in order, so many that they fit into LARGEST."""
    read = own["read"]
    if read["format"] != "csv" or read.get("compression"):
        raise InvalidAnswerError(
            f"{path.name!r} has {size / 1e6:.0f} MB, and only a CSV is sampled."
            " Give a smaller file, or a CSV"
        )
    step = size // LARGEST + 1
    separator = read.get("separator") or ","
    quote = read.get("quote") or '"'
    encoding = read.get("encoding") or "utf-8"
    first = max(read.get("header", 1), 0)
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, quotechar=quote, lineterminator="\n")
    with path.open(encoding=encoding, newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter=separator, quotechar=quote)):
            if number < first or (number - first) % step == 0:
                writer.writerow(row)
    return written.getvalue().encode(encoding)
