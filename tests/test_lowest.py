"""A project works with the lowest versions that it says it works with."""

import tomllib
from pathlib import Path

import pytest
from conftest import Installed
from packaging.requirements import Requirement
from packaging.version import Version
from projects import Project

from scaffold import catalog

VERSIONS = "from importlib.metadata import distributions as d; " + (
    "print(*sorted({f'{p.name}=={p.version}' for p in d()}))"
)


@pytest.mark.slow
@pytest.mark.parametrize("template", catalog.names())
def test_the_lowest_versions_run_the_loop_and_the_tests(
    installed: Installed, tmp_path: Path, template: str
) -> None:
    card = catalog.find(template).card
    sample = {"MY_PROJECT_SAMPLE_ROWS": str(card["sample"]), "MY_PROJECT_FOLDS": "2"}
    lowest = {"UV_RESOLUTION": "lowest-direct"}

    made = installed.run("new", template, "my-project", "--run", cwd=tmp_path, **sample, **lowest)

    assert made.returncode == 0, made.stdout + made.stderr
    project = Project(template, tmp_path / "my-project", installed.environment | sample)
    bounds = lower_bounds(project)
    versions = dict(
        line.lower().split("==") for line in project.call("python", "-c", VERSIONS).stdout.split()
    )
    for name in ("evidently", "fastapi", "mlflow", "pandas", "scikit-learn", "sqlalchemy"):
        assert Version(versions[name]) == bounds[name], name
    tests = project.call("python", "-m", "pytest", "-q")
    assert tests.returncode == 0, tests.stdout + tests.stderr


def lower_bounds(project: Project) -> dict[str, Version]:
    """The lowest version of each direct requirement."""
    table = tomllib.loads(project.text("pyproject.toml"))["project"]
    bounds = {}
    for line in [*table["dependencies"], *table["optional-dependencies"]["train"]]:
        requirement = Requirement(line)
        for specifier in requirement.specifier:
            if specifier.operator in (">=", "=="):
                bounds[requirement.name.lower()] = Version(specifier.version)
    return bounds
