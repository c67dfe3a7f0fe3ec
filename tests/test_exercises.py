"""The exercises of `docs/make-it-yours.md`: red in a fresh project that has run, green once the work is done."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from projects import Project
from solutions import COMMANDS, PRETENCES, SOLUTIONS, Edit, apply

from scaffold.catalog import templates

ASKING = re.compile(r"\b(add|write|let|run|make|move|find|name)\b", re.IGNORECASE)
NOT_COPIED = (".venv", ".git", "mlartifacts", "*.db", "__pycache__", "uv.lock")


@pytest.fixture(scope="module", params=sorted(templates()))
def project(made: Any, request: pytest.FixtureRequest) -> Project:
    finished: Project = made(request.param)
    return finished


def test_every_exercise_is_red_at_first_and_says_what_to_do(project: Project, tmp_path: Path) -> None:
    folder = copied(project, tmp_path)

    finished = pytest_in(folder, project, "exercises", "--junitxml=red.xml")

    said: dict[str, list[str]] = {}
    for case in ElementTree.parse(folder / "red.xml").iter("testcase"):  # noqa: S314  (pytest wrote it just now)
        said.setdefault(case.get("classname", ""), []).extend(found.get("message", "") for found in case)
    files = sorted(path.stem for path in (folder / "exercises").glob("test_*.py"))
    assert [name[5:7] for name in files] == [f"{number:02d}" for number in range(1, 13)]
    assert " passed" not in finished.stdout
    for name in files:
        assert said[f"exercises.{name}"], f"{name} did not run"
        for message in said[f"exercises.{name}"]:
            assert "AssertionError: " in message, message
            assert ASKING.search(message), message


def test_exercises_that_are_done_are_green(project: Project, tmp_path: Path) -> None:
    done = {number: tried(project, tmp_path, number, edits) for number, edits in solutions(project).items()}

    assert {number: finished.stdout for number, finished in done.items() if finished.returncode} == {}


def test_exercises_that_only_look_done_stay_red(project: Project, tmp_path: Path) -> None:
    for number, edits in PRETENCES[template(project)].items():
        finished = tried(project, tmp_path, number, edits)

        assert "1 failed, 2 passed" in finished.stdout, finished.stdout


def test_of_each_template_four_exercises_are_worked_out_and_one_of_them_is_hard(project: Project) -> None:
    text = (project.folder / "docs" / "make-it-yours.md").read_text("utf-8")
    hard = {int(number) for number in re.findall(r"^## (\d+)\. .* \(hard\)$", text, re.MULTILINE)}

    assert len(solutions(project)) >= 4
    assert hard & set(solutions(project))


def test_each_exercise_has_a_chapter_with_its_file_effort_and_what_it_shows(project: Project) -> None:
    text = (project.folder / "docs" / "make-it-yours.md").read_text("utf-8")
    chapters = re.findall(
        r"^## (\d+)\. .* \((?:easy|middling|hard)\)\n\n`(\S+)` · .+ · shows that .+$", text, re.MULTILINE
    )

    assert [int(number) for number, _ in chapters] == list(range(1, 13))
    assert all((project.folder / file).is_file() for _, file in chapters)


def solutions(project: Project) -> dict[int, list[Edit]]:
    """The worked solutions for the template that a project was made with."""
    return SOLUTIONS[template(project)]


def template(project: Project) -> str:
    """The template that a project was made with."""
    answers = (project.folder / ".template.yml").read_text("utf-8")
    return str(re.findall(r"^template: (\S+)", answers, re.MULTILINE)[0])


def tried(project: Project, folder: Path, number: int, edits: list[Edit]) -> subprocess.CompletedProcess[str]:
    """The test of one exercise, after these edits in a copy of the project."""
    copy, package = copied(project, folder / str(number)), project.name.replace("-", "_")
    apply(copy, package, edits)
    (file,) = (copy / "exercises").glob(f"test_{number:02d}_*.py")
    for arguments in COMMANDS.get(template(project), {}).get(number, []):
        ran = python_in(copy, project, *(argument.replace("PACKAGE", package) for argument in arguments))
        assert ran.returncode == 0, ran.stdout + ran.stderr
    finished = pytest_in(copy, project, str(file))
    shutil.rmtree(copy)  # a hundred megabytes each
    return finished


def copied(project: Project, folder: Path) -> Path:
    """A copy of a project that the test may change, without its environment and its runs."""
    return shutil.copytree(project.folder, folder / "project", ignore=shutil.ignore_patterns(*NOT_COPIED))


def pytest_in(folder: Path, project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest with the project's environment on the code of the copy."""
    return python_in(folder, project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)


def python_in(folder: Path, project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The project's Python in a copy of the project."""
    return subprocess.run(
        [project.command("python"), *arguments],
        cwd=folder,
        env=project.environment | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
