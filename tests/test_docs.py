"""The documentation: it builds, what it links to is there, and every command that it shows works as shown."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT, Installed
from projects import copied, served

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


def test_the_first_project_goes_as_its_page_says(installed: Installed, made: Any, tmp_path: Path) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    given = commands(DOCS / "first-project.md")

    assert given[:4] == [
        "pip install .",
        "scaffold list",
        f"scaffold new sentiment {project.name} --run",
        "cd my-reviews",
    ]
    assert installed.run("list", cwd=tmp_path).returncode == 0  # the one after it made the project
    for line in given[4:]:
        name, *arguments = line.removeprefix(".venv/bin/").split()
        if arguments == ["serve"]:
            with served([project.command(name), "serve"], project.folder, project.environment):
                continue
        finished = project.run(name, *arguments)
        assert finished.returncode in (0, 3), f"{line}: {finished.stdout}{finished.stderr}"  # 3: retraining is advised


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text("utf-8")

    assert sorted(re.findall(r": ([\w-]+\.md)$", configuration, re.MULTILINE)) == [page.name for page in PAGES]
