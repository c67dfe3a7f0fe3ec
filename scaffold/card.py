"""Reads and validates `card.toml`, which describes a template or an add-on.

Validation is done by hand: importing pydantic would double the time of `scaffold list`.
"""

import tomllib
from pathlib import Path
from typing import (
    Any,
    Literal,
    NewType,
    TypedDict,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from scaffold.errors import BrokenTemplateError

Count = NewType("Count", int)  # 0 is allowed


class Words(TypedDict):
    """The words that a template uses for its records."""

    record: str
    a_record: str
    records: str
    Record: str
    Records: str


class Card(TypedDict):
    """The keys of every card; additional tables are specific to a template."""

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
    max_body_bytes: int
    scores: str
    serving: list[str]
    dependencies: list[str]
    task: Literal["classification", "regression"]
    kind: Literal["text", "table", "pictures"]
    target: str
    layers: list[str]
    words: Words


class AddOnCard(TypedDict):
    """The keys of an add-on's card; `lines` is how many lines of Python it adds to `src`."""

    title: str
    demonstrates: str
    needs: str
    lines: Count
    kinds: list[str]
    dependencies: list[str]
    try_it: list[str]
    read_first: list[str]


EXPECTED = {
    str: "a text",
    int: "a whole number above 0",
    Count: "a whole number",
    list[str]: "a list of texts",
    Words: "a table",
}


def read(path: Path) -> Card:
    """Reads a template's card; raises BrokenTemplateError with the template and the key."""
    return cast(Card, read_as(Card, path))


def read_add_on(path: Path) -> AddOnCard:
    """Reads an add-on's card; raises BrokenTemplateError with the add-on and the key."""
    return cast(AddOnCard, read_as(AddOnCard, path))


def read_as(shape: type, path: Path) -> dict[str, Any]:
    """Reads a table with all keys of the shape from the file."""
    try:
        card = tomllib.loads(path.read_text("utf-8"))
        check(card, shape)
    except ValueError as error:
        raise BrokenTemplateError(path.parent.name, f"{path.name}: {error}") from error
    return card


def check(table: dict[str, Any], shape: type, place: str = "") -> None:
    """Raises ValueError for the first key of the shape that is missing or has the wrong type."""
    for key, kind in get_type_hints(shape).items():
        name = place + key
        if key not in table:
            raise ValueError(f"{name!r} is missing")
        value = table[key]
        if not is_of(value, kind):
            raise ValueError(f"{name!r} is not {expected(kind)}: {value!r}")
        if is_typeddict(kind):
            check(value, kind, f"{name}.")


def expected(kind: type) -> str:
    """A description of values of this type."""
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    return EXPECTED[kind]


def is_of(value: object, kind: type) -> bool:
    """Whether a TOML value has this type."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind in (int, Count):
        least = 0 if kind is Count else 1
        return isinstance(value, int) and not isinstance(value, bool) and value >= least
    if kind == list[str]:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if is_typeddict(kind):
        return isinstance(value, dict)
    return isinstance(value, kind)
