"""Checks the project itself: its environment, its settings, and files that git ignores."""

import json
import os
import shlex
import subprocess
from pathlib import Path

from scaffold import environment, git, shell
from scaffold.doctor.finding import Finding
from scaffold.errors import GrowthError
from scaffold.growing import repository

ENVIRONMENT_PATIENCE = 60  # seconds
LISTED = 3  # files listed in a finding
LOOK = """
import json, sys
from importlib import import_module
config = import_module(sys.argv[1] + ".config")
try:
    config.load_settings()
    problem = ""
except Exception as error:
    problem = str(error)
print(json.dumps([config.__file__, problem]))
"""


def check(project: Path, package: str) -> list[Finding]:
    """Returns problems with the environment, or with the settings as the project loads them."""
    python = project / environment.PYTHON
    sync = f"{shell.uv()} sync"
    if not python.is_file():
        return [Finding("The project has no environment (.venv)", sync)]
    try:
        asked = subprocess.run(  # noqa: S603  (the user's own project)
            [str(python.absolute()), "-c", LOOK, package],
            cwd=project,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=ENVIRONMENT_PATIENCE,
            check=False,
        )
        module, problem = json.loads(asked.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return [Finding("The environment (.venv) can't import the project", renewal())]
    if not Path(module).is_relative_to(project.resolve()):
        return [Finding(f"The environment (.venv) imports the project from {module!r}", renewal())]
    for program in sorted(python.parent.iterdir()):
        if runs_elsewhere(program, python.parent):
            problem = f"The environment (.venv) was moved: {program.name!r} uses another Python"
            return [Finding(problem, renewal())]
    if problem:
        return [Finding(problem.removesuffix(". Correct it"), "Fix the variable or .env")]
    return []


def runs_elsewhere(program: Path, folder: Path) -> bool:
    """Whether a script runs a Python outside this folder."""
    with program.open("rb") as file:
        if file.read(2) != b"#!":
            return False
        lines = os.fsdecode(file.read(2_000)).splitlines()
    try:
        words = [lines[0]]
        if words == ["/bin/sh"]:  # for long paths, the second line runs Python
            words = shlex.split(lines[1])[1:]
        python = Path(words[0])
    except (ValueError, IndexError):
        return False  # not created by an installer
    if not python.name.startswith("python"):
        return False
    return not (python.exists() and python.parent.samefile(folder))


def renewal() -> str:
    """The command that recreates the environment."""
    return f"{shell.uv()} venv --clear && {shell.uv()} sync"


def history(project: Path) -> list[Finding]:
    """Returns problems with git, and files ignored by a rule outside the project."""
    try:
        repository.check_git()
    except GrowthError as error:
        problem, _, fix = str(error).rpartition(". ")
        return [Finding(problem, fix)]
    findings = []
    if not git.author(project):
        fix = 'git config --global user.name "Your Name"'
        findings.append(Finding("git has no user.name", fix))
    listing = ["ls-files", "--others", "--ignored", "--directory", "-z"]
    ignored = git.run([*listing, "--exclude-standard"], project).stdout.split("\0")
    own = git.run([*listing, "--exclude-per-directory=.gitignore"], project).stdout.split("\0")
    hidden = sorted({name for name in ignored if name} - set(own))
    if hidden:
        names = " ".join(shell.word(name) for name in hidden[:LISTED])
        problem = (
            "An ignore rule outside the project keeps files out of git:"
            f" {', '.join(hidden[:LISTED])}"
        )
        findings.append(Finding(problem, f"git add --force {names}"))
    return findings
