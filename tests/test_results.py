"""The tables of results in README and docs: every figure is of a finished project, and none was typed."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from projects import Project

PAGES = ("README.md", "docs/projects.md")
FIGURE = re.compile(r"\u2212?\.\d{3}\b")
DRIFTED = {
    "sentiment": "source: rotten_tomatoes",
    "price-prediction": "month: 2015-05",
    "image-classification": "cell type: polycrystalline",
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with the pages of this repository, and with the script."""
    for name in (*PAGES, "scripts/results.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def finished(tmp_path: Path) -> list[Path]:
    """The records of a project of each template, in which no figure stands twice."""
    folders = [tmp_path / template / "docs" for template in DRIFTED]
    for start, folder in zip((0.1, 0.2, 0.3), folders, strict=True):
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(record(folder.parent.name, start)), "utf-8")
    return [folder.parent for folder in folders]


def record(template: str, start: float) -> dict[str, Any]:
    """What a project of the template has on record: figures a little above `start`."""
    prices = template == "price-prediction"
    baselines = {"worse": score(0.9 if prices else 0), "best": score(start + 0.01)}
    honest = {"deciding": start + 0.03, **({"r2": start + 0.04} if prices else {})}
    pair = {"champion": score(start + 0.05), "challenger": score(start - 0.4)}
    return {
        "template": template,
        "metric": {"name": "deciding", "higher_is_better": not prices},
        "first": {
            "score": score(start + 0.02),
            "baselines": baselines,
            "protocols": {"a random part (flattering)": {"deciding": 0.8}, "another (honest)": honest},
        },
        "changes": [{"biases" if prices else "slices": {DRIFTED[template]: pair}}],
    }


def score(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.001, "high": value + 0.001}


def run(pages: Path, *folders: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, pages / "scripts" / "results.py", *folders]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def shown(page: Path) -> list[list[str]]:
    """The figures of every row of the table that has any, in their order."""
    table = page.read_text("utf-8").split("<!-- measured: scripts/results.py -->")[1].split("<!-- /measured -->")[0]
    return [found for line in table.splitlines() if (found := FIGURE.findall(line))]


def test_every_figure_of_the_tables_comes_from_the_records(pages: Path, finished: list[Path]) -> None:
    assert run(pages, *reversed(finished)).returncode == 0

    baseline = [".110", ".109", ".111", ".210", ".209", ".211", ".310", ".309", ".311"]
    champion = [".120", ".119", ".121", ".220", ".219", ".221", ".320", ".319", ".321"]
    honest, drift, retrained = (
        [".130", ".230", ".240", ".330"],
        [".150", ".250", ".350"],
        ["\u2212.300", "\u2212.200", "\u2212.100"],
    )
    assert shown(pages / "README.md") == [baseline, champion, honest, drift, retrained]
    assert shown(pages / "docs" / "projects.md") == [baseline, champion, drift, retrained]


def test_no_word_of_the_pages_changes_and_no_other_figure(pages: Path, finished: list[Path]) -> None:
    run(pages, *finished)

    for name in PAGES:
        before, after = (re.sub(FIGURE, "", (folder / name).read_text("utf-8")) for folder in (ROOT, pages))
        assert after == before
        assert not FIGURE.search((pages / name).read_text("utf-8").split("<!-- /measured -->")[1])


def test_a_figure_that_was_typed_beside_the_others_is_refused(pages: Path, finished: list[Path]) -> None:
    page = pages / "README.md"
    typed = page.read_text("utf-8").replace("positive or negative |", "positive or negative: .987 |", 1)
    page.write_text(typed, "utf-8")

    refused = run(pages, *finished)

    assert refused.returncode == 1
    assert (
        refused.stderr
        == "'positive or negative: .987': 0 figures are on record for it. Correct the cell, or `measures`.\n"
    )
    assert page.read_text("utf-8") == typed


def test_a_template_without_a_finished_project_is_named(pages: Path, finished: list[Path]) -> None:
    refused = run(pages, finished[0], finished[2])

    expected = "No finished project of price-prediction is given. Make one: scaffold new price-prediction --run\n"
    assert (refused.returncode, refused.stderr) == (1, expected)


def test_the_tables_say_what_a_run_of_today_measures(pages: Path, made: Callable[[str], Project]) -> None:
    said = [shown(ROOT / name) for name in PAGES]

    assert run(pages, *(made(template).folder for template in DRIFTED)).returncode == 0

    for before, name in zip(said, PAGES, strict=True):
        pairs = zip(chain(*before), chain(*shown(pages / name)), strict=True)
        apart = [(old, new) for old, new in pairs if abs(number(old) - number(new)) > 0.01]
        assert apart == []  # beyond what other machines round otherwise


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))
