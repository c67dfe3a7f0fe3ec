"""What the service promises under load and when things break: nothing lost, nothing mixed."""

import json
import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import load as clients
import pytest
from checks import TEMPLATES
from conftest import run_uv
from disks import small_disk
from load import Sent, ids, load, percentile
from projects import Project
from servers import Cluster, missing, postgres_cluster
from services import Service, service_of, until

MEMORY = 110  # megabytes; 85 are promised
SECONDS = 30  # until another version answers: 2 on an idle machine, far more on a busy one
BUSY = 90  # seconds: well above what a stop or the start of a command takes on a busy machine
KEY = "0123456789abcdef-a-key"
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc or sets limits")


@pytest.fixture(scope="session")
def project(made: Callable[[str], Project]) -> Project:
    return made("sentiment")


@pytest.fixture
def service(project: Project, tmp_path: Path) -> Iterator[Service]:
    with service_of(project, tmp_path / "a service") as service:
        service.activate(2)
        yield service


@dataclass
class Database:
    """A PostgreSQL that holds the service's log."""

    cluster: Cluster
    service: Service
    running: AbstractContextManager[None] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.running = self.cluster.running()
        self.running.__enter__()

    def stop(self) -> None:
        if self.running is not None:
            self.running.__exit__(None, None, None)
        self.running = None

    def logged(self) -> set[str]:
        return set(self.cluster.query("select id from predictions"))


