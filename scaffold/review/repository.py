"""How git is asked of a repository that may be a stranger's: no hook, filter, monitor or remote of it is run."""

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO

SECONDS = 4.0  # for all that git is asked in a review
MOST_BYTES = 20_000_000  # of one answer: a few trees in trees list more files than there are disks for
# Settings of a stranger's repository that name a program; only commands that read the index and trees are used besides.
SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "",
    "core.sshCommand": "",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
}
MOST_MEMORY = 500_000_000  # of a git; diff-tree holds all of its answer before it says a word
ENVIRONMENT = {
    "GIT_ALLOC_LIMIT": "128m",  # of one piece of memory: a packed commit of a gigabyte takes a megabyte of disk
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what is missing
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class NoHistory(Exception):
    """Why git has nothing to say."""


def deadline(seconds: float = SECONDS, latest: float = math.inf) -> float:
    """The moment at which the seconds are over, no later than the latest."""
    return min(time.monotonic() + seconds, latest)


def ask(root: Path, until: float, *arguments: str) -> str:
    """What git prints; raises NoHistory, also if it is more than MOST_BYTES or comes later than the deadline."""
    with tempfile.TemporaryFile() as complaints, _started(root, until, arguments, None, complaints) as asked:
        said = asked.stdout.read(MOST_BYTES + 1) if asked.stdout else b""
        if len(said) > MOST_BYTES:
            raise NoHistory(f"git's answer to {arguments[0]} has more than {MOST_BYTES / 1e6:.0f} MB")
        if asked.wait():
            complaints.seek(0)
            complaint = complaints.read(200).decode("utf-8", "replace").strip().splitlines() or ["it failed"]
            late = time.monotonic() >= until
            raise NoHistory("git was too slow" if late else f"git says: {complaint[0].removeprefix('fatal: ')}")
    return said.decode("utf-8", "surrogateescape")


@contextmanager
def answers(root: Path, lines: list[str], until: float, *arguments: str) -> Iterator[IO[bytes]]:
    """What git answers to the lines, as it comes; git is stopped at the deadline, and when the block ends."""
    with tempfile.TemporaryFile() as questions:  # a pipe would fill while nobody reads the answers
        questions.write("".join(f"{line}\n" for line in lines).encode())
        questions.seek(0)
        with _started(root, until, arguments, questions, None) as asked:
            if asked.stdout:
                yield asked.stdout


@contextmanager
def _started(
    root: Path, until: float, arguments: tuple[str, ...], questions: IO[bytes] | None, complaints: IO[bytes] | None
) -> Iterator[subprocess.Popen[bytes]]:
    command, environment = _command(root, arguments)
    try:
        asked = subprocess.Popen(  # noqa: S603  (the arguments are ours)
            command,
            cwd=root,
            env=environment,
            stdin=questions or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints or subprocess.DEVNULL,
        )
    except OSError as error:
        raise NoHistory(f"git gave no answer: {type(error).__name__}") from None
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):  # it has ended already, or has less
            resource.prlimit(asked.pid, resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    stop = Timer(max(until - time.monotonic(), 0.01), asked.kill)
    stop.start()
    try:
        yield asked
    finally:
        stop.cancel()
        asked.kill()
        if asked.stdout:
            asked.stdout.close()
        asked.wait()


def blobs(root: Path, names: list[str], until: float) -> Iterator[tuple[str, bytes]]:
    """Each blob, commit or tag and its content, until all are read or time is over."""
    with answers(root, names, until, "cat-file", "--batch") as stream:
        for line in stream:
            name, *kind = line.decode("ascii", "replace").split()
            if len(kind) != 2:  # "<name> missing"
                continue
            content = stream.read(int(kind[1]))
            if len(content) < int(kind[1]):
                return
            stream.readline()
            yield name, content


def sizes(root: Path, names: list[str], until: float) -> dict[str, int]:
    """Bytes of each of the blobs, commits and tags that git has, as far as it gets in time."""
    with answers(root, names, until, "cat-file", "--batch-check") as stream:
        lines = [line.decode("ascii", "replace").split() for line in stream]
    return {line[0]: int(line[2]) for line in lines if len(line) == 3 and line[1] != "tree"}


def _command(root: Path, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    program = shutil.which("git")
    if program is None or Path(program).resolve().is_relative_to(root.resolve()):
        raise NoHistory("git is not installed")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    configured = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    return [program, "--no-pager", *configured, *arguments], environment
