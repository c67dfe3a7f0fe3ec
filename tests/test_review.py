"""The command `review`, and what it makes of folders and repositories of every kind."""

import json
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from reviewed import NOW, append, commit, findings, finish, git, judge, level, make, write

from scaffold.cli import commands
from scaffold.errors import ReviewError
from scaffold.review import report, review

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and names of POSIX")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path / "project")


def run(*arguments: object) -> tuple[str, int]:
    command = ["review", *map(str, arguments)]
    result = CliRunner().invoke(commands, command, standalone_mode=False)
    return result.output, result.return_value


def test_the_exit_status_says_whether_something_has_to_be_mended(project: Path) -> None:
    text, status = run(project)
    content = json.loads(run("--json", project)[0])

    assert (status, run(finish(project))[1], ReviewError.exit_status) == (1, 0, 2)
    assert text.startswith("my-reviews: not ready to publish (")
    assert f"{content['points']} of the 33 points" in text
    for finding in content["findings"]:
        assert finding["title"] in text
        assert finding["step"] or finding["level"] in ("good", "unknown")


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", Path(__file__)):
        with pytest.raises(ReviewError, match=r"is no project of this tool: no \.template\.yml"):
            review(folder, NOW)


def test_the_verdict_does_not_depend_on_the_clock(project: Path) -> None:
    finish(project)

    assert review(project, datetime(1990, 1, 1, tzinfo=UTC)).findings == judge(project).findings


def test_without_history_only_the_owners_part_is_unknown(project: Path, tmp_path: Path) -> None:
    finish(project)
    git(tmp_path, "clone", "--quiet", "--depth=1", project.as_uri(), "shallow")
    shutil.rmtree(project / ".git")

    for folder in (project, tmp_path / "shallow"):
        assert level(folder, "own_code") == level(folder, "problem") == "unknown"
        assert level(folder, "baseline") == level(folder, "continuous") == "good"


def test_a_project_in_a_larger_repository_is_judged_by_its_folder(project: Path) -> None:
    shutil.rmtree(project / ".git")
    git(project.parent, "init", "--quiet")
    commit(project.parent, "Start from the sentiment template")
    write(project.parent / "src/other.py", "MINE = 1\n")
    write(project.parent / ".env", "A=1\n")
    commit(project.parent)
    assert (level(project, "own_code"), level(project, "no_secrets")) == ("mend", "good")

    append(project / "src/my_reviews/model.py", "MINE = 1\n")
    commit(project.parent)
    assert level(project, "own_code") == "good"


def test_what_an_add_on_brought_is_not_the_owners(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "pristine")
    write(project / "src/my_reviews/flow.py", "FLOW = 1\n")
    commit(project, "Add prefect\n\nScaffold-Template: sentiment 0.1.0")
    git(project, "checkout", "--quiet", "-")
    commit(project)
    git(project, "merge", "--quiet", "--no-edit", "pristine")

    assert level(project, "own_code") == "mend"


@posix
def test_no_program_that_the_repository_names_is_run(project: Path, tmp_path: Path) -> None:
    write(tmp_path / "trap", f"#!/bin/sh\ntouch '{tmp_path}/mark'\ncat\n")
    (tmp_path / "trap").chmod(0o755)
    names = ("core.fsmonitor", "core.pager", "diff.external", "filter.x.clean", "gpg.program")
    for name in (*names, "diff.x.textconv"):
        git(project, "config", name, str(tmp_path / "trap"))
    git(project, "config", "log.showSignature", "true")
    write(project / ".git/info/attributes", "* filter=x diff=x\n")

    judge(project)

    assert not (tmp_path / "mark").exists()
    git(project, "status")
    assert (tmp_path / "mark").exists()  # a plain git runs it


@posix
def test_links_pipes_and_names_lead_nowhere(project: Path, tmp_path: Path) -> None:
    write(tmp_path / "far/history.jsonl", "API_KEY=9fK2mQx7TzL4vR8wB1nH\n")
    (project / "champion").symlink_to(tmp_path / "far")
    (project / "src/loop").symlink_to(project)
    os.mkfifo(project / "pipe.txt")
    write(project / "a\x1b[2J\n.ipynb", '{"outputs": [1]}')

    assert level(project, "no_secrets") == "good"
    assert findings(project, "leftovers")[0].where == "a\x1b[2J\n.ipynb:1"
    assert "\x1b" not in click.unstyle(report.show(judge(project)))


def test_a_repository_made_to_be_slow_is_judged_in_seconds(project: Path) -> None:
    entry = f"100644 blob {git(project, 'hash-object', '-w', '--stdin').strip()}"
    for _ in range(9):
        lines = "".join(f"{entry}\t{'long' * 20}{number}\n" for number in range(16))
        entry = f"040000 tree {git(project, 'mktree', text=lines).strip()}"
    tree = git(project, "mktree", text=f"{entry}\tbomb\n")
    made = git(project, "commit-tree", tree.strip(), "-p", "HEAD", text="A bomb\n")
    git(project, "update-ref", "HEAD", made.strip())
    for number, text in enumerate(("password://a:", "eyJ", "key=", "run: ", "/home/", "[", "`")):
        write(project / f"long{number}.txt", text * (1_500_000 // len(text)))
        write(project / f".github/workflows/{number}.yml", text * 10_000)
    write(project / "huge.csv", "")
    os.truncate(project / "huge.csv", 3_000_000_000)
    start = time.monotonic()

    assert level(project, "own_code") == "unknown"
    assert time.monotonic() - start < 30  # it takes one or two
