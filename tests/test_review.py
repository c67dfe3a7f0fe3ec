"""The command `review`: what it prints, in which form, and with which exit status it ends."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Installed
from projects import copied
from reviewed import append, finish, git, write_text

from scaffold.errors import ReviewError
from scaffold.review import CHECKS


def test_the_exit_status_tells_whether_something_has_to_be_mended(installed: Installed, project: Path) -> None:
    assert installed.run("review", cwd=project).returncode == 1

    finish(project)
    append(project / "src" / "my_reviews" / "model.py", "\nLARGEST = 3\n")
    append(project / "tests" / "test_model.py", "\n\ndef test_mine() -> None:\n    assert model.LARGEST == 3\n")
    ready = installed.run("review", str(project), cwd=project.parent)

    assert ready.returncode == 0, ready.stdout
    assert ready.stdout.startswith("my-reviews: nothing to mend (0 mend, ")
    assert ready.stderr == ""


def test_a_pipe_gets_plain_lines_of_the_width_that_it_asks_for(installed: Installed, project: Path) -> None:
    finished = installed.run("review", cwd=project, COLUMNS="50")

    assert "\x1b" not in finished.stdout
    assert max(map(len, finished.stdout.splitlines())) <= 50
    assert " of the 33 points" in " ".join(finished.stdout.split())
    assert "yours to do: " in finished.stdout


def test_json_says_the_same_in_a_form_that_stays(installed: Installed, project: Path) -> None:
    finished = installed.run("review", "--json", cwd=project)

    found = json.loads(finished.stdout)
    assert finished.returncode == 1
    assert list(found) == [
        *("format", "tool", "project", "template", "ready"),
        *("findings", "points", "of", "rubric", "next"),
    ]
    assert found["format"] == 1
    assert (found["project"], found["template"], found["ready"], found["of"]) == ("my-reviews", "sentiment", False, 33)
    assert found["points"] == sum(criterion["points"] for criterion in found["rubric"])
    assert {tuple(finding) for finding in found["findings"]} == {("check", "title", "level", "says", "where", "step")}
    assert {finding["check"] for finding in found["findings"]} == {check.__name__ for check in CHECKS}
    assert {tuple(criterion) for criterion in found["rubric"]} == {
        ("name", "of", "points", "evidence", "step", "owner", "effort")
    }


def test_every_check_has_a_title_and_says_what_to_do(installed: Installed, project: Path) -> None:
    found = json.loads(installed.run("review", "--json", cwd=project).stdout)

    for finding in found["findings"]:
        assert finding["title"]
        assert finding["says"]
        assert finding["step"] or finding["level"] in ("good", "unknown")


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        (".template.yml", None, "is no project of this tool: it has no .template.yml"),
        (".template.yml", "template: [", "can't be read: "),
        (".template.yml", "name: x\n", "names no template"),
        (".template.yml", "- template\n", "names no template"),
    ],
)
def test_what_is_no_project_is_told_in_one_line(
    installed: Installed, project: Path, path: str, text: str | None, says: str
) -> None:
    if text is None:
        (project / path).unlink()
    else:
        write_text(project / path, text)

    finished = installed.run("review", cwd=project)

    assert finished.returncode == ReviewError.exit_status == 2
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    assert says in finished.stderr


@pytest.mark.parametrize("argument", ["nowhere", "LICENSE"])
def test_what_is_no_folder_is_told_in_one_line(installed: Installed, project: Path, argument: str) -> None:
    finished = installed.run("review", argument, cwd=project)

    assert finished.returncode == 2
    assert finished.stderr == f"error: '{argument}' is no folder. Give a project's folder: scaffold review DIRECTORY\n"


def test_a_project_of_a_template_that_is_not_known_is_judged_all_the_same(installed: Installed, project: Path) -> None:
    write_text(project / ".template.yml", "template: another\n")

    found = json.loads(installed.run("review", "--json", cwd=project).stdout)

    assert found["template"] == "another"
    assert found["points"] > 10


@pytest.mark.skipif(sys.platform == "win32", reason="it takes git from a PATH of POSIX")
def test_without_git_the_rest_is_judged(installed: Installed, project: Path) -> None:
    found = json.loads(installed.run("review", "--json", cwd=project, PATH="").stdout)

    history = next(finding for finding in found["findings"] if finding["check"] == "history")
    assert (history["level"], history["says"]) == ("unknown", "git is not installed")


def test_a_project_inside_a_larger_repository_is_judged_by_its_own_history(project: Path, installed: Installed) -> None:
    portfolio = project.parent / "portfolio"
    shutil.copytree(project, portfolio / "mood", ignore=shutil.ignore_patterns(".git"))
    git(portfolio, "init", "--quiet")
    git(portfolio, "add", "--all")
    git(portfolio, "commit", "--quiet", "--message", "Start from the sentiment template")
    append(portfolio / "mood" / "src" / "my_reviews" / "model.py", "\nLARGEST = 3\n")

    found = json.loads(installed.run("review", "--json", str(portfolio / "mood"), cwd=portfolio).stdout)

    tested = next(finding for finding in found["findings"] if finding["check"] == "tested")
    assert tested["where"] == "src/my_reviews/model.py"


@pytest.mark.parametrize("template", ["sentiment", "price-prediction", "image-classification"])
def test_a_finished_project_earns_what_its_loop_did(
    installed: Installed, made: Callable[[str], Any], template: str, tmp_path: Path
) -> None:
    project = copied(made(template), tmp_path / "portfolio")  # before any rollback

    found = json.loads(installed.run("review", "--json", str(project.folder), cwd=tmp_path).stdout)

    levels = {finding["check"]: finding["level"] for finding in found["findings"]}
    measured = ("champion", "baseline", "monitoring", "consequence", "readable", "no_secrets", "continuous")
    assert {levels[check] for check in measured} == {"good"}
    assert {finding["check"] for finding in found["findings"] if finding["level"] == "mend"} <= {"own_code", "shown"}
    points = {criterion["name"]: criterion["points"] for criterion in found["rubric"]}
    assert points["model monitoring"] == points["tracking and registry"] == points["model deployment"] == 4
    assert points["cloud"] == 0
    assert f"has {found['points']} of them" in (ROOT / "README.md").read_text("utf-8")
