"""A small project as the templates make it, with the results of a run, and a review of it."""

import json
import os
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from scaffold.review import review
from scaffold.review.report import Finding, Review

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
TEMPLATE = {
    ".template.yml": "template: sentiment\nversion: 0.1.0\nname: my-reviews\n",
    ".gitignore": "/data/\n/champion/\n/reports/\n/logs/\n.env\n.venv/\n__pycache__/\n",
    ".github/workflows/ci.yml": """
name: ci
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: uv run ruff check
      - run: uv run pytest
""",
    ".github/workflows/monitor.yml": """
name: monitor
on:
  schedule:
    - cron: "17 6 * * *"
jobs:
  monitor:
    if: vars.MONITORING == 'on'
    runs-on: ubuntu-latest
    steps:
      - run: uv run my-reviews retrain
""",
    "Dockerfile": 'FROM python:3.11-slim\nCMD ["my-reviews", "serve"]\n',
    "LICENSE": "MIT License\n",
    "MODEL_CARD.md": "# Model card\n\nNot measured yet.\n",
    "README.md": f"""# my-reviews

Is a film review positive?

## Problem

{"A site that collects film reviews wants to know which are positive. " * 6}

## Result

Not measured yet.

## Run it

```
uv run my-reviews run
```
""",
    "docs/decisions.md": "# Decisions\n\nAccuracy decides.\n\n## Your own\n\n",
    "docs/results.md": "# Results\n\nNot measured yet.\n",
    "pyproject.toml": '[project]\nname = "my-reviews"\n\n[tool.ruff]\nline-length = 100\n',
    "src/my_reviews/__init__.py": "",
    "src/my_reviews/api.py": 'from fastapi import FastAPI\n\nservice = FastAPI()\n',
    "src/my_reviews/model.py": '''"""Baselines and candidates."""

LARGEST = 2


def size(words: list[str]) -> int:
    """How many words count."""
    return min(len(words), LARGEST)  # no more
''',
    "src/my_reviews/training.py": "import mlflow\n\nwith mlflow.start_run():\n    pass\n",
    "src/my_reviews/registry.py": "mlflow.register_model(1)\n",
    "tests/test_api.py": "from fastapi.testclient import TestClient\n",
    "tests/test_model.py": """from my_reviews.model import size


def test_size() -> None:
    assert size(["good"]) == 1
""",
    "uv.lock": 'version = 1\n[[package]]\nhash = "sha256:9f86d081884c7d659a2feaa0c55ad015"\n',
}
SCORE = {"value": 0.92074, "low": 0.9131, "high": 0.9277, "rows": 4980}
PROMOTED = {"time": "2026-11-20T19:16:58+00:00", "event": "promoted", "version": 1}
ALARM = {
    "time": "2026-11-20T19:18:00+00:00",
    "status": "retraining advised",
    "model_version": 1,
    "rows": 900,
}
AGAIN = PROMOTED | {"time": "2026-11-20T19:20:00+00:00", "version": 2}
HEALTHY = ALARM | {
    "time": "2026-11-20T19:21:00+00:00",
    "status": "healthy",
    "model_version": 2,
}
RESULTS: dict[str, Any] = {
    "project": "my-reviews",
    "champion": {
        "version": 2,
        "score": SCORE,
        "metrics": {"accuracy": SCORE, "f1": 0.9},
        "baselines": {"most frequent": 0.5, "as it comes": SCORE | {"value": 0.8817}},
    },
    "history": [PROMOTED, AGAIN],
    "decisions": [ALARM, HEALTHY],
}


def make(folder: Path) -> Path:
    """The project as `scaffold new` leaves it."""
    for path, text in TEMPLATE.items():
        write(folder / path, text)
    git(folder, "init", "--quiet")
    commit(folder, "my-reviews, from the template\n\nScaffold-Template: sentiment 0.1.0")
    return folder


def finish(folder: Path) -> Path:
    """Adds what a run leaves, and what an owner does."""
    history = "".join(json.dumps(entry) + "\n" for entry in (PROMOTED, AGAIN))
    write(folder / "champion" / "history.jsonl", history)
    digest = sha256(history.encode()).hexdigest()[:16]
    record(folder, RESULTS | {"digests": {"champion/history.jsonl": digest}})
    for page in ("README.md", "MODEL_CARD.md", "docs/results.md"):
        replace(folder / page, "Not measured yet.", "Accuracy: 0.921 (0.913 to 0.928).")
    commit(folder, "What was measured")

    replace(folder / "README.md", "A site that", "My shop of board games, which")
    replace(folder / "src/my_reviews/model.py", "LARGEST = 2", "LARGEST = 3")
    append(folder / "tests/test_model.py", '    assert size(["a"] * 9) == 3\n')
    append(folder / "docs/decisions.md", f"### Three words\n\n{'Why not two. ' * 9}\n")
    commit(folder, "Count three words")
    return folder


def record(folder: Path, results: Any) -> None:
    write(folder / "docs" / "results.json", json.dumps(results))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def append(path: Path, text: str) -> None:
    write(path, path.read_text("utf-8") + text)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    write(path, text.replace(old, new))


def commit(folder: Path, message: str = "More") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def git(folder: Path, *arguments: str, text: str = "") -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost", "-c", "commit.gpgSign=no")
    return subprocess.run(
        ["git", *identity, *arguments],  # noqa: S607  (the git that the user would run)
        cwd=folder,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull},
        input=text,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout


def judge(folder: Path) -> Review:
    return review(folder, NOW)


def findings(folder: Path, check: str) -> list[Finding]:
    return [finding for finding in judge(folder).findings if finding.check == check]


def level(folder: Path, check: str) -> str:
    """The gravest level that a check found."""
    return findings(folder, check)[0].level


def points(folder: Path, name: str) -> int:
    """Points of a criterion of the rubric."""
    for criterion in judge(folder).rubric:
        if criterion.name == name:
            return criterion.points
    raise KeyError(name)
