"""Generated projects whose whole loop has run on their real data, and what the tests do with them."""

import json
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import SCRIPTS
from servers import free_port


@dataclass(frozen=True)
class Project:
    """A generated project whose whole loop has run, and what the run printed."""

    folder: Path
    environment: dict[str, str]
    printed: str

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def readme(self) -> str:
        return (self.folder / "README.md").read_text("utf-8")

    def command(self, name: str) -> Path:
        return self.folder / ".venv" / SCRIPTS / name

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The finished command of the project's own environment."""
        return subprocess.run(
            [self.command(command[0]), *command[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def promotions(self) -> list[dict[str, Any]]:
        """What was promoted and on which evidence, oldest first."""
        return [entry for entry in self.lines("champion", "history.jsonl") if entry["event"] == "promoted"]

    def decisions(self) -> list[dict[str, Any]]:
        """What monitoring decided, oldest first."""
        return self.lines("reports", "decisions.jsonl")

    def lines(self, *path: str) -> list[dict[str, Any]]:
        text = self.folder.joinpath(*path).read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def rows(self, part: str) -> int:
        dataset = json.loads((self.folder / "data" / "dataset.json").read_text("utf-8"))
        return int(dataset["rows"][part])

    def stages(self) -> list[str]:
        """The tag `stage` of every run that is tracked."""
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            return [row[0] for row in database.execute("select value from tags where key = 'stage'")]

    def fit_seconds(self) -> list[float]:
        """How long each challenger took to fit."""
        query = (
            "select m.value from metrics m join tags t on t.run_uuid = m.run_uuid"
            " where m.key = 'fit_seconds' and t.key = 'stage' and t.value = 'challenger'"
        )
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            return [row[0] for row in database.execute(query)]

    def seconds(self) -> list[float]:
        """How long the environment and then every stage took."""
        return [float(seconds) for seconds in re.findall(r"done in ([\d.]+) s", self.printed)]

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address of the project's service."""
        with served([self.command(self.name), "serve"], self.folder, self.environment) as url:
            yield url


def copied(project: Project, folder: Path) -> Project:
    """A copy whose history ends with its last promotion, whatever other tests did; the environment is shared."""
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns(".venv"))
    history = folder / "champion" / "history.jsonl"
    lines = [line for line in history.read_text("utf-8").splitlines() if json.loads(line)["event"] == "promoted"]
    history.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    version = json.loads(lines[-1])["to_version"]
    (folder / "champion" / "current.json").write_text(json.dumps({"version": version}), "utf-8")
    (folder / ".venv").symlink_to(project.folder / ".venv")
    return Project(folder, project.environment | {"PROJECT_ROOT": str(folder)}, project.printed)


@contextmanager
def served(command: list[str | Path], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of a service that the command starts; it ends with the block."""
    port = free_port()
    process = subprocess.Popen([*command, "--port", str(port), "--quiet"], cwd=folder, env=environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                request(f"http://127.0.0.1:{port}/ready")
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def request(url: str, body: str | bytes | None = None, content_type: str = "application/json") -> Any:
    """The answer to a request, parsed if it is JSON."""
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": content_type}
    # The address is that of a server that the tests started.
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as response:  # noqa: S310
        answer = response.read()
        return json.loads(answer) if "json" in response.headers["content-type"] else answer


def answers_to_the_readme(project: Project) -> dict[str, Any]:
    """The answer to each JSON request that the README shows, by path; `ID` is the id of the answer before."""
    bodies = re.findall(r'^curl http://127\.0\.0\.1:8000(/\w+) .* -d "(.*)"$', project.readme, re.MULTILINE)
    answers: dict[str, Any] = {}
    with project.serving() as url:
        for path, body in bodies:
            known = answers.get("/predict", {}).get("id", "none")
            answers[path] = request(url + path, body.replace('\\"', '"').replace('"ID"', f'"{known}"'))
    return answers
