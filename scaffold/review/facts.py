"""The facts that the checks look at: the project's files, its record, and its history."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold import git
from scaffold.errors import GrowthError, ReviewError
from scaffold.growing import origin, pristine
from scaffold.growing.origin import Origin
from scaffold.review import repository
from scaffold.review.repository import Commit

ORIGIN = origin.PLACE
README = "README.md"
DECISIONS = "docs/decisions.md"
RESULTS = "docs/results.json"
PARTS = {"dataset", "tested", "history", "decisions"}  # of the results
LARGEST = 50_000_000  # bytes; GitHub warns of larger files, and refuses 100 MB


@dataclass
class Facts:
    """A project as it lies on the disk, without what git ignores."""

    root: Path
    run: bool  # something of the project
    origin: Origin  # what it was made from
    name: str = ""
    in_git: bool = True
    tracked: set[str] = field(default_factory=set)  # without git, all files
    sizes: dict[str, int] = field(default_factory=dict)  # in bytes
    texts: dict[str, str] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)  # nothing before the first run
    no_history: str = ""
    commits: list[Commit] = field(default_factory=list)  # the owner's
    changed: dict[str, str] = field(default_factory=dict)  # texts as the tool wrote them

    @property
    def made_from(self) -> str:
        """Template and version, add-ons, and whose data."""
        words = [f"the {self.origin.template} template {self.origin.version}", *self.origin.add_ons]
        words += ["own data"] if self.origin.own else []
        return ", ".join(words)

    def paths(self, pattern: str) -> list[str]:
        """The texts whose whole path matches."""
        return sorted(path for path in self.texts if re.fullmatch(pattern, path))

    def find(self, pattern: str, paths: str) -> str:
        """The first line that matches, as `path:line`, or nothing."""
        for path in self.paths(paths):
            match = re.search(pattern, self.texts[path], re.MULTILINE)
            if match:
                return self.place(path, match.start())
        return ""

    def place(self, path: str, position: int) -> str:
        line = self.texts[path].count("\n", 0, position) + 1
        return f"{path}:{line}"

    def before(self, path: str) -> str:
        """The text of a file as the tool wrote it; nothing if the owner made it."""
        return self.changed.get(path, self.texts.get(path, ""))


def read(root: Path, run: bool) -> Facts:
    """All facts; raises ReviewError if the folder is no project."""
    if not (root / ORIGIN).is_file():
        reason = f"{str(root)!r} is not a project of this tool: it has no {ORIGIN}"
        raise ReviewError(f"{reason}. Run: scaffold review DIRECTORY")
    if not git.installed():
        raise ReviewError(
            "git is not installed; the review needs it to find your changes. Install git"
        )
    try:
        facts = Facts(root, run, origin.parse((root / ORIGIN).read_text("utf-8")))
    except (GrowthError, UnicodeDecodeError) as error:
        raise ReviewError(str(error)) from error
    read_texts(facts)
    facts.name = origin.present_name(facts.texts.get("pyproject.toml", "")) or root.resolve().name
    try:
        facts.results = dict(json.loads(facts.texts.get(RESULTS, "{}")))
        missing = PARTS - facts.results.keys()
        if facts.results and missing:
            raise ValueError(f"{RESULTS} lacks {sorted(missing)}")
    except (ValueError, TypeError) as error:
        reason = f"{RESULTS} can't be read: {' '.join(str(error).split())}"
        raise ReviewError(f"{reason}. Run: git diff HEAD {RESULTS}") from error
    read_history(facts)
    return facts


def read_texts(facts: Facts) -> None:
    """Reads the files that git tracks or would add."""
    facts.in_git = git.run(["rev-parse", "--git-dir"], facts.root).returncode == 0
    if facts.in_git:
        facts.tracked = set(repository.paths(facts.root, "ls-files", "-z"))
        others = repository.paths(facts.root, "ls-files", "-z", "--others", "--exclude-standard")
    else:
        grep = ("grep", "--no-index", "--exclude-standard", "-lz", "-e", "")
        others = repository.paths(facts.root, *grep)
        facts.tracked = set(others)
    for path in sorted(facts.tracked.union(others)):
        file = facts.root / path
        if file.is_symlink() or not file.is_file():
            continue
        facts.sizes[path] = file.stat().st_size
        if facts.sizes[path] <= LARGEST:
            try:
                facts.texts[path] = file.read_text("utf-8-sig")
            except UnicodeDecodeError:
                continue  # a picture or a Parquet file


def read_history(facts: Facts) -> None:
    """Tells the owner's commits from those of the tool."""
    try:
        before = pristine.texts(facts.root, facts.origin)
    except GrowthError as error:
        facts.no_history = str(error)
        return
    history = repository.commits(facts.root)
    facts.commits = [commit for commit in history if commit.paths and not commit.trailers]
    for path in sorted({*before, *facts.paths(r".*\.(py|md)")}):
        if facts.texts.get(path, "") != before.get(path, ""):
            facts.changed[path] = before.get(path, "")
