"""A service of the champion for as long as it is needed, on this machine: for the loop, and to measure it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from .config import COMMAND, PACKAGE, Settings
from .errors import LifecycleError

START_SECONDS = 60


@contextmanager
def running(settings: Settings, environment: dict[str, str] | None = None) -> Iterator[str]:
    """A service of the champion on a free port, as its own process; gives its address and stops it at the end.

    `environment` sets what it should do otherwise than the settings say.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", PACKAGE, "serve", "--host", "127.0.0.1", "--port", str(port), "--quiet"]
    variables = os.environ | (environment or {})
    process = subprocess.Popen(command, cwd=settings.root, env=variables)  # noqa: S603  (our own command)
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
            response = httpx.get(f"{url}/ready", timeout=5, trust_env=False)  # no proxy stands before this machine
            if response.is_success:
                return
            raise LifecycleError(response.json()["detail"])
        except httpx.TransportError:
            time.sleep(0.1)
    raise LifecycleError(f"The service did not start. See why with: {COMMAND} serve")
