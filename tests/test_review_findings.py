"""What a review says of what was measured, and of what is the owner's."""

from pathlib import Path
from typing import Any

import pytest
import reviewed
from reviewed import AGAIN, ALARM, CHAMPION, HEALTHY, PROMOTED, append, commit, level, record, write

MODEL, TEST = "src/my_reviews/model.py", "tests/test_model.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return reviewed.make(tmp_path)


def test_a_finished_project_is_good(project: Path) -> None:
    reviewed.finish(project)

    assert {finding.level for finding in reviewed.judge(project).findings} == {"good"}


@pytest.mark.parametrize(
    ("metric", "baseline", "expected"),
    [("f1", 0.9, "good"), ("f1", 0.93, "mend"), ("MAPE", 0.93, "good"), ("MAPE", 0.9, "mend")],
)
def test_the_champion_should_be_better_than_every_baseline(
    project: Path, metric: str, baseline: float, expected: str
) -> None:
    rivals = {"a": 0.99 if metric == "MAPE" else 0.1, "b": baseline}
    champion = CHAMPION | {"baselines": rivals, "metrics": {"loss": 0.3, metric: 0.92074}}

    for results in ({"champion": champion}, {"history": [PROMOTED | {"evidence": champion}]}):
        record(project, results)
        assert level(project, "baseline") == expected


def test_pages_show_the_score(project: Path) -> None:
    forms = {0.92074: ("0.921", "0.9207", "92.1 %", "**92.07%**"), 67012.4: ("$67,012",)}
    for score, figures in forms.items():
        record(project, {"champion": {"score": {"value": score}}})
        for figure in (*figures, "0.912", "92", "10.921", "", "0.9"):
            for page in ("README.md", "MODEL_CARD.md", "docs/results.md"):
                write(project / page, f"It is {figure}.\n")
            assert level(project, "shown") == ("good" if figure in figures else "mend")


def test_a_record_that_changed_since_it_was_shown_is_found(project: Path) -> None:
    append(reviewed.finish(project) / "champion/history.jsonl", "{}\n")

    (finding,) = reviewed.findings(project, "shown")
    assert (finding.where, finding.step) == ("champion/history.jsonl", "my-reviews report")


@pytest.mark.parametrize(
    ("history", "decisions", "expected"),
    [
        ([PROMOTED, AGAIN], [ALARM, HEALTHY], ("good", "good")),
        ([PROMOTED, AGAIN | {"event": "refused"}], [ALARM], ("good", "good")),
        ([PROMOTED], [ALARM], ("good", "improve")),
        ([PROMOTED, AGAIN], [ALARM], ("improve", "good")),
        ([PROMOTED, AGAIN], [HEALTHY], ("good", "improve")),
        ([5, None, PROMOTED, {"version": "a"}, AGAIN, []], [], ("mend", "improve")),
    ],
)
def test_monitoring_looks_at_what_serves_and_leads_to_something(
    project: Path, history: list[Any], decisions: list[Any], expected: tuple[str, str]
) -> None:
    record(project, {"history": history, "decisions": decisions})

    assert (level(project, "monitoring"), level(project, "consequence")) == expected
    assert level(project, "champion") == "good"


@pytest.mark.parametrize("text", ["", "{", "5", "[" * 100_000, '{"champion": 5, "history": {}}'])
def test_a_damaged_record_holds_no_champion(project: Path, text: str) -> None:
    write(project / "docs/results.json", text)

    assert level(project, "champion") == level(project, "baseline") == "mend"


def test_a_comment_is_no_change(project: Path) -> None:
    reviewed.replace(project / MODEL, '"""Two."""\n', '"""Mine."""\n\n# And this.\n')
    reviewed.replace(project / MODEL, '"""How many."""', '"""How many\n    count.\n    """')
    commit(project)

    assert (level(project, "own_code"), level(project, "tested")) == ("mend", "unknown")


@pytest.mark.parametrize("line", ["    assert True\n", "    size([])\n", "# assert 1 == 2\n"])
def test_a_change_without_a_test_that_can_fail_is_named(project: Path, line: str) -> None:
    append(project / MODEL, "MINE = 3\n")
    reviewed.replace(project / TEST, "test_size", "test_the_size")
    append(project / TEST, line)
    commit(project)

    (finding,) = reviewed.findings(project, "tested")
    assert (finding.level, finding.where) == ("improve", MODEL)


def test_a_new_test_of_another_name_may_import_the_module(project: Path) -> None:
    append(project / MODEL, "MINE = 3\n")
    imports = "from my_reviews import (\n    model,\n)\n"
    write(project / "tests/test_mine.py", f"{imports}def test_it():\n    assert model.MINE == 3\n")
    commit(project)

    assert level(project, "tested") == "good"


def test_words_of_a_run_are_not_the_owners_and_a_decision_has_a_reason(project: Path) -> None:
    reviewed.replace(project / "README.md", "Not measured yet.", "The champion has 0.921. " * 9)
    append(project / "docs/decisions.md", "Three words.\n")
    commit(project)

    for check, where in {"problem": "README.md:3", "decided": "docs/decisions.md:5"}.items():
        (finding,) = reviewed.findings(project, check)
        assert (finding.level, finding.where) == ("improve", where)
