"""The add-on `stack`, brought up by Docker Compose: a whole loop, an alert, down and up again."""

import json
import os
import re
import secrets
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from conftest import Installed, run_uv
from containers import Engine, find_engine
from projects import Project
from servers import free_port, missing
from services import until

STAND_INS = Path(__file__).with_name("stand_ins")
BUILT_HERE = ("api", "caddy", "mlflow")
ROWS = 400  # of the drift, sent with their labels
BATCH = 50
REVIEW = {"text": "A dull film."}


@dataclass(frozen=True)
class Stack:
    """A project with the add-on, and the command that runs its services."""

    name: str
    project: Project
    engine: Engine
    compose: list[str]
    ports: Mapping[str, int]
    values: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str, check: bool = True) -> str:
        """What Compose prints."""
        finished = subprocess.run(
            [*self.compose, *arguments],
            cwd=self.project.folder,
            env={**os.environ, "COMPOSE_BAKE": "false"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0 or not check, finished.stdout + finished.stderr
        return finished.stdout

    def command(self, *arguments: str, status: int = 0) -> str:
        """What a command of the project prints that ends with this status."""
        finished = self.project.run(*arguments)
        printed = finished.stdout + finished.stderr
        assert finished.returncode == status, printed
        return printed

    def ask(self, path: str, body: object = None) -> Any:
        """An answer of the service, through Caddy."""
        root = ssl.create_default_context(cafile=self.project.folder / "root.crt")
        key = self.values[f"{self.project.prefix}API_KEYS"]
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        url = f"https://localhost:{self.ports['caddy']}{path}"
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, timeout=60, context=root) as answer:  # noqa: S310
            return json.loads(answer.read())

    def fetch(self, service: str, path: str) -> Any:
        """An answer of MLflow or Prometheus."""
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.loads(answer.read())

    def samples(self, query: str) -> list[Any]:
        """What Prometheus answers to a query."""
        answer = self.fetch("prometheus", f"/api/v1/query?query={quote(query)}")
        return list(answer["data"]["result"])

    def firing(self) -> set[str]:
        """The names of the alerts that fire."""
        samples = self.samples('ALERTS{alertstate="firing"}')
        return {sample["metric"]["alertname"] for sample in samples}

    def rows(self, sql: str) -> list[str]:
        """The words of an answer of the prediction log."""
        psql = ["psql", "--username=postgres", "--dbname=predictions", "-At", "-c", sql]
        return self("exec", "-T", "postgres", *psql).split()


def find_compose() -> list[str]:
    """The command of Docker Compose; skips the test where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        version = [*command, "version", "--short"]
        finished = subprocess.run(version, capture_output=True, encoding="utf-8", check=False)
        numbers = re.findall(r"\d+", finished.stdout)
        if finished.returncode == 0 and (int(numbers[0]), int(numbers[1])) >= (2, 24):
            return command
    return missing("Docker Compose 2.24", "docker-compose-plugin")


def get_images(engine: Engine, project: Path) -> None:
    """Pull the images that the stack names, or make a stand-in for each."""
    texts = [(project / "compose.yaml").read_text("utf-8")]
    for folder in STAND_INS.iterdir():
        (image,) = re.findall(rf"(?:image: |FROM )(\S*{folder.name}:\S+)", texts[0])
        if not engine.does("image", "inspect", image) and not engine.does("pull", "-q", image):
            engine("build", "--network", "host", "--quiet", "--tag", image, str(folder))


@contextmanager
def stack_of(project: Project, engine: Engine, compose: list[str]) -> Iterator[Stack]:
    """The stack under a name and on ports of its own, with its images; nothing runs yet.

    Grafana is left out: there is nothing that a stand-in could be made from.
    """
    name = f"stack-{secrets.token_hex(4)}"
    ports = {service: free_port() for service in ("caddy", "postgres", "mlflow", "prometheus")}
    inside = {"caddy": 8443, "postgres": 5432, "mlflow": 5000, "prometheus": 9090}
    override = "services:\n  grafana: {profiles: [not-here]}\n"
    for service, port in ports.items():
        published = f'"127.0.0.1:{port}:{inside[service]}"'
        image = f"image: {name}-{service}, " if service in BUILT_HERE else ""
        override += f"  {service}: {{{image}ports: !override [{published}]}}\n"
    override += f"  api: {{image: {name}-api}}\n"
    (project.folder / "compose.override.yaml").write_text(override, "utf-8")
    stack = Stack(name, project, engine, [*compose, "-p", name], ports, write_env(project, ports))
    try:
        yield stack
    finally:
        print(stack("logs", "--tail", "20", "--no-color", check=False))
        stack("down", "--volumes", "--timeout", "5", check=False)
        for service in BUILT_HERE:
            engine("rmi", "--force", f"{name}-{service}", check=False)


def build(stack: Stack, *services: str) -> None:
    """What `up --build` does; without BuildKit, Compose can't read a Dockerfile in its file."""
    parts = yaml.safe_load(stack.project.text("compose.yaml"))["services"]
    for service in services:
        folder = stack.project.folder
        if parts[service]["build"] != ".":
            folder = folder / service
            folder.mkdir()
            (folder / "Dockerfile").write_text(parts[service]["build"]["dockerfile_inline"])
        command = ["build", "--network", "host", "--quiet", "--tag"]
        stack.engine(*command, f"{stack.name}-{service}", str(folder))


def write_env(project: Project, ports: Mapping[str, int]) -> dict[str, str]:
    """The `.env` of somebody who gave each secret a value; gives the values."""
    example = project.text(".env.example")
    values = {name: secrets.token_hex(24) for name in re.findall(r"(?m)^(\w+)=$", example)}
    for name, value in values.items():
        example = example.replace(f"{name}=\n", f"{name}={value}\n")
    example = example.replace("127.0.0.1:5000", f"127.0.0.1:{ports['mlflow']}")
    example = example.replace("127.0.0.1:5432", f"127.0.0.1:{ports['postgres']}")
    (project.folder / ".env").write_text(example, "utf-8")
    return values


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux containers, on the host's network")
def test_a_whole_loop_runs_on_the_stack_alerts_come_and_go_and_nothing_is_lost(
    made: Callable[[str], Project],
    installed: Installed,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine, compose = find_engine(tmp_path, "docker"), find_compose()
    project = with_stack(made("sentiment"), installed, tmp_path, tmp_path_factory)
    get_images(engine, project.folder)
    with stack_of(project, engine, compose) as stack:
        # As docs/stack.md says, but for --build.
        build(stack, "mlflow")
        stack("up", "--detach", "--wait", "postgres", "mlflow")
        stack.command("prepare")
        stack.command("train")
        stack.command("promote")
        build(stack, "api", "caddy")
        stack("up", "--detach", "--wait")
        root = "caddy:/certificates/caddy/pki/authorities/local/root.crt"
        stack("cp", root, "root.crt")
        assert stack.ask("/ready")

        send_drift(stack)
        assert "retraining advised" in stack.command("monitor", status=3)
        stack.command("retrain")
        assert project.champion() == 2
        until(lambda: stack.ask("/health")["model_version"] == 2)
        assert not list(project.folder.glob("*.db"))  # all of it is on the servers

        assert_alerts_come_and_go(stack)
        assert_nothing_is_lost(stack)


def with_stack(
    original: Project, installed: Installed, folder: Path, factory: pytest.TempPathFactory
) -> Project:
    """A new project with the add-on, in the environment of a finished one; with the driver."""
    driver = factory.mktemp("driver")
    target = ["--target", str(driver), "--python", original.command("python")]
    run_uv("pip", "install", "--quiet", *target, "psycopg[binary]>=3.2,<4")
    arguments = ["new", "sentiment", original.name, "--no-git", "--add", "stack"]
    finished = installed.run(*arguments, cwd=folder)
    assert finished.returncode == 0, finished.stderr
    (folder / original.name / ".venv").symlink_to(original.folder / ".venv")
    environment = {**original.environment, "PYTHONPATH": str(driver)}
    return Project("sentiment", folder / original.name, environment)


def send_drift(stack: Stack) -> None:
    """Reviews of another kind go through Caddy, then their labels."""
    code = "import sys; from PACKAGE import data; rows = data.read('drift').head(int(sys.argv[1]))"
    code += "; rows[['text', 'label']].to_json(sys.stdout, orient='records')"
    code = code.replace("PACKAGE", stack.project.package)
    rows = json.loads(stack.project.call("python", "-c", code, str(ROWS)).stdout)
    for start in range(0, ROWS, BATCH):
        batch = rows[start : start + BATCH]
        answers = stack.ask("/predict/batch", [{"text": row["text"]} for row in batch])
        feedback = []
        for row, answer in zip(batch, answers, strict=True):
            assert answer["model_version"] == 1
            feedback.append({"prediction_id": answer["id"], "label": row["label"]})
        assert stack.ask("/feedback", feedback) == {"accepted": len(batch)}


def assert_alerts_come_and_go(stack: Stack) -> None:
    """Without a database the log can't be written; without a service, it is down."""
    assert not stack.firing()
    stack("stop", "postgres")
    until(lambda: "LogNotWritable" in stack.firing(), 300)
    stack("start", "postgres")
    until(lambda: not stack.firing(), 300)
    stack("stop", "api")
    until(lambda: "ServiceDown" in stack.firing(), 180)
    stack("start", "api")
    until(lambda: not stack.firing(), 300)


def assert_nothing_is_lost(stack: Stack) -> None:
    """Log, registry, metrics, certificate and champion are there after `down` and `up`."""
    queries = ("select id from predictions order by id", "select count(*) from feedback")
    before = [stack.rows(query) for query in queries]
    versions = stack.fetch("mlflow", "/api/2.0/mlflow/model-versions/search")
    artefacts = stack("exec", "-T", "mlflow", "find", "/mlartifacts", "-type", "f")
    certificate = stack(
        "exec", "-T", "caddy", "cat", "/certificates/caddy/pki/authorities/local/root.crt"
    )

    stack("down")
    stack("up", "--detach", "--wait")

    assert len(before[0]) >= ROWS
    assert [stack.rows(query) for query in queries] == before
    assert stack.fetch("mlflow", "/api/2.0/mlflow/model-versions/search") == versions
    assert len(versions["model_versions"]) == 2
    assert stack("exec", "-T", "mlflow", "find", "/mlartifacts", "-type", "f") == artefacts
    assert certificate == (stack.project.folder / "root.crt").read_text("utf-8")
    assert stack.samples('max_over_time(ALERTS{alertname="ServiceDown",alertstate="firing"}[30m])')
    assert stack.ask("/predict", REVIEW)["model_version"] == 2
    assert "champion: version 2" in stack.command("status")
