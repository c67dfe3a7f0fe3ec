"""The rubric's seven points for good practice."""

import re

from scaffold.review import publishing
from scaffold.review.criterion import Criterion
from scaffold.review.project import PACKAGE_FILE, Project

MAKEFILES = ("Makefile", "makefile", "GNUmakefile", "justfile", "Taskfile.yml", "noxfile.py")
SERVED = r"TestClient\(|uvicorn|httpx\.(?:get|post|Client)|urlopen\("


def unit_tests(project: Project) -> Criterion:
    tests = [path for path in project.texts if re.fullmatch(r"tests/(?:.*/)?test_\w+\.py", path)]
    number = sum(len(re.findall(r"^ *(?:async )?def test_", project.texts[path], re.MULTILINE)) for path in tests)
    asserted = project.find(r"^ *(?:assert |with pytest\.raises)", *tests)
    said = f"{number} test functions in {len(tests)} files; {asserted or 'no assert'}"
    return Criterion(
        "unit tests", int(bool(number and asserted)), 1, said, "" if asserted else "Write tests that can fail"
    )


def integration_test(project: Project) -> Criterion:
    tests = [path for path in project.texts if re.fullmatch(r"tests/.*\.py", path)]
    served = project.find(SERVED, *tests)
    loop = [s.where for flow in project.workflows for s in flow.steps if re.search(r"docker run|curl ", s.runs)]
    found = served or next(iter(loop), None)
    return Criterion(
        "integration test", int(bool(found)), 1, found or "none", "" if found else "Test the service over HTTP"
    )


def linting(project: Project) -> Criterion:
    tools = r"\b(?:ruff|black|flake8|pylint|isort)\b"
    kept = project.find(rf"^\[tool\.{tools}", PACKAGE_FILE)
    run = [s.where for flow in project.workflows for s in flow.steps if re.search(tools, s.runs) and not s.lenient]
    step = "" if kept or run else "Add ruff to pyproject.toml and to CI"
    return Criterion(
        "linter, formatter", int(bool(kept or run)), 1, ", ".join(filter(None, [kept, *run[:1]])) or "none", step
    )


def makefile(project: Project) -> Criterion:
    found = next((path for path in MAKEFILES if path in project.files), None)
    if found:
        return Criterion("Makefile", 1, 1, found)
    script = project.find(r"^\[project\.scripts\]", PACKAGE_FILE)
    said = (
        f"none; the command {project.name} has one subcommand for each stage ({script}), on Windows too"
        if script
        else "none"
    )
    return Criterion(
        "Makefile", 0, 1, said, "If a grader counts files: a Makefile whose targets call those commands", True
    )


def pre_commit(project: Project) -> Criterion:
    found = project.find(r"^ *- id:", ".pre-commit-config.yaml", ".pre-commit-config.yml") or next(
        (path for path in ("lefthook.yml", "prek.toml") if path in project.files), None
    )
    step = "" if found else "Write .pre-commit-config.yaml with ruff's two hooks; then: pre-commit install"
    return Criterion("pre-commit hooks", int(bool(found)), 1, found or "none", step, True)


def ci(project: Project) -> Criterion:
    finding = publishing.continuous(project)[0]
    points = 2 if finding.level == "good" else 0
    return Criterion("CI/CD", points, 2, f"{finding.where}: {finding.says}", finding.step)


CRITERIA = (unit_tests, integration_test, linting, makefile, pre_commit, ci)
