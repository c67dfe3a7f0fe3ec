"""Atomic file writes, and append-only records."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

REPORTS = Path("reports")
DECISIONS = REPORTS / "decisions.jsonl"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file that replaces `path` on success."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}.partial")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_text(path: Path, text: str) -> None:
    """Replace the file atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")


def write_json(path: Path, content: Any) -> None:
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def append(path: Path, entry: dict[str, Any]) -> None:
    """Append one line of JSON, durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.is_file() and not path.read_bytes().endswith(b"\n")
    with path.open("ab") as file:
        if torn:  # a crash cut the last line short
            file.write(b"\n")
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, *required: str) -> list[dict[str, Any]]:
    """The intact entries with these keys, oldest first."""
    entries: list[dict[str, Any]] = []
    lines = path.read_bytes().splitlines() if path.is_file() else []
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and entry.keys() >= set(required):
            entries.append(entry)
    return entries


def purge(folder: Path, pattern: str, days: float) -> int:
    """Delete files older than this; returns how many."""
    before = time.time() - days * 86_400
    old = [path for path in folder.glob(pattern) if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return len(old)
