"""What should not be published, what a visitor looks for, and the points of the rubric."""

import os
import shutil
from pathlib import Path

import pytest
import reviewed
from reviewed import append, commit, findings, git, judge, level, points, replace, write

CI = ".github/workflows/ci.yml"
SECRETS = (
    "AK" + "IAQ3EGTP7LZ2MDNKXW",
    "gh" + "p_" + "9fK2mQx7Tz" * 3 + "L4vR8w",
    "hf" + "_" + "QwErTyUiOp" * 3 + "AsDf",
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
)
HARMLESS = (
    "password: ${{ secrets.REGISTRY_PASSWORD_2 }}",
    'hash = "sha256:9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015"',
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return reviewed.make(tmp_path)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_by_its_line_and_later_in_the_history(project: Path, secret: str) -> None:
    write(project / "notes.txt", f"one\n{secret}\n")
    (finding,) = findings(project, "no_secrets")
    assert finding.where == "notes.txt:2"
    assert secret not in finding.says

    commit(project)
    write(project / "notes.txt", "one\n")
    commit(project)

    (finding,) = findings(project, "no_secrets")
    assert (finding.level, finding.where[7:]) == ("fix", ":notes.txt")


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_a_secret_is_none(project: Path, line: str) -> None:
    write(project / "notes.txt", f"{line}\n")
    commit(project, line)

    assert level(project, "no_secrets") == "good"


@pytest.mark.parametrize("in_git", [True, False])
def test_git_says_what_would_be_published(project: Path, in_git: bool) -> None:
    append(project / ".gitignore", "docs/*.txt\n")
    if not in_git:
        shutil.rmtree(project / ".git")
    write(project / "docs/notes.txt", SECRETS[0])
    write(project / ".env", "A=1\n")
    assert level(project, "no_secrets") == "good"

    write(project / "docs/a/b/notes.txt", SECRETS[0])

    assert findings(project, "no_secrets")[0].where == "docs/a/b/notes.txt:1"


def test_what_was_added_by_force_is_found(project: Path) -> None:
    for path in ("data/weights.bin", ".env", ".env.example"):
        write(project / path, "A=1\n")
        os.truncate(project / path, 60_000_000 if path.endswith("bin") else 4)
    assert level(project, "no_secrets") == level(project, "sizes") == "good"

    git(project, "add", "--force", ".env", "data")
    assert findings(project, "no_secrets")[0].where == ".env"
    assert findings(project, "sizes")[0].where == "data/weights.bin"

    git(project, "rm", "--quiet", "--cached", "data/weights.bin")
    git(project, "commit", "--quiet", "--message", "Settings")
    git(project, "rm", "--quiet", ".env")
    commit(project)
    assert findings(project, "no_secrets")[0].where == ".env"


def test_the_path_of_a_home_folder_is_found(project: Path) -> None:
    assert level(project, "home_folders") == "good"

    write(project / "src/my_reviews/own.py", 'PATH = "/home/ada/reviews.csv"\n')

    assert findings(project, "home_folders")[0].where == "src/my_reviews/own.py:1"


def test_a_licence_and_a_lock_file_are_missed(project: Path) -> None:
    git(project, "rm", "--quiet", "--cached", "uv.lock", "LICENSE")

    assert level(project, "licence") == level(project, "lock") == "improve"
    assert points(project, "reproducibility") == 2


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("CI=1 python -m pytest -q", "good"),
        ("cd service && .venv/bin/pytest", "good"),
        ("|\n          uv sync\n          uv run pytest", "good"),
        ("pytest || true", "fix"),
        ("pytest\n        continue-on-error: true", "fix"),
        ("pytest --collect-only", "fix"),
        ("pip install pytest-cov pytest", "fix"),
    ],
)
def test_a_ci_runs_the_tests_and_can_fail(project: Path, command: str, expected: str) -> None:
    replace(project / CI, "run: uv run pytest", f"run: {command}")

    assert level(project, "continuous") == expected


@pytest.mark.parametrize("event", ["on: 1", "on: 2026-11-20", "on: [", "on:\n  schedule:"])
def test_a_workflow_of_any_form_is_read(project: Path, event: str) -> None:
    replace(project / CI, "on:\n  push:", event)

    assert level(project, "continuous") == "improve"


def test_a_row_of_the_rubric_earns_what_its_findings_show(project: Path) -> None:
    before, after = judge(project), judge(reviewed.finish(project))

    assert sum(row.most for row in before.rubric) == 33
    assert after.points - before.points == 12
    for row in after.rubric:
        titles = [finding.title for finding in after.findings if finding.level == "improve"]
        assert (row.points == row.most) != (row.lacks in titles)


def test_what_can_not_be_seen_at_work_earns_nothing(project: Path) -> None:
    write(project / "infra/main.tf", "# nothing\n")
    write(project / "Makefile", "run:\n")
    names = ("Makefile", "cloud", "workflow orchestration")
    assert [points(project, name) for name in names] == [0, 0, 2]

    append(project / "README.md", "\nTry it: https://mood.azurecontainerapps.io\n")
    replace(project / ".github/workflows/monitor.yml", "vars.", "")
    commit(project)
    assert [points(project, name) for name in names] == [1, 4, 4]
