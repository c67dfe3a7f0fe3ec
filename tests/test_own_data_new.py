"""`scaffold new --data` shows what it assumes, asks what is open, and makes a project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from profiles import write
from test_own_data_command import RENTS


def new(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scaffold", "new", *arguments, "--no-git"]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def rents(tmp_path: Path) -> Path:
    folder = tmp_path / "mes données"
    folder.mkdir()
    return write(folder / "rents.csv", RENTS)


def own(project: Path) -> dict[str, object]:
    """The answers about the data that the project keeps."""
    answers = yaml.safe_load((project / ".template.yml").read_text("utf-8"))["own"]
    assert isinstance(answers, dict)
    return answers


def test_a_project_is_made_of_a_table_and_says_what_it_assumed(rents: Path) -> None:
    finished = new("my-rents", "--data", "rents.csv", cwd=rents.parent)

    assert finished.returncode == 0, finished.stderr
    assert "target" in finished.stdout
    assert "--target" in finished.stdout
    assert "Created my-rents in my-rents" in finished.stdout
    project = rents.parent / "my-rents"
    assert (project / "raw" / "rents.csv").read_bytes() == rents.read_bytes()
    assert own(project)["target"]["source"] == "Monthly rent"  # type: ignore[index]


def test_options_decide_and_are_kept(rents: Path) -> None:
    options = ["--target", "rooms", "--task", "classification", "--dataset", "Rents of Bern"]
    options += ["--data-licence", "CC BY 4.0", "--leave-out", "City"]

    finished = new("mine", "--data", "rents.csv", *options, cwd=rents.parent)

    assert finished.returncode == 0, finished.stderr
    answers = own(rents.parent / "mine")
    assert answers["task"] == "classification"
    assert answers["licence"] == "CC BY 4.0"
    assert "Rents of Bern" in (rents.parent / "mine" / "README.md").read_text("utf-8")


def test_the_page_of_decisions_says_who_chose_the_metric(rents: Path) -> None:
    for name, options in {"proposed": [], "chosen": ["--metric", "mae"]}.items():
        new(name, "--data", "rents.csv", "--target", "Monthly rent", *options, cwd=rents.parent)
    pages = {}
    for name in ("proposed", "chosen"):
        text = (rents.parent / name / "docs" / "decisions.md").read_text("utf-8")
        pages[name] = " ".join(text.split())

    assert "(`metrics.py`). Proposed from the data: all values are well" in pages["proposed"]
    assert "**Metric: MAE** (`metrics.py`). Chosen with `--metric`. TO WRITE" in pages["chosen"]


def test_a_template_may_say_the_kind(rents: Path) -> None:
    finished = new("price-prediction", "mine", "--data", "rents.csv", cwd=rents.parent)

    assert finished.returncode == 0, finished.stderr
    assert own(rents.parent / "mine")["kind"] == "table"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such terminal")
def test_on_a_terminal_the_target_is_asked_and_a_wrong_answer_again(rents: Path) -> None:
    from terminals import converse

    command = [sys.executable, "-m", "scaffold", "new", "mine", "--data", "rents.csv", "--no-git"]
    typed = "nothing\nrooms\n" + "\n" * 9

    status, screen = converse(command, rents.parent, typed, os.environ)

    assert status == 0, screen
    assert "nothing" in screen
    assert own(rents.parent / "mine")["target"]["source"] == "rooms"  # type: ignore[index]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--data", "missing.csv"], "No such file or folder: 'missing.csv'"),
        (["--target", "rooms"], "need --data"),
        (["--data", "rents.csv", "--target", "none such"], "none such"),
        (["--data", "few.csv"], "few.csv"),
    ],
)
def test_without_data_to_learn_from_nothing_is_made(
    rents: Path, arguments: list[str], reason: str
) -> None:
    write(rents.parent / "few.csv", {"a": range(20), "target": range(20)})

    finished = new("mine", *arguments, cwd=rents.parent)

    assert finished.returncode in (1, 2)
    assert finished.stderr.startswith("error: ")
    assert reason in finished.stderr
    assert not (rents.parent / "mine").exists()
