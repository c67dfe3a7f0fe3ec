"""The templates that ship with the package: their cards and the layers that make up their files."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold import card as cards
from scaffold.card import AddOnCard, Card
from scaffold.errors import BrokenTemplateError, UnknownTemplateError

SOURCE = "src/{{package}}"
WORDED = ".jinja"  # the suffix of files with placeholders

# Files that the tool reads, and the modules that every template has to provide.
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


ADD_ONS = "add-ons"
SLOTS = "slots/"  # an add-on's snippets for marked places in the template's files


@dataclass(frozen=True)
class AddOn:
    """A folder in `templates/add-ons/`: one more layer of a project, and its card."""

    folder: Path
    card: AddOnCard

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True)
class Template:
    """A folder in `templates/` with a card; for own data, the card is built from the profile.

    `profile` has the answers about own data, `own` the same plus derived values, `raw` the raw
    files by path in the project.
    """

    folder: Path
    card: Card
    profile: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    add_ons: tuple[AddOn, ...] = ()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def layers(self) -> list[Path]:
        """The folders whose files make up a project; later ones override earlier ones."""
        shared = [self.folder.with_name(layer) for layer in self.card["layers"]]
        return [*shared, self.folder, *(add_on.folder for add_on in self.add_ons)]

    @cached_property
    def files(self) -> dict[str, Path]:
        """The source of each file of a project, by its path in the project."""
        return {place: paths[-1] for place, paths in self.versions.items()}

    @cached_property
    def replaced(self) -> dict[str, Path]:
        """For each file in several layers, the one that the last layer overrides."""
        return {place: paths[-2] for place, paths in self.versions.items() if len(paths) > 1}

    @cached_property
    def versions(self) -> dict[str, list[Path]]:
        """The files of all layers by their path in the project, earliest layer first."""
        versions: dict[str, list[Path]] = {}
        for layer in self.layers:
            for path in layer.rglob("*"):
                if path.is_file():
                    place = path.relative_to(layer).as_posix()
                    if place.startswith(SLOTS):
                        place = place.replace(SLOTS, f"{SLOTS}{layer.name}/", 1)
                    versions.setdefault(place.removesuffix(WORDED), []).append(path)
        return versions

    def check(self) -> None:
        """Raises BrokenTemplateError if a layer or a required file is missing."""
        for layer in self.layers:
            if not layer.is_dir():
                raise BrokenTemplateError(self.name, f"the layer {layer.name!r} is missing")
        for place in NEEDED:
            if place not in self.files:
                raise BrokenTemplateError(self.name, f"none of its layers has {place!r}")

    @property
    def extras(self) -> dict[str, list[str]]:
        """The dependencies of each add-on that has any."""
        extras = {add_on.name: add_on.card["dependencies"] for add_on in self.add_ons}
        return {name: dependencies for name, dependencies in extras.items() if dependencies}

    def requirements(self) -> list[str]:
        """The dependencies of this template beyond those of all projects."""
        requirements = [*self.card["serving"], *self.card["dependencies"]]
        for dependencies in self.extras.values():
            requirements += dependencies
        return requirements

    def dependencies(self) -> set[str]:
        """The names of the distributions that a project of this template depends on."""
        text = self.files["pyproject.toml"].read_text("utf-8")
        names = set(re.findall(r'^ *"([\w.-]+) *[\[<>=~!].*",?$', text, re.MULTILINE))
        for requirement in self.requirements():
            names.add(re.split(r"[^\w.-]", requirement)[0])
        return names

    def modules(self) -> set[str]:
        """The names of the project's modules and of the modules that its tests import."""
        names = set()
        for place in self.files:
            for folder in (SOURCE, "tests"):
                if place.startswith(f"{folder}/") and place.endswith(".py"):
                    first = PurePosixPath(place).relative_to(folder).parts[0]
                    names.add(first.split(".")[0])
        return names - {"__init__", "__main__"}


