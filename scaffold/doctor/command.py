"""The command `scaffold doctor`.

The checks are imported only when the command runs.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.doctor.finding import Finding


@click.command()
@click.argument("directory", default=".", type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help="Repair a project that was moved to another folder.")
def doctor(directory: Path, fix: bool) -> int:
    """Diagnose the project in DIRECTORY: its location, environment variables, records and settings.

    Changes nothing without --fix, which corrects MLflow's records of a project that was moved and
    recreates its environment.

    Exit status: 0 if there are no problems, 1 if there are, 2 if there is no project.
    """
    from scaffold.doctor import records, state
    from scaffold.growing import origin

    root, name = origin.locate(directory)
    package = name.replace("-", "_")
    if fix:
        repair(root, name, package)
    findings = around(root, os.environ)
    findings += state.history(root)
    findings += records.check(root, name)
    findings += state.check(root, package)
    for finding in findings:
        click.echo(f"{finding.problem}\n  fix: {finding.fix}")
    if not findings:
        click.echo(f"No problems found in {name}")
    return int(bool(findings))


def around(project: Path, environment: "Mapping[str, str]") -> list["Finding"]:
    """Checks what may break a project from outside: location and environment variables."""
    from scaffold.doctor import place, variables

    return [*place.check(project), *variables.check(environment, project)]


def before_run(project: Path, name: str) -> None:
    """Prints notes about problems that may break the first run."""
    from scaffold.variables import passed_on

    passed = passed_on(os.environ, name)
    reaching = {key: value for key, value in passed.items() if not key.startswith("PIP_")}
    for finding in around(project, reaching):
        click.echo(f"note: {finding.problem}. Fix: {finding.fix}", err=True)


def repair(project: Path, name: str, package: str) -> None:
    """Repairs what moving the project broke."""
    from scaffold.doctor import records, state
    from scaffold.environment import find_uv

    if records.check(project, name):
        records.move(project, name)
        click.echo(f"Updated the paths in MLflow's records to {records.here(project)}")
    uv = find_uv()
    fixes = [finding.fix for finding in state.check(project, package)]
    if uv and state.renewal() in fixes:
        click.echo("Recreating the environment")
        for command in (["venv", "--clear"], ["sync"]):
            python = ["--quiet", "--python", sys.executable]
            subprocess.run([uv, *command, *python], cwd=project, check=False)  # noqa: S603
