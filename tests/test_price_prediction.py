"""The house price project, its figures held to targets."""

import json
import re
import urllib.error
from pathlib import Path
from typing import Any

import pytest
from projects import Project, answers_to_the_readme, request


@pytest.fixture(scope="session")
def project(made: Any) -> Project:
    finished: Project = made("price-prediction")
    return finished


@pytest.fixture(scope="session")
def home(project: Project) -> dict[str, Any]:
    """The home of the README's request."""
    shown = re.findall(r'/predict .* -d "(.*)"$', project.readme, re.MULTILINE)[0]
    return dict(json.loads(shown.replace('\\"', '"')))


def test_fitted_before_march_the_model_explains_89_hundredths_of_the_spring(project: Project) -> None:
    by_time, at_random = project.promotions()[0]["evidence"]["protocols"].items()

    assert "(honest)" in by_time[0]
    assert by_time[1]["r2"] >= 0.89
    assert by_time[1]["MAPE"] <= 0.125
    assert by_time[1]["coverage"] >= 0.87
    assert by_time[1]["interval_width"] < 0.7
    assert "(flattering)" in at_random[0]
    assert at_random[1]["r2"] > by_time[1]["r2"]
    assert at_random[1]["MAPE"] < by_time[1]["MAPE"]


def test_the_champion_beats_the_rule_of_thumb_and_ridge_regression(project: Project) -> None:
    evidence = project.promotions()[0]["evidence"]
    baselines = {name: score["value"] for name, score in evidence["baselines"].items()}

    assert baselines["median"] > baselines["price per square foot by zip code"] > baselines["ridge"]
    assert baselines["ridge"] > evidence["score"]["value"] + 0.01


def test_fitting_the_chosen_model_takes_some_seconds(project: Project) -> None:
    seconds = project.fit_seconds()

    assert len(seconds) == 2
    assert max(seconds) <= 40  # 10 s on two free cores; these may be busy


def test_spring_is_told_by_the_bias_and_by_no_column(project: Project) -> None:
    spring = project.decisions()[1]

    answers = {name: question["answer"] for name, question in spring["questions"].items()}
    assert answers == {"input": "unchanged", "output": "unchanged", "quality": "changed"}
    assert [reason.split(" to ")[0] for reason in spring["questions"]["quality"]["reasons"]] == ["bias grew"]
    assert spring["bias"]["value"] < spring["reference_bias"]["value"] - 0.02


def test_retraining_removes_at_least_half_of_the_bias_of_the_last_weeks(project: Project) -> None:
    evidence = project.promotions()[1]["evidence"]
    before, after = (evidence["biases"]["month: 2015-05"][model]["value"] for model in ("champion", "challenger"))

    assert before < -0.04
    assert abs(after) <= abs(before) / 2
    assert {name.split(":")[0] for name in evidence["slices"]} == {
        *("month", "price", "zip code", "waterfront", "renovated"),
    }


def test_the_requests_of_the_readme_are_answered(project: Project) -> None:
    answers = answers_to_the_readme(project)

    assert set(answers) == {"/predict", "/feedback", "/explain"}
    assert 400_000 < answers["/predict"]["low"] < answers["/predict"]["price"] < answers["/predict"]["high"] < 1_200_000
    assert answers["/feedback"] == {"accepted": 1}
    dates = [sale["date"] for sale in answers["/explain"]["nearest_sales"]]
    assert 1 <= len(dates) <= 12
    assert max(dates) < "2015-02-25"  # the day that the README asks for


def test_a_zip_code_never_seen_gets_a_wider_interval_and_one_elsewhere_the_range(
    project: Project, home: dict[str, Any]
) -> None:
    with project.serving() as url:
        known, unknown = request(f"{url}/predict", json.dumps([home, home | {"zipcode": 98100}]))
        with pytest.raises(urllib.error.HTTPError) as refused:
            request(f"{url}/predict", json.dumps(home | {"zipcode": 10001}))

    assert unknown["high"] - unknown["low"] > 1.05 * (known["high"] - known["low"])
    assert refused.value.code == 422
    assert "zipcode: Input should be from 98001 to 98199" in refused.value.read().decode()


def test_score_answers_a_file_larger_than_its_chunks(project: Project, tmp_path: Path) -> None:
    finished = project.run(project.name, "score", "data/train.parquet", str(tmp_path / "scored.csv"))

    assert finished.returncode == 0, finished.stderr
    assert f"{project.rows('train'):,} rows answered" in finished.stdout