def of_own_data(profile: dict[str, Any], data: Path) -> Template:
    """The template for a profile of own data, with a card built from it."""
    from scaffold.own_data import answers, libraries, raw

    profile = answers.own(profile)
    if profile["kind"] == "pictures":
        libraries.check("A project of pictures", "PIL")
        from scaffold.own_data import raw_pictures

        files, profile = raw_pictures.take(data, profile)
    else:
        content, profile = raw.take(data, profile)
        files = {profile["file"]: content}
    return of_answers(profile, files)


def of_answers(profile: dict[str, Any], raw: dict[str, bytes]) -> Template:
    """The template for the answers about own data and its raw files."""
    from scaffold.own_data import card, details, pictures, text

    kind = profile["kind"]
    if kind == "pictures":
        own = pictures.described(profile)
        made = pictures.card(own)
    elif kind == "text":
        own = text.described(profile)
        made = text.card(own)
    else:
        own = details.described(profile)
        made = card.card(own)
    return checked(Template(templates_folder() / kind, made, profile, own, raw))


def with_add_ons(template: Template, names: Iterable[str]) -> Template:
    """The template with these add-ons; raises UnknownTemplateError if one doesn't exist or fit."""
    add_ons = tuple(find_add_on(name) for name in names)
    for add_on in add_ons:
        kinds = add_on.card["kinds"]
        if template.card["kind"] not in kinds:
            fitting = ", ".join(kinds)
            raise UnknownTemplateError(
                f"The add-on {add_on.name!r} supports projects of kind {fitting}; this project is"
                f" of kind {template.card['kind']}. See: scaffold add --list"
            )
    return replace(template, add_ons=add_ons)


def checked(template: Template) -> Template:
    """Returns the template if it is complete."""
    template.check()
    return template


def templates() -> dict[str, Template]:
    """All templates by name."""
    return {name: read(name) for name in names()}


def find(name: str) -> Template:
    """The template with this name; raises UnknownTemplateError with similar names."""
    check_exists(name, names(), "template", "scaffold list")
    return read(name)


def find_add_on(name: str) -> AddOn:
    """The add-on with this name; raises UnknownTemplateError with similar names."""
    check_exists(name, add_on_names(), "add-on", "scaffold add --list")
    folder = templates_folder() / ADD_ONS / name
    return AddOn(folder, cards.read_add_on(folder / "card.toml"))


def check_exists(name: str, existing: list[str], what: str, listed: str) -> None:
    """Raises UnknownTemplateError, with similar names, unless the name exists."""
    if name in existing:
        return
    near = difflib.get_close_matches(name.lower(), existing, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise UnknownTemplateError(f"There is no {what} {name!r}.{hint} See: {listed}")


def names() -> list[str]:
    """The names of the folders with a card."""
    return sorted(path.parent.name for path in templates_folder().glob("*/card.toml"))


def add_on_names() -> list[str]:
    """The names of the folders in `add-ons/` with a card."""
    return sorted(path.parent.name for path in (templates_folder() / ADD_ONS).glob("*/card.toml"))


def read(name: str) -> Template:
    """Reads the template in this folder; raises BrokenTemplateError if it is incomplete."""
    folder = templates_folder() / name
    card = cards.read(folder / "card.toml")
    return checked(Template(folder, card, own=described(folder, card)))


def described(folder: Path, card: Card) -> dict[str, Any]:
    """The values derived from the answers about the columns, for table templates."""
    path = folder / "answers.toml"
    if not path.is_file():
        return {}
    from scaffold.own_data import details

    answers = tomllib.loads(path.read_text("utf-8"))
    columns = [{"name": column["source"], **column} for column in answers["columns"]]
    of_card = {key: card[key] for key in ("task", "kind", "rows", "words")}
    return details.described({**answers, **of_card, "columns": columns})


def templates_folder() -> Path:
    """The folder with all templates: in the installed package, or next to it in a checkout."""
    installed = Path(__file__).with_name("templates")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "templates"
