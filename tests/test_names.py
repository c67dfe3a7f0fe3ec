"""The list of taken names follows what the projects' environments hold."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import TEMPLATES
from conftest import ROOT
from packaging.requirements import Requirement
from projects import Project

from scaffold import catalog, names

SCRIPT = str(ROOT / "scripts" / "names.py")
STALE = 0.05  # of the names; new releases of other packages must not make this fail


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_project_asks_for_itself_is_in_the_list(
    rendered: Callable[[str], Project], template: str
) -> None:
    project = rendered(template)
    package = tomllib.loads(project.text("pyproject.toml"))["project"]
    requirements = list(package["dependencies"])
    for extra in package["optional-dependencies"].values():
        requirements += extra

    asked = {names.normalised(Requirement(text).name) for text in requirements}
    missing = asked - names.brought_along() - {project.name}
    assert not missing, "Run: python scripts/names.py"


@pytest.mark.parametrize("add_on", catalog.add_on_names())
def test_what_an_add_on_asks_for_is_in_the_list(add_on: str) -> None:
    requirements = catalog.find_add_on(add_on).card["dependencies"]

    asked = {names.normalised(Requirement(text).name) for text in requirements}
    assert asked <= names.brought_along(), "Run: python scripts/names.py"


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_list_has_nearly_all_that_an_environment_holds(
    made: Callable[[str], Project], template: str
) -> None:
    """The scheduled workflow asks for all; a release of somebody else breaks no pull request."""
    missing = check(made(template).folder / ".venv").stdout.split()

    print(f"{template}: the list lacks {', '.join(missing) or 'nothing'}")
    assert len(missing) <= STALE * len(names.brought_along())


def test_modules_and_commands_of_an_environment_are_found_under_their_own_names() -> None:
    missing = check(Path(sys.prefix)).stdout.split()

    assert "pytest-xdist" in missing
    assert "xdist" in missing  # its module
    assert "uvx" in missing  # a command of uv
    assert not {"scaffold", "scaffold-ml", "yaml", "sklearn"} & set(missing)


def test_a_list_that_lacks_something_says_how_to_make_it_anew() -> None:
    finished = check(Path(sys.prefix))

    assert finished.returncode == 1
    assert finished.stderr.endswith("names. Run: python scripts/names.py\n")


def check(environment: Path) -> subprocess.CompletedProcess[str]:
    """What the script says that the list lacks of this environment."""
    return subprocess.run(
        [sys.executable, SCRIPT, "--check", environment],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
