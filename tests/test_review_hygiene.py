"""What should not be published, what a visitor looks for, and the points of the rubric."""

import os
from pathlib import Path

import pytest
import reviewed
from reviewed import append, commit, findings, git, judge, level, points, replace, write

CI = ".github/workflows/ci.yml"
KEYS = ("AK" + "IAQ3EGTP7LZ2MDNKXW", "-----BEGIN " + "OPENSSH PRIVATE KEY-----")
PASSWORDS = ("postgresql://ada:" + "S3cr3tPa55w@db.host/x", 'KEY = "9fK2mQx7' + 'TzL4vR8wB1nH"')
NAMES = ('API_KEY = os.environ["MY_SERVICE_KEY_2"]', "password: ${{ secrets.REGISTRY_PASSWORD_2 }}")
HARMLESS = (*NAMES, "postgresql://user:password@localhost/x", 'token = "example-token-01234567"')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return reviewed.make(tmp_path)


@pytest.mark.parametrize("secret", [*KEYS, *PASSWORDS])
def test_a_secret_is_found_by_its_line_and_later_in_the_history(project: Path, secret: str) -> None:
    write(project / "notes.txt", f"one\n{secret}\n")
    assert findings(project, "no_secrets")[0].where == "notes.txt:2"

    commit(project)
    write(project / "notes.txt", "one\n")
    commit(project)

    (finding,) = findings(project, "no_secrets")
    assert (finding.level, finding.where[7:]) == ("mend", ":notes.txt")


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_a_secret_is_none(project: Path, line: str) -> None:
    write(project / "notes.txt", f"{line}\n")
    commit(project, line)

    assert level(project, "no_secrets") == "good"


def test_what_git_ignores_stays_at_home(project: Path) -> None:
    for path in ("data/weights.bin", ".env", ".env.example"):
        write(project / path, "A=1\n")
        os.truncate(project / path, 60_000_000 if path.endswith("bin") else 4)
    assert level(project, "no_secrets") == level(project, "sizes") == "good"

    git(project, "add", "--force", ".env", "data")

    assert findings(project, "no_secrets")[0].where == ".env"
    assert findings(project, "sizes")[0].where == "data/weights.bin"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("look.ipynb", '{"cells": [{"outputs": [\n {"text": "1"}]}]}'),
        ("src/my_reviews/own.py", 'PATH = "/home/ada/reviews.csv"\n'),
    ],
)
def test_leftovers_of_one_machine_are_found(project: Path, path: str, text: str) -> None:
    write(project / "empty.ipynb", '{"cells": [{"outputs": []}]}')
    assert level(project, "leftovers") == "good"

    write(project / path, text)

    assert findings(project, "leftovers")[0].where == f"{path}:1"


def test_a_licence_and_a_lock_file_are_missed(project: Path) -> None:
    git(project, "rm", "--quiet", "--cached", "uv.lock", "LICENSE")

    assert [finding.where for finding in findings(project, "committed")] == ["LICENSE", "uv.lock"]
    assert points(project, "reproducibility") == 2


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("CI=1 python -m pytest -q", "good"),
        ("cd service && .venv/bin/pytest", "good"),
        ("|\n          uv sync\n          uv run pytest", "good"),
        ("pytest || true", "mend"),
        ("pytest\n        continue-on-error: true", "mend"),
        ("pytest --collect-only", "mend"),
        ("pip install pytest-cov pytest", "mend"),
    ],
)
def test_a_ci_runs_the_tests_and_can_fail(project: Path, command: str, expected: str) -> None:
    replace(project / CI, "run: uv run pytest", f"run: {command}")

    assert level(project, "continuous") == expected


@pytest.mark.parametrize("event", ["on: 1", "on: 2026-11-20", "on: [", "on:\n  schedule:"])
def test_a_workflow_of_any_form_is_read(project: Path, event: str) -> None:
    replace(project / CI, "on:\n  push:", event)

    assert level(project, "continuous") == "improve"


def test_the_rubric_has_33_points_and_a_run_earns_ten(project: Path) -> None:
    before, after = judge(project), judge(reviewed.finish(project))

    assert sum(criterion.of for criterion in before.rubric) == 33
    assert after.points - before.points == 10


def test_what_can_not_be_seen_at_work_earns_nothing(project: Path) -> None:
    write(project / "infra/main.tf", "# nothing\n")
    write(project / "Makefile", "run:\n")
    names = ("Makefile", "cloud", "workflow orchestration")
    assert [points(project, name) for name in names] == [0, 0, 2]

    append(project / "README.md", "\nTry it: https://mood.azurecontainerapps.io\n")
    replace(project / ".github/workflows/monitor.yml", "vars.", "")
    commit(project)
    assert [points(project, name) for name in names] == [1, 4, 4]
