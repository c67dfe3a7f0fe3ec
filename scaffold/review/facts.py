"""The facts about a project, from its files and from git. Nothing of it is run."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from scaffold.errors import ReviewError
from scaffold.review import repository
from scaffold.review.repository import Lines, Unreadable

ORIGIN = ".template.yml"
README = "README.md"
DECISIONS = "docs/decisions.md"
RESULTS = "docs/results.json"
PAGES = r"([^/]+|docs/.*)\.md"
PROMPT = "TO WRITE"
SOURCE = ("*", ".github/*/*", "docs/*", "src/**/*", "tests/**/*")
LARGEST = 4_000_000  # bytes of a file that is read
MOST = 20_000_000  # bytes of all that are read
STRANGE = (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError)


class Facts:
    """What could not be read is missing; `unread` says why."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tracked: list[str] = []
        self.files: dict[str, int] = {}  # in bytes
        self.texts: dict[str, str] = {}
        self.unread: dict[str, str] = {}
        self.template = self.name = "unknown"
        self.results: dict[str, Any] = {}
        self.added: Lines = {}  # by the owner
        self.asked: dict[str, str] = {}  # pages with prompts, as the tool wrote them
        self.no_history = ""

    def paths(self, pattern: str) -> list[str]:
        """The texts whose whole path matches."""
        form = re.compile(pattern, re.DOTALL)
        return sorted(filter(form.fullmatch, self.texts))

    def find(self, pattern: str, paths: str) -> str:
        """The first line that matches, as `path:line`, or nothing."""
        for path in self.paths(paths):
            match = re.search(pattern, self.texts[path], re.MULTILINE)
            if match:
                return self.place(path, match.start())
        return ""

    def word(self, pattern: str, path: str) -> str:
        match = re.search(pattern, self.texts.get(path, ""), re.MULTILINE)
        return match[1] if match else "unknown"

    def place(self, path: str, position: int) -> str:
        line = self.texts[path].count("\n", 0, position) + 1
        return f"{path}:{line}"


def read(root: Path) -> Facts:
    """All facts; raises ReviewError if the folder is no project."""
    if not (root / ORIGIN).is_file():
        reason = f"{str(root)!r} is no project of this tool: no {ORIGIN}"
        raise ReviewError(f"{reason}. Run: scaffold review DIRECTORY")
    facts = Facts(root)
    paths = []
    try:
        facts.tracked = repository.paths(root, "--cached")
        paths = facts.tracked + repository.paths(root, "--others", "--exclude-standard")
        facts.added = repository.added(root)
        facts.asked = repository.pristine_texts(root, PROMPT, "*.md")
    except Unreadable as error:
        facts.no_history = str(error)
    if not paths:
        for pattern in SOURCE:
            paths += [path.relative_to(root).as_posix() for path in root.glob(pattern)]
    for path in paths:
        with suppress(OSError):
            if (root / path).is_file() and not (root / path).is_symlink():
                facts.files[path] = (root / path).stat().st_size
    read_texts(facts)
    facts.template = facts.word(r"^template: *([\w-]+)", ORIGIN)
    facts.name = facts.word(r'^name = "([a-z][\w.-]{0,60})"', "pyproject.toml")
    with suppress(*STRANGE):
        facts.results = dict(json.loads(facts.texts.get(RESULTS, "")))
    return facts


def read_texts(facts: Facts) -> None:
    """Reads the small files first."""
    left = MOST
    for path in sorted(facts.files, key=facts.files.__getitem__):
        left -= facts.files[path]
        try:
            facts.texts[path] = read_text(facts.root, path, min(left, LARGEST))
        except Unreadable as error:
            facts.unread[path] = str(error)


def read_text(root: Path, path: str, limit: int = LARGEST) -> str:
    """The text of a plain file in the project; raises Unreadable."""
    try:
        file = (root / path).resolve(strict=True)
        if not file.is_relative_to(root.resolve()) or not file.is_file():
            raise Unreadable("it is no plain file of the project")
        if file.stat().st_size > limit:
            raise Unreadable("it is too large")
        return file.read_text("utf-8-sig")
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable(str(error)) from None
