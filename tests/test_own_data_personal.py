"""What says who somebody is stays out of the model, and the owner learns what `raw/` publishes."""

import random
from pathlib import Path
from typing import Any

import pytest
from profiles import look, named

from scaffold.own_data import answers, details

ROWS = 200
chance = random.Random(2)  # noqa: S311  (makes rows)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAID: list[Any] = [chance.choice(["yes", "no"]) for _ in range(ROWS)]


def word() -> str:
    return "".join(chance.choice(LETTERS) for _ in range(7)).title()


def digits(count: int) -> str:
    return "".join(chance.choice("123456789") for _ in range(count))


NAMES = [word() for _ in range(ROWS)]
COLUMNS: dict[str, list[Any]] = {
    "first": NAMES,
    "Last_Name": [f"{word()}-{word()}" for _ in range(ROWS)],
    "Customer name": [f"{word()} {word()}" for _ in range(ROWS)],
    "contact": [f"{word()}@example.org" for _ in range(ROWS)],
    "Phone": [f"+41 {digits(2)} {digits(3)} {digits(4)}" for _ in range(ROWS)],
    "mobile": [digits(9) for _ in range(ROWS)],
    "street address": [f"{word()} Street {digits(2)}" for _ in range(ROWS)],
    "dob": [f"19{digits(2)}-05-{chance.randint(10, 28)}" for _ in range(ROWS)],
    "c_case_number": [f"{digits(6)}CF" for _ in range(ROWS)],
    "SSN": [f"{digits(3)}-{digits(2)}-{digits(4)}" for _ in range(ROWS)],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_personal_data_is_left_out_and_can_be_kept(name: str, tmp_path: Path) -> None:
    columns = {name: COLUMNS[name], "age": list(range(18, 58)), "paid": PAID}

    column = named(look(tmp_path, columns, target="paid"), name)
    kept = named(look(tmp_path, columns, target="paid", keep=(name,)), name)

    assert column.role == "personal"
    assert column.why.startswith("contains personal data: ")
    assert kept.role != "personal"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("first", ["left", "right", "both"]),
        ("last", list(range(50))),
        ("name", [f"{word()} airport" for _ in range(ROWS)]),
        ("product name", NAMES),
        ("address", ["home", "office"]),
        ("phone", ["iPhone", "Pixel", "none"]),
        ("listed", [f"2024-05-{day}" for day in range(10, 29)]),
        ("case", [digits(3) for _ in range(ROWS)]),
    ],
)
def test_a_name_alone_makes_no_personal_data(name: str, values: list[Any], tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {name: values, "age": list(range(18, 58)), "paid": PAID}

    assert named(look(tmp_path, columns, target="paid"), name).role != "personal"


def test_names_beside_other_personal_data_are_those_of_people(tmp_path: Path) -> None:
    columns = {"name": COLUMNS["Customer name"], "dob": COLUMNS["dob"], "paid": PAID}

    assert named(look(tmp_path, columns, target="paid"), "name").role == "personal"


def test_the_owner_learns_that_the_raw_data_still_has_it(tmp_path: Path) -> None:
    columns = {**COLUMNS, "age": list(range(18, 58)), "paid": PAID}

    profile = look(tmp_path, columns, target="paid")

    note = next(note for note in profile.warnings if "raw/" in note)
    assert note.startswith("'first', 'Last_Name', 'Customer name'")
    assert "remove the columns from the file" in note
    own = details.described(answers.own(profile.as_dict()))
    assert own["personal"].startswith("'first', 'Last_Name'")
