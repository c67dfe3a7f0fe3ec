"""Names for the columns in Python: snake_case, each different, none a keyword."""

import keyword
import re
from collections.abc import Iterable

from scaffold.names import joined, unaccented

LETTERS = {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "%": " percent ", "€": " eur "}
# What a field of a record can't be called: attributes that its class has already.
TAKEN = {"copy", "dict", "json", "schema", "construct", "validate", "fields", "self", "cls"}


def python_names(names: Iterable[str]) -> list[str]:
    """A name for each: 'Größe (m²)' becomes 'grosse_m2', 'class' becomes 'class_'."""
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
    """Letters and digits of ASCII with underscores between the words; may be empty."""
    for letter, plain in LETTERS.items():
        name = name.replace(letter, plain)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", unaccented(name))
    plain = joined(words, "_")
    return f"n_{plain}" if plain[:1].isdigit() else plain


def separated(name: str) -> str:
    """The words of a name, in lower case with spaces between: 'userId' becomes 'user id'."""
    return re.sub(r"[\W\d_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name)).lower()


def words_of(text: str) -> set[str]:
    """The different words of a text."""
    return set(text.split())
