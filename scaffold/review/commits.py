"""What git knows about a project, asked so that nothing of the project's runs: no hook, filter, monitor or remote."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 5
# Settings of a stranger's repository that name a program; only commands that read the index and trees are used besides.
SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "",
    "core.sshCommand": "",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
}
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what is missing
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
START = "Start from the"  # of the message of the commit that `scaffold new` makes


class NoHistory(Exception):
    """Why git has nothing to say."""


@dataclass(frozen=True)
class Commits:
    """The number of commits, and the files of the one that the project began with, by their blobs' names."""

    count: int
    beginning: dict[str, str]
    by_tool: bool

    def changed(self, path: str, content: bytes) -> bool:
        """Whether a file is new, or not what it was at the beginning, whatever its line ends."""
        then = self.beginning.get(path)
        return then not in {blob(content, then or ""), blob(content.replace(b"\r\n", b"\n"), then or "")}


def read(root: Path, marker: str) -> Commits:
    """The history since the commit that added the marker, a file; raises NoHistory."""
    if _ask(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise NoHistory("the clone is shallow. Run: git fetch --unshallow")
    if not _ask(root, "rev-list", "--max-count=1", "--all"):
        raise NoHistory("the repository has no commit")
    first = _ask(root, "rev-list", "--reverse", "HEAD", "--", marker).split()[:1]
    if not first:
        raise NoHistory(f"no commit has {marker}")
    count = int(_ask(root, "rev-list", "--count", f"{first[0]}..HEAD", "--", ".")) + 1
    message = _ask(root, "cat-file", "commit", first[0]).partition("\n\n")[2]
    return Commits(count, _tree(root, first[0]), message.startswith(START))


def blob(content: bytes, like: str) -> str:
    """The name that git gives to the content, by the hash that made the other name."""
    make = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return make(b"blob %d\0" % len(content) + content).hexdigest()


def _tree(root: Path, commit: str) -> dict[str, str]:
    lines = _ask(root, "ls-tree", "-r", "-z", commit).split("\0")
    return {path: entry.split()[2] for entry, _, path in (line.partition("\t") for line in lines if line)}


def tracked(root: Path) -> list[str]:
    """The paths that git tracks below the root; none if there is no repository."""
    try:
        return [path for path in _ask(root, "ls-files", "-z", "--cached").split("\0") if path]
    except NoHistory:
        return []


def _ask(root: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None or Path(program).resolve().is_relative_to(root.resolve()):
        raise NoHistory("git is not installed")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    configured = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    try:
        asked = subprocess.run(  # noqa: S603  (the arguments are ours)
            [program, "--no-pager", *configured, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoHistory(f"git gave no answer: {type(error).__name__}") from None
    if asked.returncode:
        complaint = (asked.stderr.strip().splitlines() or ["it failed"])[0]
        raise NoHistory(f"git says: {complaint.removeprefix('fatal: ')}")
    return asked.stdout
