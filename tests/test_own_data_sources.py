"""What a project reads from its raw data is what the profile says of them."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from projects import Project

from scaffold.own_data import looking
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Profile

ROWS = 400
PARTS = """
import json, sys
from importlib import import_module
sys.path.insert(0, "src")
source = import_module(sys.argv[1] + ".source")
raw = source.load(None)
rows, dropped = source.clean(raw)
parts = source.split(rows, 42)
sources = {name: sorted(part["source"].unique()) for name, part in parts.items()}
groups = len(rows["group"].unique()) if "group" in rows else 0
sizes = {name: len(part) for name, part in parts.items()}
print(json.dumps({"raw": len(raw), "rows": len(rows), "dropped": dropped, "sizes": sizes,
                  "sources": sources, "groups": groups, "input": source.INPUT}))
"""

Columns = dict[str, list[Any]]
Prepared = Callable[..., tuple[Profile, dict[str, Any]]]


def cycle(*values: Any) -> list[Any]:
    return [values[row % len(values)] for row in range(ROWS)]


BASE: Columns = {
    "size": [20 + row % 97 for row in range(ROWS)],
    "heat": [f"{18 + (row * 7) % 83 / 10:.1f}" for row in range(ROWS)],
    "rent": [500 + (row * 37) % 811 for row in range(ROWS)],
}


@pytest.fixture
def prepared(made: Callable[[str], Project], tmp_path: Path) -> Prepared:
    """Writes the columns as a CSV, makes a project of it and prepares its data, without a run."""

    def prepare(columns: Columns, *header: str, **options: Any) -> tuple[Profile, dict[str, Any]]:
        path = tmp_path / "rents.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header or columns)
            writer.writerows(zip(*columns.values(), strict=True))
        profile = looking.look(path, Options(**options))
        answers = tmp_path / "answers.json"
        answers.write_text(json.dumps(profile.as_dict()), "utf-8")
        arguments = ["--data", str(path), "--profile", str(answers), "--defaults", "--no-git"]
        printed_by([sys.executable, "-m", "scaffold", "new", "my-rents", *arguments], tmp_path)
        project = made("sentiment")
        program = [project.command("python"), "-c", PARTS, "my_rents"]
        return profile, json.loads(printed_by(program, tmp_path / "my-rents"))

    return prepare


def printed_by(program: list[str], folder: Path) -> str:
    finished = subprocess.run(
        program,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize(
    ("values", "segment", "called"),
    [
        (cycle(0, 0, 1), "1", "True"),
        (cycle("no", "no", "yes"), "yes", "True"),
        (cycle("no", "", "yes", "no"), "true", "yes"),
        (cycle(1, 2, 3, 4), "4", "4"),
        (cycle(1, 2, "", 4), "4", "4"),
        (cycle(1.5, 2.5, 3.0), "3.0", "3"),
        (cycle("north", "south", ""), "south", "south"),
    ],
    ids=["0 and 1", "yes", "yes with gaps", "numbers", "with gaps", "fractions", "words"],
)
def test_any_segment_can_be_held_back(
    values: list[Any], segment: str, called: str, prepared: Prepared
) -> None:
    profile, project = prepared(
        {"floor": values, **BASE}, target="rent", drift=f"floor={segment}", group="none"
    )

    assert project["rows"] == profile.rows
    assert project["sources"]["drift"] == [called]
    assert called not in project["sources"]["train"]
    assert min(project["sizes"].values()) > 0


def test_a_row_without_a_group_is_a_group_of_its_own(prepared: Prepared) -> None:
    owners = [f"owner {row % 50}" if row % 4 else "" for row in range(ROWS)]

    # Repeats the last row without a group.
    columns = {name: [*values, values[-4]] for name, values in BASE.items()}

    _, project = prepared(
        {"owner": [*owners, ""], **columns}, target="rent", group="owner", drift="none"
    )

    assert project["dropped"] == {"duplicate row": 1}
    assert project["rows"] == ROWS
    assert project["groups"] == ROWS // 4 + len({name for name in owners if name})


def test_the_rows_of_one_of_many_groups_can_be_held_back(prepared: Prepared) -> None:
    shops = [f"shop {row % 40 if row % 5 else 0}" for row in range(ROWS)]

    profile, project = prepared(
        {"shop": shops, **BASE}, target="rent", group="shop", drift="shop=shop 0"
    )

    assert (profile.drift.by, project["sources"]["drift"]) == ("group", ["shop 0"])
    assert min(project["sizes"].values()) > 0


def test_columns_without_a_name_of_their_own_are_read_by_their_place(prepared: Prepared) -> None:
    columns = {"": cycle("a", "b", "c"), "x": cycle(*range(41)), "y": cycle(*range(30)), **BASE}

    profile, project = prepared(
        columns, "", "price  per m2", "price  per m2", *BASE, target="rent", drift="none"
    )

    named = [column.name for column in profile.columns if column.role == "feature"]
    assert project["rows"] == ROWS
    assert len(project["input"]) == len(named) == 5


def test_none_is_a_value_where_the_profile_counts_it(prepared: Prepared) -> None:
    sports = cycle("Often", "None", "Some", "NA")

    profile, project = prepared({"sports": sports, **BASE}, target="rent", drift="none")

    (column,) = [column for column in profile.columns if column.source == "sports"]
    assert (column.missing, sorted(column.choices)) == (ROWS // 4, ["None", "Often", "Some"])
    assert (project["rows"], project["dropped"]) == (ROWS, {})


@pytest.mark.parametrize("options", [{"time": "day"}, {"drift": "floor=4"}, {"drift": "none"}])
def test_a_label_that_the_first_model_cannot_learn_is_dropped_and_counted(
    options: dict[str, str], prepared: Prepared
) -> None:
    start = date(2024, 1, 1)
    labels = [*cycle("low", "high", "low")[:-6], *["strange"] * 6]
    columns = {
        "day": [(start + timedelta(days=row)).isoformat() for row in range(ROWS)],
        "floor": [4 if row >= 300 else row % 4 for row in range(ROWS)],
        **BASE,
        "level": labels,
    }

    _, project = prepared(columns, target="level", **({"time": "none"} | options))

    assert project["dropped"] == {"label with fewer than 10 rows": 6}
    assert project["rows"] == ROWS - 6


def test_equal_rows_of_few_columns_are_different_cases_in_every_part(prepared: Prepared) -> None:
    columns = {
        "class": cycle("first", "second", "third"),
        "sex": cycle("man", "woman"),
        "survived": [int(row % 7 < 3) for row in range(ROWS)],
    }

    _, project = prepared(columns, target="survived", drift="none")

    assert project["sizes"] == {"train": 240, "test": 80, "stream": 80}
