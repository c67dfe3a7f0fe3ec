"""Runs a project's program, and ends it together with its child processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

PATIENCE = 10  # seconds for a process to end after being asked to

if sys.platform == "win32":
    NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    NEW_GROUP = 0


@contextmanager
def started(
    command: list[str],
    folder: Path,
    environment: dict[str, str],
    keep: Callable[[str], None],
) -> Iterator[subprocess.Popen[str]]:
    """Runs the command until the block ends.

    `keep` is called with each line of its standard error.
    """
    with subprocess.Popen(  # noqa: S603  (the commands are ours)
        command,
        cwd=folder,
        env=environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        creationflags=NEW_GROUP,
        process_group=None if NEW_GROUP else 0,
    ) as process:
        listener = Thread(target=listen, args=(process, keep), daemon=True)
        listener.start()
        try:
            yield process
        except BaseException:
            stop(process)
            raise
        finally:
            listener.join(PATIENCE)


def listen(process: subprocess.Popen[str], keep: Callable[[str], None]) -> None:
    """Calls `keep` with each line of the process's standard error."""
    for line in process.stderr or ():
        keep(line)


def stop(process: subprocess.Popen[str]) -> None:
    """Ends the process and its children: terminates them, then kills them."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
    else:
        # The process may have ended after the first signal; its children get the others, too.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with suppress(subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(process.pid, number)
                process.wait(PATIENCE)