@pytest.fixture
def database(
    service: Service, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The service's log, on PostgreSQL; its driver is what the extra `postgres` asks for."""
    folder = tmp_path_factory.mktemp("driver")
    with postgres_cluster() as cluster:
        requirement = "psycopg[binary]>=3.2,<4"
        assert requirement in project.text("pyproject.toml")
        target = ["--target", str(folder), "--python", project.command("python")]
        run_uv("pip", "install", "--quiet", *target, requirement)
        url = {f"{service.prefix}DATABASE_URL": cluster.url, "PYTHONPATH": str(folder)}
        service.environment = {**service.environment, **url}
        database = Database(cluster, service)
        database.start()
        try:
            yield database
        finally:
            service.stop()
            database.stop()


def more(sent: list[Sent], answers: int = 30, status: int = 200) -> None:
    """Wait for so many more answers with this status."""
    enough = count(sent, status) + answers
    until(lambda: count(sent, status) >= enough)


def count(sent: list[Sent], status: int) -> int:
    return sum(request.status == status for request in list(sent))


def outcomes(sent: list[Sent]) -> dict[str, int]:
    ended = [request.outcome for request in sent]
    return {outcome: ended.count(outcome) for outcome in set(ended)}


# --- Nothing is lost ---


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_what_was_answered_is_in_the_log_after_kills(service: Service, times: int) -> None:
    sent = killed(service, times)

    assert ids(sent) <= service.logged()


@pytest.mark.slow
def test_what_was_answered_by_two_workers_is_in_the_log_after_kills(service: Service) -> None:
    sent = killed(service, 5, workers=2)

    assert ids(sent) <= service.logged()


@pytest.mark.slow
def test_what_was_answered_is_in_postgresql_after_kills(
    service: Service, database: Database
) -> None:
    sent = killed(service, 5)

    assert ids(sent) <= database.logged()


def killed(service: Service, times: int, **settings: object) -> list[Sent]:
    """What 32 clients sent to a service that was killed and started again so many times."""
    moment = random.Random(7)  # noqa: S311
    service.start(**settings)
    with load(service.url, 32) as sent:
        for number in range(times):
            if number:
                service.start(**settings)
            more(sent)
            time.sleep(moment.uniform(0, 0.2))
            service.kill()
    cut = outcomes(sent).get("closed", 0) + outcomes(sent).get("cut", 0)
    assert cut >= times  # it was busy
    return sent


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_loses_no_answer(service: Service, workers: int) -> None:
    """The log says what was read: each id in it has reached its client, and the other way round."""
    sent: list[Sent] = []
    for _ in range(2):
        service.start(workers=workers)
        with load(service.url, 32) as now:
            more(now, 200)
            begun = time.monotonic()
            status = service.terminate()
            seconds = time.monotonic() - begun
        sent += now
        assert status in (0, -signal.SIGTERM)
        assert seconds < BUSY

    assert ids(sent) == service.logged()
    assert set(outcomes(sent)) <= {"answered", "refused", "closed"}
    assert {request.status for request in sent if request.outcome == "answered"} <= {200, 503}
    assert "Traceback" not in service.printed


# --- An empty database ---

CONNECT = """
import sys
from PACKAGE import errors, prediction_log

for url in sys.stdin:
    try:
        prediction_log.connect(url.strip()).dispose()
        print("connected", flush=True)
    except errors.UserError as error:
        print(error, flush=True)
"""


def test_processes_that_start_at_once_in_empty_databases_all_connect(
    service: Service, project: Project
) -> None:
    files = [service.root / f"{number}.db" for number in range(100)]
    urls = [f"sqlite:///{file.as_posix()}" for file in files]

    assert all_said(service, project, urls) == {"connected"}
    for file in files:
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.slow
def test_processes_that_start_at_once_in_an_empty_postgresql_all_connect(
    service: Service, project: Project, database: Database
) -> None:
    server = database.cluster.url.rpartition("/")[0]
    urls = []
    for number in range(8):
        database.cluster.query(f"create database d{number}")
        urls.append(f"{server}/d{number}")

    assert all_said(service, project, urls) == {"connected"}


def all_said(service: Service, project: Project, urls: list[str]) -> set[str]:
    """What five processes say that connect to each of the databases at the same time."""
    command = [project.command("python"), "-c", CONNECT.replace("PACKAGE", project.package)]
    said = set()
    with ExitStack() as stack:
        processes = []
        for _ in range(5):
            process = subprocess.Popen(
                command,
                cwd=service.root,
                env=service.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                bufsize=1,
            )
            processes.append(stack.enter_context(process))
        for url in ["sqlite://", *urls]:  # the first lets all of them start
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(f"{url}\n")
            for process in processes:
                assert process.stdout is not None
                said.add(process.stdout.readline().strip())
    return said


# --- Nothing is mixed ---


def test_a_promotion_and_a_rollback_fail_no_request_and_mix_no_answer(service: Service) -> None:
    service.start()
    seconds = []
    with load(service.url, 8) as sent:
        more(sent)
        for version in (1, 2, 1, 2, 1):
            switched = service.activate(version)
            first = first_answer(sent, version, switched)
            seconds.append(first - switched)
            more(sent, 50)
            later = [request for request in list(sent) if request.begun > first]
            assert {frozenset(request.versions) for request in later} == {frozenset({version})}

    print("seconds until the new version answered:", [round(value, 2) for value in seconds])
    assert {request.status for request in sent} == {200}
    assert all(len(request.versions) == 1 for request in sent)
    assert max(seconds) < SECONDS


def test_the_command_rollback_is_served_soon_although_there_is_no_registry(
    service: Service,
) -> None:
    service.start()
    environment = {**service.environment, "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with load(service.url, 1) as sent:
        more(sent)
        begun = time.monotonic()
        command = [service.command, "rollback"]
        rollback = subprocess.Popen(command, cwd=service.root, env=environment)
        seconds = first_answer(sent, 1, begun) - begun

    print("seconds from the command to the first answer:", round(seconds, 2))
    assert rollback.wait(60) == 0
    assert {request.status for request in sent} == {200}
    assert seconds < BUSY


def first_answer(sent: list[Sent], version: int, since: float) -> float:
    """When a version first answered a request that was sent after that time."""

    def answers() -> list[Sent]:
        return [item for item in list(sent) if item.begun > since and version in item.versions]

    until(answers)
    return answers()[0].ended


def flip_a_bit(folder: Path) -> None:
    largest = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)


def remove_a_file(folder: Path) -> None:
    max(folder.iterdir(), key=lambda path: path.stat().st_size).unlink()


def empty_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}", "utf-8")


