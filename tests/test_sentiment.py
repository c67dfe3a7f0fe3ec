"""The sentiment project as its owner gets it: made by `--run` on the real reviews, its figures held to targets."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uv
from conftest import SCRIPTS, Installed

TRAINING_LIBRARIES = {"evidently", "matplotlib", "mlflow", "numpy", "pandas", "pyarrow", "scikit-learn", "skops"}


@dataclass(frozen=True)
class Project:
    """A generated project whose whole loop has run, and what the run printed."""

    folder: Path
    environment: dict[str, str]
    printed: str
    seconds: float

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The finished command of the project's own environment."""
        return subprocess.run(
            [self.folder / ".venv" / SCRIPTS / command[0], *command[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def lines(self, *path: str) -> list[dict[str, Any]]:
        text = self.folder.joinpath(*path).read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The README's first line, in a path with a space and an accent."""
    parent = tmp_path_factory.mktemp("portfolio d'été")
    started = time.monotonic()
    finished = installed.run("new", "sentiment", "my-reviews", "--run", cwd=parent)
    assert finished.returncode == 0, finished.stderr
    return Project(parent / "my-reviews", installed.environment, finished.stdout, time.monotonic() - started)


@contextmanager
def served(command: list[str | Path], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of a service that the command starts; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*command, "--port", str(port), "--quiet"], cwd=folder, env=environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                request(f"http://127.0.0.1:{port}/ready")
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def request(url: str, body: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(  # noqa: S310
        urllib.request.Request(url, body and body.encode(), headers),  # noqa: S310
        timeout=10,
    ) as response:
        return json.loads(response.read())


def test_the_champion_is_right_on_91_of_100_test_reviews(project: Project) -> None:
    first = project.lines("champion", "history.jsonl")[0]

    assert first["event"] == "promoted"
    assert first["evidence"]["score"]["value"] >= 0.91
    assert first["evidence"]["baselines"]["scikit-learn defaults"]["value"] < 0.89


def test_fitting_the_chosen_model_takes_no_more_than_20_seconds(project: Project) -> None:
    with sqlite3.connect(project.folder / "mlflow.db") as database:
        query = (
            "select m.value from metrics m join tags t on t.run_uuid = m.run_uuid"
            " where m.key = 'fit_seconds' and t.key = 'stage' and t.value = 'challenger'"
        )
        seconds = [row[0] for row in database.execute(query)]

    assert len(seconds) == 2
    assert max(seconds) <= 20


def test_at_least_three_candidates_and_two_baselines_are_tracked(project: Project) -> None:
    with sqlite3.connect(project.folder / "mlflow.db") as database:
        stages = [row[0] for row in database.execute("select value from tags where key = 'stage'")]

    assert stages.count("baseline") == 2
    assert stages.count("candidate") >= 3


def test_monitoring_is_quiet_on_imdb_fires_on_the_snippets_and_is_quiet_after_retraining(project: Project) -> None:
    decisions = project.lines("reports", "decisions.jsonl")

    assert [decision["status"] for decision in decisions] == ["healthy", "retraining advised", "healthy"]
    assert decisions[1]["drift"]["text"] > 0.9
    assert all((project.folder / "reports" / decision["report"]).is_file() for decision in decisions)


def test_retraining_mends_the_snippets_and_keeps_the_reviews(project: Project) -> None:
    last = project.lines("champion", "history.jsonl")[-1]
    snippets, reviews = (last["evidence"]["slices"][f"source: {name}"] for name in ("rotten_tomatoes", "imdb"))

    assert last["event"] == "promoted"
    assert snippets["champion"]["value"] < 0.77
    assert snippets["challenger"]["value"] >= 0.78
    assert reviews["challenger"]["value"] >= 0.91


def test_the_loop_takes_about_two_minutes_and_says_what_it_found(project: Project) -> None:
    stages = [float(seconds) for seconds in re.findall(r"done in ([\d.]+) s", project.printed)]

    assert len(stages) == 12  # the environment, and eleven stages
    assert sum(stages[1:]) < 360  # 120 s on two free cores; these may be busy
    summary = project.printed.split("== summary")[1]
    for expected in ("baseline, scikit-learn defaults", "champion, version 1", "retraining advised", "serve", "mlflow"):
        assert expected in summary


def test_the_readme_shows_what_was_measured(project: Project) -> None:
    page = readme(project)
    score = project.lines("champion", "history.jsonl")[0]["evidence"]["score"]

    assert f"**{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})**" in page
    assert "No results yet" not in page


def test_what_the_run_leaves_behind_is_ignored_by_git(project: Project) -> None:
    changed = subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607
        cwd=project.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert changed.stdout.split() == ["M", "README.md", "??", "uv.lock"]


@pytest.mark.parametrize("command", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)])
def test_the_project_passes_its_own_checks(project: Project, command: tuple[str, ...]) -> None:
    finished = project.run(*command)

    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_projects_own_tests_pass(project: Project) -> None:
    finished = project.run("pytest", "-q", "-p", "no:cacheprovider")

    assert finished.returncode == 0, finished.stdout
    assert re.search(r"\d{3} passed", finished.stdout)
    assert "skipped" not in finished.stdout


def test_the_requests_of_the_readme_are_answered(project: Project) -> None:
    bodies = re.findall(r'^curl http://127\.0\.0\.1:8000(/\w+) .* -d "(.*)"$', readme(project), re.MULTILINE)

    with served(
        [project.folder / ".venv" / SCRIPTS / "my-reviews", "serve"], project.folder, project.environment
    ) as url:
        answer: Any = {"id": "none"}
        for path, body in bodies:
            answer = request(url + path, body.replace('\\"', '"').replace('"ID"', f'"{answer.get("id")}"'))

    assert [path for path, _ in bodies] == ["/predict", "/feedback"]
    assert answer == {"accepted": 1}


def test_rollback_and_status_tell_the_story_of_the_champion(project: Project) -> None:
    back = project.run("my-reviews", "rollback")
    status = project.run("my-reviews", "status")

    assert "version 1 serves again, in place of version 2" in back.stdout
    assert "champion: version 1" in status.stdout
    assert status.stdout.index("version 2 promoted") < status.stdout.index("version 1 serves again")


def test_score_answers_a_file_larger_than_its_chunks(project: Project, tmp_path: Path) -> None:
    finished = project.run("my-reviews", "score", "data/train.parquet", str(tmp_path / "scored.csv"))

    dataset = json.loads((project.folder / "data" / "dataset.json").read_text("utf-8"))
    assert finished.returncode == 0, finished.stderr
    assert f"{dataset['rows']['train']:,} rows answered" in finished.stdout


def test_the_memory_of_score_does_not_grow_with_the_file(project: Project, tmp_path: Path) -> None:
    wrapper = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for rows in (5_000, 200_000):
        source = tmp_path / f"{rows}.csv"
        source.write_text("text\n" + "A wonderful film that I would gladly see again and again\n" * rows, "utf-8")
        score = [project.folder / ".venv" / SCRIPTS / "my-reviews", "score", source, tmp_path / "scored.csv"]
        finished = project.run("python", "-c", wrapper, *map(str, score))
        assert f"{rows:,} rows answered" in finished.stdout, finished.stderr
        peaks.append(int(finished.stdout.split()[-1]))

    assert peaks[1] < 1.2 * peaks[0]


def test_serving_needs_no_training_library(project: Project, tmp_path: Path) -> None:
    """What the Dockerfile does, without Docker: the package alone, the champion beside it."""
    venv = tmp_path / "venv"
    tool = [uv.find_uv_bin(), "--quiet"]
    subprocess.run([*tool, "venv", "--python", sys.executable, venv], check=True)
    subprocess.run([*tool, "pip", "install", "--python", venv, project.folder], env=project.environment, check=True)
    listed = subprocess.run(
        [*tool, "pip", "list", "--python", venv, "--format", "json"], capture_output=True, check=True
    ).stdout
    environment = project.environment | {"DATABASE_URL": f"sqlite:///{(tmp_path / 'log.db').as_posix()}"}
    environment |= {"PROJECT_ROOT": str(project.folder)}

    with served([venv / SCRIPTS / "my-reviews", "serve"], tmp_path, environment) as url:
        answers = request(f"{url}/predict", '[{"text": "A wonderful film"}, {"text": "A terrible film"}]')

    assert [answer["label"] for answer in answers] == ["positive", "negative"]
    assert not TRAINING_LIBRARIES & {package["name"] for package in json.loads(listed)}


def test_the_image_is_built_in_two_stages_and_runs_without_root(project: Project) -> None:
    dockerfile = (project.folder / "Dockerfile").read_text("utf-8")

    assert dockerfile.count("\nFROM ") == 2
    assert dockerfile.index("\nUSER app") < dockerfile.index("\nCMD")
    assert "\nHEALTHCHECK" in dockerfile


def test_the_workflows_follow_their_schema_and_are_safe(project: Project) -> None:
    workflows = sorted((project.folder / ".github" / "workflows").glob("*.yml"))
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows]
    zizmor = [Path(sys.executable).parent / "zizmor", "--offline", "--quiet", *workflows]

    assert [path.name for path in workflows] == ["ci.yml", "monitor.yml"]
    for command in (schema, zizmor):
        finished = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("name", ["a", "a-name-of-forty-letters-which-is-longest"])
def test_the_code_is_clean_whatever_the_project_is_called(installed: Installed, tmp_path: Path, name: str) -> None:
    made = installed.run("new", "sentiment", name, "--licence", "none", "--no-git", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    for command in (["check"], ["format", "--check"]):
        finished = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"],
            cwd=tmp_path / name,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stdout


def readme(project: Project) -> str:
    return (project.folder / "README.md").read_text("utf-8")
