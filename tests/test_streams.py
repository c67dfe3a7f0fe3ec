"""A command whose output is closed, full or read by nobody does its work or doesn't begin it."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Installed, write_template
from projects import Project, copied

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="closes POSIX streams")

CLOSED, FULL, GONE, LEAVING = "closed", "full", "gone", "leaving"
WAYS = (FULL, GONE, *(pytest.param(way, marks=pytest.mark.slow) for way in (CLOSED, LEAVING)))
LOST = (FULL, GONE, LEAVING)  # what is printed may be lost, and the status says so


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said on its standard error."""

    status: int
    errors: str


def call(
    command: list[str | Path], way: str, folder: Path, environment: Mapping[str, str]
) -> Ended:
    """Runs the command with a standard output of which nobody reads more than a line."""
    if way == CLOSED:
        command = ["sh", "-c", 'exec "$0" "$@" >&-', *command]
    with (
        Path("/dev/full").open("wb") as full,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=full if way == FULL else subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        if process.stdout:
            if way == LEAVING:
                process.stdout.readline()
            process.stdout.close()
        errors = process.stderr.read() if process.stderr else b""
    return Ended(process.returncode, errors.decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def committed(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with its first commit; nothing has run."""
    folder = tmp_path_factory.mktemp("committed")
    finished = installed.run("new", "sentiment", "my-reviews", "--author", "Ada", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return Project("sentiment", folder / "my-reviews", installed.environment)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "list",
        "add --list",
        "update --check",
        "learn",
        "learn 1",
        "learn 1 --check",
        "learn --interview",
        "doctor",
        "review --no-run",
    ],
)
def test_the_tool_says_in_a_line_that_it_cannot_print(
    installed: Installed, committed: Project, words: str, way: str
) -> None:
    command: list[str | Path] = [installed.command, *words.split()]

    ended = call(command, way, committed.folder, installed.environment)

    assert len(ended.errors.splitlines()) <= 1, ended.errors
    assert ended.status in (0, 1, 2)
    if way == FULL:
        assert ended.status > 0
        assert ended.errors.startswith("error: ")


@pytest.mark.parametrize("way", WAYS)
def test_new_makes_the_whole_project(installed: Installed, tmp_path: Path, way: str) -> None:
    command: list[str | Path] = [installed.command, "new", "sentiment", "reviews"]

    ended = call(command, way, tmp_path, installed.environment)

    assert len(ended.errors.splitlines()) <= 1, ended.errors
    assert ended.status in ((1,) if way == FULL else (0, 1))
    project = Project("sentiment", tmp_path / "reviews", installed.environment)
    assert project.git("status", "--porcelain") == ""
    assert [path.name for path in tmp_path.iterdir()] == ["reviews"]


@pytest.mark.parametrize("way", WAYS)
def test_add_merges_the_whole_add_on(
    installed: Installed, committed: Project, tmp_path: Path, way: str
) -> None:
    folder = tmp_path / "my-reviews"
    committed.git("clone", "--quiet", str(committed.folder), str(folder))
    project = Project("sentiment", folder, {**installed.environment, **NAMED})
    command: list[str | Path] = [installed.command, "add", "guards"]

    ended = call(command, way, folder, project.environment)

    assert len(ended.errors.splitlines()) <= 1, ended.errors
    assert ended.status in ((1,) if way == FULL else (0, 1))
    assert project.git("status", "--porcelain") == ""
    assert "Add guards" in project.git("log", "--format=%s")


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_goes_on_when_nobody_reads_how(tool: Installed, tmp_path: Path, way: str) -> None:
    write_template(tmp_path, 'for number in range(9): print("   line", number, flush=True)')
    command: list[str | Path] = [tool.command, "new", "tiny", "mine", "--author", "Ada", "--run"]

    ended = call(command, way, tmp_path, tool.environment)

    assert "Traceback" not in ended.errors
    log = tmp_path / "mine" / "logs" / "run.log"
    if way == LEAVING:
        assert log.is_file()
    if log.is_file():
        assert "champion 0.9" in log.read_text("utf-8")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "words",
    [
        "status",
        *(
            pytest.param(words, marks=pytest.mark.slow)
            for words in (
                "--help",
                "serve --help",
                "report",
                "report --check",
                "monitor",
                "purge --days 0",
                "rollback",
                "promote",
                "prepare",
                "score rows.csv answers.csv",
                "replay stream --url http://127.0.0.1:9",
                "train",
                "retrain",
                "run --from retrain",
            )
        ),
    ],
)
def test_a_command_of_a_project_does_its_work_or_does_not_begin(
    made: Callable[[str], Project], tmp_path: Path, words: str, way: str
) -> None:
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    (project.folder / "rows.csv").write_text('text\n"A fine film."\n', "utf-8")
    before = state(project)
    name = words.split()[0]

    ended = call(
        [project.command(project.name), *words.split()], way, project.folder, project.environment
    )

    assert "Traceback" not in ended.errors
    assert 0 <= ended.status <= 120
    if way == FULL:
        assert ended.status > 0
    after = state(project)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == CHANGED.get(name, set()) or (way in LOST and not changed)
    status = project.run("status")
    assert status.returncode == 0, status.stderr
    assert not list(project.folder.rglob("*.partial"))


NAMED: dict[str, str] = {}
for role in ("AUTHOR", "COMMITTER"):
    NAMED |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@localhost"}

CHANGED = {
    "monitor": {"decisions"},
    "purge": {"predictions"},
    "rollback": {"champion", "history"},
    "score": {"answers"},
    "train": {"versions"},
    "retrain": {"versions", "history"},
    "run": {"versions", "history", "decisions", "predictions"},
}


def state(project: Project) -> dict[str, int]:
    """How many there are of what commands write; the champion's version."""
    return {
        "champion": project.champion(),
        "history": len(project.history()),
        "decisions": len(project.decisions()),
        "predictions": count(project.folder / "predictions.db", "predictions"),
        "versions": count(project.folder / "mlflow.db", "model_versions"),
        "answers": (project.folder / "answers.csv").is_file(),
    }


def count(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(rows)
