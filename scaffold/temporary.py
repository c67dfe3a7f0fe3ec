"""Temporary folders, which are removed however the command ends."""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ATTEMPTS = 40


@contextmanager
def folder_in(parent: Path) -> Iterator[Path]:
    """A new folder in the parent, removed at the end of the block."""
    folder = parent / f".new-project-{secrets.token_hex(8)}"
    try:  # opened before the folder exists, so that an interruption can't leave it behind
        folder.mkdir()
        yield folder
    finally:
        remove(folder)


def nearest(path: Path) -> Path:
    """The path or its nearest parent that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def remove(folder: Path) -> None:
    """Removes the folder, if it exists, even if interrupted once."""
    try:
        remove_now(folder)
    except KeyboardInterrupt:
        remove_now(folder)
        raise


def remove_now(folder: Path) -> None:
    """Removes the folder, including git's read-only files, which Windows wouldn't remove.

    A git process that was interrupted may still be writing to the folder, so this repeats until
    nothing is left.
    """
    for _ in range(ATTEMPTS):
        for path in folder.rglob("*"):
            with suppress(OSError):
                path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
