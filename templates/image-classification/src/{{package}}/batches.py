"""What `score` reads: every picture below a folder."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .contracts import Batch
from .errors import LifecycleError

SUFFIXES = (".png", ".jpg", ".jpeg")
CHUNK = 16
MOST_BYTES = 50_000_000  # a larger file is cut short, and then refused


def check(source: Path) -> None:
    """Raises LifecycleError unless the source is a folder with pictures."""
    if not source.is_dir():
        raise LifecycleError(f"{source}: no such folder. Give a folder of pictures ({', '.join(SUFFIXES)}).")
    if not paths(source):
        raise LifecycleError(f"{source}: no pictures in it ({', '.join(SUFFIXES)}).")


def paths(folder: Path) -> list[Path]:
    """Every picture's path below a folder, however deep, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def read(source: Path) -> Iterator[Batch]:
    """The pictures below a folder, in batches; one that can't be read is empty, which the contract refuses."""
    found = paths(source)
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        names = pd.DataFrame({"file": [path.relative_to(source).as_posix() for path in chunk]})
        yield Batch(names, [{"image": _content(path)} for path in chunk])


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError:
        return b""
