"""The first commit holds the project as it was rendered, in the name that git knows."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import Installed

from scaffold import __version__
from scaffold.git import commit_all, commit_changes


def git(project: Path, *arguments: str, **environment: str) -> str:
    return subprocess.run(
        ["git", *arguments],  # noqa: S607  (the git that the user would run)
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()


def files_below(folder: Path) -> set[str]:
    files = set()
    for path in folder.rglob("*"):
        place = path.relative_to(folder)
        if path.is_file() and place.parts[0] != ".git":
            files.add(place.as_posix())
    return files


def test_the_project_starts_with_one_commit_and_a_clean_tree(
    tiny: Installed, tmp_path: Path
) -> None:
    finished = tiny.run("new", "tiny", "--author", "Ada Lovelace", cwd=tmp_path)

    project = tmp_path / "tiny-loop"
    assert finished.stderr == ""
    assert git(project, "log", "--format=%an: %s") == "Ada Lovelace: Start from the tiny template"
    assert git(project, "branch", "--show-current") == "main"
    assert git(project, "status", "--porcelain", "--ignored") == ""


def test_the_first_commit_says_which_template_it_holds(tiny: Installed, tmp_path: Path) -> None:
    tiny.run("new", "tiny", cwd=tmp_path)

    trailer = "--format=%(trailers:key=Scaffold-Template,valueonly)"
    assert git(tmp_path / "tiny-loop", "log", trailer) == f"tiny {__version__}"


def test_the_first_commit_ignores_hooks_signing_and_other_repositories(
    tiny: Installed, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_bytes(b"#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    settings = f"[core]\n    hooksPath = {hooks.as_posix()}\n[commit]\n    gpgSign = true\n"
    (tmp_path / ".gitconfig").write_text(settings, "utf-8")
    elsewhere = {"GIT_DIR": str(tmp_path / "other"), "GIT_INDEX_FILE": str(tmp_path / "index")}

    finished = tiny.run("new", "tiny", cwd=tmp_path, HOME=str(tmp_path), **elsewhere)

    assert finished.stderr == ""
    assert git(tmp_path / "tiny-loop", "rev-list", "--count", "HEAD") == "1"
    assert not (tmp_path / "other").exists()
    assert not (tmp_path / "index").exists()


def test_what_the_user_ignores_everywhere_is_in_the_first_commit(
    tiny: Installed, tmp_path: Path
) -> None:
    (tmp_path / "ignore").write_text("*.py\n*.md\nLICENSE\n", "utf-8")
    excludes = f"[core]\n    excludesFile = {(tmp_path / 'ignore').as_posix()}\n"
    (tmp_path / ".gitconfig").write_text(excludes, "utf-8")
    exclude = tmp_path / "template" / "info" / "exclude"
    exclude.parent.mkdir(parents=True)
    exclude.write_text("*.toml\n", "utf-8")

    tiny.run(
        *("new", "tiny"),
        cwd=tmp_path,
        HOME=str(tmp_path),
        GIT_TEMPLATE_DIR=str(tmp_path / "template"),
    )

    project = tmp_path / "tiny-loop"
    assert set(git(project, "ls-files").splitlines()) == files_below(project)
    assert {"README.md", "pyproject.toml"} <= files_below(project)


def test_a_file_that_git_leaves_out_is_named(tmp_path: Path) -> None:
    nested = tmp_path / "project" / "nested"
    nested.mkdir(parents=True)
    (nested / "file").touch()
    assert commit_all(nested, "Ada", "A repository of its own", "tiny") is None

    complaint = commit_all(tmp_path / "project", "Ada", "Start", "tiny")

    assert complaint is not None
    assert complaint.startswith("git skips 'nested/")
    assert not (tmp_path / "project" / ".git").exists()


def test_only_what_changed_is_committed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    commit_all(tmp_path, "Ada", "Start", "tiny")

    assert commit_changes(tmp_path, "Ada", "Nothing") is None
    (tmp_path / "file").write_text("measured")
    assert commit_changes(tmp_path, "Ada", "Results") is None

    assert git(tmp_path, "log", "--format=%s").splitlines() == ["Results", "Start"]


def test_a_change_that_cannot_be_committed_is_complained_about(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    commit_all(tmp_path, "Ada", "Start", "tiny")
    (tmp_path / "file").write_text("measured")
    (tmp_path / ".git" / "index.lock").touch()

    complaint = commit_changes(tmp_path, "Ada", "Results")

    assert complaint
    assert "\n" not in complaint


WORKER = "[user]\n    name = Worker\n    email = worker@example.org\n"
HOME = """
[user]
    name = Émilie du Châtelet
    email = emilie@example.org
