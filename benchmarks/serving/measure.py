"""Compares a project's service to `mlflow models serve` for the same champion, loaded by wrk.

Linux only.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil

CLIENTS = 32
SCRIPT = Path(__file__).with_name("post.lua")


@dataclass(frozen=True)
class Server:
    """How to start a server, and the request for the load test."""

    command: list[str]
    environment: dict[str, str]
    folder: Path
    address: str
    body: bytes


@dataclass(frozen=True)
class Result:
    """Requests per second, p99 in ms, memory in MB, seconds to the first response."""

    rate: float
    p99: float
    memory: float
    first: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a finished project: reviews or prices")
    parser.add_argument("--other", type=Path, help="a second project, for comparison")
    parser.add_argument("--database", help="an empty PostgreSQL, instead of SQLite")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--seconds", type=int, default=5, help="seconds of load per run (default: 5)"
    )
    options = parser.parse_args()
    projects = {"service": options.project.resolve()}
    if options.other:
        projects["other"] = options.other.resolve()
    results: dict[str, list[Result]] = {}
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            for name, server in servers(projects, Path(folder), options.database).items():
                results.setdefault(name, []).append(measure(server, options.seconds))
                print(name, results[name][-1], flush=True)
    print_table(results)


def servers(projects: dict[str, Path], folder: Path, database: str | None) -> dict[str, Server]:
    """All servers to measure, each on a free port."""
    measured = {}
    for name, project in projects.items():
        measured[name] = service(project, folder, database, 1)
    measured["two workers"] = service(projects["service"], folder, database, 2)
    measured["mlflow models serve"] = mlflow(projects["service"])
    return measured


def service(project: Path, folder: Path, database: str | None, workers: int) -> Server:
    """The project's service with an empty prediction log."""
    port = free_port()
    url = database or f"sqlite:///{folder}/{project.name}-{workers}.db"
    prefix = package(project).upper()
    variables = {f"{prefix}_DATABASE_URL": url, "DATABASE_URL": url}
    variables[f"{prefix}_WORKERS"] = str(workers)
    command = [f"{project}/.venv/bin/python", "-m", package(project), "serve"]
    command += ["--port", str(port)]
    body = json.dumps(record(project)).encode()
    return Server(command, variables, project, f"http://127.0.0.1:{port}/predict", body)


def mlflow(project: Path) -> Server:
    """MLflow's server for the champion; with more threads, scikit-learn would be slower."""
    port = free_port()
    scripts = f"{project}/.venv/bin"
    model = f"models:/{package(project).replace('_', '-')}@champion"
    command = [f"{scripts}/mlflow", "models", "serve", "-m", model]
    command += ["--env-manager", "local", "--workers", "1", "--port", str(port)]
    variables = {"MLFLOW_TRACKING_URI": f"sqlite:///{project}/mlflow.db", "OMP_NUM_THREADS": "1"}
    variables["PATH"] = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    body = json.dumps({"dataframe_records": [record(project)]}).encode()
    return Server(command, variables, project, f"http://127.0.0.1:{port}/invocations", body)


def package(project: Path) -> str:
    return next(project.glob("src/*/cli.py")).parent.name


def record(project: Path) -> dict[str, object]:
    """A row of the test set: a review of about 971 characters, or a house of median price."""
    script = (
        "import json, sys, pyarrow.parquet as pq\n"
        "rows = pq.read_table('data/test.parquet').to_pandas()\n"
        "size = rows['text'].str.len() if 'text' in rows else rows['price']\n"
        "usual = 971 if 'text' in rows else size.median()\n"
        "row = rows.loc[[(size - usual).abs().idxmin()], sys.argv[1].split()]\n"
        "print(row.to_json(orient='records'))\n"
    )
    python = f"{project}/.venv/bin/python"
    name = package(project)
    columns = subprocess.check_output(
        [python, "-c", f"from {name}.schema import INPUT; print(*INPUT)"], cwd=project, text=True
    )
    rows = json.loads(subprocess.check_output([python, "-c", script, columns], cwd=project))
    return dict(rows[0])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def measure(server: Server, seconds: int) -> Result:
    """Start and load a server once. Raises SystemExit if a response isn't 2xx."""
    with running(server) as (process, first), tempfile.NamedTemporaryFile() as body:
        Path(body.name).write_bytes(server.body)
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", str(SCRIPT), server.address]
        variables = os.environ | {"BODY": body.name, "CONTENT_TYPE": "application/json"}
        printed = subprocess.check_output(command, env=variables, text=True)
        memory = 0.0
        for member in [process, *process.children(recursive=True)]:
            memory += member.memory_full_info().pss / 1e6
    counts = json.loads(printed.strip().splitlines()[-1])
    if counts["statuses"] or counts["broken"] or counts["late"]:
        raise SystemExit(f"{server.address} failed under load: {counts}")
    rate = counts["requests"] / counts["duration"] * 1e6
    return Result(rate, counts["p99"] / 1000, memory, first)


@contextmanager
def running(server: Server) -> Iterator[tuple[psutil.Popen, float]]:
    """A running server, and the seconds to its first response."""
    start = time.perf_counter()
    process = psutil.Popen(
        server.command,
        cwd=server.folder,
        env=os.environ | server.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(server):
            if process.poll() is not None or time.perf_counter() > start + 120:
                raise SystemExit(f"No response from: {' '.join(server.command)}")
            time.sleep(0.005)
        yield process, time.perf_counter() - start
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answers(server: Server) -> bool:
    request = Request(server.address, server.body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=60) as response:  # noqa: S310
            return bool(response.status == 200)
    except (URLError, ConnectionError) as error:
        if 400 <= getattr(error, "code", 0) < 500:
            raise SystemExit(f"{server.address} rejects the request: {error}") from None
        return False


def print_table(results: dict[str, list[Result]]) -> None:
    """Print medians; ratios are computed within each run."""
    print("\n| server | requests/s | p99 | memory | first response | service's rate to its |")
    print("|---|---|---|---|---|---|")
    for name, runs in results.items():
        rate = statistics.median(run.rate for run in runs)
        p99 = statistics.median(run.p99 for run in runs)
        memory = statistics.median(run.memory for run in runs)
        first = statistics.median(run.first for run in runs)
        pairs = zip(results["service"], runs, strict=True)
        ratios = [ours.rate / run.rate for ours, run in pairs]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(
            f"| {name} | {rate:,.0f} | {p99:.1f} ms | {memory:.0f} MB | {first:.2f} s | {ratio} |"
        )


if __name__ == "__main__":
    main()
