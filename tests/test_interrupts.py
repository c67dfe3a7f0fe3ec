"""Ctrl-C at any moment ends a command of a finished project, and the next one works."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project, copied
from test_crashes import processes_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

MOMENTS = 5
# Each command is interrupted within so many seconds; some end before.
COMMANDS = {
    "prepare": 6.0,
    "train": 20.0,
    "promote": 8.0,
    "serve --port 0": 6.0,
    "replay --url http://127.0.0.1:9": 4.0,
    "monitor": 8.0,
    "retrain": 20.0,
    "rollback": 4.0,
    "score rows.csv answers.csv": 5.0,
    "purge --days 1": 3.0,
    "report": 6.0,
    "status": 3.0,
    "run --from retrain": 25.0,
}
FINE = (0, 3, 4)  # done, with an alarm, or with a challenger that was refused


@pytest.mark.parametrize("words", COMMANDS)
def test_ctrl_c_at_any_moment_leaves_nothing_half_done(
    made: Callable[[str], Project], tmp_path: Path, words: str
) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    (project.folder / "rows.csv").write_text('text\n"A fine film."\n' * 2_000, "utf-8")
    moments = random.Random(words)  # noqa: S311  (moments, no secrets)

    for _ in range(MOMENTS):
        seconds = moments.uniform(0.2, COMMANDS[words])
        status, errors, left = interrupt(project, words.split(), seconds, tmp_path)
        print(f"{words}: {status} after {seconds:.1f} s")

        # While Python itself starts, there is no `main` yet that could catch it.
        assert "Traceback" not in errors or "in main" not in errors, errors
        assert status >= 0 or (status == -signal.SIGINT and "in main" not in errors), errors
        assert left == []
        assert not list(project.folder.glob("champion/*.partial/manifest.json"))

    again = ["status"] if words.startswith(("serve", "replay")) else words.split()
    if again == ["rollback"] and project.champion() == 1:
        again = ["rollback", "--to", "2"]
    finished = project.run(*again)
    assert finished.returncode in FINE, finished.stderr
    assert project.run("status").returncode == 0
    assert project.run("score", "rows.csv", "more.csv").returncode == 0


def interrupt(
    project: Project, words: list[str], seconds: float, folder: Path
) -> tuple[int, str, list[int]]:
    """How an interrupted command ended, what it wrote as errors, and which processes are left."""
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(
            [project.command(project.name), *words],
            cwd=project.folder,
            env={**project.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
        status = process.wait(120)
    deadline = time.monotonic() + 20
    while processes_of(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = processes_of(process.pid)
    for number in left:
        os.kill(number, signal.SIGKILL)
    return status, (folder / "errors.txt").read_text("utf-8", "replace"), left
