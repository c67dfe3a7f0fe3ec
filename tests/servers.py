"""Real servers for the tests: each on a free port, with a data folder of its own, and stopped when
its block ends."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

START_SECONDS = 120


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL, as its superuser; skips the test where none is installed."""
    with postgres_cluster() as cluster, cluster.running():
        yield cluster.url


@dataclass(frozen=True)
class Cluster:
    """What PostgreSQL keeps its data in; it can run more than once."""

    programs: Path
    folder: Path
    port: int
    password: str
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def running(self) -> Iterator[None]:
        """PostgreSQL, ready for connections; it is stopped when the block ends."""
        address = ["-k", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port)]
        command = [str(self.programs / "postgres"), "-D", "data", *address]
        ready = [
            str(self.programs / "pg_isready"),
            "--quiet",
            "--host=127.0.0.1",
            f"--port={self.port}",
        ]
        with running(command, self.folder, user=self.user, stop=signal.SIGINT) as process:
            wait_for(
                process, self.folder, lambda: subprocess.run(ready, check=False).returncode == 0
            )
            yield

    def query(self, sql: str) -> list[str]:
        """The words of what `psql` prints."""
        command = [
            str(self.programs / "psql"),
            self.url.replace("+psycopg", ""),
            "--no-psqlrc",
            "-At",
            "-c",
            sql,
        ]
        return subprocess.run(
            command, check=True, capture_output=True, encoding="utf-8"
        ).stdout.split()


@contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """An empty cluster of PostgreSQL that doesn't run yet; skips the test where none is installed.

    Passwords are asked for, as in the image. As root, its own user runs it.
    """
    programs, password = postgres_programs(), secrets.token_hex(8)
    user = "postgres" if sys.platform != "win32" and os.geteuid() == 0 else None
    # A temporary folder of pytest belongs to one user and has too long a path for a socket.
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text(f"{password}\n")
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        make = [
            str(programs / "initdb"),
            "--pgdata=data",
            "--username=postgres",
            "--pwfile=password",
        ]
        make += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
        made = subprocess.run(
            make, user=user, cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        assert made.returncode == 0, made.stderr
        yield Cluster(programs, folder, free_port(), password, user)


def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs: the newest where Debian puts them, or on the path."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    program = str(debian[-1]) if debian else shutil.which("postgres")
    if not program:
        missing("PostgreSQL", "postgresql")
    return Path(program).parent


def missing(server: str, package: str) -> NoReturn:
    """Skip the test for want of a server; where REQUIRE_SERVERS says that it is installed, fail."""
    end = pytest.fail if os.environ.get("REQUIRE_SERVERS") else pytest.skip
    end(f"{server} is not installed (apt-get install {package})")


@contextmanager
def mlflow_server(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> Iterator[str]:
    """The address of an MLflow server; its artefacts go below the folder."""
    url = f"http://127.0.0.1:{free_port()}"
    port = url.rpartition(":")[2]
    mine: list[str | Path] = [
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--artifacts-destination",
        folder / "artifacts",
    ]
    with running([*command, *mine], folder, environment=environment) as process:
        wait_for(process, folder, lambda: answers(f"{url}/health"))
        yield url


@contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    stop: int = signal.SIGTERM,
) -> Iterator[subprocess.Popen[Any]]:
    """A process that writes to `server.log`; it gets the signal `stop` in the end."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, user=user, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[Any], folder: Path, ready: Callable[[], bool]) -> None:
    """Returns when the server is ready; fails with its last lines if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail((folder / "server.log").read_text("utf-8", "replace")[-2000:])
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
