"""The append-only record of what was decided: promotions and rollbacks of champions, and decisions of monitoring."""

import json
from pathlib import Path
from typing import Any

HISTORY = "history.jsonl"
DECISIONS = "decisions.jsonl"


def append(path: Path, entry: dict[str, Any]) -> None:
    """Add one entry as one line of JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(entry) + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    """Every entry, oldest first; none if nothing was decided yet."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
