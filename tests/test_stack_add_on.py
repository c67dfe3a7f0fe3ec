"""The add-on `stack`, with the real programs: Caddy, Prometheus, PostgreSQL."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from conftest import Installed
from projects import Project
from servers import answers, free_port, missing, postgres_cluster, running, wait_for
from services import Service, service_of, until

KEY = "a-key-for-prometheus"
LIMIT = 8_000_000  # bytes of a body, of this template


def program(name: str, package: str) -> str:
    """The path of an installed program; skips the test where there is none."""
    path = shutil.which(name)
    if path is None:
        missing(name, package)
    return path


@pytest.fixture(scope="module")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with the add-on; nothing has run."""
    folder = tmp_path_factory.mktemp("stack")
    finished = installed.run(
        "new", "sentiment", "my-reviews", "--no-git", "--add", "stack", cwd=folder
    )
    assert finished.returncode == 0, finished.stderr
    return folder / "my-reviews"


def test_the_compose_file_keeps_to_the_specification(project: Path) -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, "compose.yaml"]
    finished = subprocess.run(
        command, cwd=project, capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 0, finished.stdout


def test_promtool_accepts_configuration_and_rules_and_the_rules_pass_their_tests(
    project: Path,
) -> None:
    promtool = program("promtool", "prometheus")
    for command in (
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "rules.yml"),
        ("test", "rules", "rules.test.yml"),
    ):
        finished = subprocess.run(
            [promtool, *command],
            cwd=project / "stack",
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr


def test_each_alert_has_a_test(project: Path) -> None:
    rules = (project / "stack/rules.yml").read_text("utf-8")
    tests = (project / "stack/rules.test.yml").read_text("utf-8")

    for name in re.findall(r"- alert: (\w+)", rules):
        assert f'alertname="{name}"' in tests


def test_neither_role_can_read_the_others_database(project: Path) -> None:
    passwords = {"PREDICTIONS_PASSWORD": "one", "MLFLOW_PASSWORD": "two"}
    with postgres_cluster() as cluster, cluster.running():
        url = cluster.url.replace("+psycopg", "")
        psql = [str(cluster.programs / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
        subprocess.run(
            [*psql, url, f"--file={project / 'stack/databases.sql'}"],
            env={**os.environ, **passwords},
            check=True,
        )
        ended = {}
        for role, password in (("predictions", "one"), ("mlflow", "two")):
            for database in ("predictions", "mlflow"):
                address = f"postgresql://{role}:{password}@127.0.0.1:{cluster.port}/{database}"
                finished = subprocess.run(
                    [*psql, address, "--command=create table numbers (number int)"], check=False
                )
                ended[role, database] = finished.returncode

    assert {place for place, status in ended.items() if status == 0} == {
        ("predictions", "predictions"),
        ("mlflow", "mlflow"),
    }


@pytest.fixture
def service(made: Callable[[str], Project], tmp_path: Path) -> Iterator[Service]:
    """The service of a finished project, with two workers and a key."""
    with service_of(made("sentiment"), tmp_path / "service") as service:
        service.start(workers=2, api_keys=KEY)
        yield service


@contextmanager
def caddy_before(service: Service, caddyfile: Path, folder: Path) -> Iterator[int]:
    """Caddy with the project's file, on free ports of this machine; the port for TLS."""
    caddy = program("caddy", "caddy")
    folder.mkdir()
    plain, secure, health = free_port(), free_port(), free_port()
    text = caddyfile.read_text("utf-8")
    for before, after in {
        "http_port 8080": f"http_port {plain}",
        "https_port 8443": f"https_port {secure}",
        ":8081 {": f":{health} {{",
        "api:8000": f"127.0.0.1:{service.port}",
    }.items():
        assert text.count(before) == 1
        text = text.replace(before, after)
    (folder / "Caddyfile").write_text(text)
    places = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [caddy, "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    with running(command, folder, environment={**os.environ, **places}) as process:
        root = folder / "caddy/pki/authorities/local/root.crt"
        wait_for(process, folder, lambda: root.exists() and answers(f"http://127.0.0.1:{health}/"))
        yield secure


@pytest.mark.slow
def test_caddy_gives_tls_and_refuses_large_bodies_slow_clients_and_metrics(
    service: Service, project: Path, tmp_path: Path
) -> None:
    with caddy_before(service, project / "stack/Caddyfile", tmp_path / "caddy") as port:
        root = tmp_path / "caddy/caddy/pki/authorities/local/root.crt"
        trusting = ssl.create_default_context(cafile=root)
        small = json.dumps({"text": "A dull film."}).encode()

        assert ask(port, trusting, "/ready") == 200
        assert ask(port, trusting, "/predict", small) == 200
        assert ask(port, trusting, "/metrics") == 404
        refused = ask(port, trusting, "/predict", small + b" " * LIMIT)
        assert refused in (413, 502)  # Caddy 2.6, which is Debian's, says 502
        assert ask(port, trusting, "/predict", small + b" " * (LIMIT - 100)) == 200
        assert 3 < patience(port, trusting, b"GET /ready HTTP/1.1\r\nHost: localhost\r\nX: ") < 25
        head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n"
        head += f"Authorization: Bearer {KEY}\r\n\r\n".encode()
        assert 25 < patience(port, trusting, head) < 60  # when it gives up
        assert ask(port, trusting, "/ready") == 200


def ask(port: int, trusting: ssl.SSLContext, path: str, body: bytes | None = None) -> int:
    """The status of an answer."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"https://localhost:{port}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20, context=trusting) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def patience(port: int, trusting: ssl.SSLContext, start: bytes) -> float:
    """Seconds until Caddy ends a request that goes on by one byte a second."""
    begun = time.monotonic()
    with (
        socket.create_connection(("localhost", port)) as plain,
        trusting.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(start)
        connection.settimeout(1)
        while time.monotonic() < begun + 60:
            try:
                connection.sendall(b"x")
                connection.recv(4096)
                break
            except TimeoutError:
                continue
            except OSError:
                break
    return time.monotonic() - begun


@contextmanager
def prometheus_of(service: Service, stack: Path, folder: Path) -> Iterator[str]:
    """The address of a Prometheus with the project's files that scrapes the service each second."""
    prometheus = program("prometheus", "prometheus")
    folder.mkdir()
    (folder / "key").write_text(KEY)
    shutil.copy(stack / "rules.yml", folder)
    config = yaml.safe_load((stack / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (job,) = config["scrape_configs"]
    job["authorization"]["credentials_file"] = str(folder / "key")
    job["static_configs"] = [{"targets": [f"127.0.0.1:{service.port}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    address = f"127.0.0.1:{free_port()}"
    command = [prometheus, "--config.file=prometheus.yml", f"--web.listen-address={address}"]
    with running(command, folder) as process:
        wait_for(process, folder, lambda: answers(f"http://{address}/-/ready"))
        yield f"http://{address}/api/v1"


def fetched(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310
        return json.loads(answer.read())["data"]


@pytest.mark.slow
def test_prometheus_reads_the_service_and_every_panel_has_data(
    service: Service, project: Path, tmp_path: Path
) -> None:
    dashboard = json.loads((project / "stack/grafana/serving.json").read_text("utf-8"))
    bearer = {"Authorization": f"Bearer {KEY}"}
    queries = []
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            queries.append(target["expr"].replace("$__rate_interval", "1m"))

    with prometheus_of(service, project / "stack", tmp_path / "prometheus") as url:

        def value(query: str) -> list[Any]:
            return list(fetched(f"{url}/query?query={quote(query)}")["result"])

        until(lambda: value('up{job="api"} == 1'))
        use(service, bearer)
        until(lambda: value("predictions_total"))  # a rate needs two values
        use(service, bearer)
        failing = ('status="503"', "5..")
        for query in queries:
            if not any(status in query for status in failing):
                until(lambda query=query: value(query))  # type: ignore[misc]
        (group,) = fetched(f"{url}/rules")["groups"]
        assert [rule["health"] for rule in group["rules"]] == ["ok"] * 5

        service.kill()
        until(lambda: value('ALERTS{alertname="ServiceDown",alertstate="pending"}'))


def use(service: Service, bearer: dict[str, str]) -> None:
    """A prediction, and what turned out to be true."""
    status, text = service.post("/predict", {"text": "A dull film."}, **bearer)
    assert status == 200
    feedback = [{"prediction_id": json.loads(text)["id"], "label": "negative"}]
    assert service.post("/feedback", feedback, **bearer)[0] == 201
