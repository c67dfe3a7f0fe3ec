"""Services of finished projects, as processes that a test may stop, kill and ask."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from projects import Project
from servers import free_port

START_SECONDS = 90
DATABASE = "predictions.db"


@dataclass
class Service:
    """The service of a copy of a finished project's champion."""

    command: str
    root: Path
    prefix: str
    environment: Mapping[str, str] = field(repr=False)
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.root / DATABASE

    @property
    def printed(self) -> str:
        return (self.root / "printed.txt").read_text("utf-8", "replace")

    def start(self, **settings: object) -> None:
        """Start it with settings such as `workers=2`, and wait until it is ready."""
        self.launch(**settings)
        until(lambda: self.get("/ready")[0] == 200 or not self.runs(), START_SECONDS)
        assert self.runs(), self.printed

    def launch(self, **settings: object) -> None:
        values = {self.prefix + name.upper(): str(value) for name, value in settings.items()}
        with (self.root / "printed.txt").open("ab") as printed:
            self.process = subprocess.Popen(
                [self.command, "serve", "--port", str(self.port)],
                cwd=self.root,
                env={**self.environment, **values},
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End every process at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self) -> int:
        """Ask it to end, as an orchestrator does, and wait for its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def stop(self) -> None:
        """End what is left of it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of an answer; status 0 if there was none."""
        return self.send(path, None, **headers)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, str]:
        """The same of a request with JSON."""
        given = {"Content-Type": "application/json", **headers}
        return self.send(path, json.dumps(body).encode(), **given)

    def upload(self, path: str, picture: bytes) -> tuple[int, str]:
        """The same of a form with a picture."""
        content_type, body = form(picture)
        return self.send(path, body, **{"Content-Type": content_type})

    def send(self, path: str, body: bytes | None, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def health(self) -> dict[str, Any]:
        status, text = self.get("/health")
        assert status == 200, text
        return dict(json.loads(text))

    def meter(self, name: str) -> float:
        """The sum of a counter over its labels."""
        lines = self.get("/metrics")[1].splitlines()
        values = [line.split()[-1] for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(map(float, values))

    def logged(self) -> set[str]:
        """Every id in the SQLite database."""
        with closing(sqlite3.connect(self.database)) as database:
            return {row[0] for row in database.execute("select id from predictions")}

    def memory(self) -> int:
        """Megabytes of its process that are in memory."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        lines = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(lines[0].split()[1]) // 1024

    def activate(self, version: int) -> float:
        """Switch to a version as a promotion does; gives the time."""
        pointer = self.root / "champion" / "current.json"
        partial = pointer.with_name("current.json.partial")
        partial.write_text(json.dumps({"version": version}), "utf-8")
        partial.replace(pointer)
        return time.monotonic()


def form(picture: bytes) -> tuple[str, bytes]:
    """The media type and the body of an upload."""
    limit = "limit"
    head = f'--{limit}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head.encode() + picture + f"\r\n--{limit}--\r\n".encode()
    return f"multipart/form-data; boundary={limit}", body


@contextmanager
def service_of(project: Project, folder: Path) -> Iterator[Service]:
    """A service of the project's champion in the folder, with a log of its own; not started."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(project.folder / "champion", folder / "champion")
    (folder / "pyproject.toml").touch()
    command = project.command(project.name)
    service = Service(command, folder, project.prefix, project.environment, free_port())
    try:
        yield service
    finally:
        service.stop()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for the condition, which a busy machine may take long to meet."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"it took more than {seconds} s")
        time.sleep(0.02)
