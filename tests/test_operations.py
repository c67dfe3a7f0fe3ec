"""What runs a project without its owner: the workflow of every morning, servers."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import SCRIPTS, run_uv
from projects import Project, cloned, copied
from servers import mlflow_server, postgres

# Stands for GitHub's program: keeps the titles of issues in a file.
GH = """#!/bin/sh
case "$1 $2" in
"issue list") cat issues.txt 2>/dev/null || true ;;
"issue create") shift 2; while [ "$1" != --title ]; do shift; done; echo "$2" >> issues.txt ;;
*) exit 2 ;;
esac
"""
PASSWORD = "a-secret-of-mlflow"  # noqa: S105


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the workflow runs in a POSIX shell")
def test_the_workflow_of_every_morning_opens_one_issue_and_retrains(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    """The log holds the drift that the first champion has answered."""
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    assert project.run("rollback").returncode == 0
    workflow = yaml.safe_load(project.text(".github/workflows/monitor.yml"))
    steps = workflow["jobs"]["monitor"]["steps"]
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)

    for _ in range(2):
        outputs = run_steps(project, steps[-4:-2], programs)
        assert outputs == {"status": "3"}
    retrained = run_steps(project, steps[-2:], programs)

    issues = (project.folder / "issues.txt").read_text("utf-8").splitlines()
    assert issues == ["Monitoring of my-reviews raised an alarm"]
    assert retrained.get("status", "0") in ("0", "4")
    assert project.history()[-1]["event"] in ("promoted", "refused", "not enough evidence")


def run_steps(project: Project, steps: list[dict[str, Any]], programs: Path) -> dict[str, str]:
    """Runs the commands as GitHub does; gives the outputs."""
    place = project.folder / "outputs.txt"
    place.write_text("")
    path = os.pathsep.join([str(programs), str(project.folder / ".venv" / SCRIPTS), os.defpath])
    for step in steps:
        if "run" in step:
            variables = {name: str(value) for name, value in step.get("env", {}).items()}
            finished = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607
                cwd=project.folder,
                env={**project.environment, **variables, "PATH": path, "GITHUB_OUTPUT": str(place)},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert finished.returncode == 0, finished.stdout + finished.stderr
    return dict(line.split("=", 1) for line in place.read_text("utf-8").splitlines())


@pytest.mark.slow
def test_the_loop_runs_on_an_mlflow_server_and_postgresql_and_names_no_password(
    made: Callable[[str], Project], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = made("sentiment")
    driver = tmp_path_factory.mktemp("driver")
    target = ["--target", str(driver), "--python", original.command("python")]
    run_uv("pip", "install", "--quiet", *target, "psycopg[binary]>=3.2,<4")
    project = cloned(original, tmp_path / "my-reviews")
    (tmp_path / "store").mkdir()
    server = [
        original.command("python"),
        *("-m", "mlflow", "server", "--backend-store-uri", "sqlite:///store.db"),
    ]
    with (
        postgres() as database,
        mlflow_server(server, tmp_path / "store", original.environment) as store,
    ):
        tracking = store.replace("//", f"//user:{PASSWORD}@")
        elsewhere = {
            "MLFLOW_TRACKING_URI": tracking,
            f"{project.prefix}DATABASE_URL": database.replace("postgresql+psycopg", "postgres"),
            "PYTHONPATH": str(driver),
        }
        finished = project.run("run", **elsewhere)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        status = project.run("status", **elsewhere)
        gone = project.run(
            "train", **{**elsewhere, "MLFLOW_TRACKING_URI": tracking.replace(store[-5:], "9")}
        )
    refused = project.run("monitor", **elsewhere)  # there is no database any more

    assert [entry["event"] for entry in project.history()] == ["promoted", "promoted"]
    assert not list(project.folder.glob("*.db"))
    assert "champion: version 2" in status.stdout
    secret = re.findall(r"postgres:(\w+)@", database)[0]
    for ended in (finished, gone, refused):
        assert PASSWORD not in ended.stdout + ended.stderr
        assert secret not in ended.stdout + ended.stderr
    for ended in (gone, refused):
        assert ended.returncode == 1
        assert ended.stderr.startswith("error: ")
        assert ended.stderr.count("\n") == 1
    assert PASSWORD not in project.text("docs/results.json")
