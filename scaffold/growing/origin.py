"""Reads where a project came from: the answers in its `.template.yml`."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffold.errors import GrowthError, NoProjectError
from scaffold.questions import Answers

PLACE = ".template.yml"


@dataclass(frozen=True)
class Origin:
    """What a project was rendered from; `own` are the answers about the user's own data."""

    template: str
    version: str
    year: int
    answers: Answers
    own: dict[str, Any] = field(default_factory=dict)
    add_ons: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        return self.answers.name.replace("-", "_")

    def is_like(self, other: "Origin") -> bool:
        """Whether both may be the same project, under another name or in another version."""
        return (self.template, self.year, self.own) == (other.template, other.year, other.own)

    def named(self, name: str) -> "Origin":
        """The same project under another name."""
        return replace(self, answers=replace(self.answers, name=name))

    def with_add_ons(self, names: tuple[str, ...]) -> "Origin":
        return replace(self, add_ons=(*self.add_ons, *names))


def root(folder: Path) -> Path:
    """The project's folder, if the given folder is in one; else the folder itself."""
    place = folder.resolve()
    for parent in (place, *place.parents):
        if (parent / PLACE).is_file():
            return folder if parent == place else parent
    return folder


def locate(folder: Path) -> tuple[Path, str]:
    """The folder and the name of the project that this folder is in.

    Raises NoProjectError.
    """
    place = root(folder)
    if not (place / PLACE).is_file():
        raise NoProjectError(
            f"{str(folder)!r} isn't in a project: {PLACE} not found. Change to a project's folder"
        )
    package_file = place / "pyproject.toml"
    text = package_file.read_text("utf-8", "replace") if package_file.is_file() else ""
    return place, present_name(text) or place.resolve().name


def parse(text: str) -> Origin:
    """Parses the text of a `.template.yml`."""
    import yaml

    try:
        recorded = yaml.safe_load(text)
        answers = {key: str(recorded[key]) for key in ("name", "author", "description", "licence")}
        return Origin(
            template=str(recorded["template"]),
            version=str(recorded["version"]),
            year=int(recorded["year"]),
            answers=Answers(**answers),
            own=recorded.get("own", {}),
            add_ons=tuple(map(str, recorded.get("add_ons", []))),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        restore = f"Restore it from git: git log -- {PLACE}"
        raise GrowthError(f"{PLACE} can't be read ({reason}). {restore}") from error


def present_name(package_file: str) -> str | None:
    """The project's name in the text of a `pyproject.toml`, or None."""
    try:
        name = tomllib.loads(package_file)["project"]["name"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def rename(folder: Path, before: Origin, after: Origin) -> None:
    """Renames a rendered project: its files and the words in them."""
    forms = {
        before.answers.name: after.answers.name,
        before.package: after.package,
        before.package.upper(): after.package.upper(),
    }
    words = "|".join(map(re.escape, forms))
    pattern = re.compile(rf"(?<![A-Za-z0-9])({words})(?![A-Za-z0-9])")
    for path in sorted(folder.rglob("*"), reverse=True):  # a folder's contents before the folder
        if path.is_file():
            replace_words(path, pattern, forms)
        if path.name in forms:
            path.rename(path.with_name(forms[path.name]))


def replace_words(path: Path, pattern: re.Pattern[str], forms: dict[str, str]) -> None:
    """Replaces these words in a file, unless it is binary."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return
    renamed = pattern.sub(lambda match: forms[match[0]], text)
    path.write_bytes(renamed.encode())
