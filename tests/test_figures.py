"""The whole loop on all of the data, as the first line of the README runs it: figures and time."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from checks import CHECKS, TEMPLATES
from conftest import Installed
from projects import Project
from sharing import once

from scaffold.catalog import find

pytestmark = pytest.mark.slow

BUSY = 3  # times as long, on a machine whose cores have other work


@pytest.fixture(scope="session")
def full(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Project]:
    """Gives the project of a template whose loop has run on all of its data."""

    def make(template: str) -> Project:
        name = find(template).card["name"]

        def run(folder: Any) -> None:
            finished = installed.run("new", template, name, "--run", cwd=folder)
            (folder / "printed.txt").write_text(finished.stdout, "utf-8")
            assert finished.returncode == 0, finished.stdout + finished.stderr

        folder = once(tmp_path_factory, f"full {template}", run)
        printed = (folder / "printed.txt").read_text("utf-8")
        return Project(template, folder / name, installed.environment, printed)

    return make


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_loop_is_quick_and_leaves_nothing_uncommitted(
    full: Callable[[str], Project], template: str
) -> None:
    project = full(template)
    seconds = [float(value) for value in re.findall(r"done in ([\d.]+) s", project.printed)]

    print(f"{template}: {sum(seconds):.0f} s, of which the environment {seconds[0]:.0f} s")
    assert len(seconds) == 12
    assert sum(seconds) < BUSY * CHECKS[template].seconds
    assert project.git("status", "--porcelain") == ""
    assert project.run("report", "--check").returncode == 0


@pytest.mark.parametrize("template", TEMPLATES)
def test_monitoring_is_quiet_then_raises_the_alarm_and_is_quiet_after_retraining(
    full: Callable[[str], Project], template: str
) -> None:
    statuses = [decision["status"] for decision in full(template).decisions()]

    assert statuses == ["healthy", "retraining advised", "healthy"]


def promotions(project: Project) -> list[dict[str, Any]]:
    """The evidence of both promotions."""
    first, second = project.history()
    assert first["event"] == second["event"] == "promoted"
    return [first["evidence"], second["evidence"]]


def qualities(project: Project) -> list[float]:
    """The deciding metric under usual traffic, under drift, and after retraining."""
    return [decision["quality"]["value"] for decision in project.decisions()]


def measured(project: Project) -> dict[str, float]:
    """The figures of both promotions and of the three windows of traffic, by their names."""
    first, second = promotions(project)
    usual, drifted, after = qualities(project)
    score = first["score"]["value"]
    baselines = [baseline["value"] for baseline in first["baselines"].values()]
    if project.card["task"] == "classification":
        lead = score - max(baselines)
    else:
        lead = min(baselines) - score  # the deciding metric is an error
    return {
        **first,
        **first["measures"],
        "score": score,
        "lead": lead,
        "gain": second["gain"]["value"],
        "usual": usual,
        "drifted": drifted,
        "after": after,
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_project_reaches_its_figures(full: Callable[[str], Project], template: str) -> None:
    figures = measured(full(template))

    for name, (least, most) in CHECKS[template].figures.items():
        assert least <= figures[name] <= most, name


def test_prices_are_better_by_trees_and_by_place(full: Callable[[str], Project]) -> None:
    first, _ = promotions(full("price-prediction"))
    baselines = {name: score["value"] for name, score in first["baselines"].items()}

    assert baselines["median"] > baselines["price per square foot by zip code"]
    assert first["choice"].startswith("boosted trees instead of ridge regression: MAPE better")


def test_spring_is_told_by_the_bias_and_by_no_column(full: Callable[[str], Project]) -> None:
    _, spring, after = full("price-prediction").decisions()

    answers = {name: question["answer"] for name, question in spring["questions"].items()}
    assert answers == {"input": "unchanged", "output": "unchanged", "quality": "changed"}
    assert "bias -0.0" in "; ".join(spring["questions"]["quality"]["reasons"])
    assert after["questions"]["quality"]["answer"] == "unchanged"
