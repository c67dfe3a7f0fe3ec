"""Any table becomes a whole project: it runs, its own tests pass, and it is about nothing else."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import budget
import pytest
from checks import CHECKS
from conftest import Installed
from own_tables import SLOW, TABLES, Own
from projects import Project, assert_ruff_is_content, made_once
from test_projects import DECORATORS, ENTRIES, fields, texts

ALL = [*TABLES, *(pytest.param(own, marks=pytest.mark.slow) for own in SLOW)]
NOT_ABOUT_DATA = ("page.js", "page.css", ".template.yml")
CONTRACT = """
import json, sys
from importlib import import_module
schema = import_module(sys.argv[1] + ".schema")
source = import_module(sys.argv[1] + ".source")
print(json.dumps([source.as_requests(source.clean(source.load(None))[0].head(3)), schema.INPUT]))
"""
LINEAR = """
import sys
from importlib import import_module
parts = ("data", "metrics", "model", "schema")
data, metrics, model, schema = (import_module(f"{sys.argv[1]}.{part}") for part in parts)
train, test = data.read("train"), data.read("test")
fitted = model.pipeline(next(iter(model.candidates())), {})
fitted.fit(train[schema.INPUT], train[schema.TARGET])
print(metrics.row_scores(model.predict(fitted, test)).mean())
"""
NO_WORSE = 0.05  # share of a linear model's score, by which chance may make a champion worse


@pytest.fixture(params=ALL, ids=lambda own: str(own.name))
def own(request: pytest.FixtureRequest) -> Own:
    table: Own = request.param
    return table


@pytest.fixture
def written(
    own: Own, installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Project]:
    """Gives the project of the table; with `run`, its whole loop has run."""

    def make(run: bool) -> Project:
        project = Project("table", Path(f"my-{own.name}"), installed.environment)

        def command(folder: Path) -> list[str]:
            data, answers = own.write(folder)
            arguments = ["--data", str(data), "--profile", str(answers)]
            option = "--run" if run else "--no-git"
            return [str(installed.command), "new", project.name, *arguments, option]

        return made_once(tmp_path_factory, f"own {own.name} {run}", project, command)

    return make


def test_the_project_is_written_as_by_hand(written: Callable[[bool], Project]) -> None:
    project = written(False)

    over = [str(figure) for figure in budget.figures(project.folder) if figure.value > figure.most]
    assert not over, "\n".join(over)
    assert_ruff_is_content(project.folder)
    names = [word for line in ENTRIES.splitlines() for word in line.split("#")[0].split()]
    unused = [sys.executable, "-m", "vulture", "--min-confidence", "60"]
    unused += ["--ignore-names", ",".join([*names, *fields(project)])]
    unused += ["--ignore-decorators", DECORATORS, str(project.source)]
    finished = subprocess.run(unused, capture_output=True, encoding="utf-8", check=False)
    assert finished.returncode == 0, finished.stdout


def test_no_word_of_a_demonstration_is_left(own: Own, written: Callable[[bool], Project]) -> None:
    project = written(False)
    of_demonstrations = "|".join(checks.words for checks in CHECKS.values())
    words = set(of_demonstrations.split("|")) - set(own.usual)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE)

    lines = []
    for place, text in texts(project).items():
        if place.endswith(NOT_ABOUT_DATA) or place.startswith("raw/"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                lines.append(f"{place}:{number}: {line.strip()}")
    assert not lines, "\n".join(lines)
    for page in ("README.md", "MODEL_CARD.md", "docs/data.md"):
        assert "TO WRITE" in project.text(page)
    assert str(project.folder.parent) not in "".join(texts(project).values())


def test_all_answers_and_the_data_are_in_the_project(
    own: Own, written: Callable[[bool], Project]
) -> None:
    import yaml

    project = written(False)
    answers = json.loads((project.folder.parent / f"{own.name}.json").read_text("utf-8"))

    kept = yaml.safe_load(project.text(".template.yml"))["own"]

    assert kept == answers
    original = project.folder.parent / Path(answers["file"]).name
    assert (project.folder / answers["file"]).read_bytes() == original.read_bytes()


def test_the_loop_ends_well_and_its_own_tests_pass(
    own: Own, written: Callable[[bool], Project]
) -> None:
    project = written(True)

    first = project.history()[0]
    score = first["evidence"]["score"]["value"]
    assert first["event"] == "promoted"
    assert score <= own.beats if own.task == "regression" else score >= own.beats
    assert first["evidence"]["choice"] in project.text("README.md")
    usual, *_ = project.decisions()
    assert usual["questions"]["input"]["answer"] == "unchanged"
    if own.segment:
        last = project.decisions()[-1]
        assert (last["status"] == "healthy") == (last["model_version"] > first["version"])
    assert ("== retrain " in project.printed) == (own.drift["by"] != "none")
    assert ("no drift, no retraining" in project.printed) == (own.drift["by"] == "none")
    assert project.run("report", "--check").returncode == 0
    for command in (["mypy"], ["pytest", "-q"]):
        finished = project.call(*command)
        assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_champion_beats_the_baseline_and_is_no_worse_than_a_linear_model(
    own: Own, written: Callable[[bool], Project], record_property: Callable[[str, object], None]
) -> None:
    project = written(True)
    evidence = project.history()[0]["evidence"]
    (baseline,) = (score["value"] for score in evidence["baselines"].values())

    printed = project.call("python", "-c", LINEAR, project.package).stdout
    scores = [evidence["score"]["value"], baseline, float(printed)]

    for name, score in zip(("champion", "baseline", "linear model"), scores, strict=True):
        record_property(name, score)
    record_property("seconds", project.text("../seconds.txt"))
    champion, baseline, linear = scores if own.task == "classification" else [-s for s in scores]
    assert champion > baseline
    assert champion >= linear - NO_WORSE * abs(linear)


def test_the_service_answers_rows_of_the_data(
    own: Own, written: Callable[[bool], Project], tmp_path: Path
) -> None:
    from services import service_of

    project = written(True)
    finished = project.call("python", "-c", CONTRACT, project.package)
    rows, names = json.loads(finished.stdout)

    with service_of(project, tmp_path / "service") as service:
        service.start()
        for row in rows:
            assert list(row) == names
            status, text = service.post("/predict", row)
            assert status == 200, text
            check(own, json.loads(text))
        assert service.post("/predict", {**rows[0], "unheard_of": 1})[0] == 422
        assert json.loads(service.post("/explain", rows[0])[1])["parts"]


def check(own: Own, answer: dict[str, Any]) -> None:
    """An answer is a label with probabilities, or a number in its interval."""
    if own.task == "classification":
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
        assert answer["label"] in answer["probabilities"]
    else:
        (value,) = set(answer) - {"low", "high", "id", "model_version"}
        assert answer["low"] <= answer[value] <= answer["high"]
