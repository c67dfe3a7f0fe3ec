"""What git knows about a project: its commits, what it began with, and what it tracks."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from scaffold.review.folder import MOST_FILES
from scaffold.review.repository import NoHistory, ask

START = "Start from the"  # of the message of the commit that `scaffold new` makes


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


def read(root: Path, marker: str, until: float) -> Commits:
    """The history since the commit that added the marker, a file; raises NoHistory."""
    if ask(root, until, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise NoHistory("the clone is shallow. Run: git fetch --unshallow")
    if not ask(root, until, "rev-list", "--max-count=1", "--all"):
        raise NoHistory("the repository has no commit")
    first = ask(root, until, "rev-list", "--reverse", "HEAD", "--", marker).split()[:1]
    if not first:
        raise NoHistory(f"no commit has {marker}")
    count = int(ask(root, until, "rev-list", "--count", f"{first[0]}..HEAD", "--", ".")) + 1
    message = ask(root, until, "cat-file", "commit", first[0]).partition("\n\n")[2]
    return Commits(count, _tree(root, until, first[0]), message.startswith(START))


def blob(content: bytes, like: str) -> str:
    """The name that git gives to the content, by the hash that made the other name."""
    make = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return make(b"blob %d\0" % len(content) + content).hexdigest()


def _tree(root: Path, until: float, commit: str) -> dict[str, str]:
    listed = ask(root, until, "ls-tree", "-r", "-z", commit)
    if listed.count("\0") > MOST_FILES:
        raise NoHistory(f"the first commit has more than {MOST_FILES:,} files")
    lines = listed.split("\0")[:-1]
    return {path: entry.split()[2] for entry, _, path in (line.partition("\t") for line in lines)}


def tracked(root: Path, until: float) -> list[str] | None:
    """The paths that git tracks below the root; None if there is no repository, or git can't say."""
    try:
        return [path for path in ask(root, until, "ls-files", "-z", "--cached").split("\0") if path]
    except NoHistory:
        return None
