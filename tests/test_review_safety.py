"""A review of a stranger's project: nothing of it is run, no trap holds it up, and its text can't steer a terminal."""

import json
import os
import shlex
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from reviewed import HEALTHY, append, finish, found, git, judge, level, points, write_text

from scaffold.review import report

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and scripts of POSIX")
BOUND = 30  # seconds; it takes less than one
# Prints the memory of the largest git of a review, in kB. In a process of its own: every child that there was counts.
PEAK = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from scaffold.review import review
review(Path(sys.argv[1]), datetime.now(UTC))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def trap(folder: Path) -> tuple[Path, Path]:
    """A program that leaves a mark, and the mark."""
    program, mark = folder / "trap", folder / "mark"
    write_text(program, f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    program.chmod(0o755)
    return program, mark


@posix
def test_git_runs_no_program_that_the_repository_names(project: Path, tmp_path: Path) -> None:
    program, mark = trap(tmp_path)
    names = ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "gpg.program", "filter.x.clean")
    for name in (*names, "filter.x.smudge", "diff.x.textconv", "core.editor", "core.alternateRefsCommand"):
        git(project, "config", name, str(program))
    git(project, "config", "log.showSignature", "true")
    git(project, "config", "core.hooksPath", str(tmp_path / "hooks"))
    for hook in ("post-index-change", "post-checkout", "reference-transaction"):
        write_text(tmp_path / "hooks" / hook, program.read_text("utf-8"))
        (tmp_path / "hooks" / hook).chmod(0o755)
    write_text(project / ".git" / "info" / "attributes", "* filter=x diff=x\n")
    git(project, "status")
    assert mark.exists()  # what a plain git would do
    mark.unlink()

    judge(project)

    assert not mark.exists()


@posix
def test_a_missing_object_is_not_fetched_by_a_program_of_the_repository(project: Path, tmp_path: Path) -> None:
    program, mark = trap(tmp_path)
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "far",
        "remote.far.promisor": "true",
        "remote.far.url": str(tmp_path),
        "remote.far.uploadpack": str(program),
    }.items():
        git(project, "config", name, value)
    tree = git(project, "rev-parse", "HEAD^{tree}").strip()
    (project / ".git" / "objects" / tree[:2] / tree[2:]).unlink()

    assert level(project, "history") == "unknown"
    assert not mark.exists()


