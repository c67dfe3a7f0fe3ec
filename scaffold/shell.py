"""The commands shown to the user, which work in the folder where the tool was called."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

SCRIPTS = ".venv\\Scripts\\" if sys.platform == "win32" else ".venv/bin/"


def first_run(project: Path, name: str) -> list[str]:
    """The commands that create the environment and run the loop: with uv if installed, else pip."""
    if shutil.which("uv"):
        return [enter(project), f"uv run {name} run"]
    make = f"{quoted(sys.executable)} -m venv .venv"
    return [enter(project), make, f'{SCRIPTS}pip install -e ".[dev]"', f"{SCRIPTS}{name} run"]


def after_new(project: Path, name: str) -> list[str]:
    """The commands that run a new project's loop and then its tests."""
    tests = "uv run pytest" if shutil.which("uv") else f"{SCRIPTS}pytest"
    return [*first_run(project, name), tests]


def resumed_run(project: Path, name: str, stage: str | None) -> str:
    """The command that reruns the loop in the existing environment, optionally from a stage."""
    return f"{enter(project)} && {SCRIPTS}{name} run" + (f" --from {stage}" if stage else "")


def after_run(project: Path, name: str) -> list[str]:
    """The commands that serve the champion and run the tests, after the loop has run."""
    return [enter(project), f"{SCRIPTS}{name} serve", f"{SCRIPTS}pytest"]


def tests_again(project: Path) -> list[str]:
    """The commands that update the environment of a changed project and run its tests."""
    lines = [] if project.resolve() == Path.cwd() else [enter(project)]
    return [*lines, f"{uv()} sync", f"{uv()} run pytest"]


def uv() -> str:
    """The user's uv, or the one installed with the tool."""
    return "uv" if shutil.which("uv") else f"{quoted(sys.executable)} -m uv"


def unset(name: str) -> str:
    """The command that unsets an environment variable."""
    return export(name, "") if sys.platform == "win32" else f"unset {name}"


def export(name: str, value: str) -> str:
    """The command that sets an environment variable."""
    if sys.platform == "win32":
        return f"set {name}={value} (in PowerShell: $env:{name} = '{value}')"
    return f"export {name}={value}"


def enter(project: Path) -> str:
    return f"cd {quoted(str(project))}"


def quoted(path: str) -> str:
    """The path, quoted for the user's shell."""
    if path.startswith("-"):
        path = os.path.join(".", path)  # noqa: PTH118  (a Path would drop the dot)
    return word(path)


def word(text: str) -> str:
    """The text, quoted for the user's shell."""
    return subprocess.list2cmdline([text]) if sys.platform == "win32" else shlex.quote(text)
