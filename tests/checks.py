"""What the tests know of each template: the tables of templates.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("templates.toml")


@dataclass(frozen=True)
class Checks:
    """The keys that the file explains."""

    words: str
    seconds: int
    characters: int
    image: int
    serving: list[str]
    stricter: list[str]
    figures: dict[str, tuple[float, float]]


def read() -> dict[str, Checks]:
    """The checks of each template, in the order of the pages."""
    tables = tomllib.loads(FILE.read_text("utf-8"))
    return {name: Checks(**table) for name, table in tables.items()}


CHECKS = read()
TEMPLATES = tuple(CHECKS)
