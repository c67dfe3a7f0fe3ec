"""What a review knows of a project: read once, from files alone. Nothing of the project is imported or run."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from scaffold import names
from scaffold.catalog import Template, templates
from scaffold.errors import ReviewError
from scaffold.review import altered, commits, folder, history, published, records, repository, workflows, yaml_text
from scaffold.review.altered import Altered
from scaffold.review.commits import Commits
from scaffold.review.folder import Unreadable
from scaffold.review.history import Searched
from scaffold.review.records import Change, Damaged, Decision, Results
from scaffold.review.repository import NoHistory
from scaffold.review.workflows import Workflow

ORIGIN, PACKAGE_FILE, RESULTS = ".template.yml", "pyproject.toml", "docs/results.json"
HISTORY, DECISIONS = "champion/history.jsonl", "reports/decisions.jsonl"
RECORDS = (HISTORY, DECISIONS, "data/dataset.json")
LARGEST_PACKAGE_FILE = 100_000  # characters
Found = TypeVar("Found")


@dataclass(frozen=True)
class Project:
    """Facts about a project; whatever could not be read is missing from them and told in `damage`."""

    root: Path
    now: datetime
    origin: dict[str, str]  # template, version and answers
    template: Template | None
    about: dict[str, Any]  # the table `project` of pyproject.toml
    files: dict[str, int]  # what would be published, with its size in bytes
    texts: dict[str, str]  # of these, what can be searched
    unread: dict[str, str]  # what may be text and was not searched, and why
    tracked: frozenset[str] | None  # by git; None if there is none to ask
    workflows: tuple[Workflow, ...]
    changes: tuple[Change, ...]  # of champions, on record here
    decisions: tuple[Decision, ...]
    results: Results | None
    digests: dict[str, str]  # of the records that are here
    commits: Commits | None
    no_commits: str
    altered: Altered | None  # since the beginning
    searched: Searched  # git's history, for secrets
    damage: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The project's name, which is its command's too; of a stranger's only one that is safe to type."""
        found = (self.about.get("name"), self.origin.get("name"), self.root.resolve().name)
        return next((name for name in found if isinstance(name, str) and names.PATTERN.fullmatch(name)), "project")

    @property
    def packages(self) -> list[str]:
        """The packages below `src`."""
        return sorted({path.split("/")[1] for path in self.files if re.fullmatch(r"src/[^/]+/__init__\.py", path)})

    def module(self, name: str) -> str:
        """The path of a module of the project's package."""
        return f"src/{self.packages[0] if self.packages else self.name.replace('-', '_')}/{name}.py"

    def find(self, pattern: str, *paths: str) -> str | None:
        """The first line that matches in one of the files, as `path:line`."""
        for path in paths:
            found = re.search(pattern, self.texts.get(path, ""), re.MULTILINE)
            if found:
                return f"{path}:{folder.line_of(self.texts[path], found.start())}"
        return None


def read(root: Path, now: datetime) -> Project:
    """The facts. Raises ReviewError if the folder holds no generated project."""
    if not root.is_dir():
        raise ReviewError(f"{str(root)!r} is no folder. Give a project's folder: scaffold review DIRECTORY")
    damage: dict[str, str] = {}
    origin = {key: str(value) for key, value in _origin(root).items()}
    tracked = commits.tracked(root, until := repository.deadline())
    known, reason = _history(root, until)
    files = published.sizes(root, tracked or [])
    texts, unread = published.texts(root, files, damage)
    about: dict[str, Any] = _read(root, PACKAGE_FILE, damage, _package, {})
    if PACKAGE_FILE not in damage and not about:
        damage[PACKAGE_FILE] = "it is missing, or has no table [project]"
    return Project(
        root=root,
        now=now,
        origin=origin,
        template=templates().get(origin["template"]),
        about=about,
        files=files,
        texts=texts,
        unread=unread,
        tracked=frozenset(tracked) if tracked is not None else None,
        workflows=workflows.read(texts),
        changes=_read(root, HISTORY, damage, records.changes, ()),
        decisions=_read(root, DECISIONS, damage, records.decisions, ()),
        results=_read(root, RESULTS, damage, records.results, None),
        digests={path: text for path in RECORDS if (text := _read(root, path, damage, folder.digest, ""))},
        commits=known,
        no_commits=reason,
        altered=altered.read(root, texts, known, until),
        searched=history.search(root, texts, until),
        damage=damage,
    )


def _origin(root: Path) -> dict[str, Any]:
    """Template, version and answers. Raises ReviewError if they are missing or damaged."""
    try:
        found = yaml_text.load(folder.text(root, ORIGIN, 10_000)) if (root / ORIGIN).exists() else None
    except (Unreadable, ValueError) as error:
        why = " ".join(str(error).split())[:80]
        raise ReviewError(f"{root / ORIGIN} can't be read: {why}. Bring it back: git checkout {ORIGIN}") from None
    if found is None:
        raise ReviewError(f"{str(root)!r} is no project of this tool: it has no {ORIGIN}. Make one: scaffold new")
    if not isinstance(found, dict) or not isinstance(found.get("template"), str):
        raise ReviewError(f"{root / ORIGIN} names no template. Bring it back: git checkout {ORIGIN}")
    return found


def _package(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_PACKAGE_FILE:
        raise ValueError(f"more than {LARGEST_PACKAGE_FILE:,} characters")
    return dict(tomllib.loads(text)["project"])


def _history(root: Path, until: float) -> tuple[Commits | None, str]:
    try:
        return commits.read(root, ORIGIN, until), ""
    except NoHistory as error:
        return None, str(error)


def _read(root: Path, path: str, damage: dict[str, str], shape: Callable[[str], Found], otherwise: Found) -> Found:
    """What the shape makes of a file, if the file is there and whole."""
    if not (root / path).exists():
        return otherwise
    try:
        return shape(folder.text(root, path))
    except (Unreadable, Damaged, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        damage[path] = " ".join(str(error).split())[:120] or type(error).__name__
        return otherwise
