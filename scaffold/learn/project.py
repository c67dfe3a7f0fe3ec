"""The project in a folder: its files, and what its commands recorded."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.errors import LearnError
from scaffold.growing import origin
from scaffold.review import facts
from scaffold.review.facts import Facts

HISTORY = "champion/history.jsonl"
MONITORING = "reports/decisions.jsonl"
Record = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """A generated project."""

    facts: Facts

    @property
    def root(self) -> Path:
        return self.facts.root

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    def text(self, place: str) -> str:
        """The text of a page or module; empty if it doesn't exist."""
        return self.facts.texts.get(place, "")

    def own(self, pattern: str) -> dict[str, str]:
        """The text files whose path matches, as the user has them."""
        texts = self.facts.texts
        return {path: texts[path] for path in sorted(texts) if PurePosixPath(path).match(pattern)}

    def template(self, pattern: str) -> dict[str, str]:
        """The same files as the tool wrote them; empty for files the user created."""
        facts = self.facts
        texts = {}
        for path in sorted({*facts.texts, *facts.changed}):
            if PurePosixPath(path).match(pattern):
                texts[path] = facts.before(path)
        return texts

    def own_lines(self, place: str) -> str:
        """The lines of a file that the tool didn't write, whether committed or not."""
        template = set(self.template(place).get(place, "").splitlines())
        return "\n".join(line for line in self.text(place).splitlines() if line not in template)

    @cached_property
    def history(self) -> list[Record]:
        """Promotions, rejections and rollbacks, oldest first."""
        return self._lines(HISTORY) or list(self.facts.results.get("history", []))

    @cached_property
    def decisions(self) -> list[Record]:
        """Monitoring's decisions, oldest first."""
        return self._lines(MONITORING) or list(self.facts.results.get("decisions", []))

    def _lines(self, place: str) -> list[Record]:
        """The complete lines of a record that git ignores."""
        entries = []
        path = self.root / place
        for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
            try:
                entries.append(dict(json.loads(line)))
            except (ValueError, TypeError):
                continue  # truncated by a crash
        return entries

    def check_history(self) -> None:
        """Raises LearnError if git can't distinguish the user's work from the tool's."""
        if self.facts.no_history:
            raise LearnError(
                f"Your work can't be distinguished from the template's: {self.facts.no_history}"
            )


def find(folder: Path) -> Project:
    """Finds the project that a folder is in; raises NoProjectError if there is none."""
    root, _ = origin.locate(folder)
    return Project(facts.read(root, run=False))
