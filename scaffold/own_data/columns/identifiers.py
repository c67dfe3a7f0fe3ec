"""Python names for columns: snake_case, unique, and not keywords."""

import keyword
import re
from collections.abc import Iterable

from scaffold.names import joined, unaccented

LETTERS = {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "%": " percent ", "€": " eur "}
# Names that a field of a record can't have: attributes of its class.
TAKEN = {"copy", "dict", "json", "schema", "construct", "validate", "fields", "self", "cls"}


def python_names(names: Iterable[str]) -> list[str]:
    """Returns one name per column: 'Größe (m²)' becomes 'grosse_m2', 'class' becomes 'class_'."""
    unique: list[str] = []
    for number, name in enumerate(names, 1):
        wanted = snake_case(name) or f"column_{number}"
        if keyword.iskeyword(wanted) or keyword.issoftkeyword(wanted) or wanted in TAKEN:
            wanted += "_"
        proposal, again = wanted, 2
        while proposal in unique:
            proposal = f"{wanted}_{again}"
            again += 1
        unique.append(proposal)
    return unique


def snake_case(name: str) -> str:
    """ASCII letters and digits with underscores between words; may be empty."""
    for letter, plain in LETTERS.items():
        name = name.replace(letter, plain)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", unaccented(name))
    plain = joined(words, "_")
    return f"n_{plain}" if plain[:1].isdigit() else plain


def separated(name: str) -> str:
    """The words of a name in lowercase, separated by spaces: 'userId' becomes 'user id'."""
    return re.sub(r"[\W\d_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name)).lower()


def words_of(text: str) -> set[str]:
    """The distinct words of a text."""
    return set(text.split())
