"""What the owner altered in code and tests since the project began, by its meaning: a comment is no change."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from scaffold.review import folder, meaning, repository
from scaffold.review.commits import Commits
from scaffold.review.folder import Unreadable
from scaffold.review.repository import NoHistory

MOST_PARSED = 1_000_000  # characters of all modules, now and then; beyond them, bytes are compared
UNREAD: frozenset[str] = frozenset()  # imports of what is too long to be parsed; it may test anything all the same
SECONDS = 1.0  # for git, and again for what is parsed


@dataclass(frozen=True)
class Altered:
    """Files of src and tests that are new or mean something else; what those tests import that test something new."""

    files: tuple[str, ...] = ()
    tests: dict[str, frozenset[str]] = field(default_factory=dict)
    in_words: int = 0  # files whose comments, docstrings or format alone differ


def read(root: Path, texts: dict[str, str], commits: Commits | None, latest: float) -> Altered | None:
    """What was altered; None if history doesn't tell. Git is asked no later than the latest moment."""
    if not commits or (commits.count == 1 and not commits.by_tool):
        return None
    old, new = _package(list(commits.beginning)), _package(list(texts))
    before = {path: _then(path, old, new) for path in texts if path.startswith(("src/", "tests/"))}
    differ = [path for path, then in before.items() if _differs(root, path, then, commits)]
    names = {path: commits.beginning.get(before[path], "") for path in differ}
    contents = _contents(root, names, repository.deadline(SECONDS, latest))
    files: list[str] = []
    tests: dict[str, frozenset[str]] = {}
    left, until = MOST_PARSED, repository.deadline(SECONDS)
    for path in differ:
        now, then = (_renamed(text, old, new) for text in (texts[path], contents.get(path, "")))
        left -= len(now) + len(then)
        parsed = path.endswith(".py") and left >= 0 and time.monotonic() < until
        is_same, imported = _compared(now, then) if parsed else (False, UNREAD)
        if not is_same:
            files.append(path)
        if not is_same and imported is not None:
            tests[path] = imported
    return Altered(tuple(files), tests, len(differ) - len(files))


def _compared(now: str, then: str) -> tuple[bool, frozenset[str] | None]:
    """Whether two versions of a module mean the same, and what the later one imports if it tests something new."""
    if len(now) > meaning.LARGEST:
        return False, UNREAD
    new, old = meaning.tree(now), meaning.tree(then) if then else None
    if new is None:
        return False, None
    is_same = old is not None and meaning.same(new, old)
    return is_same, meaning.imports(new) if meaning.newly_tested(new, old) else None


def _renamed(text: str, old: str, new: str) -> str:
    """The text with one name for package and command, of old and of now: `reviews` may be either, or a variable."""
    if not old or not new or old == new:
        return text
    either = "|".join(re.escape(name) for one in (old, new) for name in (one, one.replace("_", "-")))
    return re.sub(rf"\b(?:{either})\b", new, text)


def _package(paths: list[str]) -> str:
    found = [parts[1] for path in paths if (parts := path.split("/"))[::2] == ["src", "__init__.py"]]
    return min(found, default="")


def _then(path: str, old: str, new: str) -> str:
    """The path that a file had at the beginning."""
    return f"src/{old}/{path.removeprefix(f'src/{new}/')}" if old and path.startswith(f"src/{new}/") else path


def _differs(root: Path, path: str, then: str, commits: Commits) -> bool:
    try:
        return commits.changed(then, folder.read(root, path))
    except Unreadable:
        return False


def _contents(root: Path, names: dict[str, str], until: float) -> dict[str, str]:
    """The text of each module at the beginning, by its path now, as far as git gives it."""
    wanted = {path: name for path, name in names.items() if name and path.endswith(".py")}
    try:
        sizes = repository.sizes(root, list(wanted.values()), until) if wanted else {}
        small = [name for name, size in sizes.items() if size <= meaning.LARGEST]
        found = dict(repository.blobs(root, small, until)) if small else {}
    except NoHistory:
        return {}
    return {path: found[name].decode("utf-8", "replace") for path, name in wanted.items() if name in found}
