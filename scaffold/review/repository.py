"""What git knows; nothing is fetched, no program of a repository runs."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer

SECONDS = 2  # for an answer
MOST = 20_000_000  # bytes of an answer
MEMORY = 500_000_000
PRISTINE = "--grep=^(Scaffold-Template: |Start from the [a-z-]+ template)"
SETTINGS = """
-c core.bigFileThreshold=2m -c core.fsmonitor=false -c core.quotePath=false
-c log.showSignature=false -c protocol.allow=never --no-pager
"""
LOG = """
log --exclude=refs/stash --all --reverse --root --diff-merges=1
--format=commit%x20%h%n%w(0,1,1)%B
"""
PATCH = """
-p --unified=0 --relative --find-renames --no-color --no-ext-diff --no-textconv
--ignore-space-at-eol --dst-prefix=b/ -- .
"""
Lines = dict[str, list[str]]


class Unreadable(Exception):
    """Why there is no answer, in a few words."""


def paths(root: Path, *which: str) -> list[str]:
    """What git tracks or would add, as the options say."""
    return ask(root, "ls-files", "-z", *which).split("\0")[:-1]


def added(root: Path) -> Lines:
    """By file, lines that commits added since the last pristine one."""
    return by_place(ask(root, "diff-tree", pristine(root), "HEAD", *PATCH.split()))


def pristine_texts(root: Path, word: str, pattern: str) -> dict[str, str]:
    """The files with a word in them, as the last pristine commit has them."""
    commit = pristine(root)
    content, _ = run(root, "grep", "-lzF", "-e", word, commit, "--", pattern)
    paths = [name.partition(":")[2] for name in content.split("\0")[:-1]]
    return {path: ask(root, "show", f"{commit}:./{path}") for path in paths}


def pristine(root: Path) -> str:
    """The last commit that the tool wrote; raises Unreadable."""
    newest = ("--topo-order", "--no-merges", "-E", PRISTINE)
    commits = ask(root, "rev-list", *newest, "HEAD").split()
    if not commits:
        raise Unreadable("there is no commit of the tool; in a shallow clone?")
    return commits[0]


def history(root: Path) -> tuple[Lines, str]:
    """By commit and file, all that was added or said; why not all."""
    content, complaint = run(root, *LOG.split(), *PATCH.split())
    return by_place(content), complaint


def by_place(patches: str) -> Lines:
    lines: Lines = {}
    commit = place = ""
    for line in patches.split("\n"):
        if line.startswith("commit "):
            place = line.removeprefix("commit ")
            commit = f"{place}:"
        elif line.startswith("+++ "):
            place = commit + line[4:].removeprefix("b/")
        elif line.startswith(("+", " ")):
            lines.setdefault(place, []).append(line[1:])
    return lines


def ask(root: Path, *arguments: str) -> str:
    """All that git prints; raises Unreadable."""
    content, complaint = run(root, *arguments)
    if complaint:
        raise Unreadable(complaint)
    return content


def run(root: Path, *arguments: str) -> tuple[str, str]:
    """What git prints, within limits, and why it is not all."""
    program = shutil.which("git")
    if not program or Path(program).resolve().is_relative_to(root.resolve()):
        return "", "git is not installed"
    with (
        subprocess.Popen(  # noqa: S603  (the arguments are ours)
            [program, *SETTINGS.split(), *arguments],
            cwd=root,
            env={name: value for name, value in os.environ.items() if name[:4] != "GIT_"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git
    ):
        alarm = Timer(SECONDS, git.kill)
        alarm.start()
        if sys.platform == "linux":
            limit_memory(git.pid)
        content = git.stdout.read(MOST) if git.stdout else b""
        if len(content) == MOST:
            git.kill()
    alarm.cancel()
    complaint = f"git {arguments[0]} failed, or had too much to tell"
    return content.decode("utf-8", "surrogateescape"), complaint if git.returncode else ""


def limit_memory(process: int) -> None:
    import resource

    with suppress(OSError):  # it has ended
        resource.prlimit(process, resource.RLIMIT_DATA, (MEMORY, MEMORY))
