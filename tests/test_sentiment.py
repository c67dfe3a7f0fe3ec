"""The sentiment project, its figures held to targets."""

from pathlib import Path
from typing import Any

import pytest
from projects import Project, answers_to_the_readme, request


@pytest.fixture(scope="session")
def project(made: Any) -> Project:
    finished: Project = made("sentiment")
    return finished


def test_the_champion_is_right_on_91_of_100_test_reviews(project: Project) -> None:
    evidence = project.promotions()[0]["evidence"]

    assert evidence["score"]["value"] >= 0.91
    assert evidence["baselines"]["scikit-learn defaults"]["value"] < 0.89
    assert 0.7 < evidence["protocols"]["tested on a site never seen (honest)"]["accuracy"] < 0.8


def test_fitting_the_chosen_model_takes_some_seconds(project: Project) -> None:
    seconds = project.fit_seconds()

    assert len(seconds) == 2
    assert max(seconds) <= 60  # 20 s on two free cores; these may be busy


def test_the_snippets_are_told_from_the_reviews_before_any_label_is_known(project: Project) -> None:
    assert project.decisions()[1]["drift"]["text"] > 0.9


def test_retraining_mends_the_snippets_and_keeps_the_reviews(project: Project) -> None:
    slices = project.promotions()[1]["evidence"]["slices"]
    snippets, reviews = (slices[f"source: {name}"] for name in ("rotten_tomatoes", "imdb"))

    assert snippets["champion"]["value"] < 0.77
    assert snippets["challenger"]["value"] >= 0.78
    assert reviews["challenger"]["value"] >= 0.91


def test_the_requests_of_the_readme_are_answered(project: Project) -> None:
    answers = answers_to_the_readme(project)

    assert set(answers) == {"/predict", "/feedback", "/explain"}
    assert answers["/predict"]["label"] == "positive"
    assert answers["/feedback"] == {"accepted": 1}
    assert answers["/explain"]["parts"]


def test_better_and_worse_reviews_are_told_apart(project: Project) -> None:
    with project.serving() as url:
        answers = request(f"{url}/predict", '[{"text": "A wonderful film"}, {"text": "A terrible film"}]')

    assert [answer["label"] for answer in answers] == ["positive", "negative"]


def test_score_answers_a_file_larger_than_its_chunks(project: Project, tmp_path: Path) -> None:
    finished = project.run("my-reviews", "score", "data/train.parquet", str(tmp_path / "scored.csv"))

    assert finished.returncode == 0, finished.stderr
    assert f"{project.rows('train'):,} rows answered" in finished.stdout


def test_the_memory_of_score_does_not_grow_with_the_file(project: Project, tmp_path: Path) -> None:
    wrapper = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for rows in (5_000, 200_000):
        source = tmp_path / f"{rows}.csv"
        source.write_text("text\n" + "A wonderful film that I would gladly see again and again\n" * rows, "utf-8")
        score = [project.command("my-reviews"), "score", source, tmp_path / "scored.csv"]
        finished = project.run("python", "-c", wrapper, *map(str, score))
        assert f"{rows:,} rows answered" in finished.stdout, finished.stderr
        peaks.append(int(finished.stdout.split()[-1]))

    assert peaks[1] < 1.2 * peaks[0]
