"""`scaffold doctor` names what may break a project, with the command that mends it."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Installed, write_template
from projects import Project, copied

from scaffold import rendering, shell
from scaffold.doctor import place
from scaffold.doctor.state import runs_elsewhere

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows' programs are no scripts")


def test_nothing_is_found_around_a_project_that_works(
    installed: Installed, made: Callable[[str], Project]
) -> None:
    finished = installed.run("doctor", cwd=made("sentiment").folder, GIT_AUTHOR_NAME="Ada")

    assert finished.stdout == "No problems found in my-reviews\n"
    assert finished.returncode == 0


def test_a_folder_without_a_project_is_refused(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("doctor", str(tmp_path), cwd=tmp_path)

    assert finished.returncode == 2
    assert "Change to a project's folder" in finished.stderr


@pytest.mark.parametrize(
    ("variables", "problem", "fix"),
    [
        ({"GIT_DIR": "/elsewhere"}, "GIT_DIR is set", shell.unset("GIT_DIR")),
        (
            {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"},
            "MLFLOW_TRACKING_URI is set: "
            "MLflow logs runs there, not in mlflow.db (keep it if intended)",
            shell.unset("MLFLOW_TRACKING_URI"),
        ),
        ({"PYTHONPATH": "/other"}, "PYTHONPATH is set", shell.unset("PYTHONPATH")),
        ({"PIP_TARGET": "/other"}, "PIP_TARGET is set", shell.unset("PIP_TARGET")),
        ({"UV_NO_DEV": "1"}, "UV_NO_DEV is set", shell.unset("UV_NO_DEV")),
        (
            {"https_proxy": "http://proxy:1", "http_proxy": "http://proxy:1"},
            "HTTP_PROXY is set: requests to localhost go through the proxy",
            shell.export("NO_PROXY", "127.0.0.1,localhost"),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_variable_of_another_program_is_named(
    installed: Installed,
    rendered: Callable[[str], Project],
    variables: dict[str, str],
    problem: str,
    fix: str,
) -> None:
    folder = rendered("sentiment").folder

    finished = installed.run("doctor", str(folder), cwd=folder.parent, **variables)

    assert finished.returncode == 1
    lines = finished.stdout.splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith(problem))
    assert lines[number + 1] == f"  fix: {fix}"


def test_a_locale_in_which_python_cannot_read_the_path_is_named(
    installed: Installed, rendered: Callable[[str], Project], tmp_path: Path
) -> None:
    folder = tmp_path / "été" / "reviews"
    shutil.copytree(rendered("sentiment").folder, folder)

    found = installed.run("doctor", str(folder), cwd=tmp_path, LC_ALL="C").stdout

    assert f"  fix: {shell.export('LC_ALL', 'C.UTF-8')}\n" in found
    assert (
        "LC_ALL" not in installed.run("doctor", str(folder), cwd=tmp_path, LC_ALL="C.UTF-8").stdout
    )


def test_a_proxy_that_leaves_this_machine_out_is_no_finding(
    installed: Installed, rendered: Callable[[str], Project]
) -> None:
    folder = rendered("sentiment").folder
    proxy = {"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "localhost"}

    assert "PROXY" not in installed.run("doctor", str(folder), cwd=folder.parent, **proxy).stdout


def test_a_setting_that_the_project_refuses_is_named(
    installed: Installed, made: Callable[[str], Project]
) -> None:
    folder = made("sentiment").folder

    # Kubernetes sets this for a service that is called my-reviews-api.
    finished = installed.run("doctor", cwd=folder, MY_REVIEWS_API_PORT="tcp://10.0.0.1:80")

    assert finished.returncode == 1
    assert "MY_REVIEWS_API_PORT='tcp://10.0.0.1:80'" in finished.stdout


def test_files_that_a_rule_of_the_machine_keeps_out_of_git_are_named(
    installed: Installed, made: Callable[[str], Project], tmp_path: Path
) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews", leave=[".venv"])
    (project.folder / "own.parquet").write_bytes(b"rows")
    (tmp_path / "rules").write_text("*.parquet\n", "utf-8")
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\nexcludesFile = {(tmp_path / 'rules').as_posix()}\n", "utf-8")

    finished = installed.run("doctor", cwd=project.folder, GIT_CONFIG_GLOBAL=str(settings))

    assert (
        "An ignore rule outside the project keeps files out of git: own.parquet\n"
        in finished.stdout
    )
    assert "  fix: git add --force own.parquet\n" in finished.stdout


def test_a_project_without_an_environment_says_how_to_make_it(
    installed: Installed, rendered: Callable[[str], Project]
) -> None:
    finished = installed.run("doctor", cwd=rendered("sentiment").folder)

    assert "The project has no environment (.venv)\n  fix: " in finished.stdout


def test_a_project_that_was_moved_goes_on_after_its_repair(
    installed: Installed, made: Callable[[str], Project], tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(made("sentiment").folder, before, symlinks=True)
    assert (
        "Updated the paths in MLflow's records"
        in installed.run("doctor", "--fix", cwd=before).stdout
    )
    folder = before.rename(tmp_path / "after, as well")
    project = replace(made("sentiment"), folder=folder)
    changes = project.git("status", "--porcelain")

    code = "import sys; sys.path.insert(0, 'src'); from my_reviews.__main__ import main; main()"
    refused = project.call("python", "-c", code, "train")
    assert refused.returncode == 1
    assert "the project moved. Move it back" in refused.stderr

    found = installed.run("doctor", cwd=folder)
    assert "The project was moved: MLflow's records refer to the folder" in found.stdout
    assert "The environment (.venv) " in found.stdout
    repaired = installed.run("doctor", "--fix", cwd=folder, GIT_AUTHOR_NAME="Ada")
    assert repaired.stdout.endswith("No problems found in my-reviews\n")

    trained = project.call("my-reviews", "train")
    assert trained.returncode == 0, trained.stderr
    assert not before.exists()
    loaded = "from my_reviews import config, registry; s = config.load_settings();"
    loaded += (
        " registry.connect(s.mlflow_tracking_uri); print(registry.load(1), registry.evidence(1))"
    )
    earlier = project.call("python", "-c", loaded)
    assert earlier.returncode == 0, earlier.stderr
    assert project.git("status", "--porcelain") == changes


def test_a_run_notes_what_reaches_it_and_is_silent_otherwise(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path)
    foreign = {"PIP_USER": "1", "UV_NO_DEV": "1"}  # don't reach the run

    assert tool.run("new", "tiny", "silent", "--run", cwd=tmp_path, **foreign).stderr == ""

    proxy = {"HTTP_PROXY": "http://127.0.0.1:9"}
    noted = tool.run("new", "tiny", "noted", "--run", cwd=tmp_path, **proxy)
    assert noted.stderr.startswith("note: HTTP_PROXY is set: requests to localhost")


MOUNTS = """\
/dev/sdc / ext4 rw,relatime 0 0
C:\\134 /mnt/c 9p rw,noatime,dirsync,aname=drvfs 0 0
server:/home /home/ada/my\\040projects nfs4 rw,vers=4.2 0 0
tmpfs /home/ada/my\\040projects/fast tmpfs rw 0 0
"""


@posix
@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ada/reviews", None),
        ("/mnt/c/Users/Ada/reviews", "9p"),
        ("/home/ada/my projects/reviews", "nfs4"),
        ("/home/ada/my projects/fast/reviews", None),
    ],
)
def test_a_drive_over_the_network_is_named(tmp_path: Path, folder: str, kind: str | None) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, "utf-8")

    findings = place.filesystem(Path(folder), mounts)

    assert [f"({kind})" in finding.problem for finding in findings] == ([True] if kind else [])


@posix
def test_a_path_in_which_python_makes_no_environment_is_named(tmp_path: Path) -> None:
    assert [finding.fix for finding in place.path(tmp_path / "a:b")] == [
        "Move the project to another folder"
    ]
    (finding,) = place.path(tmp_path / "100% a")
    assert finding.problem.endswith(rendering.MLFLOW_REFUSES)
    (finding,) = place.path(tmp_path / "a\nb" / "c")
    assert finding.problem.endswith(rendering.LINE_BREAK)
    assert place.path(tmp_path / "a b é") == []


@posix
def test_a_project_below_a_line_break_is_diagnosed(installed: Installed, tmp_path: Path) -> None:
    installed.run("new", "sentiment", "reviews", cwd=tmp_path)
    folder = (tmp_path / "reviews").rename(tmp_path / "re\nviews")

    finished = installed.run("doctor", cwd=folder)

    assert finished.returncode == 1
    assert finished.stdout.startswith(f"{str(folder)!r}: {rendering.LINE_BREAK}\n  fix: Move")
    assert finished.stderr == ""


def test_a_workspace_of_uv_above_is_named(tmp_path: Path) -> None:
    table = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    (tmp_path / "pyproject.toml").write_text(table, "utf-8")

    (finding,) = place.above(tmp_path / "packages" / "reviews")

    assert finding.fix.endswith('exclude = ["packages/reviews"]')


@posix
@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("#!{here}/python\n", False),
        ("#!/gone/.venv/bin/python\n", True),
        ("#!/bin/sh\n'''exec' '{here}/python' \"$0\" \"$@\"\n", False),
        ("#!/bin/sh\n'''exec' '/gone a'\"'\"'b/bin/python3' \"$0\"\n", True),
        ("#!/bin/sh\nif true; then\n", False),
        ("#!/bin/sh\necho it's\n", False),
        ("#!\n", False),
        ("#!/usr/bin/env bash\n", False),
        ("no script", False),
    ],
)
def test_the_scripts_of_an_environment_say_where_it_was_made(
    tmp_path: Path, text: str, elsewhere: bool
) -> None:
    folder = tmp_path / "a b" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").touch()
    script = folder / "pytest"
    script.write_text(text.replace("{here}", str(folder)), "utf-8")

    assert runs_elsewhere(script, folder) is elsewhere