@pytest.mark.parametrize("damage", [flip_a_bit, remove_a_file, empty_the_manifest, shutil.rmtree])
def test_a_bundle_that_is_not_whole_is_never_served(
    service: Service, damage: Callable[[Path], None]
) -> None:
    champion = service.root / "champion"
    shutil.copytree(champion / "v2", champion / "v9")
    manifest = json.loads((champion / "v9" / "manifest.json").read_text("utf-8"))
    text = json.dumps(manifest | {"version": 9})
    (champion / "v9" / "manifest.json").write_text(text, "utf-8")
    damage(champion / "v9")
    service.start()

    with load(service.url, 4) as sent:
        more(sent)
        service.activate(9)
        until(lambda: service.health()["status"] == "degraded")
        degraded = service.health()
        more(sent, 50)
        service.activate(1)
        until(lambda: service.health()["status"] == "ok")
        more(sent)

    assert degraded["model_version"] == 2
    assert degraded["problem"]
    assert service.health() == {"status": "ok", "model_version": 1, "problem": None}
    assert {request.status for request in sent} == {200}
    assert {version for request in sent for version in request.versions} == {1, 2}


# --- The log can't be written ---


@contextmanager
def locked(service: Service) -> Iterator[None]:
    """Another process holds the database, and does not let go."""
    with closing(sqlite3.connect(service.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield


@contextmanager
def full(service: Service) -> Iterator[None]:
    """Nothing can be written to a file behind its first 64 kB, as if the disk was full."""
    assert service.process is not None
    before = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (65_536, before[1]))
    try:
        yield
    finally:
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("fault", [locked, pytest.param(full, marks=linux)])
def test_while_the_log_cannot_be_written_nothing_is_answered_and_the_service_is_not_ready(
    service: Service, fault: Callable[[Service], AbstractContextManager[None]]
) -> None:
    sent = faulty(service, lambda: fault(service))

    assert ids(sent) <= service.logged()


@pytest.mark.slow
def test_while_postgresql_is_stopped_nothing_is_answered_and_the_service_is_not_ready(
    service: Service, database: Database
) -> None:
    sent = faulty(service, lambda: stopped(database))

    assert ids(sent) <= database.logged()


@contextmanager
def stopped(database: Database) -> Iterator[None]:
    database.stop()
    try:
        yield
    finally:
        database.start()


def faulty(service: Service, fault: Callable[[], AbstractContextManager[None]]) -> list[Sent]:
    """What 8 clients sent before, during and after a fault; the service goes on by itself."""
    service.start()
    with load(service.url, 8) as sent:
        more(sent, 100)
        with fault():
            more(sent, 8, status=503)
            assert service.get("/ready")[0] == 503
            assert service.health()["model_version"] == 2
        until(lambda: service.get("/ready")[0] == 200)
        more(sent)
    refused = [request for request in sent if request.status == 503]
    assert {request.status for request in sent} == {200, 503}
    assert all("retry-after" in request.headers for request in refused)
    return sent


@linux
def test_a_full_disk_is_a_503_a_purge_makes_room_and_the_service_goes_on(
    service: Service, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 30) as disk:
        url = f"sqlite:///{(disk / 'predictions.db').as_posix()}"
        name = f"{service.prefix}DATABASE_URL"
        service.environment = {**service.environment, name: url}
        service.start()
        with load(service.url, 8, clients.batches(200)) as sent:
            more(sent, 3, status=503)
            assert service.get("/ready")[0] == 503
        before = shutil.disk_usage(disk).free
        purge = subprocess.run(
            [service.command, "purge", "--days", "0"],
            cwd=service.root,
            env=service.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        after = shutil.disk_usage(disk).free
        until(lambda: service.get("/ready")[0] == 200)
        with load(service.url, 2) as again:
            more(again)
        service.stop()

    assert purge.returncode == 0, purge.stderr
    assert after > before + 2_000_000
    assert {request.status for request in again} == {200}


def delete(service: Service) -> None:
    for path in service.root.glob("predictions.db*"):
        path.unlink()


def test_answers_go_to_a_new_log_when_the_old_one_is_deleted(service: Service) -> None:
    service.start()
    with load(service.url, 4) as sent:
        more(sent)
        delete(service)
        changed = time.monotonic()
        until(lambda: service.get("/ready")[0] == 200)
        more(sent)
    later = [request for request in sent if request.begun > changed]

    assert {request.status for request in sent} <= {200, 503}
    assert ids(later) <= service.logged()


# --- Clients ---


@linux
def test_many_clients_are_answered_in_little_memory(service: Service) -> None:
    service.start()
    with load(service.url, 32) as sent:
        more(sent, 1000)
    memory = service.memory()

    slowest = 1000 * percentile(sent, 0.99)
    print(f"{memory} MB; 99 % of the answers within {slowest:.0f} ms")
    assert {request.status for request in sent} == {200}
    assert ids(sent) == service.logged()
    assert memory < MEMORY


@linux
def test_overload_is_shed_and_memory_stays(service: Service) -> None:
    service.start(max_waiting=64)
    with load(service.url, 200, clients.batches(64)) as sent:
        more(sent, 100)
    memory = service.memory()

    print(f"{memory} MB; {outcomes(sent)}, {count(sent, 503)} refused")
    assert {request.status for request in sent if request.status} == {200, 503}
    assert ids(sent) == service.logged()
    assert memory < 2 * MEMORY


def test_clients_that_vanish_harm_nobody(service: Service) -> None:
    """Of each kind 20: they say nothing, send half of a head, of a body, or all, and are gone."""
    message = clients.request(*clients.batches(4)(), clients.JSON)
    service.start()

    with load(service.url, 8) as sent:
        more(sent)
        for end in (0, 30, len(message) - 10, len(message)):
            for _ in range(20):
                client = socket.create_connection(("127.0.0.1", service.port), 20)
                client.sendall(message[:end])
                vanish(client)
        more(sent, 100)

    assert {request.status for request in sent} == {200}
    assert ids(sent) <= service.logged()
    assert "Traceback" not in service.printed


def vanish(connection: socket.socket) -> None:
    """Close it with a reset, as a machine does that was switched off and on."""
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def test_health_answers_while_a_large_batch_is_computed(service: Service) -> None:
    text = "A warm, clever film; I would see it again! " * 460
    message = ("/predict/batch", json.dumps([{"text": text}] * 256).encode())
    service.start()

    seconds = []
    with load(service.url, 1, lambda: message) as sent:
        while count(sent, 200) < 2:
            begun = time.monotonic()
            service.health()
            seconds.append(time.monotonic() - begun)

    print(f"/health answered {len(seconds)} times, in {max(seconds):.3f} s at most")
    assert max(seconds) < 20  # generous: well under 1 on an idle machine


def test_two_workers_serve_and_count_together(service: Service) -> None:
    service.start(workers=2)
    with load(service.url, 8) as sent:
        more(sent, 200)
    answered = len(ids(sent))

    totals = {service.meter("predictions_total") for _ in range(10)}
    assert totals == {answered}
    assert ids(sent) == service.logged()


def test_prometheus_can_read_the_metrics(service: Service) -> None:
    program = shutil.which("promtool")
    if program is None:
        missing("promtool", "prometheus")
    service.start()
    service.post("/predict", clients.review(1))
    text = service.get("/metrics")[1]

    command = [program, "check", "metrics"]
    finished = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode in (0, 3), finished.stderr  # 3: advice on names
    assert 'predictions_total{model_version="2"} 1.0' in text


# --- Who may ask ---


UPGRADES = {
    "http2": "POST /predict|Connection: Upgrade, HTTP2-Settings|Upgrade: h2c",
    "websocket": "POST /predict|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13",
    "two headers": "POST /predict|Connection: keep-alive|Connection: Upgrade|Upgrade: h2c",
    "lower case": "POST /predict|connection: upgrade|upgrade: h2c",
    "a tunnel": "CONNECT /predict",
}


@pytest.mark.parametrize("form", UPGRADES)
def test_a_body_behind_an_upgrade_is_not_read_as_a_second_request(
    service: Service, form: str
) -> None:
    service.start()
    hidden = b"GET /metadata HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    line, *headers = UPGRADES[form].split("|")
    headers += [f"Content-Length: {len(hidden)}", "Content-Type: application/json"]
    head = "\r\n".join([f"{line} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""])

    with socket.create_connection(("127.0.0.1", service.port), 20) as client:
        client.sendall(head.encode())
        time.sleep(0.3)
        with suppress(OSError):  # it may have been closed
            client.sendall(hidden)
        answer = b""
        with suppress(ConnectionError):
            while part := client.recv(65536):
                answer += part

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"candidate" not in answer


def test_without_keys_a_foreign_host_is_refused(service: Service) -> None:
    service.start(api_hosts="reviews.example")
    statuses = {}
    for host in ("127.0.0.1:1", "localhost", "reviews.example:80", "evil.example", "", "[::1]"):
        statuses[host] = service.get("/metadata", Host=host)[0]

    assert statuses.pop("evil.example") == 400
    assert statuses.pop("") == 400
    assert set(statuses.values()) == {200}


def test_with_keys_nothing_but_the_page_and_health_is_open(service: Service) -> None:
    service.start(api_keys=KEY)
    paths = ["/metadata", "/examples", "/metrics", "/docs", "/openapi.json", "/explain", "/predict"]
    refused = {path: service.get(path)[0] for path in paths}
    right = {"Authorization": f"Bearer {KEY}"}
    wrong = {"Authorization": f"Bearer {KEY}x"}

    assert set(refused.values()) == {401}
    assert {service.get(path)[0] for path in ("/", "/health", "/ready", "/page.js")} == {200}
    assert service.get("/metadata", **right)[0] == 200
    assert service.get("/metadata", **wrong)[0] == 401
    assert service.post("/predict", clients.review(1), **right)[0] == 200
    assert service.get("/metadata", Host="evil.example", **right)[0] == 200
    assert KEY not in service.printed


def test_other_addresses_are_refused_without_keys(service: Service) -> None:
    service.launch(api_host="0.0.0.0")  # noqa: S104
    assert service.process is not None

    assert service.process.wait(60) == 1
    assert "API_KEYS" in service.printed
    assert "Traceback" not in service.printed


def test_the_documentation_needs_no_other_host(service: Service) -> None:
    service.start()
    status, page = service.get("/docs")

    assert status == 200
    assert "https://" not in page
    assert "http://" not in page


# --- Any input ---


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_input_makes_the_service_fail(
    made: Callable[[str], Project], tmp_path: Path, template: str
) -> None:
    check_any_input(made(template), tmp_path, 10)


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_input_of_many_makes_the_service_fail(
    made: Callable[[str], Project], tmp_path: Path, template: str
) -> None:
    check_any_input(made(template), tmp_path, 300)


def check_any_input(project: Project, folder: Path, examples: int) -> None:
    """Asks Schemathesis to look for an answer with a status of 500 or more."""
    with service_of(project, folder / "service") as service:
        service.start()
        finished = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                *("run", f"{service.url}/openapi.json", "--checks", "not_a_server_error"),
                *("--max-examples", str(examples), "--seed", "7", "--no-color"),
            ],
            cwd=folder,
            env={**os.environ, "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        ready = service.get("/ready")[0]

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert ready == 200
    assert "Traceback" not in service.printed
