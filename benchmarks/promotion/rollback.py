"""Times a rollback, from the start of the command to the first answer of the other version; in a project's own Python.

The service and the command are processes of their own, in a copy of the project's champions; it needs two of them.
"""

import argparse
import importlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

NOBODY = "http://127.0.0.1:9"  # no registry listens there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help="name of the project's package, such as my_reviews")
    parser.add_argument("--project", type=Path, required=True, help="a project that has had two champions")
    parser.add_argument("--runs", type=int, default=7, help="rollbacks with each registry (default: 7)")
    options = parser.parse_args()
    project = options.project.resolve()
    record = request(options.package, project)
    print(f"{project.name}, {os.cpu_count()} cores, {options.runs} rollbacks each, to and fro\n")
    print("| registry | median | slowest |")
    print("|---|---|---|")
    for label, registry in (("its own", f"sqlite:///{project}/mlflow.db"), ("unreachable", NOBODY)):
        with tempfile.TemporaryDirectory(dir=project.parent) as name:
            seconds = measure(options.package, project, Path(name), registry, record, options.runs)
        print(f"| {label} | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |")


def request(package: str, project: Path) -> dict[str, Any]:
    """What to post for the answer to one record."""
    data, transport = (importlib.import_module(f"{package}.{name}") for name in ("data", "serving.transport"))
    found: dict[str, Any] = transport.sent(data.read(project / "data", "test").head(1))
    return found


def measure(package: str, project: Path, folder: Path, registry: str, record: dict[str, Any], runs: int) -> list[float]:
    """Seconds of each rollback, in a folder with a copy of the champions."""
    shutil.copytree(project / "champion", folder / "champion")
    shutil.copy(project / "pyproject.toml", folder)
    if registry != NOBODY:
        shutil.copy(project / "mlflow.db", folder)
        registry = f"sqlite:///{folder}/mlflow.db"
    environment = os.environ | {"PROJECT_ROOT": str(folder), "MLFLOW_TRACKING_URI": registry}
    command = [sys.executable, "-m", package]
    service = subprocess.Popen([*command, "serve", "--port", "8765", "--quiet"], env=environment)
    try:
        with httpx.Client(base_url="http://127.0.0.1:8765", trust_env=False) as client:
            version = wait(client, record, None)
            seconds = []
            for target in [1, 2] * runs:
                if target != version and len(seconds) < runs:
                    start = time.perf_counter()
                    rollback = subprocess.Popen(
                        [*command, "rollback", "--to", str(target)], env=environment, stdout=subprocess.DEVNULL
                    )
                    version = wait(client, record, target)
                    seconds.append(time.perf_counter() - start)
                    assert rollback.wait() == 0
        return seconds
    finally:
        service.terminate()
        service.wait()


def wait(client: httpx.Client, record: dict[str, Any], version: int | None) -> int:
    """Ask until a version answers, any if it is None; gives that version."""
    while True:
        try:
            answered = client.post("/predict", **record)
            if answered.is_success:
                given = answered.json()
                found = int((given[0] if isinstance(given, list) else given)["model_version"])
                if version in (None, found):
                    return found
        except httpx.TransportError:
            pass
        time.sleep(0.01)


if __name__ == "__main__":
    main()
