"""The command `review`, whose commits and words it counts, and what it runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import reviewed
from click.testing import CliRunner
from reviewed import (
    append,
    commit,
    commit_pristine,
    findings,
    finish,
    git,
    judge,
    level,
    make,
    points,
    rename,
    replace,
    write,
)
from sharing import once

from scaffold import __version__
from scaffold.cli import commands
from scaffold.errors import ReviewError
from scaffold.git import pristine_message
from scaffold.review import review

NEW = [sys.executable, "-m", "scaffold", "new", "sentiment", "my-reviews", "--defaults"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path / "project")


@pytest.fixture
def untouched(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `scaffold new` leaves it."""

    def render(folder: Path) -> None:
        subprocess.run(NEW, cwd=folder, check=True, capture_output=True)

    folder = once(tmp_path_factory, "untouched", render)
    return Path(shutil.copytree(folder / "my-reviews", tmp_path / "my-reviews"))


def run(*arguments: object) -> tuple[str, int]:
    command = ["review", *map(str, arguments)]
    result = CliRunner().invoke(commands, command, standalone_mode=False)
    return result.output, result.return_value


def test_the_exit_status_says_whether_something_has_to_be_fixed(project: Path) -> None:
    text, status = run(project)
    content = json.loads(run("--json", project)[0])

    assert (status, run(finish(project))[1], ReviewError.exit_status) == (1, 0, 2)
    assert text.startswith("my-reviews: not ready to publish (")
    assert f"{content['points']} of the 33 points" in text
    for finding in content["findings"]:
        assert finding["level"] in ("fix", "improve", "unknown", "good")
        assert finding["title"] in text
        assert finding["step"] or finding["level"] == "good"


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        (".template.yml", None, r"not a project of this tool.*Run: scaffold review DIRECTORY"),
        (".template.yml", "[", r"can't be read.*git log"),
        ("docs/results.json", "<<<<<<< HEAD", r"can't be read.*Run: git diff HEAD"),
        ("docs/results.json", '{"history": []}', r"lacks \['dataset', 'decisions', 'tested'\]"),
    ],
)
def test_what_is_no_project_or_is_damaged_is_refused(
    project: Path, path: str, text: str | None, reason: str
) -> None:
    (project / path).unlink(missing_ok=True)
    if text is not None:
        write(project / path, text)

    with pytest.raises(ReviewError, match=reason):
        review(project)


def test_an_untouched_project_earns_nothing_for_what_only_its_owner_can_do(untouched: Path) -> None:
    judged = judge(untouched)

    assert points(untouched, "problem description") == 0
    assert level(untouched, "problem") == level(untouched, "own_commits") == "improve"
    assert level(untouched, "tested") == "unknown"
    assert level(untouched, "no_secrets") == level(untouched, "written") == "good"
    assert findings(untouched, "own_code")[0].level == "fix"
    assert judged.question == "Which part of this project did you write yourself?"
    assert judged.made_from == f"the sentiment template {__version__}"


