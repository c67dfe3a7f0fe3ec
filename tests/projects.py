"""Generated projects whose whole loop has run on a sample, and what the tests do with them."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from conftest import SCRIPTS, SUFFIX
from sharing import once

from scaffold.card import Card
from scaffold.catalog import find

MADE_BY_TOOLS = (".venv", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__")


@dataclass(frozen=True)
class Project:
    """A generated project, and what its run printed."""

    template: str
    folder: Path
    environment: Mapping[str, str]
    printed: str = ""

    @cached_property
    def card(self) -> Card:
        return find(self.template).card

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def source(self) -> Path:
        return self.folder / "src" / self.package

    @property
    def prefix(self) -> str:
        """Begins the names of its settings."""
        return f"{self.package.upper()}_"

    def command(self, name: str) -> str:
        """The path of a program in the project's environment."""
        return str(self.folder / ".venv" / SCRIPTS / (name + SUFFIX))

    def text(self, place: str) -> str:
        return (self.folder / place).read_text("utf-8")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One of its own commands, finished."""
        finished: subprocess.CompletedProcess[str] = self.call(self.name, *arguments, **environment)
        return finished

    def call(self, program: str, *arguments: str, **environment: str) -> Any:
        """A program of its environment, finished."""
        return subprocess.run(
            [self.command(program), *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def git(self, *arguments: str) -> str:
        """What git prints."""
        finished = subprocess.run(
            ["git", *arguments],  # noqa: S607  (the git that the user would run)
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return finished.stdout

    def history(self) -> list[dict[str, Any]]:
        """Promotions, rejections and rollbacks, oldest first."""
        return self.lines("champion/history.jsonl")

    def decisions(self) -> list[dict[str, Any]]:
        """Monitoring's decisions, oldest first."""
        return self.lines("reports/decisions.jsonl")

    def lines(self, place: str) -> list[dict[str, Any]]:
        path = self.folder / place
        if not path.is_file():
            return []
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def champion(self) -> int:
        """The version that serves."""
        return int(json.loads(self.text("champion/current.json"))["version"])

    def settings(self, **values: object) -> dict[str, str]:
        """Variables that set these settings, such as `seed=7`."""
        return {self.prefix + name.upper(): str(value) for name, value in values.items()}


def made_once(
    factory: pytest.TempPathFactory,
    key: str,
    project: Project,
    command: Callable[[Path], list[str]],
) -> Project:
    """The project that the command makes in a folder of its own, once for all tests of a run.

    `command` may write into that folder first. `project` says what the project is called.
    """

    def make(folder: Path) -> None:
        arguments = command(folder)
        start = time.perf_counter()
        finished = subprocess.run(
            arguments,
            cwd=folder,
            env=project.environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        seconds = time.perf_counter() - start
        (folder / "seconds.txt").write_text(f"{seconds:.0f}", "utf-8")
        printed = finished.stdout + finished.stderr
        (folder / "printed.txt").write_text(printed, "utf-8")
        assert finished.returncode == 0, printed

    folder = once(factory, key, make)
    printed = (folder / "printed.txt").read_text("utf-8")
    return replace(project, folder=folder / project.folder, printed=printed)


def copied(project: Project, folder: Path, leave: Collection[str] = MADE_BY_TOOLS) -> Project:
    """A copy to change, without what it leaves; it uses the environment of the original."""
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns(*leave))
    (folder / ".venv").symlink_to(project.folder.resolve() / ".venv")
    return replace(project, folder=folder)


def cloned(project: Project, folder: Path) -> Project:
    """A fresh clone in which nothing has run; it uses the environment of the original."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    project.git("clone", "--quiet", str(project.folder), str(folder))
    (folder / ".venv").symlink_to(project.folder / ".venv")
    return replace(project, folder=folder)


def assert_ruff_is_content(folder: Path) -> None:
    """The linter and the formatter have nothing to say of a project that has no environment."""
    for command in (["check"], ["format", "--check"]):
        finished = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stdout


def assert_workflows_are_valid(folder: Path) -> None:
    """The project's workflows follow GitHub's schema, and zizmor finds nothing unsafe in them."""
    workflows = list(map(str, sorted(folder.glob(".github/workflows/*.yml"))))
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    schema += ["vendor.github-workflows", *workflows]
    zizmor = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--quiet", *workflows]
    for command in (schema, zizmor):
        finished = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert finished.returncode == 0, finished.stdout
