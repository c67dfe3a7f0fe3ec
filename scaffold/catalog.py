"""The templates that ship with the package, and what each one shows."""

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from scaffold.errors import UnknownTemplateError


class Card(TypedDict):
    """What a template says about itself in `card.toml`."""

    title: str
    name: str
    description: str
    predicts: str
    data: str
    rows: int
    source: str
    data_licence: str
    demonstrates: str
    sample: int
    scores: str
    serving: list[str]
    dependencies: list[str]
    modules: dict[str, str]


@dataclass(frozen=True)
class Template:
    """A folder in `templates/` that has a card."""

    folder: Path
    card: Card

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def lifecycle(self) -> Path:
        """The tree that all templates share."""
        return self.folder.with_name("lifecycle")

    def requirements(self) -> list[str]:
        """What this template asks for besides what all projects do."""
        return [*self.card["serving"], *self.card["dependencies"]]

    def dependencies(self) -> set[str]:
        """Names of the distributions that a project of this template asks for."""
        package_file = (self.lifecycle / "pyproject.toml.jinja").read_text("utf-8")
        shared = re.findall(r'^ *"([\w.-]+) *[\[<>=~!].*",?$', package_file, re.MULTILINE)
        own = [re.split(r"[^\w.-]", requirement)[0] for requirement in self.requirements()]
        return {*shared, *own}


def templates() -> dict[str, Template]:
    """Every template by its name."""
    cards = sorted(templates_folder().glob("*/card.toml"))
    return {
        path.parent.name: Template(path.parent, cast(Card, tomllib.loads(path.read_text("utf-8")))) for path in cards
    }


def find(name: str) -> Template:
    """The template of this name; raises UnknownTemplateError, which names the near ones."""
    known = templates()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise UnknownTemplateError(f"There is no template {name!r}.{hint} See what there is: scaffold list")


def templates_folder() -> Path:
    """The folder of all templates: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).with_name("templates")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "templates"
