"""A command that was killed anywhere is run again, and finishes the job."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import Project, copied
from services import until

DRIVER = Path(__file__).with_name("crashing.py")
SESSION = 5  # its place in /proc/<pid>/stat, after the name
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
Trial = dict[str, Any]


@pytest.fixture(scope="session")
def project(made: Callable[[str], Project]) -> Project:
    return made("sentiment")


def trials(project: Project, command: str, folder: Path, every: int) -> tuple[Trial, list[Trial]]:
    """What the whole command leaves, and what each killed one does; of `every` steps one."""
    finished = subprocess.run(
        [project.command("python"), str(DRIVER), project.package, command, str(folder), str(every)],
        env={**project.environment, "MLFLOW_DISABLE_TELEMETRY": "true"},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    lines = [line for line in finished.stdout.splitlines() if line.startswith("{")]
    whole, *killed = map(json.loads, lines)
    assert whole["again"] == 0, finished.stdout + finished.stderr
    assert whole["after"]["status"] == 0
    assert killed
    print(f"{command}: killed at {len(killed)} steps")
    for trial in killed:
        # It was killed, and what was there could be read then and after the repetition.
        assert trial["ended"] == -signal.SIGKILL, trial
        assert trial["killed"]["status"] == 0, trial
        assert trial["after"]["status"] == 0, trial
        assert "Traceback" not in trial["said"], trial
    return whole, killed


def often(quick: int) -> pytest.MarkDecorator:
    """Try some of the steps, or all under --slow."""
    every = [quick, pytest.param(1, marks=pytest.mark.slow)] if quick > 1 else [1]
    return pytest.mark.parametrize("every", every)


@often(6)
def test_a_promotion_that_was_killed_is_finished_by_another(
    project: Project, tmp_path: Path, every: int
) -> None:
    whole, killed = trials(project, "promote", tmp_path, every)

    assert whole["after"]["history"] == [["promoted", 1], ["promoted", 2]]
    for trial in killed:
        assert trial["again"] == 0, trial
        assert trial["after"] == whole["after"], trial
        assert trial["killed"]["champion"] in (1, 2)
        assert trial["killed"]["history"] in (whole["before"]["history"], whole["after"]["history"])


@often(12)
def test_a_retraining_that_was_killed_is_finished_by_another(
    project: Project, tmp_path: Path, every: int
) -> None:
    """If the new champion serves already, another training finds nothing better: status 4."""
    whole, killed = trials(project, "retrain", tmp_path, every)

    assert whole["after"]["history"] == [["promoted", 1], ["promoted", 2]]
    for trial in killed:
        after = trial["after"]
        promoted = [version for event, version in after["history"] if event == "promoted"]
        assert trial["again"] == (4 if trial["killed"]["champion"] == 2 else 0), trial
        assert len(promoted) == len(set(promoted)) == 2, trial
        assert after["champion"] == after["alias champion"] == promoted[-1], trial
        assert after["champion/history.jsonl"] == len(after["history"]), trial
        assert "alias challenger" not in after, trial


@often(1)
def test_a_rollback_that_was_killed_is_finished_by_another(
    project: Project, tmp_path: Path, every: int
) -> None:
    whole, killed = trials(project, "rollback", tmp_path, every)

    assert whole["after"]["history"][-1] == ["rolled back", 1]
    for trial in killed:
        was_done = trial["killed"]["history"] == whole["after"]["history"]
        assert trial["again"] == (1 if was_done else 0), trial  # there is none before the first
        assert trial["after"] == whole["after"], trial


@often(5)
def test_a_preparation_that_was_killed_mixes_no_splits_and_is_finished_by_another(
    project: Project, tmp_path: Path, every: int
) -> None:
    whole, killed = trials(project, "prepare", tmp_path, every)

    assert whole["after"]["train"] != whole["before"]["train"]  # with another seed
    assert whole["after"]["leaked"] == 0
    for trial in killed:
        left = trial["killed"]
        assert trial["again"] == 0, trial
        assert trial["after"] == whole["after"], trial
        assert "refused" in left or left in (whole["before"], whole["after"]), trial


@often(1)
def test_scoring_that_was_killed_doubles_no_row(
    project: Project, tmp_path: Path, every: int
) -> None:
    whole, killed = trials(project, "score", tmp_path, every)

    assert whole["after"]["scored.csv"] > 300
    for trial in killed:
        assert trial["again"] == 0, trial
        assert trial["after"] == whole["after"], trial
        assert trial["killed"]["scored.csv"] in (0, whole["after"]["scored.csv"]), trial


@pytest.mark.slow
@linux
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_training_that_ends_leaves_no_process_behind(
    project: Project, tmp_path: Path, end: signal.Signals
) -> None:
    copy = copied(project, tmp_path / project.name)
    settings = copy.settings(sample_rows=20_000, jobs=2, folds=6)
    assert copy.run("prepare", **settings).returncode == 0
    with (tmp_path / "printed.txt").open("wb") as file:
        process = subprocess.Popen(
            [copy.command(copy.name), "train"],
            cwd=copy.folder,
            env={**copy.environment, **settings},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    printed = tmp_path / "printed.txt"
    until(lambda: "cross-validating" in printed.read_text("utf-8"))
    time.sleep(1)  # all folds are at work

    process.send_signal(end)
    status = process.wait(60)
    try:
        until(lambda: not processes_of(process.pid), 20)
    finally:
        for number in processes_of(process.pid):
            os.kill(number, signal.SIGKILL)

    assert status != 0
    assert "Traceback" not in printed.read_text("utf-8")


@linux
def test_ctrl_c_ends_the_loop_at_its_stage_and_says_how_to_resume(
    project: Project, tmp_path: Path
) -> None:
    copy = copied(project, tmp_path / project.name)
    with (tmp_path / "printed.txt").open("wb") as file:
        process = subprocess.Popen(
            [copy.command(copy.name), "run", "--from", "monitor"],
            cwd=copy.folder,
            env=copy.environment,
            stdout=file,
            stderr=file,
        )
    printed = tmp_path / "printed.txt"
    until(lambda: "== monitor " in printed.read_text("utf-8"))
    time.sleep(0.5)

    process.send_signal(signal.SIGINT)
    status = process.wait(60)

    text = printed.read_text("utf-8")
    assert status == 130
    assert text.count("== ") == 1, text
    assert f"to resume: {copy.name} run --from monitor" in text


def processes_of(session: int) -> list[int]:
    """The living processes that a command has started, and itself."""
    numbers = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text("ascii", "replace").rpartition(") ")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[SESSION - 2]) == session and fields[0] != "Z":
            numbers.append(int(place.parent.name))
    return numbers
