"""The files of a project that may be a stranger's: no link is followed, only plain files of bounded size are read."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import translate
from itertools import islice
from pathlib import Path
from typing import BinaryIO

MOST_FILES = 20_000
MOST_PATTERNS = 200
LARGEST = 20_000_000  # bytes of one file that is read
BEGINNING = 8_000  # bytes that tell text from other files
SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__"}
READ_ONLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Unreadable(Exception):
    """Why a file can't be read, in a few words."""


@contextmanager
def _opened(root: Path, path: str) -> Iterator[tuple[BinaryIO, int]]:
    """A file below the root and its size; raises Unreadable if it is missing, no plain file or a link."""
    try:
        # A link in any part of the path would lead away from where the path says it is.
        here = Path(os.path.realpath(root), *path.split("/"))
        if Path(os.path.realpath(root / path)) != here:
            raise Unreadable("it is a symbolic link, or lies behind one")
        with os.fdopen(os.open(root / path, READ_ONLY), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Unreadable("it is no plain file")
            yield file, found.st_size
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or str(error)) from None


def read(root: Path, path: str, limit: int = LARGEST) -> bytes:
    """The bytes of a file below the root; raises Unreadable, also if it is too large."""
    with _opened(root, path) as (file, size):
        if size > limit:
            raise Unreadable(f"it has {size:,} bytes, more than the {limit:,} that are read")
        return file.read(limit)


def binary(root: Path, path: str) -> bool:
    """Whether a file begins with what is no text, or can't be read at all."""
    try:
        with _opened(root, path) as (file, _):
            return b"\0" in file.read(BEGINNING)
    except Unreadable:
        return True


def text(root: Path, path: str, limit: int = LARGEST) -> str:
    """The same as text with "\\n" line ends."""
    try:
        return read(root, path, limit).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None


def digest(content: str) -> str:
    """SHA-256 of a text, as `showcase` records it."""
    return hashlib.sha256(content.encode()).hexdigest()


def line_of(content: str, position: int) -> int:
    """The number of the line that holds the position."""
    return content.count("\n", 0, position) + 1


def size(root: Path, path: str) -> int | None:
    """Bytes of a plain file; None for anything else, links included."""
    try:
        found = os.lstat(root / path)
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def not_ignored(root: Path, patterns: list[str]) -> list[str]:
    """Paths of the files below the root that no pattern of `.gitignore` names, at most MOST_FILES of them."""
    lines = patterns[:MOST_PATTERNS]
    names = _any([line for line in lines if "/" not in line])
    paths = _any([line.lstrip("/") for line in lines if "/" in line])
    found: list[str] = []
    folders = [""]
    while folders and len(found) < MOST_FILES:
        for path, is_folder in _entries(root, folders.pop()):
            name = path.rsplit("/", 1)[-1]
            if name in SKIPPED or names.match(name) or paths.match(path):
                continue
            (folders if is_folder else found).append(f"{path}/" if is_folder else path)
    return sorted(found)[:MOST_FILES]


def _entries(root: Path, folder: str) -> Iterator[tuple[str, bool]]:
    """The plain files and folders in a folder, at most MOST_FILES, with whether it is a folder."""
    with suppress(OSError), os.scandir(root / folder) as entries:
        for entry in islice(entries, MOST_FILES):
            if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
                yield f"{folder}{entry.name}", entry.is_dir(follow_symlinks=False)


def _any(patterns: list[str]) -> re.Pattern[str]:
    """What matches if one of the patterns does: a stranger's thousands, one by one for each file, would take hours."""
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")
