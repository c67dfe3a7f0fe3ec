"""What takes long to make is made once, whichever worker of pytest-xdist needs it first."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

DONE, FAILED = ".made", ".failed"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, which `make` has filled; a failure is not tried again."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of all workers
    folder = base / name
    with FileLock(base / f"{name}.lock"):
        if (folder / FAILED).exists():
            pytest.fail((folder / FAILED).read_text("utf-8"))
        if not (folder / DONE).exists():
            folder.mkdir()
            try:
                make(folder)
            except BaseException as error:
                (folder / FAILED).write_text(f"{error}", "utf-8")
                raise
            (folder / DONE).touch()
    return folder
