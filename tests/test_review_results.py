"""What a review says of the champion, of what is shown and of monitoring."""

import json
import shutil
from pathlib import Path

import pytest
from reviewed import (
    ALARM,
    BASELINE,
    FIRST,
    HEALTHY,
    SCORE,
    SECOND,
    append,
    finish,
    found,
    level,
    show,
    write_lines,
    write_text,
)


def test_without_a_run_the_champion_is_missing_until_there_is_one(project: Path) -> None:
    assert found(project, "champion") == [
        "mend champion/history.jsonl: neither champion/history.jsonl nor docs/results.json names one"
    ]

    finish(project)

    assert found(project, "champion")[0].startswith("good champion/history.jsonl: version 2, since 2026-11-20")


def test_what_came_back_by_a_rollback_is_the_champion(project: Path) -> None:
    back = SECOND | {
        "event": "serves again",
        "from_version": 2,
        "to_version": 1,
        "evidence": {},
        "reasons": ["rollback"],
    }
    finish(project)
    write_lines(project / "champion" / "history.jsonl", FIRST, SECOND, back)

    assert "version 1, " in found(project, "champion")[0]


def test_a_refused_challenger_is_no_champion(project: Path) -> None:
    finish(project)
    write_lines(project / "champion" / "history.jsonl", FIRST, SECOND | {"event": "refused"})

    assert "version 1, " in found(project, "champion")[0]


@pytest.mark.parametrize(
    ("value", "gain", "expected"),
    [
        (0.8817, (0.039, 0.032, 0.047), "good"),
        (0.9180, (0.003, 0.001, 0.005), "good"),
        (0.9180, (0.003, -0.001, 0.007), "mend"),
        (0.9300, (-0.009, -0.017, -0.001), "mend"),
        (0.8817, None, "good"),
        (0.9180, None, "mend"),
    ],
)
def test_the_champion_is_better_by_pairs_or_else_by_intervals_that_lie_apart(
    project: Path, value: float, gain: tuple[float, float, float] | None, expected: str
) -> None:
    name = "scikit-learn defaults"
    evidence = {"score": SCORE, "baselines": {name: {"value": value, "low": value - 0.009, "high": value + 0.009}}}
    gains = {"gains": {name: dict(zip(("value", "low", "high"), gain, strict=True))}} if gain else {}
    finish(project)
    write_lines(project / "champion" / "history.jsonl", FIRST | {"evidence": evidence | gains})

    assert level(project, "baseline") == expected


def test_words_of_a_record_are_no_figures(project: Path) -> None:
    reason = "better than scikit-learn defaults: accuracy +0.003 (+0.001 to +0.005)"
    close = {"score": SCORE, "baselines": {"scikit-learn defaults": SCORE}}
    finish(project)

    write_lines(project / "champion" / "history.jsonl", FIRST | {"reasons": [reason], "evidence": close})

    assert level(project, "baseline") == "mend"


def test_where_less_is_better_the_lower_champion_wins(project: Path) -> None:
    metrics = project / "src" / "my_reviews" / "metrics.py"
    finish(project)
    (project / "docs" / "results.json").unlink()
    assert level(project, "baseline") == "good"

    write_text(metrics, metrics.read_text("utf-8").replace("SIGN = 1 ", "SIGN = -1 "))

    assert level(project, "baseline") == "mend"


def test_what_is_shown_is_held_against_the_records(project: Path) -> None:
    assert {finding.split(":")[0] for finding in found(project, "shown")} == {"mend README.md", "mend MODEL_CARD.md"}

    finish(project)
    assert found(project, "shown") == ["good docs/results.json: 3 pages and 3 records as recorded"]

    write_lines(project / "reports" / "decisions.jsonl", ALARM, HEALTHY, HEALTHY)
    assert found(project, "shown") == ["mend reports/decisions.jsonl: changed since its figures were shown"]

    show(project)
    assert level(project, "shown") == "good"


def test_a_figure_changed_by_hand_between_the_markers_is_found(project: Path) -> None:
    readme = finish(project) / "README.md"
    right = readme.read_text("utf-8")

    write_text(readme, right.replace("0.921 (", "0.991 ("))
    assert found(project, "shown") == ["mend README.md: its results were altered since showcase wrote them"]

    write_text(readme, right + "\nWords of the owner's.\n")
    assert level(project, "shown") == "good"


def test_line_ends_of_windows_change_nothing_that_is_shown(project: Path) -> None:
    readme = finish(project) / "README.md"

    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n"))

    assert level(project, "shown") == "good"


def test_a_plot_that_was_changed_or_is_missing_is_found(project: Path) -> None:
    plot = finish(project) / "docs" / "results" / "score.svg"

    write_text(plot, "<svg><text>0.99</text></svg>\n")
    assert found(project, "shown") == [
        "mend docs/results/score.svg: its results were altered since showcase wrote them"
    ]

    plot.unlink()
    assert found(project, "shown") == ["mend docs/results/score.svg: it is recorded as shown, and missing here"]


def test_a_record_of_what_is_shown_that_flatters_the_runs_is_found(project: Path) -> None:
    record = finish(project) / "docs" / "results.json"
    flattering = json.loads(record.read_text("utf-8"))
    flattering["first"]["score"]["value"] = 0.99

    write_text(record, json.dumps(flattering))

    assert found(project, "shown")[0].startswith("mend docs/results.json: it says 0.990")


