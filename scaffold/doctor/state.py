"""The project itself: its environment, its settings, and files that git leaves out."""

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
LISTED = 3  # files that a finding names
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
    """What is wrong with the environment, or with the settings as the project reads them."""
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
            problem = f"The environment (.venv) was moved: {program.name!r} runs Python elsewhere"
            return [Finding(problem, renewal())]
    if problem:
        return [Finding(problem.removesuffix(". Correct it"), "Correct the variable, or .env")]
    return []


def runs_elsewhere(program: Path, folder: Path) -> bool:
    """Whether a script names the Python of another folder than this one."""
    with program.open("rb") as file:
        if file.read(2) != b"#!":
            return False
        lines = os.fsdecode(file.read(2_000)).splitlines()
    try:
        words = [lines[0]]
        if words == ["/bin/sh"]:  # where the path is long or has a space, `exec` starts Python
            words = shlex.split(lines[1])[1:]
        python = Path(words[0])
    except (ValueError, IndexError):
        return False  # no script of an installer
    if not python.name.startswith("python"):
        return False
    return not (python.exists() and python.parent.samefile(folder))


def renewal() -> str:
    """How to make the environment anew."""
    return f"{shell.uv()} venv --clear && {shell.uv()} sync"


def history(project: Path) -> list[Finding]:
    """What is wrong with git, or left out of the project's history by a rule outside of it."""
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