[includeIf "gitdir:~/office/"]
    path = ~/office.inc
"""


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("office", "Worker <worker@example.org>"),
        ("office/below", "Worker <worker@example.org>"),
        ("private", "Émilie du Châtelet <emilie@example.org>"),
    ],
)
@pytest.mark.parametrize("destination", ["tiny-loop", "."])
def test_the_name_is_the_one_that_git_has_for_this_place(
    tiny: Installed, tmp_path: Path, folder: str, expected: str, destination: str
) -> None:
    (tmp_path / ".gitconfig").write_text(HOME, "utf-8")
    (tmp_path / "office.inc").write_text(WORKER, "utf-8")
    place = tmp_path / folder / "tiny-loop"
    place.mkdir(parents=True)
    start = place if destination == "." else place.parent

    finished = tiny.run("new", "tiny", destination, cwd=start, HOME=str(tmp_path))

    assert finished.returncode == 0, finished.stderr
    both = "--format=%an <%ae>%n%cn <%ce>"
    assert git(place, "log", both).splitlines() == [expected, expected]
    licence = (place / "LICENSE").read_text("utf-8")
    assert licence == f"Copyright {expected.partition(' <')[0]}\n"
    assert not list(start.glob(".new-project-*"))


def test_the_name_in_the_environment_comes_first(tiny: Installed, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(HOME, "utf-8")
    environment = {
        "GIT_CONFIG_GLOBAL": str(tmp_path / "config"),
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
    }

    tiny.run("new", "tiny", cwd=tmp_path, **environment)

    project = tmp_path / "tiny-loop"
    assert git(project, "log", "--format=%an <%ae>") == "Ada <ada@example.org>"
    assert git(project, "log", "--format=%ce") == "emilie@example.org"
    assert (project / "LICENSE").read_text("utf-8") == "Copyright Ada\n"


@pytest.mark.parametrize(
    ("config", "environment", "expected"),
    [
        ("", {}, "Grace <author@localhost>"),
        ("", {"EMAIL": "grace@example.org"}, "Grace <grace@example.org>"),
        ("[user]\n    email = me@example.org\n", {}, "Grace <me@example.org>"),
        ("[user]\n    name = Ada\n", {}, "Ada <author@localhost>"),
        ("[user]\n    name =\n    useConfigOnly = true\n", {}, "Grace <author@localhost>"),
    ],
)
def test_what_git_lacks_of_the_name_is_filled_in(
    tiny: Installed,
    tmp_path: Path,
    config: str,
    environment: dict[str, str],
    expected: str,
) -> None:
    (tmp_path / ".gitconfig").write_text(config, "utf-8")
    options = ["--author", "Grace"]

    finished = tiny.run("new", "tiny", *options, cwd=tmp_path, HOME=str(tmp_path), **environment)

    assert finished.stderr == ""
    assert git(tmp_path / "tiny-loop", "log", "--format=%an <%ae>") == expected


def test_no_git_makes_no_repository(tiny: Installed, tmp_path: Path) -> None:
    tiny.run("new", "tiny", "--no-git", cwd=tmp_path)

    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()
    assert not (tmp_path / "tiny-loop" / ".git").exists()


def test_a_project_inside_a_repository_gets_none_of_its_own(
    tiny: Installed, tmp_path: Path
) -> None:
    git(tmp_path, "init")

    finished = tiny.run("new", "tiny", cwd=tmp_path)

    reason = "note: no git repository was created: the destination is inside another repository"
    assert reason in finished.stderr
    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()
    assert not (tmp_path / "tiny-loop" / ".git").exists()


def test_a_project_that_the_repository_around_it_ignores_gets_its_own(
    tiny: Installed, tmp_path: Path
) -> None:
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("/tiny-loop/\n", "utf-8")

    finished = tiny.run("new", "tiny", cwd=tmp_path)

    assert finished.stderr == ""
    assert git(tmp_path / "tiny-loop", "rev-list", "--count", "HEAD") == "1"
    assert git(tmp_path, "status", "--porcelain") == "?? .gitignore"


def test_a_git_that_fails_is_noted_and_the_project_kept(tiny: Installed, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\n    compression = ninety\n", "utf-8")

    finished = tiny.run("new", "tiny", cwd=tmp_path, HOME=str(tmp_path))

    assert finished.returncode == 0
    assert finished.stderr.startswith("note: no git repository was created: ")
    assert finished.stderr.count("\n") == 1
    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()
    assert not (tmp_path / "tiny-loop" / ".git").exists()


def test_a_machine_without_git_gets_the_project(tiny: Installed, tmp_path: Path) -> None:
    finished = tiny.run("new", "tiny", cwd=tmp_path, PATH=str(tmp_path))

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()