def test_a_page_that_the_record_leaves_out_is_found(project: Path) -> None:
    record = finish(project) / "docs" / "results.json"
    short = json.loads(record.read_text("utf-8"))
    del short["shown"]["README.md"]

    write_text(record, json.dumps(short))

    assert found(project, "shown") == ["mend docs/results.json: it says nothing of README.md"]


def test_deleted_markers_are_told_in_one_line(project: Path) -> None:
    readme = finish(project) / "README.md"

    write_text(readme, readme.read_text("utf-8").replace("<!-- /results -->", ""))

    assert found(project, "shown")[0].startswith("mend README.md: it lacks the lines")


def test_a_figure_in_a_sentence_follows_the_record(project: Path) -> None:
    page = finish(project) / "docs" / "story.md"

    write_text(page, "It reaches <!-- measured: champion -->0.950 (0.940 to 0.960)<!-- /measured -->.\n")
    assert found(project, "shown")[0].startswith("mend docs/story.md:1: 'champion' is shown as '0.950")

    write_text(page, "It reaches <!-- measured: champion -->0.921 (0.913 to 0.928)<!-- /measured -->.\n")
    assert level(project, "shown") == "good"


def test_a_figure_that_is_still_to_be_measured_is_named(project: Path) -> None:
    page = finish(project) / "docs" / "story.md"

    write_text(page, "\nIt reaches <!-- measured: champion -->not measured yet<!-- /measured -->.\n")
    assert found(project, "measured") == [
        "improve docs/story.md:2: figures that are 'not measured yet': 1, the first is 'champion'"
    ]

    page.unlink()
    assert level(project, "measured") == "good"


def test_a_figure_typed_by_hand_is_a_hint(project: Path) -> None:
    readme = finish(project) / "README.md"
    right = readme.read_text("utf-8")

    append(readme, "\nIts accuracy on new reviews is 93.5 %.\n")
    assert "accuracy on new reviews is 93.5 %" in found(project, "typed")[0]
    assert level(project, "typed") == "improve"

    write_text(readme, right + "\nIts accuracy is <!-- measured: champion -->0.93<!-- /measured -->, `accuracy 0.9`.\n")
    assert level(project, "typed") == "good"


def test_a_clone_without_runs_is_judged_by_what_is_recorded_as_shown(project: Path) -> None:
    finish(project)
    for folder in ("champion", "reports", "data"):
        shutil.rmtree(project / folder)

    assert found(project, "champion")[0].startswith("good docs/results.json: version 2")
    assert level(project, "baseline") == "good"
    assert found(project, "shown") == ["unknown docs/results.json: 3 pages as recorded; the runs are not here"]
    assert level(project, "monitoring") == "good"
    assert level(project, "consequence") == "good"


def test_monitoring_is_recent_and_about_what_serves(project: Path) -> None:
    decisions = project / "reports" / "decisions.jsonl"
    assert level(project, "monitoring") == "mend"

    finish(project)
    assert level(project, "monitoring") == "good"

    write_lines(decisions, HEALTHY | {"time": "2026-09-01T00:00:00+00:00"})
    assert "82 days ago" in found(project, "monitoring")[0]

    write_lines(decisions, HEALTHY | {"time": "2199-01-01T00:00:00+00:00"})
    assert level(project, "monitoring") == "unknown"
    assert found(project, "monitoring")[0].endswith("that is later than now, 2026-11-22")

    write_lines(decisions, HEALTHY | {"model_version": 1})
    assert "what serves is version 2" in found(project, "monitoring")[0]


def test_an_alarm_has_to_lead_to_something(project: Path) -> None:
    finish(project)
    assert found(project, "consequence") == [
        "good reports/decisions.jsonl: alarm of 2026-11-20 about version 1, then version 2 promoted"
    ]

    write_lines(project / "champion" / "history.jsonl", FIRST)
    assert "nothing followed the alarm" in found(project, "consequence")[0]

    write_lines(project / "reports" / "decisions.jsonl", HEALTHY)
    assert "no alarm so far" in found(project, "consequence")[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("champion/history.jsonl", '{"time": "2026-11-20"'),
        ("champion/history.jsonl", json.dumps(FIRST | {"evidence": {"score": "high", "baselines": BASELINE}})),
        ("champion/history.jsonl", "[" * 100_000),
        ("reports/decisions.jsonl", "[]"),
        ("reports/decisions.jsonl", json.dumps(HEALTHY | {"time": "yesterday"})),
        ("docs/results.json", "{}"),
        ("docs/results.json", "\0"),
        ("pyproject.toml", "[project"),
        ("pyproject.toml", "project = 3"),
    ],
)
def test_a_damaged_record_is_one_line_and_the_rest_is_judged(project: Path, path: str, text: str) -> None:
    finish(project)

    write_text(project / path, text)

    damaged = [finding for finding in found(project, "readable") if finding.startswith(f"mend {path}: ")]
    assert len(damaged) == 1
    assert "\n" not in damaged[0]
    assert level(project, "licensed") == "good"


@pytest.mark.parametrize("champion", ["first", "champion"])
def test_a_score_that_was_changed_in_the_record_alone_is_found(project: Path, champion: str) -> None:
    record = finish(project) / "docs" / "results.json"
    recorded = json.loads(record.read_text("utf-8"))
    assert level(project, "shown") == "good"

    recorded[champion]["score"]["value"] += 0.001
    write_text(record, json.dumps(recorded))

    assert found(project, "shown")[0].startswith("mend docs/results.json: it says 0.92")
