"""The rubric's seven points for good practice."""

import re

from scaffold.review import publishing
from scaffold.review.criterion import Earned
from scaffold.review.project import PACKAGE_FILE, Project

MAKEFILES = ("Makefile", "makefile", "GNUmakefile", "justfile", "Taskfile.yml", "noxfile.py")
SERVED = r"TestClient\(|uvicorn|httpx\.(?:get|post|Client)|urlopen\("


def unit_tests(project: Project) -> Earned:
    """unit tests"""
    tests = [path for path in project.texts if re.fullmatch(r"tests/(?:.*/)?test_\w+\.py", path)]
    number = sum(len(re.findall(r"^ *(?:async )?def test_", project.texts[path], re.MULTILINE)) for path in tests)
    asserted = project.find(r"^ *(?:assert |with pytest\.raises)", *tests)
    said = f"{number} test functions in {len(tests)} files; {asserted or 'no assert'}"
    return Earned(int(bool(number and asserted)), said, "" if asserted else "Write tests that can fail")


def integration_test(project: Project) -> Earned:
    """integration test"""
    tests = [path for path in project.texts if re.fullmatch(r"tests/.*\.py", path)]
    served = project.find(SERVED, *tests)
    loop = [s.where for flow in project.workflows for s in flow.steps if re.search(r"docker run|curl ", s.runs)]
    found = served or next(iter(loop), None)
    return Earned(int(bool(found)), found or "none", "" if found else "Test the service over HTTP")


def linting(project: Project) -> Earned:
    """linter, formatter"""
    tools = r"\b(?:ruff|black|flake8|pylint|isort)\b"
    kept = project.find(rf"^\[tool\.{tools}", PACKAGE_FILE)
    run = [s.where for flow in project.workflows for s in flow.steps if re.search(tools, s.runs) and not s.lenient]
    step = "" if kept or run else "Add ruff to pyproject.toml and to CI"
    return Earned(int(bool(kept or run)), ", ".join(filter(None, [kept, *run[:1]])) or "none", step)


def makefile(project: Project) -> Earned:
    """Makefile"""
    found = next((path for path in MAKEFILES if path in project.files), None)
    if found:
        return Earned(1, found)
    script = project.find(r"^\[project\.scripts\]", PACKAGE_FILE)
    said = (
        f"none; the command {project.name} has one subcommand for each stage ({script}), on Windows too"
        if script
        else "none"
    )
    return Earned(0, said, "If a grader counts files: a Makefile whose targets call those commands", True)


def pre_commit(project: Project) -> Earned:
    """pre-commit hooks"""
    found = project.find(r"^ *- id:", ".pre-commit-config.yaml", ".pre-commit-config.yml") or next(
        (path for path in ("lefthook.yml", "prek.toml") if path in project.files), None
    )
    step = "" if found else "Write .pre-commit-config.yaml with ruff's two hooks; then: pre-commit install"
    return Earned(int(bool(found)), found or "none", step, True)


def ci(project: Project) -> Earned:
    """CI/CD"""
    finding = publishing.continuous(project)[0]
    points = 2 if finding.level == "good" else 0
    return Earned(points, f"{finding.where}: {finding.says}", finding.step)


CRITERIA = ((unit_tests, 1), (integration_test, 1), (linting, 1), (makefile, 1), (pre_commit, 1), (ci, 2))