def test_nothing_of_the_project_is_imported(project: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n"
    for path in ("src/my_reviews/__init__.py", "src/my_reviews/cli.py", "conftest.py", "sitecustomize.py", "yaml.py"):
        write_text(project / path, code)

    judge(project)

    assert not mark.exists()


def bomb(project: Path) -> str:
    """The name of a tree of a few kilobytes that lists 70 billion files."""
    name = git(project, "hash-object", "-w", "--stdin", text="one\n").strip()
    entry = f"100644 blob {name}"
    for _ in range(9):
        lines = "".join(f"{entry}\t{'long' * 20}{number:02}\n" for number in range(16))
        entry = f"040000 tree {git(project, 'mktree', text=lines).strip()}"
    return entry


@pytest.mark.parametrize("first", [True, False])
def test_a_tree_of_trees_takes_neither_time_nor_memory(project: Path, first: bool) -> None:
    tree = git(project, "ls-tree", "HEAD") + f"{bomb(project)}\tbomb\n"
    parent = [] if first else ["-p", "HEAD"]
    grown = git(project, "commit-tree", git(project, "mktree", text=tree).strip(), *parent, text="Start from the\n")
    git(project, "update-ref", "HEAD", grown.strip())
    started = time.monotonic()
    tracemalloc.start()

    review = judge(project)

    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 500_000_000  # it was 3.3 GB; 20,000 files need 30 MB
    assert time.monotonic() - started < BOUND
    if sys.platform == "linux":
        run = subprocess.run([sys.executable, "-c", PEAK, str(project)], capture_output=True, text=True, check=True)
        assert int(run.stdout) < 1_000_000  # it was 2.2 GB
    assert "git's history was searched up to" in review.project.searched.missing
    assert bool(review.project.no_commits) == first


def test_a_commit_that_grows_when_it_is_unpacked_is_refused(project: Path) -> None:
    head = git(project, "cat-file", "commit", "HEAD")
    huge = git(project, "hash-object", "-t", "commit", "-w", "--stdin", text=head + " " * 140_000_000)
    git(project, "update-ref", "HEAD", huge.strip())

    assert "git says: attempting to allocate 1400" in found(project, "history")[0]


@posix
@pytest.mark.parametrize("path", ["README.md", "champion/history.jsonl", "docs/results.json", "pyproject.toml"])
def test_links_and_pipes_are_not_followed(project: Path, tmp_path: Path, path: str) -> None:
    finish(project)
    write_text(tmp_path / "secret.txt", "API_KEY=" + "9fK2mQx7TzL4vR8wB1nH" + "\n")

    (project / path).unlink()
    (project / path).symlink_to(tmp_path / "secret.txt")
    assert level(project, "no_secrets") == "good"

    (project / path).unlink()
    os.mkfifo(project / path)
    started = time.monotonic()
    judge(project)
    assert time.monotonic() - started < BOUND


@posix
def test_a_linked_folder_and_a_loop_are_not_entered(project: Path, tmp_path: Path) -> None:
    write_text(tmp_path / "elsewhere" / "history.jsonl", "{}\n")
    (project / "champion").symlink_to(tmp_path / "elsewhere")
    (project / "src" / "loop").symlink_to(project)

    assert found(project, "readable") == [
        "mend champion/history.jsonl: it is a symbolic link, or lies behind one",
    ]
    assert not any(path.startswith("src/loop/") for path in judge(project).project.files)


def test_huge_deep_and_numerous_files_take_no_time(project: Path) -> None:
    finish(project)
    for path in ("champion/history.jsonl", "README.md", "look.ipynb", "src/my_reviews/model.py"):
        write_text(project / path, "")
        with (project / path).open("r+b") as file:
            file.truncate(30_000_000)
    for number in range(12):
        write_text(project / f"long{number}.txt", "password://a:" * 70_000)
        write_text(project / f"fences{number}.md", "`" * 900_000)
        write_text(project / ".github" / "workflows" / f"deep{number}.yml", "[" * 50_000)
    deep = project.joinpath(*["a"] * 40)
    deep.mkdir(parents=True)
    started = time.monotonic()

    report.show(judge(project))

    assert time.monotonic() - started < BOUND
    assert "more than the 20,000,000 that are read" in found(project, "readable")[0]


@pytest.mark.parametrize("text", ["eyJ", "key=", "/home/", "API_KEY=9fK2mQx7TzL4vR8wB1nH "])
def test_twenty_megabytes_made_to_be_slow_are_searched_in_seconds(project: Path, text: str) -> None:
    for number in range(20):
        write_text(project / f"long{number}.txt", text * (1_000_000 // len(text)))
    started = time.monotonic()

    report.show(judge(project))

    assert time.monotonic() - started < 10  # it takes two or three; one expression took eight


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/decisions/0009-long.md", "_" + "? a" * 1_000_000),
        ("src/my_reviews/aaa.py", "FastAPI" * 400_000),
        ("README.md", "## Problem\n" + "`" * 2_000_000),
        ("tests/test_long.py", "def test_one():\n    x = [" + "0," * 45_000 + "]\n"),
        (".github/workflows/long.yml", "hf upload a/b " * 200_000),
        ("pyproject.toml", '[project]\nname = "x"\n[project.urls]\nDemo = "https://' + "a." * 40_000 + '"\n'),
    ],
)
def test_a_long_line_is_not_gone_over_from_each_of_its_places(project: Path, path: str, text: str) -> None:
    write_text(project / path, text)
    started = time.monotonic()

    report.show(judge(project))

    assert time.monotonic() - started < 10


def test_thousands_of_findings_are_not_all_printed(project: Path) -> None:
    record = finish(project) / "docs" / "results.json"
    recorded = json.loads(record.read_text("utf-8"))
    recorded["shown"] |= {f"docs/{number}.md": "0" for number in range(20_000)}
    write_text(record, json.dumps(recorded))
    field = "<!-- measured: champion -->0.9<!-- /measured -->\n"
    write_text(project / "docs" / "many.md", field * 20_000)
    job = "jobs: {x: {steps: [{run: 'pytest || true" + "; pytest || true" * 400 + "'}]}}\n"
    write_text(project / ".github" / "workflows" / "many.yml", job)
    started = time.monotonic()

    review = judge(project)
    shown = report.show(review)

    assert time.monotonic() - started < 10
    assert sum(one.check == "shown" for one in review.judged) == 10
    assert max(Counter(one.check for one in review.judged).values()) <= 10
    assert shown.count("\n") < 300


@pytest.mark.parametrize(("name", "length"), [("metric", 104), ("name", 2_000), ("decisions", 2_000)])
def test_a_text_of_a_record_has_an_end(project: Path, name: str, length: int) -> None:
    record = finish(project) / "docs" / "results.json"
    recorded = json.loads(record.read_text("utf-8"))
    long = "a" * length
    new = {
        "metric": recorded["metric"] | {"name": long},
        "name": long,
        "decisions": [HEALTHY | {"status": long, "version": 2}],
    }
    write_text(record, json.dumps(recorded | {name: new[name]}))

    assert level(project, "readable") == "mend"
    assert long not in report.show(judge(project))


def test_ten_thousand_lines_of_gitignore_take_no_time(project: Path) -> None:
    append(project / ".gitignore", "".join(f"*a*{number}\n" for number in range(10_000)))
    for number in range(2_000):
        write_text(project / "many" / f"{'a' * 100}{number}.txt", "\n")
    started = time.monotonic()

    judge(project)

    assert time.monotonic() - started < 10


def test_what_is_too_much_to_search_is_unknown(project: Path) -> None:
    write_text(project / "one.txt", "one word\n" * 500_000)
    write_text(project / "picture.bin", "\0" * 5_000_000)
    limit = "4,500,000 bytes, beyond the limit of a file of 4,000,000"
    assert found(project, "no_secrets") == [f"unknown one.txt: it was not searched: {limit}"]

    for number in range(9):
        write_text(project / f"a{number}.txt", "one word\n" * 300_000)
    append(project / "src" / "my_reviews" / "model.py", f'\nAPI_KEY = "{"9fK2mQx7TzL4vR8wB1nH"}"\n')

    said = found(project, "no_secrets")
    assert said[0].startswith("mend src/my_reviews/model.py:")  # small files come first, wherever they are
    assert "beyond the limit of 20,000,000 in all; others like it: 2" in said[1]


def test_yaml_that_grows_is_refused(project: Path) -> None:
    bombs = {
        "merged": [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n  k{n}: 1" for n in range(1, 40)],
        "repeated": [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)],
    }
    for name, levels in bombs.items():
        text = "\n".join(["a0: &a0", "  k: 1", *levels, "jobs: {}\n"])
        write_text(project / ".github" / "workflows" / f"{name}.yml", text)

    refused = found(project, "continuous")
    for name in bombs:
        assert any(one.startswith(f"mend .github/workflows/{name}.yml: GitHub can't run it: ") for one in refused)


def test_text_of_the_project_can_not_steer_the_terminal(project: Path) -> None:
    text = (project / "pyproject.toml").read_text("utf-8")
    write_text(project / "pyproject.toml", text.replace("Ada Lovelace", r"\u001b[2J\u0007[red]Ada"))
    description = next(line for line in text.splitlines() if line.startswith("description"))
    write_text(
        project / "pyproject.toml",
        text.replace(description, r'description = "\u001b[2J\u202e[bold]x"').replace('"my-reviews"', '"x; rm -rf ."'),
    )

    shown = report.show(judge(project))

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold]x" in shown
    assert "-> x; rm" not in shown


