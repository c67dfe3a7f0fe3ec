"""Temporary folders, which are removed whatever ends the command."""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ATTEMPTS = 40


@contextmanager
def folder_in(parent: Path) -> Iterator[Path]:
    """A new folder in the parent, which vanishes with the block."""
    folder = parent / f".new-project-{secrets.token_hex(8)}"
    try:  # opened before the folder exists, so that no interruption can fall between
        folder.mkdir()
        yield folder
    finally:
        remove(folder)


def nearest(path: Path) -> Path:
    """The path, or the first of the folders around it, that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def remove(folder: Path) -> None:
    """Removes the folder, if it exists, though it may be interrupted once."""
    try:
        remove_now(folder)
    except KeyboardInterrupt:
        remove_now(folder)
        raise


def remove_now(folder: Path) -> None:
    """Removes the folder even with what git made read-only, which Windows would keep.

    A git that was interrupted while it started may not have been ended, and adds to the folder
    until nothing is left.
    """
    for _ in range(ATTEMPTS):
        for path in folder.rglob("*"):
            with suppress(OSError):
                path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