@pytest.mark.skipif(sys.platform == "win32", reason="a git that is a shell script")
def test_the_verdict_does_not_depend_on_the_clock(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.replace(project / "src/my_reviews/model.py", '"""Two."""', '"""Mine."""\n\n# A word.')
    commit(project)
    at_once = judge(project)
    first_call_is_slow = f"mkdir '{tmp_path}/first' 2>/dev/null && sleep 2.5"
    script = f'#!/bin/sh\n{first_call_is_slow}\nexec {shutil.which("git")} "$@"\n'
    write(tmp_path / "bin/git", script)
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    assert judge(project) == at_once
    assert (tmp_path / "first").is_dir()
    assert level(project, "own_code") == "fix"


def test_of_the_project_only_its_own_check_is_run(project: Path) -> None:
    finish(project)

    content = json.loads(run("--json", "--no-run", project)[0])
    levels = {finding["check"]: finding["level"] for finding in content["findings"]}
    assert levels["pages"] == "unknown"
    assert not (project / "calls.log").exists()

    run(project)
    assert (project / "calls.log").read_text("utf-8") == "report --check\n"


def test_without_history_only_the_owners_part_is_unknown(project: Path, tmp_path: Path) -> None:
    finish(project)
    git(tmp_path, "clone", "--quiet", "--depth=1", project.as_uri(), "shallow")
    shutil.rmtree(project / ".git")

    for folder in (project, tmp_path / "shallow"):
        assert level(folder, "own_code") == level(folder, "problem") == "unknown"
        assert level(folder, "baseline") == level(folder, "continuous") == "good"
        assert points(folder, "reproducibility") == 4


def test_a_project_in_a_larger_repository_is_judged_by_its_folder(project: Path) -> None:
    shutil.rmtree(project / ".git")
    git(project.parent, "init", "--quiet")
    commit(project.parent, "Projects")
    tree = git(project.parent, "rev-parse", f"HEAD:{project.name}").strip()
    message = pristine_message("A project", "sentiment", tree)
    pristine = git(project.parent, "commit-tree", tree, "-m", message).strip()
    merge = ("merge", "--quiet", "--strategy=ours", "--allow-unrelated-histories", "--no-edit")
    git(project.parent, *merge, pristine)
    write(project.parent / "src/other.py", "MINE = 1\n")
    write(project.parent / ".env", "A=1\n")
    commit(project.parent)
    assert (level(project, "own_code"), level(project, "no_secrets")) == ("fix", "good")

    append(project / "src/my_reviews/model.py", "MINE = 1\n")
    commit(project.parent)
    assert level(project, "own_code") == level(project, "own_commits") == "good"


def test_what_the_tool_committed_is_not_the_owners(project: Path) -> None:
    write(project / "docs/results.md", "Measured.\n")
    commit(project, "Results of the first run\n\nScaffold-Run: 0.1.0")
    git(project, "checkout", "--quiet", "-b", "pristine", "HEAD~1")
    write(project / "src/my_reviews/flow.py", "FLOW = 1\n")
    commit_pristine(project, "Add prefect")
    git(project, "checkout", "--quiet", "-")
    commit(project)
    git(project, "merge", "--quiet", "--no-edit", "pristine")
    assert (level(project, "own_code"), level(project, "own_commits")) == ("fix", "improve")

    append(project / "src/my_reviews/model.py", "MINE = 1\n")
    append(project / "tests/test_model.py", "MINE = 1\n")
    commit(project, "Quotes a trailer\n\nScaffold-Tree: in the middle\n\nof a message")

    (finding,) = findings(project, "own_commits")
    assert finding.says == "commits: 1; files: src (1), tests (1)"


def test_a_file_that_git_does_not_track_yet_is_the_owners(project: Path) -> None:
    write(project / "src/my_reviews/rules.py", "MINE = 1\n")

    assert level(project, "own_code") == "good"


def test_where_the_tools_commit_is_gone_the_template_is_rendered_again(untouched: Path) -> None:
    message = git(untouched, "log", "--format=%B")
    git(untouched, "checkout", "--quiet", "--orphan", "squashed")
    commit(untouched, message)
    objects = sorted((untouched / ".git/objects").rglob("*"))
    assert level(untouched, "own_code") == "fix"
    assert sorted((untouched / ".git/objects").rglob("*")) == objects

    append(untouched / "src/my_reviews/model.py", "MINE = 1\n")
    assert findings(untouched, "own_code")[0].where == "src/my_reviews/model.py"

    replace(untouched / ".template.yml", "version: ", "version: 0.0.1  # ")
    commit(untouched)
    (finding,) = findings(untouched, "own_code")
    assert finding.level == "unknown"
    assert "no commit of scaffold 0.0.1" in finding.says


def test_a_renamed_project_is_not_new_code(untouched: Path) -> None:
    rename(untouched)

    assert level(untouched, "own_code") == "fix"


def test_add_ons_and_own_data_are_seen(project: Path) -> None:
    append(project / ".template.yml", "add_ons: [prefect]\nown: {dataset: rents, rows: 9}\n")
    commit_pristine(project, "Add prefect")

    assert judge(project).made_from == "the sentiment template 0.1.0, prefect, own data"
    assert findings(project, "data")[0].says == "rents, 9 rows"
    assert [finding.says for finding in findings(project, "explained")] == ["prefect"]

    append(project / "docs/decisions.md", "Prefect repeats a stage that failed at night.\n")
    assert findings(project, "explained") == []


def test_the_question_is_about_the_first_thing_that_an_employer_would_miss(project: Path) -> None:
    text = run(project)[0]
    assert "write yourself?\nNext, for docs/results.json: my-reviews run\n" in text

    finish(project)
    assert "An employer would ask first: What would you do differently today" in run(project)[0]

    append(project / "README.md", "AKIA" + "Q3EGTP7LZ2MDNKXW\n")
    assert "An employer would ask first: Is the secret" in run(project)[0]