@posix
def test_a_name_of_a_file_is_one_word_of_the_command_that_is_to_be_typed(project: Path) -> None:
    names = ["a$(touch pwned).ipynb", "b;touch pwned;.ipynb", "c\x1b[2J\ntouch pwned\n.ipynb", "d'`touch pwned`.ipynb"]
    for name in names:
        write_text(project / name, '{"cells": [{"outputs": [1]}]}')
    (project / "e$(touch pwned).md").write_bytes(b"\xff")

    review = judge(project)

    steps = [one.finding.step for one in review.judged if one.check in ("notebooks", "readable")]
    clear = ["jupyter", "nbconvert", "--clear-output", "--inplace"]
    assert [shlex.split(step) for step in steps if "nbconvert" in step] == [[*clear, name] for name in names]
    assert [shlex.split(step)[-1] for step in steps if "checkout" in step] == ["e$(touch pwned).md"]
    assert "\x1b" not in report.show(review) + report.as_json(review)
    assert "\ntouch" not in report.show(review)


def test_a_file_that_is_no_text_is_named(project: Path) -> None:
    (project / "README.md").write_bytes(b"\xff\xfe\x00")

    assert found(project, "readable") == ["mend README.md: it is not UTF-8"]
    assert points(project, "problem description")[0] == 0


@posix
@pytest.mark.skipif(hasattr(os, "getuid") and os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(project: Path) -> None:
    (project / "README.md").chmod(0)

    assert found(project, "readable") == ["mend README.md: Permission denied"]
