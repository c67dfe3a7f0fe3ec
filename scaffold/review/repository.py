"""Queries git about a project: its files, its commits, and all content ever committed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scaffold import git
from scaffold.errors import ReviewError

TRAILERS = f"%(trailers:key={git.TREE},key={git.RUN_TRAILER},separator=%x2C)"
LOG = ("-c", "core.quotePath=false", "log", "--root", "--relative", "--no-show-signature")
EVERYTHING = (*LOG, "--exclude=refs/stash", "--all", "--reverse")
PATCH = ("-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--dst-prefix=b/")


class Commit(NamedTuple):
    """A commit, the trailers that mark it as the tool's, and the project files it changed."""

    name: str
    trailers: str
    paths: list[str]


def commits(root: Path) -> list[Commit]:
    """The commits that touch the project's files, newest first."""
    history = []
    log = ask(root, *LOG, "--topo-order", "--name-only", f"--format=%x00%h %T {TRAILERS}")
    for record in log.split("\0")[1:]:
        first, *paths = record.split("\n")
        name, tree, trailers = first.split(" ", 2)
        squashed = git.TREE in trailers and tree not in trailers  # commits of the tool, and others
        history.append(Commit(name, "" if squashed else trailers, list(filter(None, paths))))
    return history


def lines_ever(root: Path, pattern: str) -> Iterator[tuple[str, str]]:
    """All lines in git's history that match the pattern, with commit and file."""
    commit = path = ""
    log = (*EVERYTHING, *PATCH, "--format=%x00%h", f"-G{pattern}", "--", ".")
    for line in ask(root, *log).split("\n"):
        if line.startswith("\0"):
            commit = line[1:]
        elif line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/").rstrip("\t")
        elif line.startswith("+"):
            yield f"{commit}:{path}", line


def paths(root: Path, *command: str) -> list[str]:
    """The paths that a git command lists, separated by NUL."""
    return [path for path in re.split(r"\0\n?", ask(root, *command)) if path]


def ask(root: Path, *command: str) -> str:
    """git's output, without a timeout; raises ReviewError if it fails."""
    finished = git.run(list(command), root)
    if finished.returncode:
        reason = " ".join(finished.stderr.split())
        raise ReviewError(f"git can't read {str(root)!r}: {reason}. Run: git fsck")
    return finished.stdout
