"""The memory of a process and all that it has started, in MB, sampled while something else goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

PROPORTIONAL = hasattr(psutil.Process().memory_full_info(), "pss")
MEASURE = "proportional set sizes" if PROPORTIONAL else "resident set sizes, which count shared pages once for each"


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process, if it lives, and all its children."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def proportional(process: psutil.Process) -> float:
    """The sum of the proportional set sizes, where pages that several share count once; elsewhere, of the resident."""
    return _total(process, lambda one: one.memory_full_info().pss) if PROPORTIONAL else resident(process)


def resident(process: psutil.Process) -> float:
    """The sum of the resident set sizes, which costs less to ask for."""
    return _total(process, lambda one: one.memory_info().rss)


@contextmanager
def watched(process: psutil.Process, size: Callable[[psutil.Process], float], seconds: float) -> Iterator[list[float]]:
    """A list that gets the size every so many seconds as long as the block runs."""
    samples = [size(process)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(seconds):
            samples.append(size(process))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def _total(process: psutil.Process, size: Callable[[psutil.Process], int]) -> float:
    total = 0
    for one in family(process):
        try:
            total += size(one)
        except psutil.NoSuchProcess:
            continue
    return total / 1e6
