"""Exercises that are done pass their check; what only looks like work doesn't."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import learning
import pytest
from conftest import Installed
from learning import PRETENCES, SOLUTIONS, Work, copied
from projects import Project

RUNS_CODE_FOR_LONG = (2, 6, 7)  # they test, or train
Learn = Callable[[int, Work], subprocess.CompletedProcess[str]]


def cases(works: dict[int, list[Work]]) -> list[object]:
    """Each exercise with a work; those that take long are slow."""
    found: list[object] = []
    for number, choices in works.items():
        marks = [pytest.mark.slow] if number in RUNS_CODE_FOR_LONG else []
        for work in choices:
            name = f"{number}-{work.__name__}"
            found.append(pytest.param(number, work, marks=marks, id=name))
    return found


@pytest.fixture
def check(
    installed: Installed, made: Callable[[str], Project], tmp_path: Path
) -> Callable[[int, Work], subprocess.CompletedProcess[str]]:
    """Checks an exercise after some work in a copy of a finished project."""

    def run(number: int, work: Work) -> subprocess.CompletedProcess[str]:
        project = copied(made("sentiment"), tmp_path / "my-reviews")
        work(project)
        before = project.git("status", "--porcelain")
        finished = installed.run("learn", str(number), "--check", cwd=project.folder)
        assert project.git("status", "--porcelain") == before
        return finished

    return run


@pytest.mark.parametrize(
    ("number", "work"), cases({number: [work] for number, work in SOLUTIONS.items()})
)
def test_a_solution_passes(check: Learn, number: int, work: Work) -> None:
    finished = check(number, work)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.endswith(": done\n")


@pytest.mark.parametrize(("number", "work"), cases(PRETENCES))
def test_a_pretence_does_not_pass(check: Learn, number: int, work: Work) -> None:
    finished = check(number, work)

    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert "not done\n- " in finished.stdout


def test_the_list_shows_what_is_done_and_what_needs_its_check(
    installed: Installed, made: Callable[[str], Project], tmp_path: Path
) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    learning.write_a_post_mortem(project)
    learning.explain_right_answers(project)

    lines = installed.run("learn", cwd=project.folder).stdout.splitlines()

    assert lines[0] == "Exercises for my-reviews: 1 of 9 done"
    ends = [line.split("  ")[-1].strip() for line in lines[2:11]]
    assert ends == ["run --check", *["not done"] * 3, "done", *["not done"] * 4]


def test_a_library_that_aborts_at_exit_does_not_fail_the_check(check: Learn) -> None:
    def aborts_in_addition(project: Project) -> None:
        SOLUTIONS[1](project)
        errors = project.source / "errors.py"
        lines = "import atexit\nimport os\n\natexit.register(os.abort)\n"
        errors.write_text(errors.read_text("utf-8") + lines, "utf-8")

    finished = check(1, aborts_in_addition)

    assert finished.returncode == 0, finished.stdout + finished.stderr
