"""A column that gives the target away is left out, and one that may is named."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from profiles import look, named
from sklearn import datasets

from scaffold.own_data import answers, code, details
from scaffold.own_data.profile import Profile

Columns = dict[str, list[Any]]
ROWS = 1200
chance = random.Random(1)  # noqa: S311  (makes rows)
AGAIN = [chance.choice(["no", "no", "yes"]) for _ in range(ROWS)]
AGES = [chance.randint(18, 80) for _ in range(ROWS)]


def mostly_equal(right: float) -> list[str]:
    """The target under other names, right in this share of the rows."""
    names = {"yes": "A", "no": "B"}
    other = {"yes": "no", "no": "yes"}
    return [names[label if chance.random() < right else other[label]] for label in AGAIN]


def profile_of(folder: Path, name: str, values: Sequence[object], **options: object) -> Profile:
    return look(folder, {"age": AGES, name: values, "again": AGAIN}, target="again", **options)


def filled_after(label: str, right: float, values: Sequence[object]) -> list[object]:
    """Values in the rows of a label, and a few in the other rows."""
    rows = []
    for row, value in enumerate(values):
        filled = AGAIN[row] == label if chance.random() < right else False
        rows.append(value if filled else "")
    return rows


def notes(profile: Profile, name: str) -> list[str]:
    return [note for note in profile.warnings if repr(name) in note]


@pytest.mark.parametrize(
    "values",
    [
        mostly_equal(0.985),
        [f"{label}-{chance.randint(1, 60)}" for label in mostly_equal(0.985)],
        [{"A": 10, "B": 0}[label] + round(chance.random(), 4) for label in mostly_equal(0.985)],
        [
            f"20{19 + 2 * (label == 'A')}-03-{chance.randint(10, 28)}"
            for label in mostly_equal(0.985)
        ],
        filled_after("yes", 0.98, [chance.randint(1, 900) for _ in range(ROWS)]),
        filled_after("yes", 0.98, [f"2020-04-{chance.randint(10, 28)}" for _ in range(ROWS)]),
    ],
    ids=["choice", "many choices", "number", "date", "missing numbers", "missing dates"],
)
def test_a_column_that_alone_predicts_nearly_all_labels_is_a_leak(
    values: list[object], tmp_path: Path
) -> None:
    profile = profile_of(tmp_path, "second offence", values, time="none")

    column = named(profile, "second offence")
    assert column.role == "leak"
    assert "of the labels" in column.why
    assert notes(profile, "second offence")
    kept = profile_of(tmp_path, "second offence", values, time="none", keep=("second offence",))
    assert named(kept, "second offence").role == "feature"


def test_a_column_that_is_filled_for_some_rows_of_one_label_is_a_leak(tmp_path: Path) -> None:
    values = filled_after("yes", 0.2, ["assault", "theft", "fraud"] * (ROWS // 3))

    column = named(profile_of(tmp_path, "second charge", values), "second charge")

    assert column.role == "leak"
    assert column.why.startswith("predicts 'yes' where it has a value: 100% of these rows")


@pytest.mark.parametrize("right", [0.75, 0.94])
def test_a_column_that_predicts_most_labels_stays_a_feature_and_is_named(
    right: float, tmp_path: Path
) -> None:
    profile = profile_of(tmp_path, "event", mostly_equal(right))

    column = named(profile, "event")
    assert column.role == "feature"
    assert bool(column.doubt) == (right > 0.9)
    assert bool(notes(profile, "event")) == (right > 0.9)


def test_a_column_of_many_values_is_judged_by_rows_that_it_was_not_learnt_from(
    tmp_path: Path,
) -> None:
    names = [f"name {chance.randint(1, ROWS // 2)}" for _ in range(ROWS)]

    column = named(profile_of(tmp_path, "colour", names), "colour")

    assert (column.role, column.doubt) == ("feature", None)


def test_gaps_say_nothing_of_a_rare_label(tmp_path: Path) -> None:
    rare = ["yes" if row % 60 == 0 else "no" for row in range(ROWS)]
    gaps = ["" if row % 60 in (1, 2) else row % 9 for row in range(ROWS)]

    profile = look(tmp_path, {"gaps": gaps, "age": AGES, "rare": rare}, target="rare")

    assert named(profile, "gaps").role == "feature"


def test_features_that_give_a_label_away_together_are_named(tmp_path: Path) -> None:
    event = [chance.choice([0, 1]) for _ in range(ROWS)]
    days = [chance.randint(0, 39) for _ in range(ROWS)]
    again = ["yes" if e and d < 20 else "no" for e, d in zip(event, days, strict=True)]
    columns: Columns = {"age": AGES, "event": event, "days": days, "again": again}

    together = look(tmp_path, columns, target="again")
    apart = look(tmp_path, {**columns, "event": AGES}, target="again")

    assert any("predict 100%" in note for note in notes(together, "days"))
    assert not any("predict" in note for note in apart.warnings)


@pytest.mark.parametrize(("noise", "role"), [(0.05, "leak"), (0.2, "feature"), (0.6, "feature")])
def test_a_column_that_explains_a_quantity_is_judged_by_its_variance(
    noise: float, role: str, tmp_path: Path
) -> None:
    heat = [chance.gauss(0, 1) for _ in range(ROWS)]
    cubed = [round((value + chance.gauss(0, noise)) ** 3, 4) for value in heat]
    columns = {"cubed": cubed, "heat": [round(value, 4) for value in heat]}

    column = named(look(tmp_path, columns, target="heat", task="regression"), "cubed")

    assert column.role == role
    assert bool(column.doubt) == (noise == 0.2)


@pytest.mark.parametrize("load", [datasets.load_wine, datasets.load_breast_cancer])
def test_what_is_measured_before_is_no_doubt(load: Any, tmp_path: Path) -> None:
    data = load()
    columns = {name: data.data[:, n].tolist() for n, name in enumerate(data.feature_names)}

    profile = look(tmp_path, {**columns, "target": data.target.tolist()}, target="target")

    assert not any(column.doubt for column in profile.columns)


def test_the_pages_of_a_project_group_what_is_left_out_and_name_the_doubts(tmp_path: Path) -> None:
    columns: Columns = {
        "age": AGES,
        "x": AGES,
        "y": AGES,
        "event": mostly_equal(0.94),
        "again": AGAIN,
    }
    profile = look(tmp_path, columns, target="again", leave_out=("x", "y"))

    own = details.described(answers.own(profile.as_dict()))

    sentences = [reason["sentence"] for reason in own["reasons"]]
    assert sentences == ["'x', 'y' are left out: by choice (--leave-out)"]
    assert [column["source"] for column in own["doubted"]] == ["event"]
    meanings = {row["title"]: row["meaning"] for row in code.dictionary(own, own["inputs"])}
    assert meanings == {
        "age": "TO WRITE",
        "event": "TO WRITE",
        "again": "TO WRITE",
        "x": "",
        "y": "",
    }
