"""A command on a terminal where what a user types waits to be read."""

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def converse(
    command: Sequence[str | Path], folder: Path, typed: str, environment: Mapping[str, str]
) -> tuple[int, str]:
    """The exit status of the command, and the screen."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    screen = b""
    while chunk := read(ours):
        screen += chunk
    os.close(ours)
    return process.wait(), screen.decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way to say that the other end is closed
        return b""
