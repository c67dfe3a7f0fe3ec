"""The templates that ship with the package: their cards and the layers that make up their files."""

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold import card as cards
from scaffold.card import Card
from scaffold.errors import BrokenTemplateError, UnknownTemplateError

SOURCE = "src/{{package}}"
WORDED = ".jinja"  # ends the name of a file that takes words

# What the tool reads, and the modules that make a template different from the others.
NEEDED = (
    "copier.yml",
    "pyproject.toml",
    f"{SOURCE}/schema.py",
    f"{SOURCE}/source.py",
    f"{SOURCE}/features.py",
    f"{SOURCE}/model.py",
    f"{SOURCE}/predictor.py",
    f"{SOURCE}/metrics.py",
)


@dataclass(frozen=True)
class Template:
    """A folder in `templates/` that has a card; of own data, one that gets its card from them.

    `profile` is what was decided about own data, `own` the same with what follows from it, `raw`
    their files by place in the project.
    """

    folder: Path
    card: Card
    profile: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def layers(self) -> list[Path]:
        """The folders whose files make up a project; where two have a file, the later wins."""
        shared = [self.folder.with_name(layer) for layer in self.card["layers"]]
        return [*shared, self.folder]

    @cached_property
    def files(self) -> dict[str, Path]:
        """Where each file of a project comes from, by its place in the project."""
        return {place: paths[-1] for place, paths in self.versions.items()}

    @cached_property
    def replaced(self) -> dict[str, Path]:
        """The file that each of several at the same place would be without the last layer."""
        return {place: paths[-2] for place, paths in self.versions.items() if len(paths) > 1}

    @cached_property
    def versions(self) -> dict[str, list[Path]]:
        """The files of all layers by their place in the project, the earliest layer's first."""
        versions: dict[str, list[Path]] = {}
        for layer in self.layers:
            for path in layer.rglob("*"):
                if path.is_file():
                    place = path.relative_to(layer).as_posix()
                    versions.setdefault(place.removesuffix(WORDED), []).append(path)
        return versions

    def check(self) -> None:
        """Raises BrokenTemplateError, which names what the template lacks."""
        for layer in self.layers:
            if not layer.is_dir():
                raise BrokenTemplateError(self.name, f"the layer {layer.name!r} is missing")
        for place in NEEDED:
            if place not in self.files:
                raise BrokenTemplateError(self.name, f"{place!r} is in none of its layers")

    def requirements(self) -> list[str]:
        """What this template asks for besides what all projects do."""
        return [*self.card["serving"], *self.card["dependencies"]]

    def dependencies(self) -> set[str]:
        """Names of the distributions that a project of this template asks for."""
        text = self.files["pyproject.toml"].read_text("utf-8")
        names = set(re.findall(r'^ *"([\w.-]+) *[\[<>=~!].*",?$', text, re.MULTILINE))
        for requirement in self.requirements():
            names.add(re.split(r"[^\w.-]", requirement)[0])
        return names

    def modules(self) -> set[str]:
        """Names of the project's modules, and of those that its tests import."""
        names = set()
        for place in self.files:
            for folder in (SOURCE, "tests"):
                if place.startswith(f"{folder}/") and place.endswith(".py"):
                    first = PurePosixPath(place).relative_to(folder).parts[0]
                    names.add(first.split(".")[0])
        return names - {"__init__", "__main__"}


def of_own_data(profile: dict[str, Any], data: Path) -> Template:
    """The template of the kind that the profile names, with a card made of the profile."""
    from scaffold.own_data import answers, card, details, libraries, pictures, raw, text

    kind = profile["kind"]
    folder = templates_folder() / kind
    profile = answers.own(profile)
    if kind == "pictures":
        libraries.check("A project of pictures", "PIL")
        from scaffold.own_data import raw_pictures

        files, profile = raw_pictures.take(data, profile)
        own = pictures.described(profile)
        made = pictures.card(own)
        return checked(Template(folder, made, profile, own, files))
    content, profile = raw.take(data, profile)
    if kind == "text":
        own = text.described(profile)
        made = text.card(own)
    else:
        own = details.described(profile)
        made = card.card(own)
    return checked(Template(folder, made, profile, own, {own["file"]: content}))


def checked(template: Template) -> Template:
    """The template, if it is whole."""
    template.check()
    return template


def templates() -> dict[str, Template]:
    """Every template by its name."""
    return {name: read(name) for name in names()}


def find(name: str) -> Template:
    """The template of this name; raises UnknownTemplateError, which names the near ones."""
    existing = names()
    if name in existing:
        return read(name)
    near = difflib.get_close_matches(name.lower(), existing, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise UnknownTemplateError(
        f"There is no template {name!r}.{hint} See what there is: scaffold list"
    )


def names() -> list[str]:
    """The names of the folders that have a card."""
    return sorted(path.parent.name for path in templates_folder().glob("*/card.toml"))


def read(name: str) -> Template:
    """The template in this folder; raises BrokenTemplateError unless it is whole."""
    folder = templates_folder() / name
    card = cards.read(folder / "card.toml")
    return checked(Template(folder, card, own=described(folder, card)))


def described(folder: Path, card: Card) -> dict[str, Any]:
    """What follows from the answers about the columns, of a template that is a table."""
    path = folder / "answers.toml"
    if not path.is_file():
        return {}
    from scaffold.own_data import details

    answers = tomllib.loads(path.read_text("utf-8"))
    columns = [{"name": column["source"], **column} for column in answers["columns"]]
    of_card = {key: card[key] for key in ("task", "kind", "rows", "words")}
    return details.described({**answers, **of_card, "columns": columns})


def templates_folder() -> Path:
    """The folder of all templates: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).with_name("templates")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "templates"
