"""`scaffold profile` shows what it would do, with the options that change it, and makes nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Installed
from profiles import write

from scaffold.own_data import page

ROWS = 1200
RENTS: dict[str, list[object]] = {
    "id": list(range(5001, 5001 + ROWS)),
    "Listed on": [f"{1 + row % 28:02}.{1 + row * 12 // ROWS:02}.2023" for row in range(ROWS)],
    "City": ["Zürich", "Genève", "Bern", "bern", "Basel"],
    "area": [f"{20 + row * 7 % 180} m²" for row in range(ROWS)],
    "rooms": [1, 2, 3, "?", 4, 5, 2],
    "Monthly rent": [f"CHF {900 + row * 37 % 1700}.50" for row in range(ROWS)],
}


def profile(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scaffold", "profile", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def test_the_page_says_what_is_assumed_with_the_option_that_changes_it(tmp_path: Path) -> None:
    write(tmp_path / "rents.csv", RENTS)

    finished = profile("rents.csv", cwd=tmp_path)

    words = " ".join(finished.stdout.split())
    assert finished.returncode == 0, finished.stderr
    for shown in (
        "rents.csv: CSV, 53.9 kB, 1,200 rows, 6 columns, no duplicates",
        "encoding utf-8 --encoding",
        "separator comma --separator",
        "target Monthly rent (proposed; please confirm) --target",
        "task regression --task",
        "metric mape --metric",
        "time Listed on --time",
        "drift by 'Listed on' --drift",
        "left out id (identifier) --leave-out",
        "license not stated --data-license",
        "area feature integer 0 180 20 to 199 m²",
        "City 240 spelling variants are merged: 'bern' as 'Bern' (lines 5, 10, 15, 20, 25,",
        "MINIMUM_ROWS 65",
    ):
        assert shown in words, finished.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["rents.csv"]


def test_what_the_user_said_is_marked_as_theirs(tmp_path: Path) -> None:
    write(tmp_path / "rents.csv", RENTS)

    finished = profile(
        *("rents.csv", "--target", "rooms", "--data-licence", "CC BY 4.0", "--origin", "a portal"),
        *("--leave-out", "id", "--leave-out", "City", "--dataset", "Rents of Bern"),
        cwd=tmp_path,
    )

    words = " ".join(finished.stdout.split())
    assert "target rooms --target (yours)" in words
    assert "license CC BY 4.0 --data-license (yours)" in words
    assert "id (left out), City (left out)" in words


def test_the_json_holds_the_whole_answer(tmp_path: Path) -> None:
    write(tmp_path / "rents.csv", RENTS)

    finished = profile("rents.csv", "--json", "--target", "Monthly rent", cwd=tmp_path)

    answer = json.loads(finished.stdout)
    rent = answer["columns"][-1]
    named = {"source": "Monthly rent", "name": "monthly_rent", "role": "target"}
    assert named.items() <= rent.items()
    assert (rent["low"], rent["high"], rent["unit"]) == (900.5, 2599.5, "CHF")
    assert answer["read"]["format"] == "csv"
    assert answer["drift"]["by"] == "time"
    assert answer["rows"] == ROWS


def test_data_that_allow_no_project_end_with_the_reason_and_status_1(tmp_path: Path) -> None:
    write(tmp_path / "few.csv", {"x": list(range(3, 23)), "label": ["a", "b"]})

    finished = profile("few.csv", cwd=tmp_path)

    assert finished.returncode == 1
    assert "20 rows are too few" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (["rents.csv", "--decimal", ";"], "Use one of: point, comma, ., ,", 2),
        (["nothing.csv"], "No such file or folder: 'nothing.csv'", 1),
        (["rents.csv", "--task", "ranking"], "Use one of: classification, regression", 2),
        (["rents.csv", "--metric", "rmse"], "--metric can't be 'rmse'", 2),
        (["rents.csv", "--separator", "\n"], "--separator can't be", 2),
        (["rents.csv", "--drift", "Bern"], "isn't of the form a=b", 2),
        (["rents.csv", "--labels", "neg"], "isn't of the form a=b", 2),
        (["rents.csv", "--target", "Rent"], "there is no column 'Rent'", 2),
        (["rents.csv", "--header", "9999"], "isn't among the first", 2),
        ([], "Missing argument", 2),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], words: str, status: int, tmp_path: Path
) -> None:
    write(tmp_path / "rents.csv", RENTS)

    finished = profile(*arguments, cwd=tmp_path)

    assert finished.returncode == status
    assert words in finished.stderr
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1


def test_what_a_terminal_would_obey_is_shown_and_not_sent(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "area \x1b[31m": list(range(900)),
        "[bold]kind[/bold]": ["a\x1b]0;x", "[red]b"],
    }
    write(tmp_path / "data.csv", columns)

    finished = profile("data.csv", cwd=tmp_path)

    assert "\x1b" not in finished.stdout
    assert "area \ufffd[31m" in finished.stdout
    assert "[bold]kind[/bold]" in finished.stdout
    assert "[red]b" in finished.stdout


def test_without_the_libraries_the_command_that_installs_them_is_said(
    tiny: Installed, tmp_path: Path
) -> None:
    write(tmp_path / "rents.csv", RENTS)

    finished = tiny.run("profile", "rents.csv", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr == (
        "error: scaffold profile needs polars. Run: pip install polars pillow python-calamine"
        " chardet\n"
    )


def test_help_and_new_import_nothing_that_reads_data() -> None:
    check = "import sys, scaffold.cli; print('polars' in sys.modules, 'rich' in sys.modules)"

    finished = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, encoding="utf-8", check=True
    )

    assert finished.stdout == "False False\n"


@pytest.mark.parametrize(
    ("count", "shown"), [(7, "7 bytes"), (6400, "6.4 kB"), (1_200_000, "1.2 MB")]
)
def test_sizes_have_a_unit_that_suits_them(count: int, shown: str) -> None:
    assert page.size(count) == shown
