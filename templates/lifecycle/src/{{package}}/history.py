"""Who was champion, why, and the way back: from the record and the bundles alone, since the registry may be away."""

import getpass
import os
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bundle, record
from .config import COMMAND
from .errors import LifecycleError
from .record import AGAIN, PROMOTED, REFUSED, UNDECIDED

if TYPE_CHECKING:  # a rollback does without
    import pandas as pd

TEST_SET, FEEDBACK, BOTH = "test set", "feedback", "test set and feedback"  # where the rows are from that decide


def add(folder: Path, event: str, from_version: int | None, to_version: int, **details: Any) -> None:
    """Add a line to the record, with when, who and by which code; `details` are reasons, evidence and dataset."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"time": now, "event": event, "by": _actor(), "from_version": from_version, "to_version": to_version}
    record.append(folder / record.HISTORY, {**entry, **details, "code": code_of(Path(__file__).parent)})


def read(folder: Path) -> list[dict[str, Any]]:
    """Every line of the record, oldest first."""
    return record.read(folder / record.HISTORY)


def champions_so_far(folder: Path) -> list[int]:
    """The versions that became champion, oldest first, without those that were rolled back; the last one serves.

    A promotion is recorded before it is carried out, a rollback after: cut short, either can be run again.
    """
    champions: list[int] = []
    for entry in read(folder):
        version, serving = entry["to_version"], entry.get("from_version")
        if serving in champions:  # what was promoted since then was never carried out
            del champions[champions.index(serving) + 1 :]
        if entry["event"] == AGAIN and version in champions:
            del champions[champions.index(version) + 1 :]
        elif entry["event"] in (PROMOTED, AGAIN) and version not in champions[-1:]:
            champions.append(version)
    return champions


def ever_champion(folder: Path) -> list[int]:
    """Every version that was ever promoted here."""
    return sorted({entry["to_version"] for entry in read(folder) if entry["event"] == PROMOTED})


def rolled_back(folder: Path) -> bool:
    """Whether what serves here came back by a rollback, of which the registry may not know."""
    changes = [entry["event"] for entry in read(folder) if entry["event"] in (PROMOTED, AGAIN)]
    return changes[-1:] == [AGAIN]


def rollback(folder: Path, to: int | None = None) -> tuple[int, int]:
    """Bring back the champion before the present one, or a certain one; returns the versions (from, to)."""
    champions, known = champions_so_far(folder), ever_champion(folder)
    if to is None and len(champions) < 2:
        raise LifecycleError(
            f"No champion before {f'version {champions[0]}' if champions else 'this'}: nothing to roll back to"
        )
    if to is not None and to not in known:
        named = ", ".join(map(str, known)) or "none yet"
        raise LifecycleError(f"Version {to} was never champion here. Those that were: {named}. See: {COMMAND} status")
    before, current = champions[-2] if to is None else to, champions[-1]
    if before == current:
        raise LifecycleError(f"Version {before} is the champion already. See: {COMMAND} status")
    try:
        bundle.activate(folder, before)
    except LifecycleError as error:
        reason = str(error).split(". ")[0]
        raise LifecycleError(
            f"Version {current} goes on serving: {reason}. Choose another one: {COMMAND} rollback --to N"
        ) from None
    add(folder, AGAIN, current, before, reasons=["rollback"], evidence={}, dataset=None)
    return current, before


def reference_path(folder: Path, version: int) -> Path:
    """Where the rows are kept that monitoring compares a version's traffic with."""
    return folder / f"v{version}.reference.parquet"


def examples_path(folder: Path, version: int) -> Path:
    """Where the examples are kept that the page to try offers while a version serves."""
    return folder / f"v{version}.examples.json"


def reference(folder: Path, version: int) -> "pd.DataFrame":
    """Those rows: records, targets and the version's own answers. Raises LifecycleError if they can't be read."""
    import pandas as pd

    path = reference_path(folder, version)
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise LifecycleError(
            f"{path} can't be read ({type(error).__name__}). To restore it, run: {COMMAND} promote"
        ) from None


def test_set_decided(folder: Path, dataset: str | None, *more: tuple[int | None, int]) -> int:
    """How often rows of this data's test set decided about a challenger; each time they are worth less.

    To judge the same two versions again is no further look. `more` are pairs (from, to) that are judged just now.
    """
    judged = [entry for entry in read(folder) if dataset and entry.get("dataset") == dataset]
    looked = [entry for entry in judged if entry["evidence"].get("rows_from") in (TEST_SET, BOTH)]
    return len({*more, *((entry["from_version"], entry["to_version"]) for entry in looked)})


def judged_until(folder: Path) -> int:
    """The number of the log's latest row that decided about a challenger, or 0; what did not suffice counts on."""
    decided = [entry for entry in read(folder) if entry["event"] != UNDECIDED]
    return max((entry.get("evidence", {}).get("judged_until") or 0 for entry in decided), default=0)


def refusal(folder: Path, champion: int | None, version: int) -> dict[str, Any] | None:
    """The last word on a version, if it was refused in favour of this champion."""
    about = [entry for entry in read(folder) if entry["to_version"] == version]
    last = about[-1] if about else {}
    return last if last.get("event") == REFUSED and last.get("from_version") == champion else None


def table(entries: list[dict[str, Any]]) -> list[str]:
    """Every entry as one line: when, what, from and to which version, who, code, data, why."""
    columns = ("time", "event", "versions", "by", "code", "data", "why")
    rows = [columns, *map(_cells, entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(columns) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]


def _cells(entry: dict[str, Any]) -> tuple[str, ...]:
    versions = f"{entry.get('from_version') or '-'} to {entry.get('to_version')}"
    named = [entry.get(name) or "-" for name in ("by", "code", "dataset")]
    return (entry.get("time", "-"), entry["event"], versions, *named, "; ".join(entry.get("reasons", [])))


def _actor() -> str:
    """Who runs this: the actor of a workflow, or the user."""
    try:
        return os.environ.get("GITHUB_ACTOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user here, as in a container
        return "unknown"


def code_of(folder: Path) -> str:
    """The commit that a folder is in, with "+changes" if files differ from it; or the version of this package."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+changes"]
    try:
        described = subprocess.run(  # noqa: S603  (our own command)
            command, cwd=folder, capture_output=True, encoding="utf-8", check=True, timeout=5
        )
        return described.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return f"{COMMAND} {metadata.version(COMMAND)}"
