"""The points of the rubric: each is earned by something that can be taken away."""

import shutil
from pathlib import Path

import pytest
from reviewed import ALARM, HEALTHY, append, finish, git, judge, points, write_lines, write_text


def test_the_rubric_has_33_points(project: Path) -> None:
    review = judge(project)

    assert review.of == 33
    assert [criterion.of for criterion in review.rubric] == [2, 4, 4, 4, 4, 4, 4, 1, 1, 1, 1, 1, 2]


def test_what_files_alone_can_not_earn_needs_the_owner(project: Path) -> None:
    review = judge(finish(project))

    missing = {criterion.name for criterion in review.rubric if criterion.missing}
    assert missing <= {"cloud", "workflow orchestration", "reproducibility", "Makefile", "pre-commit hooks"}
    assert all(criterion.earned.owner and criterion.earned.step for criterion in review.rubric if criterion.missing)
    assert all(criterion.earned.evidence for criterion in review.rubric)


def test_a_project_without_a_run_earns_nothing_for_what_it_could_do(project: Path) -> None:
    before = judge(project).points

    after = judge(finish(project)).points

    assert after - before == 10  # tracking, monitoring, and what a container without champion lacks
    assert points(project, "tracking and registry")[0] == 4


def test_the_problem_has_to_be_described(project: Path) -> None:
    assert points(project, "problem description") == (2, "README.md:7: 154 words")

    write_text(project / "README.md", "# my-reviews\n\n## Problem\n\nAre reviews good?\n\n## Result\n")
    assert points(project, "problem description") == (1, "README.md:3: 3 words")

    write_text(project / "README.md", "# my-reviews\n")
    assert points(project, "problem description")[0] == 0


def test_a_cloud_has_an_address_and_code_that_makes_it(project: Path) -> None:
    write_text(project / "infra" / "main.bicep", "param name string\n")
    assert points(project, "cloud") == (0, "infra/main.bicep, but no address shows that it was ever applied")

    append(project / "README.md", "\nTry it: https://mood.azurecontainerapps.io\n")
    assert points(project, "cloud")[0] == 4

    shutil.rmtree(project / "infra")
    assert points(project, "cloud")[0] == 2


def test_pages_are_no_cloud(project: Path) -> None:
    write_text(project / "infra" / "main.tf", "# nothing\n")
    append(project / "README.md", "\nSee https://ada.github.io/mood/\n")

    assert points(project, "cloud")[0] == 0


def test_tracking_and_registry_are_two_points_each(project: Path) -> None:
    finish(project)
    package = project / "src" / "my_reviews"
    assert points(project, "tracking and registry")[0] == 4

    for path in package.rglob("*.py"):
        write_text(path, path.read_text("utf-8").replace("mlflow.start_run", "nothing"))
    assert points(project, "tracking and registry")[0] == 2


def test_a_schedule_counts_where_it_can_be_seen(project: Path) -> None:
    assert points(project, "workflow orchestration")[0] == 2

    append(project / "README.md", "\n![monitor](https://github.com/ada/m/actions/workflows/monitor.yml/badge.svg)\n")
    assert points(project, "workflow orchestration")[0] == 4

    shutil.rmtree(project / ".github")
    (project / "src" / "my_reviews" / "flow.py").unlink()
    assert points(project, "workflow orchestration")[0] == 0


def test_a_workflow_that_waits_for_no_variable_is_deployed(project: Path) -> None:
    monitor = project / ".github" / "workflows" / "monitor.yml"

    write_text(monitor, monitor.read_text("utf-8").replace("    if: vars.MONITORING == 'on'\n", ""))

    assert points(project, "workflow orchestration")[0] == 4


@pytest.mark.parametrize(
    ("command", "expected"),
    [("uv run pytest", 0), ("my-reviews retrain", 4), ("uv run my-reviews run", 4), ("my-reviews monitor", 0)],
)
def test_a_schedule_that_only_tests_orchestrates_nothing(project: Path, command: str, expected: int) -> None:
    shutil.rmtree(project / ".github")
    for path in (project / "src" / "my_reviews").rglob("flow.py"):
        path.unlink()
    nightly = f"on: {{schedule: [{{cron: '0 3 * * *'}}]}}\njobs: {{x: {{steps: [{{run: {command}}}]}}}}\n"

    write_text(project / ".github" / "workflows" / "nightly.yml", nightly)

    assert points(project, "workflow orchestration")[0] == expected


def test_a_container_with_a_champion_is_a_deployment(project: Path) -> None:
    assert points(project, "model deployment")[0] == 2

    finish(project)
    assert points(project, "model deployment")[0] == 4

    (project / "Dockerfile").unlink()
    assert points(project, "model deployment")[0] == 2


def test_monitoring_that_leads_to_nothing_is_basic(project: Path) -> None:
    assert points(project, "model monitoring")[0] == 0

    finish(project)
    assert points(project, "model monitoring")[0] == 4

    write_lines(project / "reports" / "decisions.jsonl", HEALTHY)
    assert points(project, "model monitoring")[0] == 2

    write_lines(project / "reports" / "decisions.jsonl", HEALTHY, ALARM | {"time": "2026-11-21T00:00:00+00:00"})
    assert points(project, "model monitoring")[0] == 2


def test_ranges_of_versions_are_no_versions(project: Path) -> None:
    assert points(project, "reproducibility")[0] == 2

    write_text(project / "uv.lock", "version = 1\n")
    git(project, "add", "uv.lock")
    assert points(project, "reproducibility")[0] == 4

    write_text(project / "README.md", "# my-reviews\n")
    assert points(project, "reproducibility")[0] == 0


def test_a_lock_that_stays_at_home_fixes_no_versions(project: Path) -> None:
    finish(project)
    append(project / "src" / "my_reviews" / "flow.py", "\nMINE = 3\n")
    write_text(project / "uv.lock", "version = 1\n")

    earned, evidence = points(project, "reproducibility")
    assert earned == 2
    assert evidence.endswith("uv.lock is here, but git does not track it")
    assert judge(project).next.startswith("git add uv.lock, then commit (reproducibility: 2 more")

    shutil.rmtree(project / ".git")
    assert points(project, "reproducibility")[0] == 4


@pytest.mark.parametrize(
    ("criterion", "path", "text"),
    [
        ("Makefile", "Makefile", "run:\n\tmy-reviews run\n"),
        ("pre-commit hooks", ".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks:\n      - id: ruff\n"),
    ],
)
def test_a_file_earns_a_point(project: Path, criterion: str, path: str, text: str) -> None:
    assert points(project, criterion)[0] == 0

    write_text(project / path, text)

    assert points(project, criterion)[0] == 1


def test_tests_linter_and_ci_earn_their_points_and_lose_them(project: Path) -> None:
    practice = ("unit tests", "integration test", "linter, formatter", "CI/CD")
    assert [points(project, criterion)[0] for criterion in practice] == [1, 1, 1, 2]

    shutil.rmtree(project / "tests")
    shutil.rmtree(project / ".github")
    write_text(project / "pyproject.toml", '[project]\nname = "my-reviews"\n')

    assert [points(project, criterion)[0] for criterion in practice] == [0, 0, 0, 0]


def test_the_next_step_mends_first_and_then_earns_what_costs_least(project: Path) -> None:
    assert judge(project).next.startswith("my-reviews run (")

    finish(project)
    append(project / "src" / "my_reviews" / "model.py", "\nLARGEST = 3\n")

    assert judge(project).next == "uv lock, then commit uv.lock (reproducibility: 2 more of the rubric's points)"
