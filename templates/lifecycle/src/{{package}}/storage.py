"""Files that are whole or not there, and records to which lines are only ever added."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path`; it takes that place if the block ends well, and vanishes if not.

    Two writers at once have two files, so nothing they write can mix.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}.partial")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A reader sees the old text or the new one, never half of it."""
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")


def append(path: Path, entry: dict[str, Any]) -> None:
    """Add one line of JSON; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")  # a crash cut the last line short
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, *required: str) -> list[dict[str, Any]]:
    """The entries that have the required keys, oldest first; damaged lines are left out."""
    entries: list[dict[str, Any]] = []
    if not path.is_file():
        return entries
    for line in path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.keys() >= set(required):
            entries.append(entry)
    return entries


def purge(folder: Path, pattern: str, days: float) -> int:
    """Delete files that are older than so many days; returns how many."""
    before = time.time() - days * 86_400
    deleted = 0
    for path in folder.glob(pattern):
        if path.stat().st_mtime < before:
            path.unlink()
            deleted += 1
    return deleted
