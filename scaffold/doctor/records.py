"""Checks MLflow's records, which contain absolute paths, after a project was moved."""

import sqlite3
from contextlib import closing
from pathlib import Path

from scaffold.doctor.finding import Finding

DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"
PATHS = {  # MLflow's tables and columns
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}


def check(project: Path, name: str) -> list[Finding]:
    """Checks that the records refer to the project's folder."""
    recorded = location(project, name)
    if recorded in (None, here(project)):
        return []
    problem = f"The project was moved: MLflow's records refer to the folder {recorded}"
    return [Finding(problem, "scaffold doctor --fix")]


def here(project: Path) -> str:
    """The artifact folder as MLflow records it."""
    return (project.resolve() / ARTIFACTS).as_uri()


def location(project: Path, name: str) -> str | None:
    """The artifact folder in MLflow's records; None if there are none."""
    if not (project / DATABASE).is_file():
        return None
    query = "SELECT artifact_location FROM experiments WHERE name = ?"
    try:
        with closing(sqlite3.connect(project / DATABASE)) as database:
            row = database.execute(query, [name]).fetchone()
    except sqlite3.Error:
        return None  # not an MLflow database, or corrupt; the project's commands report that
    return row[0] if row else None


def move(project: Path, name: str) -> None:
    """Updates all paths in one transaction."""
    before, now = location(project, name), here(project)
    with closing(sqlite3.connect(project / DATABASE)) as database, database:
        for table, column in PATHS.items():
            update = f"UPDATE {table} SET {column} = replace({column}, ?, ?)"  # noqa: S608
            database.execute(update, (before, now))
