"""Who may change the champion: one command at a time, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import LifecycleError

LOCK = ".lock"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other processes that change the folder out until the block ends, or this process does, however it ends.

    A block within a block of the same thread is let in. Raises LifecycleError if another process is at work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0, is_singleton=True):
            yield
    except Timeout as error:
        raise LifecycleError(
            f"Another command is at work in {folder} (lock file {error.lock_file}). Wait for it, then run again."
        ) from None
