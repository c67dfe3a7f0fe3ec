"""How git is asked of a repository that may be a stranger's: no hook, filter, monitor or remote of it is run."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO

SECONDS = 5.0
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
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what is missing
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class NoHistory(Exception):
    """Why git has nothing to say."""


def ask(root: Path, *arguments: str) -> str:
    """What git prints; raises NoHistory."""
    command, environment = _command(root, arguments)
    try:
        asked = subprocess.run(  # noqa: S603  (the arguments are ours)
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoHistory(f"git gave no answer: {type(error).__name__}") from None
    if asked.returncode:
        complaint = (asked.stderr.strip().splitlines() or ["it failed"])[0]
        raise NoHistory(f"git says: {complaint.removeprefix('fatal: ')}")
    return asked.stdout


@contextmanager
def answers(root: Path, lines: list[str], seconds: float, *arguments: str) -> Iterator[IO[bytes]]:
    """What git answers to the lines, as it comes; git is stopped after the seconds, and when the block ends."""
    command, environment = _command(root, arguments)
    with tempfile.TemporaryFile() as questions:  # a pipe would fill while nobody reads the answers
        questions.write("".join(f"{line}\n" for line in lines).encode())
        questions.seek(0)
        try:
            asked = subprocess.Popen(  # noqa: S603  (the arguments are ours)
                command, cwd=root, env=environment, stdin=questions, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise NoHistory(f"git gave no answer: {type(error).__name__}") from None
        stop = Timer(seconds, asked.kill)
        stop.start()
        try:
            if asked.stdout:
                yield asked.stdout
        finally:
            stop.cancel()
            asked.kill()
            if asked.stdout:
                asked.stdout.close()
            asked.wait()


def blobs(root: Path, names: list[str], seconds: float) -> Iterator[tuple[str, bytes]]:
    """Each blob and its content, until all are read or the seconds are over."""
    with answers(root, names, seconds, "cat-file", "--batch") as stream:
        for line in stream:
            name, *kind = line.decode("ascii", "replace").split()
            if len(kind) != 2:  # "<name> missing"
                continue
            content = stream.read(int(kind[1]))
            if len(content) < int(kind[1]):
                return
            stream.readline()
            yield name, content


def sizes(root: Path, names: list[str], seconds: float) -> dict[str, int]:
    """Bytes of each of the blobs that git has, as far as it gets within the seconds."""
    with answers(root, names, seconds, "cat-file", "--batch-check") as stream:
        lines = [line.decode("ascii", "replace").split() for line in stream]
    return {line[0]: int(line[2]) for line in lines if len(line) == 3 and line[1] == "blob"}


def _command(root: Path, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    program = shutil.which("git")
    if program is None or Path(program).resolve().is_relative_to(root.resolve()):
        raise NoHistory("git is not installed")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    configured = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    return [program, "--no-pager", *configured, *arguments], environment
