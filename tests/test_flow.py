"""The loop as one flow, on a real server of Prefect: its tasks and their logs, an outage, a refusal, the schedule."""

import http
import json
import re
import subprocess
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import run_uv
from projects import Project, request, served
from servers import answers, free_port, running, wait_for

SAMPLE = {"SAMPLE_ROWS": "6000", "FOLDS": "2", "JOBS": "1", "PROTOCOLS": "0"}
SECONDS = 300
CRON = "17 6 * * *"


@dataclass(frozen=True)
class Orchestrated:
    """A project of its own beside the finished one, whose champion has met drift, and a server of Prefect."""

    command: Path
    folder: Path
    environment: dict[str, str]
    server: str

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.command, *arguments],
            cwd=self.folder,
            env=self.environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def run(self, *arguments: str, **settings: str) -> str:
        """What the command printed; it has to end well."""
        process = self.start(*arguments, **settings)
        printed, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, printed
        return printed

    def ask(self, what: str, **body: Any) -> Any:
        """The server's answer, to a GET if there is no body.

        While another writes, its database of SQLite is locked and it answers 503, that is, ask again (as Prefect's own
        client does).
        """
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                return request(f"{self.server}/{what}", json.dumps(body) if body else None)
            except urllib.error.HTTPError as error:
                if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def latest(self) -> dict[str, Any]:
        """The flow run that was begun last, with its tasks by name and what they logged."""
        run: dict[str, Any] = self.ask("flow_runs/filter", sort="START_TIME_DESC", limit=1)[0]
        tasks = self.ask("task_runs/filter", flow_runs={"id": {"any_": [run["id"]]}})
        run["tasks"] = {task["name"].rpartition("-")[0]: task for task in tasks}
        for task in tasks:
            logs = self.ask("logs/filter", logs={"task_run_id": {"any_": [task["id"]]}})
            task["log"] = "\n".join(entry["message"] for entry in logs)
        return run


@pytest.fixture(scope="module")
def orchestrated(made: Callable[[str], Project], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orchestrated]:
    """Uses the environment of the finished project, and beside it a folder with what the extra `flow` asks for."""
    project, folder, extra = made("sentiment"), tmp_path_factory.mktemp("flow"), tmp_path_factory.mktemp("extra")
    line = re.findall(r"^flow = \[(.*)\]", (project.folder / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[0]
    python = project.command("python")
    run_uv("--quiet", "pip", "install", "--target", str(extra), "--python", str(python), *re.findall(r'"(.*?)"', line))
    (folder / "log").mkdir()
    environment = project.environment | SAMPLE | {"PYTHONPATH": str(extra), "PROJECT_ROOT": str(folder)}
    environment |= {"DATABASE_URL": f"sqlite:///{(folder / 'log' / 'predictions.db').as_posix()}"}
    with prefect_server(python, tmp_path_factory.mktemp("prefect"), environment) as server:
        command = project.command(project.name)
        made_here = Orchestrated(command, folder, environment | {"PREFECT_API_URL": server}, server)
        for stage in ("prepare", "train", "promote"):
            made_here.run(stage)
        with served([command, "serve"], folder, environment) as url:
            made_here.run("replay", "drift", "--url", url)
        yield made_here


@contextmanager
def prefect_server(python: Path, home: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the API of a server of Prefect, which keeps all that it knows below `home`."""
    port = free_port()
    quiet = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    command = [python, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with running(command, home, environment=environment | quiet) as process:
        url = f"http://127.0.0.1:{port}/api"
        wait_for(process, home, lambda: answers(f"{url}/health"))
        yield url


def eventually(found: Callable[[], Any]) -> Any:
    """What is found in the end, the first that is true; fails if nothing is."""
    deadline = time.monotonic() + SECONDS
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return value


def test_a_refusal_is_an_answer_of_the_flow(orchestrated: Orchestrated) -> None:
    printed = orchestrated.run("flow", TRUSTED_SOURCES="nobody")

    run = orchestrated.latest()
    assert "come from one source, 'local'" in printed
    assert run["state"]["type"] == "COMPLETED"
    assert run["state"]["message"].startswith("refused: ")
    assert set(run["tasks"]) == {"monitor", "retrain"}


def test_each_stage_is_a_task_with_its_log(orchestrated: Orchestrated) -> None:
    printed = orchestrated.run("flow")

    run = orchestrated.latest()
    assert printed.splitlines()[-1].startswith("   promoted version 2: better than the champion")
    assert all(line.startswith("   ") for line in printed.splitlines())
    assert run["state"]["message"].startswith("promoted version 2")
    assert {name: task["state"]["type"] for name, task in run["tasks"].items()} == dict.fromkeys(
        ("monitor", "retrain", "promote"), "COMPLETED"
    )
    logs = {name: task["log"] for name, task in run["tasks"].items()}
    assert "fitted" in logs["retrain"]
    assert "judging version 2" in logs["promote"]
    assert all(logs.values())


def test_a_stage_is_tried_again_when_the_log_is_back(orchestrated: Orchestrated) -> None:
    log = orchestrated.folder / "log"
    log.rename(log.with_name("away"))
    process = orchestrated.start("flow")

    eventually(lambda: orchestrated.latest()["tasks"].get("monitor", {}).get("state_name") == "AwaitingRetry")
    log.with_name("away").rename(log)
    printed, _ = process.communicate(timeout=SECONDS)

    task = orchestrated.latest()["tasks"]["monitor"]
    assert process.returncode == 0, printed
    assert task["state"]["type"] == "COMPLETED"
    assert task["run_count"] > 1


def test_the_flow_goes_round_by_its_schedule_until_it_is_stopped(orchestrated: Orchestrated) -> None:
    with (orchestrated.folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [orchestrated.command, "flow", "--every", CRON],
            cwd=orchestrated.folder,
            env=orchestrated.environment,
            stdout=log,
            stderr=log,
        )
    try:
        deployment = eventually(lambda: orchestrated.ask("deployments/filter", limit=1))[0]
        run = orchestrated.ask(f"deployments/{deployment['id']}/create_flow_run", state={"type": "SCHEDULED"})
        eventually(lambda: orchestrated.ask(f"flow_runs/{run['id']}")["state"]["type"] == "COMPLETED")
    finally:
        process.terminate()
        process.wait(60)

    assert [(one["schedule"]["cron"], one["active"]) for one in deployment["schedules"]] == [(CRON, True)]


def test_what_is_no_schedule_is_one_line(orchestrated: Orchestrated) -> None:
    process = orchestrated.start("flow", "--every", "daily")

    printed, _ = process.communicate(timeout=SECONDS)

    assert process.returncode == 1
    assert printed == "error: --every 'daily' is no schedule. Give five fields, as in: 17 6 * * *\n"
