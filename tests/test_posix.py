"""What only POSIX can put to the test: signals, terminals and limits."""

import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import terminals
from conftest import Installed, write_template


def converse(tiny: Installed, folder: Path, typed: str, *arguments: str) -> tuple[int, str]:
    """Exit status and screen of `scaffold new` on a terminal where `typed` waits to be read."""
    command = [str(tiny.command), "new", *arguments]
    return terminals.converse(command, folder, typed, tiny.environment)


def test_questions_are_asked_on_a_terminal_and_a_wrong_answer_again(
    tiny: Installed, tmp_path: Path
) -> None:
    typed = "class\nfilm-mood\nAda\n\nGPL\nbsd-3-clause\n"

    status, screen = converse(tiny, tmp_path, typed, "tiny")

    assert status == 0
    assert "Project name [tiny-loop]: " in screen
    assert "'class' can't be the project's name: it is a Python keyword" in screen
    assert "'GPL' is not a supported license" in screen
    answers = (tmp_path / "film-mood" / ".template.yml").read_text("utf-8")
    assert 'author: "Ada"' in answers
    assert "licence: BSD-3-Clause" in answers


def test_a_question_that_an_option_answers_is_not_asked(tiny: Installed, tmp_path: Path) -> None:
    status, screen = converse(
        tiny, tmp_path, "\n\n", "tiny", "--name", "film-mood", "--licence", "none"
    )

    assert status == 0
    assert "Project name" not in screen
    assert "Licence" not in screen
    assert "Author [" in screen


def test_defaults_ask_nothing_on_a_terminal(tiny: Installed, tmp_path: Path) -> None:
    status, screen = converse(tiny, tmp_path, "", "tiny", "--defaults")

    assert status == 0
    assert "Project name" not in screen
    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_terminal(
    tiny: Installed, tmp_path: Path, closed: str
) -> None:
    finished = subprocess.run(
        ["sh", "-c", f'"$0" new tiny {closed}', tiny.command],  # noqa: S607
        cwd=tmp_path,
        env=tiny.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    assert (tmp_path / "tiny-loop" / ".git").is_dir()
    assert not list(tmp_path.glob(".new-project-*"))


def test_ctrl_c_at_a_question_makes_nothing(tiny: Installed, tmp_path: Path) -> None:
    status, screen = converse(tiny, tmp_path, "film-mood\n\x04", "tiny")

    assert status == 130
    assert screen.splitlines()[-1] == "error: Interrupted"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("destination", ["tiny-loop", "."])
def test_an_interrupted_rendering_leaves_nothing(
    tiny: Installed, tmp_path: Path, number: signal.Signals, destination: str
) -> None:
    process = new_until(tiny, tmp_path, ".new-project-*", destination)

    errors = interrupt(process, number)

    assert process.returncode == 130
    assert errors.strip() == "error: Interrupted"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sign", ["*", ".git", ".git/objects/*", ".git/refs/heads/main"])
def test_a_late_interruption_leaves_a_whole_project_or_none(
    tiny: Installed, tmp_path: Path, sign: str
) -> None:
    process = new_until(tiny, tmp_path, f".new-project-*/tiny-loop/{sign}", "tiny-loop")

    errors = interrupt(process, signal.SIGINT)

    assert "Traceback" not in errors
    left = [path.name for path in tmp_path.iterdir()]
    assert left in ([], ["tiny-loop"])
    if left:
        log = ["git", "-C", str(tmp_path / "tiny-loop"), "status", "--porcelain"]
        assert subprocess.run(log, capture_output=True, check=True).stdout == b""


def new_until(tiny: Installed, folder: Path, sign: str, destination: str) -> subprocess.Popen[str]:
    """A `scaffold new`, stopped when it has made a file that matches the sign, and no further."""
    for _ in range(60):  # on a busy machine the process may be over before it is looked at
        process = subprocess.Popen(
            [tiny.command, "new", "tiny", destination, "--name", "mood"],
            cwd=folder,
            env=tiny.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        while process.poll() is None and not matches(folder, sign):
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        if matches(folder, sign) and not (folder / destination / "pyproject.toml").exists():
            return process
        process.send_signal(signal.SIGCONT)
        process.communicate()
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    raise AssertionError("always too late")


def interrupt(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """What the stopped process says when it goes on with the signal."""
    process.send_signal(number)
    process.send_signal(signal.SIGCONT)
    return process.communicate()[1]


SWALLOWED = """
import os, signal
from pathlib import Path
from scaffold import interruption, rendering

class Swallows:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, interruption.interrupt)
try:
    with rendering.staged(Path("project")) as folder:
        (folder / "file").touch()
        Swallows()
        print("went on")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interruption_that_python_swallows_still_ends_the_command(
    installed: Installed, tmp_path: Path
) -> None:
    finished = subprocess.run(
        [installed.python, "-c", SWALLOWED],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert finished.stdout.split("\n")[:2] == ["went on", "interrupted"]
    assert not list(tmp_path.iterdir())


def matches(folder: Path, sign: str) -> bool:
    try:
        return any(folder.glob(sign))
    except FileNotFoundError:  # moved to its place while it was searched
        return False


@pytest.mark.parametrize("destination", ["/dev/null/below", "/proc/nowhere"])
def test_a_place_of_the_system_is_refused(
    tiny: Installed, tmp_path: Path, destination: str
) -> None:
    finished = tiny.run("new", "tiny", destination, "--name", "mood", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr.startswith(f"error: Can't write {destination!r}: ")
    assert finished.stderr.count("\n") == 1


@pytest.mark.parametrize("destination", ["tiny-loop", "a/b/tiny-loop", "."])
def test_a_full_disk_leaves_nothing(tiny: Installed, tmp_path: Path, destination: str) -> None:
    finished = subprocess.run(
        [tiny.command, "new", "tiny", destination, "--name", "mood"],
        cwd=tmp_path,
        env=tiny.environment,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        check=False,
    )

    assert finished.returncode == 1
    assert (
        finished.stderr
        == f"error: Can't write {destination!r}: File too large. Free some space and try again\n"
    )
    assert not list(tmp_path.iterdir())


def test_ctrl_c_ends_the_run_and_keeps_the_project_and_its_log(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, 'print("   fitting"); time.sleep(600)')
    process = subprocess.Popen(
        [tool.command, "new", "tiny", "--run"],
        cwd=tmp_path,
        env=tool.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "fitting" in line:
            break

    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert errors.count("\n") == 1
    assert errors.startswith("error: Interrupted. The project is kept. ")
    assert errors.endswith("tiny-loop run --from train\n")
    assert "fitting" in (tmp_path / "tiny-loop" / "logs" / "run.log").read_text("utf-8")
