"""What the whole loop needs around its stages: a running service, a fresh start, and the summary at the end."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from .config import COMMAND, Settings
from .errors import LifecycleError

START_SECONDS = 60


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """A service of the champion on a free port, as its own process; gives its address and stops it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", __package__, "serve", "--host", "127.0.0.1", "--port", str(port), "--quiet"]
    process = subprocess.Popen(command, cwd=settings.root)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            response = httpx.get(f"{url}/ready", timeout=5)
            if response.is_success:
                return
            if response.status_code == 503 and process.poll() is None and "promote" in response.text:
                raise LifecycleError(response.json()["detail"])
        except httpx.TransportError:
            time.sleep(0.1)
    raise LifecycleError(f"The service did not start. See why with: {COMMAND} serve")


def archive(settings: Settings) -> Path | None:
    """Move what earlier runs left behind into `archive/<time>`, so that a loop can start afresh; nothing is deleted."""
    names = ["data", "champion", "reports", "mlartifacts", "mlflow.db"]
    names += [path.name for path in settings.root.glob("predictions.db*")]
    present = [settings.root / name for name in names if (settings.root / name).exists()]
    if not present:
        return None
    folder = settings.root / "archive" / f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    folder.mkdir(parents=True)
    for path in present:
        shutil.move(path, folder / path.name)
    return folder
