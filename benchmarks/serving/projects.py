"""Finished projects: what they are made of, and the environment that their servers and scripts run in."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCAFFOLD = Path(sys.executable).parent / "scaffold"


@dataclass(frozen=True)
class Project:
    """A finished project: its folder, its name and the template that it was made of."""

    folder: Path
    name: str
    template: str

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def scripts(self) -> Path:
        return self.folder / ".venv" / "bin"


def find(folder: Path) -> Project:
    """The project in a folder. Raises SystemExit if its loop has not run."""
    folder = folder.resolve()
    missing = [name for name in (".template.yml", ".venv", "champion/current.json") if not (folder / name).exists()]
    if missing:
        raise SystemExit(f"{folder} has no {missing[0]}. Make it with: scaffold new … --run")
    template = re.search(r"^template: (\S+)$", (folder / ".template.yml").read_text("utf-8"), re.MULTILINE)
    name = re.search(r'^name = "(.+)"$', (folder / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert template
    assert name
    return Project(folder, name[1], template[1])


def environment(project: Project, folder: Path) -> dict[str, str]:
    """What servers and scripts find in their environment; their databases and bytecode are in `folder`."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "PATH": f"{project.scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),  # compiled once, as after an installation
        "PROJECT_ROOT": str(project.folder),
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def run_script(project: Project, folder: Path, *arguments: str) -> Any:
    """What a script of this folder prints when the project's Python runs it, read as JSON."""
    command = [project.scripts / "python", HERE / arguments[0], project.package, *arguments[1:]]
    printed = subprocess.run(command, env=environment(project, folder), check=True, stdout=subprocess.PIPE).stdout
    return json.loads(printed)


@contextmanager
def finished(template: str, folder: Path | None) -> Iterator[Project]:
    """The project in the folder, or else a new one whose loop has run."""
    with tempfile.TemporaryDirectory() as temporary:
        if folder is None:
            folder = Path(temporary) / "served"
            new = [str(SCAFFOLD), "new", template, str(folder), "--defaults", "--run"]
            subprocess.run(new, check=True, stdout=sys.stderr)
        project = find(folder)
        if project.template != template:
            raise SystemExit(f"{folder} is a project of the template {project.template}")
        yield project


@contextmanager
def scratch(project: Project) -> Iterator[Path]:
    """A folder on the project's disk: on another one, what is durable might cost less."""
    with tempfile.TemporaryDirectory(dir=project.folder.parent, prefix="serving-") as temporary:
        yield Path(temporary)


def stop_on_signals() -> None:
    """Lets Ctrl-C and SIGTERM end a script as an error does, with all that it has started; once is enough."""

    def stop(number: int, _: object) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)
        sys.exit(f"stopped by {signal.Signals(number).name}")

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, stop)


def say(line: str) -> None:
    """How far a measurement is; results alone go to standard output."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr)
