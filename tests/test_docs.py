"""Each command on a page of the documentation is run, and prints the lines that the page shows."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, Installed
from profiles import write
from projects import MADE_BY_TOOLS, Project, copied
from services import service_of
from test_own_data_command import RENTS
from versions import NEWER, change, of_version

from scaffold.doctor import records

DOCS = ROOT / "docs"
FENCE = re.compile(r"^```console\n(.+?)^```$", re.MULTILINE | re.DOTALL)
FINE = (0,)
Made = Callable[[str], Project]
ELSEWHERE = {  # commands that another test runs: in full, or in a way that a page can't
    "pip install .": "conftest.installed",
    "pip install . && scaffold new sentiment my-reviews --run": "test_loop, test_readme",
    "scaffold new sentiment my-reviews --run": "test_loop",
    ".venv/bin/pytest": "test_loop.test_the_projects_own_tests_pass",
    ".venv/bin/pytest tests/test_model.py": "test_loop.test_the_projects_own_tests_pass",
}


@dataclass
class Shell:
    """A reader who types what a page shows."""

    folder: Path
    environment: Mapping[str, str]

    def type(self, page: str, statuses: Collection[int] = FINE) -> None:
        """Runs every command of the page, and looks for the lines that it shows."""
        for line, shown in commands(page):
            if line in ELSEWHERE:
                continue
            # test_own_data_tables, _texts and _pictures run the loops of own data
            words = shlex.split(line.removesuffix(" --run"))
            if words[0] == "cd":
                self.folder /= words[1]
                continue
            finished = subprocess.run(
                words,
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                check=False,
            )
            assert finished.returncode in statuses, line + finished.stdout + finished.stderr
            missing = [text for text in shown if text not in finished.stdout]
            assert missing == [], line + finished.stdout


def commands(page: str) -> list[tuple[str, list[str]]]:
    """What a page tells the reader to type, in its order, each with the output that it shows."""
    typed: list[tuple[str, list[str]]] = []
    for block in FENCE.findall((DOCS / page).read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                typed.append((line.removeprefix("$ "), []))
            elif line:
                typed[-1][1].append(line)
    return typed


def shell(folder: Path, tool: Installed) -> Shell:
    """A shell that finds this tool first."""
    path = os.pathsep.join([str(tool.command.parent), os.environ["PATH"]])
    return Shell(folder, {**tool.environment, "PATH": path, "COLUMNS": "100"})


def finished_project(made: Made, folder: Path) -> Project:
    """A copy of a finished project, with its history; its records name the new folder."""
    leave = set(MADE_BY_TOOLS) - {".git"}
    project = copied(made("sentiment"), folder, leave)
    with (folder / ".git/info/exclude").open("a", encoding="utf-8") as exclude:
        exclude.write(".venv\n")  # a link here
    records.move(folder, project.name)
    return project


def test_every_page_with_commands_is_typed_here() -> None:
    source = Path(__file__).read_text("utf-8")

    pages = [page.relative_to(DOCS).as_posix() for page in sorted(DOCS.rglob("*.md"))]
    with_commands = [page for page in pages if commands(page)]
    assert len(with_commands) > 5
    assert [page for page in with_commands if f'"{page}"' not in source] == []
    assert [line for line, _ in commands("index.md") if line not in ELSEWHERE] == []


def test_an_add_on_is_added_as_the_page_says(installed: Installed, tmp_path: Path) -> None:
    shell(tmp_path, installed).type("how-to/add.md")


def test_a_project_is_updated_as_the_page_says(installed: Installed, tmp_path: Path) -> None:
    made = installed.run("new", "sentiment", "my-reviews", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    newer = of_version(installed, tmp_path / "newer", NEWER)
    change(newer, "lifecycle/.dockerignore", "!LICENSE\n", "!LICENSE\n!notes\n")

    shell(tmp_path / "my-reviews", newer).type("how-to/update.md")

    assert "notes" in (tmp_path / "my-reviews/.dockerignore").read_text("utf-8")


def test_own_data_becomes_a_project_as_the_page_says(installed: Installed, tmp_path: Path) -> None:
    write(tmp_path / "rents.csv", RENTS)
    command = Path(sys.executable).with_name("scaffold")  # with the extra `data`
    tool = Installed(installed.python, command, installed.environment)

    shell(tmp_path, tool).type("how-to/own-data.md")


@pytest.mark.parametrize(
    ("page", "statuses"),
    [
        ("how-to/publish.md", (0, 1)),  # 1: findings
        ("how-to/make-it-yours.md", FINE),
        ("how-to/schedule.md", (0, 3, 4)),  # 3: an alarm, 4: a refusal
        ("tutorial/exercises.md", (0, 1)),  # 1: something is missing
    ],
)
def test_the_commands_for_a_finished_project_work(
    installed: Installed, made: Made, tmp_path: Path, page: str, statuses: Collection[int]
) -> None:
    project = finished_project(made, tmp_path / "my-reviews")

    shell(project.folder, installed).type(page, statuses)


def test_the_first_project_goes_as_its_page_says(
    installed: Installed, made: Made, tmp_path: Path
) -> None:
    page = "tutorial/first-project.md"
    project = finished_project(made, tmp_path / "my-reviews")
    serve = ".venv/bin/my-reviews serve"
    assert serve in dict(commands(page))

    with service_of(project, tmp_path / "service") as service, pytest.MonkeyPatch.context() as mp:
        service.start()
        mp.setitem(ELSEWHERE, serve, "the line above")
        shell(tmp_path, installed).type(page, (0, 3))  # 3: an alarm


@pytest.mark.slow
def test_a_project_is_moved_as_the_page_says(
    installed: Installed, made: Made, tmp_path: Path
) -> None:
    copied(made("sentiment"), tmp_path / "my-reviews", set(MADE_BY_TOOLS) - {".git"})

    shell(tmp_path, installed).type("how-to/move.md", (0, 1))  # 1: findings
