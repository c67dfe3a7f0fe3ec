"""README and documentation: each command that they show works, each link leads somewhere."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uv
from click.testing import CliRunner
from conftest import ROOT, Installed
from projects import Project, copied
from services import service_of

from scaffold import catalog, cli

README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def test_the_lines_for_uv_work_in_a_clone(installed: Installed, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    leave = shutil.ignore_patterns(".git", *(pattern.strip("/") for pattern in ignored))
    shutil.copytree(ROOT, clone, ignore=leave)
    folder = Path(uv.find_uv_bin()).parent
    new, test = re.findall(r"^    (uvx? .+)$", README, re.MULTILINE)
    new = new.removesuffix(" --run")  # test_loop runs the loop

    for line in (f"{new} --no-git", f"{test} --version"):
        command, *arguments = line.split()
        finished = subprocess.run(
            [folder / command, *arguments],
            cwd=clone,
            env=installed.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stderr

    assert (clone / "my-reviews" / "pyproject.toml").is_file()


def test_the_lines_for_pip_are_the_ones_that_ci_and_the_other_tests_run() -> None:
    run = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "pip install . && scaffold new sentiment my-reviews --run" in README
    assert 'pip install ".[test]" && pytest' in README
    assert 'pip install --quiet ".[test]"\n' in run
    assert "\npytest -rs\n" in run


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    finished = subprocess.run(
        [*command, tmp_path], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 0, finished.stderr
    page = (tmp_path / "first-project" / "index.html").read_text("utf-8")
    assert "fonts.googleapis.com" not in page


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.stem
)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text("utf-8")

    named = sorted(re.findall(r": ([\w-]+\.md)$", configuration, re.MULTILINE))
    assert named == [page.name for page in PAGES]


def test_the_page_of_commands_names_every_command_and_option_and_no_other() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")

    public = {name: item for name, item in cli.commands.commands.items() if not item.hidden}
    assert re.findall(r"^## scaffold (\w+)$", text, re.MULTILINE) == list(public)
    for name, command in public.items():
        section = text.split(f"## scaffold {name}\n")[1].split("\n## ")[0]
        options = {
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--") and not getattr(parameter, "hidden", False)
        }
        assert set(re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE)) == options
    assert CliRunner().invoke(cli.commands, ["--help"]).exit_code == 0


def test_the_page_of_commands_names_every_add_on() -> None:
    section = (DOCS / "commands.md").read_text("utf-8").split("## scaffold add\n")[1]
    table = section.split("## scaffold update\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == catalog.add_on_names()


def commands(page: Path) -> list[str]:
    """What a page tells the reader to type, in its order."""
    return re.findall(r"^\$ (.+)$", page.read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
def test_the_first_project_goes_as_its_page_says(
    installed: Installed, made: Callable[[str], Project], tmp_path: Path
) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    lines = commands(DOCS / "first-project.md")

    assert lines[:3] == [
        "pip install .",
        "scaffold list",
        f"scaffold new sentiment {project.name} --run",
    ]
    assert installed.run("list", cwd=tmp_path).returncode == 0
    for line in lines[3:]:
        program, *arguments = shlex.split(line.removeprefix(".venv/bin/"))
        if program == "cd":
            assert arguments == [project.name]
        elif arguments[:1] == ["serve"]:
            with service_of(project, tmp_path / "service") as service:
                service.start()
        elif program == "scaffold":
            finished = installed.run(*arguments, cwd=project.folder)
            assert finished.returncode in (0, 1), line + finished.stderr  # 1: findings
        else:
            if program == "pytest":  # test_loop runs it
                arguments = ["--collect-only", "--quiet"]
            finished = project.call(program, *arguments)
            assert finished.returncode in (0, 3), line + finished.stderr  # 3: an alarm
