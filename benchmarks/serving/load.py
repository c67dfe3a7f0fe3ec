"""Loads a server with wrk, whose one thread is fast enough to be no limit."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers import Server

SCRIPT = Path(__file__).with_name("post.lua")


@dataclass(frozen=True)
class Load:
    """What clients met who asked again as soon as they were answered: requests, their rate a second, times in ms."""

    requests: int
    rate: float
    p50: float
    p99: float


def check_wrk() -> None:
    """Raises SystemExit if wrk is missing."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing. Install it: apt-get install wrk")


def run(server: Server, clients: int, seconds: int, folder: Path) -> Load:
    """The load of so many clients. Raises SystemExit unless every request was answered with 2xx."""
    body = folder / "body"
    body.write_bytes(server.request.body)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    variables = os.environ | {"BODY": str(body), "CONTENT_TYPE": server.request.content_type}
    address = f"http://127.0.0.1:{server.port}{server.path}"
    report = subprocess.run([*command, address], env=variables, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    counted = json.loads(report.stdout.strip().splitlines()[-1])
    if counted["statuses"] or counted["broken"] or counted["late"] or not counted["requests"]:
        raise SystemExit(f"{address}, {clients} clients: {counted}")
    rate = counted["requests"] / counted["duration"] * 1e6
    return Load(counted["requests"], rate, counted["p50"] / 1000, counted["p99"] / 1000)
