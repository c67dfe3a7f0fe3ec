"""The append-only record of what was decided, of champions and by monitoring; and files that are written as a whole."""

import json
import os
from pathlib import Path
from typing import Any

HISTORY = "history.jsonl"
DECISIONS = "decisions.jsonl"
PROMOTED, REFUSED, UNDECIDED, AGAIN = "promoted", "refused", "not enough evidence", "serves again"  # events
HEALTHY, RETRAIN, WAITING = "healthy", "retraining advised", "not enough yet"  # what monitoring decides


def append(path: Path, entry: dict[str, Any]) -> None:
    """Add one entry as one line of JSON; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() and not _ends_with_newline(path):
            file.write(b"\n")  # the line before was cut short by a crash
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old text or the new, never half of it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, "utf-8", newline="\n")
    partial.replace(path)


def read(path: Path) -> list[dict[str, Any]]:
    """Every whole entry, oldest first; none if nothing was decided yet. A line that a crash cut short is left out."""
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [entry for entry in map(_parse, lines) if entry]


def _parse(line: str) -> dict[str, Any] | None:
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return entry


def _ends_with_newline(path: Path) -> bool:
    return path.read_bytes().endswith(b"\n")
