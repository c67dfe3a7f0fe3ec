"""The champion as a small folder for serving: sealed with digests, activated in one atomic step, refused if not whole.

champion/current.json           which version serves; replaced in one step
champion/challenger.json        which version is offered, until it is promoted or refused
champion/v3/                    the files of version 3, with `manifest.json`
champion/v3.reference.parquet   rows with its answers, which monitoring compares with
champion/v3.examples.json       held-back records that the page to try offers
champion/history.jsonl          every promotion, refusal and rollback, one line each
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import predictor
from .config import COMMAND
from .errors import LifecycleError
from .record import replace_text

FORMAT = 2
MANIFEST = "manifest.json"
POINTER = "current.json"
CHALLENGER = "challenger.json"


@dataclass(frozen=True)
class Bundle:
    """A loaded champion: what it answers with, and what it is."""

    version: int
    manifest: dict[str, Any]
    predictor: predictor.Predictor


def write(folder: Path, version: int, fill: Callable[[Path], None], metadata: dict[str, Any]) -> Path:
    """Let `fill` write the model's files for a version and seal them; nothing is seen before it is whole."""
    partial = folder / f".v{version}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    fill(partial)
    files = {path.name: _digest(path) for path in sorted(partial.iterdir())}
    manifest = {"format": FORMAT, "version": version, "files": files, **metadata}
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=2), "utf-8")
    final = folder / f"v{version}"
    shutil.rmtree(final, ignore_errors=True)
    partial.replace(final)
    return final


def activate(folder: Path, version: int) -> None:
    """Make a version the one that serves. Raises LifecycleError if it is not whole; then the old one stays."""
    point(folder, version, POINTER)


def active_version(folder: Path) -> int | None:
    """The version that serves, or None before the first promotion."""
    return pointed(folder, POINTER)


def point(folder: Path, version: int | None, pointer: str) -> None:
    """Make a pointer name a version, or nothing. Raises LifecycleError if it is not whole; then the old one stays."""
    if version is None:
        (folder / pointer).unlink(missing_ok=True)
        return
    load(folder / f"v{version}")
    replace_text(folder / pointer, json.dumps({"version": version}))


def pointed(folder: Path, pointer: str) -> int | None:
    """The version that a pointer names, or None. Raises LifecycleError if it can't be read."""
    try:
        return int(json.loads((folder / pointer).read_text("utf-8"))["version"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LifecycleError(
            f"{folder / pointer} can't be read ({error}). To restore it, run: {COMMAND} promote"
        ) from None


def load(folder: Path) -> Bundle:
    """The bundle in a folder. Raises LifecycleError for a missing or altered file, or a format newer than this code."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if (found := manifest["format"]) > FORMAT:
            raise LifecycleError(f"{folder} has format {found}, newer than {FORMAT}. Update the code.")
        if found < FORMAT:
            raise LifecycleError(f"{folder} has format {found}, older than {FORMAT}. Make it anew: {COMMAND} promote")
        if manifest["files"].keys() != set(predictor.FILES) or folder.name != f"v{manifest['version']}":
            raise LifecycleError(f"{folder} has another version or other files. To restore it, run: {COMMAND} promote")
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                raise LifecycleError(f"{folder / name} was altered. To restore it, run: {COMMAND} promote")
        return Bundle(manifest["version"], manifest, predictor.load(folder))
    except FileNotFoundError as error:
        raise LifecycleError(
            f"{error.filename} is missing from the bundle. To restore it, run: {COMMAND} promote"
        ) from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = error if type(error) is ValueError else type(error).__name__  # the former says what is wrong
        raise LifecycleError(f"{folder} can't be read ({reason}). To restore it, run: {COMMAND} promote") from None


def megabytes(folder: Path) -> float:
    """The size of a bundle."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def describe(folder: Path) -> dict[str, Any]:
    """The candidate and the size of a bundle that is not loaded; None where it is not there."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {"candidate": manifest.get("candidate"), "megabytes": round(megabytes(folder), 2)}
    except (OSError, ValueError):
        return {"candidate": None, "megabytes": None}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
