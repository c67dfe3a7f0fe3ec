"""The documentation: it builds, what it links to is there, and every command that it shows works as shown."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT, Installed
from projects import Project, copied, request

from scaffold import cli

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def commands(page: Path) -> list[str]:
    """What a page tells the reader to type, in its order."""
    return re.findall(r"^\$ (.+)$", page.read_text("utf-8"), re.MULTILINE)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)

    assert finished.returncode == 0, finished.stderr
    page = (tmp_path / "first-project" / "index.html").read_text("utf-8")
    assert "fonts.googleapis.com" not in page


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.stem)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_of_commands_names_every_command_and_option_and_no_other() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")

    for name, command in cli.commands.commands.items():
        section = text.split(f"## scaffold {name}\n")[1].split("\n## ")[0]
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert set(re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE)) == options
    assert re.findall(r"^## scaffold (\w+)$", text, re.MULTILINE) == list(cli.commands.commands)
    assert CliRunner().invoke(cli.commands, ["--help"]).exit_code == 0


@pytest.fixture(scope="module")
def project(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """What `scaffold new sentiment my-reviews --run` made, as it was then."""
    return copied(made("sentiment"), tmp_path_factory.mktemp("docs") / "my-reviews")


def test_the_first_project_goes_as_its_page_says(installed: Installed, project: Project, tmp_path: Path) -> None:
    given = commands(DOCS / "first-project.md")

    assert given[:3] == ["pip install .", "scaffold list", f"scaffold new sentiment {project.name} --run"]
    assert given[3] == f"cd {project.name}"
    assert installed.run("list", cwd=tmp_path).returncode == 0  # the one after it made the project
    for line in given[4:]:
        if line.endswith(" serve"):
            with project.serving() as url:
                assert request(f"{url}/health")["status"] == "ok"
        else:
            assert finished(project, line).returncode in (0, 3), line  # 3: retraining is advised


def test_a_portfolio_is_made_as_its_page_says(installed: Installed, project: Project) -> None:
    exercise, decide, showcase, check, review = commands(DOCS / "portfolio.md")

    assert finished(project, exercise).returncode == 1  # red, until the work is done
    assert finished(project, decide).returncode == 0
    assert list((project.folder / "docs" / "decisions").glob("*-weigh-long-reviews-less.md"))
    assert finished(project, showcase).returncode == 0
    assert "what is shown is what was measured" in finished(project, check).stdout
    judged = installed.run(*review.split()[1:], cwd=project.folder)
    assert judged.returncode == 1  # the project is nobody's yet
    assert re.findall(r"\b23 of the 33\b", judged.stdout)


def finished(project: Project, line: str) -> subprocess.CompletedProcess[str]:
    """A command of the page, run as it is in the project's folder."""
    name, *arguments = shlex.split(line.removeprefix(".venv/bin/"))
    return project.run(name, *arguments)


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text("utf-8")

    assert sorted(re.findall(r": ([\w-]+\.md)$", configuration, re.MULTILINE)) == [page.name for page in PAGES]
