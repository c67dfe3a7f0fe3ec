"""Secrets that were taken out of the files and are still in git's history."""

import os
import sys
import time
from pathlib import Path

import pytest
from reviewed import append, found, git, judge, level, write_text

from scaffold.review import history, report

KEY = "9fK2mQx7TzL4vR8wB1nH"
REMOVED = "it looks like a secret: password or key in an assignment; no file has it now"


def commit(project: Path, message: str) -> str:
    """The name of a new commit of everything, as a review writes it."""
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", message)
    return git(project, "rev-parse", "HEAD").strip()[:10]


def test_a_secret_that_was_removed_is_found_by_the_commit_that_brought_it(project: Path) -> None:
    write_text(project / "notes.txt", f'one\nAPI_KEY = "{KEY}"\n')
    first = commit(project, "A key")
    append(project / "notes.txt", "two\n")
    commit(project, "More")
    assert found(project, "no_secrets") == [
        "mend notes.txt:2: it looks like a secret: password or key in an assignment"
    ]

    write_text(project / "notes.txt", "one\n")
    commit(project, "No key")

    assert found(project, "no_secrets") == [f"mend {first}:notes.txt: {REMOVED}"]
    step = next(one.finding.step for one in judge(project).judged if one.check == "no_secrets")
    assert step == "Revoke it where it was made: a removed secret is still in the history"


def test_no_secret_of_the_history_is_printed(project: Path) -> None:
    for name, text in {"a.txt": f'API_KEY = "{KEY}"\n', "b.txt": "postgresql://ada:S3cr3tPa55w@db.host/x\n"}.items():
        write_text(project / name, text)
    commit(project, "Keys")
    git(project, "rm", "--quiet", "a.txt", "b.txt")
    commit(project, "No keys")

    for text in (report.show(judge(project)), report.as_json(judge(project))):
        assert "a.txt" in text
        assert "b.txt" in text
        assert KEY not in text
        assert "S3cr3t" not in text


def test_a_secret_that_moved_is_told_once(project: Path) -> None:
    write_text(project / "notes.txt", f'API_KEY = "{KEY}"\n')
    commit(project, "A key")
    (project / "notes.txt").rename(project / "moved.txt")

    said = [one for one in found(project, "no_secrets") if one.startswith("mend")]

    assert said == ["mend moved.txt:1: it looks like a secret: password or key in an assignment"]


def test_settings_that_were_tracked_once_are_in_the_history(project: Path) -> None:
    write_text(project / ".env", "DEBUG=1\n")
    git(project, "add", "--force", ".env")
    first = commit(project, "Settings")

    git(project, "rm", "--quiet", "--cached", ".env")
    commit(project, "No settings")

    assert found(project, "no_secrets") == [
        f"mend {first}:.env: it looks like a secret: settings of one machine; no file has it now"
    ]


def test_branches_tags_and_merges_are_searched(project: Path) -> None:
    git(project, "switch", "--quiet", "--create", "side")
    write_text(project / "side.txt", f'API_KEY = "{KEY}"\n')
    side = commit(project, "On a branch")
    git(project, "switch", "--quiet", "-")
    assert found(project, "no_secrets") == [f"mend {side}:side.txt: {REMOVED}"]

    git(project, "merge", "--quiet", "--no-ff", "--strategy", "ours", "--message", "Ours", "side")
    git(project, "branch", "--quiet", "--delete", "side")
    assert found(project, "no_secrets") == [f"mend {side}:side.txt: {REMOVED}"]

    git(project, "reset", "--quiet", "--hard", "HEAD~1")
    git(project, "reflog", "expire", "--expire=now", "--all")
    assert level(project, "no_secrets") == "good"  # nobody who clones it gets the commit


def test_messages_of_commits_and_tags_are_searched(project: Path) -> None:
    append(project / "README.md", "\nmore\n")
    first = commit(project, f'Try API_KEY = "{KEY}"')
    git(project, "tag", "--annotate", "v1", "--message", f'API_KEY = "{KEY[::-1]}"')
    tag = git(project, "rev-parse", "v1").strip()[:10]

    said = {f"mend {name}:its message: {REMOVED}" for name in (first, tag)}
    assert set(found(project, "no_secrets")) == said


def test_a_folder_of_a_larger_repository_is_searched_alone(project: Path) -> None:
    portfolio = project.parent
    (project / ".git").rename(portfolio / ".git")
    for path in (portfolio / "other.txt", project / "notes.txt"):
        write_text(path, f'API_KEY = "{KEY}{path.stem}"\n')
    first = commit(portfolio, "Keys")
    for path in (portfolio / "other.txt", project / "notes.txt"):
        path.unlink()
    commit(portfolio, "No keys")

    assert found(project, "no_secrets") == [f"mend {first}:notes.txt: {REMOVED}"]


def test_what_was_not_searched_is_unknown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write_text(project / "notes.txt", f"{number}\n")
        commit(project, "More")
    assert found(project, "no_secrets")[0].endswith("files and commits: 6 searched")

    for limit, value, said in (
        ("MOST_COMMITS", 3, "git's history was searched up to 3 commits: 6 of 6 contents"),
        ("MOST_BYTES", 100_000, "git's history was searched up to 0 MB: "),
        ("LARGEST_TEXT", 5_000, "MB a file ("),
        ("SECONDS", -1.0, "git's history was searched up to -1 s: "),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(history, limit, value)
            assert found(project, "no_secrets")[0].startswith("unknown : git's history was searched up to ")
            assert said in found(project, "no_secrets")[0]


def test_a_shallow_clone_is_searched_as_far_as_it_goes(project: Path, tmp_path: Path) -> None:
    write_text(project / "notes.txt", f'API_KEY = "{KEY}"\n')
    commit(project, "A key")
    (project / "notes.txt").unlink()
    commit(project, "No key")

    git(tmp_path, "clone", "--quiet", "--depth", "1", project.as_uri(), "shallow")

    assert "up to what a shallow clone has" in found(tmp_path / "shallow", "no_secrets")[0]


def test_two_hundred_commits_take_no_time(project: Path) -> None:
    readme = (project / "README.md").read_text("utf-8")
    stream = []
    for number in range(200):
        text = f"{readme}\n{number} reviews\n"
        stream += [
            "commit refs/heads/many",
            f"committer Ada <ada@localhost> {1_700_000_000 + number} +0000",
            "data 4\nmore",
            f"M 100644 inline README.md\ndata {len(text.encode())}\n{text}",
        ]
    write_text(project.parent / "stream", "\n".join(stream) + "\n")
    with (project.parent / "stream").open("rb") as file:
        git(project, "fast-import", "--quiet", stdin=file)
    started = time.monotonic()

    assert found(project, "no_secrets")[0].endswith("files and commits: 201 searched")

    assert time.monotonic() - started < 5


@pytest.mark.skipif(sys.platform == "win32", reason="a program of POSIX")
def test_a_git_that_hangs_is_stopped(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "git"
    real = git(project, "--exec-path").strip()
    write_text(program, f'#!/bin/sh\ncase "$*" in *diff-tree*) exec sleep 60;; esac\nexec "{real}/git" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    started = time.monotonic()

    said = found(project, "no_secrets")

    assert said[0].startswith("unknown : git's history was searched up to 2 s: ")
    assert time.monotonic() - started < 5
