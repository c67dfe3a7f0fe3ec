"""The servers that are measured: started on a free port, asked for a first answer, stopped whatever happens."""

import base64
import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import memory
import psutil
from projects import HERE, Project, environment

PATIENCE = 120  # seconds until a server has to have answered
DRAINING = 40  # seconds that a server may take to stop
POLL = 0.005  # seconds between two questions to a server that starts
BOUNDARY = "a-picture-of-a-cell"


@dataclass(frozen=True)
class Request:
    """The body of a POST."""

    content_type: str
    body: bytes


@dataclass(frozen=True)
class Server:
    """How a server is started, and where it is asked what; `database` is its prediction log,
    `folder` takes what it writes besides."""

    command: list[str]
    environment: dict[str, str]
    folder: Path
    port: int
    path: str
    request: Request
    database: Path | None = None


@dataclass(frozen=True)
class Running:
    """A server that has given its first answer, so many seconds after its start."""

    server: Server
    process: psutil.Popen
    seconds: float
    answer: Any


def request(record: dict[str, Any]) -> Request:
    """The record as our service takes it: JSON, or a form with a picture."""
    if "image" not in record:
        return Request("application/json", json.dumps(record).encode())
    head = 'Content-Disposition: form-data; name="file"; filename="cell.png"\r\nContent-Type: image/png\r\n\r\n'
    picture = base64.b64decode(record["image"])
    body = f"--{BOUNDARY}\r\n{head}".encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    return Request(f"multipart/form-data; boundary={BOUNDARY}", body)


def ours(project: Project, given: Request, folder: Path, workers: int = 1) -> Server:
    """The project's service, with a prediction log of its own that is empty."""
    port, database = free_port(), folder / f"predictions-{time.monotonic_ns()}.db"
    command = [str(project.scripts / project.name), "serve", "--port", str(port), "--quiet"]
    command += ["--workers", str(workers)] if workers > 1 else []
    variables = environment(project, folder) | {"DATABASE_URL": f"sqlite:///{database}"}
    return Server(command, variables, folder, port, "/predict", given, database)


def mlflow(project: Project, record: dict[str, Any], folder: Path) -> Server:
    """MLflow's own server of the same champion; it reads a copy of the registry."""
    registry = folder / "mlflow.db"
    if not registry.exists():
        original = sqlite3.connect(f"file:{project.folder}/mlflow.db?mode=ro", uri=True)
        with closing(original), closing(sqlite3.connect(registry)) as copy:
            original.backup(copy)
    port = free_port()
    command = [str(project.scripts / "mlflow"), "models", "serve", "-m", f"models:/{project.name}@champion"]
    command += ["--env-manager", "local", "--workers", "1", "--port", str(port)]
    given = Request("application/json", json.dumps({"dataframe_records": [record]}).encode())
    # Threads of scikit-learn's trees wait for each other when requests come at once: without them it answers more.
    variables = environment(project, folder) | {"OMP_NUM_THREADS": "1"}
    return Server(command, variables, folder, port, "/invocations", given)


def constant(project: Project, given: Request, folder: Path) -> Server:
    """A FastAPI that answers a constant, as uvicorn starts it, without a log of requests."""
    port = free_port()
    command = [str(project.scripts / "uvicorn"), "constant:app", "--app-dir", str(HERE), "--port", str(port)]
    command += ["--log-level", "warning", "--no-access-log"]
    return Server(command, environment(project, folder), folder, port, "/predict", given)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def running(server: Server) -> Iterator[Running]:
    """Starts a server and waits for its first answer; in the end stops it and all that it started."""
    log = server.folder / "server.log"
    with log.open("wb") as output:
        settings = {"env": server.environment, "cwd": server.folder, "stdout": output, "stderr": output}
        start = time.perf_counter()
        process = psutil.Popen(server.command, start_new_session=True, **settings)
    try:
        answer = None
        while answer is None:
            answer = ask(server)
            if process.poll() is not None or time.perf_counter() > start + PATIENCE:
                said = log.read_text("utf-8", "replace").strip().splitlines()[-5:]
                raise SystemExit("\n".join([f"no answer from: {' '.join(server.command)}", *said]))
            time.sleep(POLL if answer is None else 0)
        yield Running(server, process, time.perf_counter() - start, answer)
    finally:
        stop(process)


def ask(server: Server) -> Any:
    """The answer to one request, or None as long as there is none. Raises SystemExit if it is a refusal."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        try:
            connection.request("POST", server.path, server.request.body, {"Content-Type": server.request.content_type})
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            return None
    if 400 <= response.status < 500:
        raise SystemExit(f"{server.path} refuses the request: {response.status} {content[:500]!r}")
    return json.loads(content) if response.status == 200 else None


def stop(process: psutil.Popen) -> None:
    """Ends a server that we started, and all that it has started: asked to first, then by force."""
    members = memory.family(process)
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    psutil.wait_procs(members, timeout=DRAINING)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in members:  # those that have left the group
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(members, timeout=DRAINING)


def database(server: Server) -> Path:
    """The prediction log of a server of ours."""
    assert server.database
    return server.database


def logged(database: Path) -> int:
    """How many predictions a database holds."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM predictions").fetchone()[0])
