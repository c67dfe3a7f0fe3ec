"""What a run and `showcase` leave behind, in small, and a review of it."""

import json
import re
import subprocess
import tomllib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from scaffold.review import Review, review

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
START, END = "<!-- results: written by showcase -->", "<!-- /results -->"
SCORE = {"value": 0.9207, "low": 0.9131, "high": 0.9277, "rows": 4980}
BASELINE = {"value": 0.8817, "low": 0.8727, "high": 0.8910, "rows": 4980}
REASON = "better than scikit-learn defaults: accuracy +0.039 (+0.032 to +0.047)"
FIRST: dict[str, Any] = {
    "time": "2026-11-20T19:16:58+00:00",
    "event": "promoted",
    "from_version": None,
    "to_version": 1,
    "reasons": [REASON],
    "evidence": {"score": SCORE, "baselines": {"scikit-learn defaults": BASELINE}},
}
SECOND: dict[str, Any] = {
    "time": "2026-11-20T19:20:00+00:00",
    "event": "promoted",
    "from_version": 1,
    "to_version": 2,
    "reasons": ["better than the champion: accuracy +0.016 (+0.009 to +0.022) on 7,790 rows"],
    "evidence": {"score": SCORE},
}
HEALTHY: dict[str, Any] = {
    "time": "2026-11-20T19:21:00+00:00",
    "status": "healthy",
    "reasons": [],
    "model_version": 2,
    "rows": 1397,
}
ALARM = HEALTHY | {"time": "2026-11-20T19:18:00+00:00", "status": "retraining advised", "model_version": 1}


def finish(project: Path) -> Path:
    """Gives the project the records of a run, and pages that show them."""
    write_lines(project / "champion" / "history.jsonl", FIRST, SECOND)
    write_lines(project / "reports" / "decisions.jsonl", ALARM, HEALTHY)
    write_text(project / "data" / "dataset.json", "{}\n")
    for page in project.rglob("*.md"):
        text = page.read_text("utf-8")
        write_text(page, re.sub(r"<!-- measured: .*?-->not measured yet<!-- /measured -->", "so", text))
    show(project)
    return project


def show(project: Path) -> None:
    """Writes the results into the pages, and the record of them."""
    pages = {"README.md": "README.md", "MODEL_CARD.md": "MODEL_CARD.md"}
    for page in pages:
        text = (project / page).read_text("utf-8")
        before, after = text.partition(START)[0], text.partition(END)[2]
        write_text(project / page, f"{before}{START}\n\n0.921 (0.913 to 0.928)\n\n{END}{after}")
    write_text(project / "docs" / "results" / "score.svg", "<svg/>\n")
    block = digest("\n\n0.921 (0.913 to 0.928)\n\n")
    sources = ("champion/history.jsonl", "reports/decisions.jsonl", "data/dataset.json")
    record = {
        "format": 1,
        "name": tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["name"],
        "metric": {"name": "accuracy", "unit": "a share", "higher_is_better": True},
        "first": {"version": 1, "score": SCORE, "baselines": {"scikit-learn defaults": BASELINE}},
        "champion": {"version": 2, "since": SECOND["time"], "score": SCORE},
        "decisions": [{**one, "version": one["model_version"]} for one in (ALARM, HEALTHY)],
        "fields": {"champion": "0.921 (0.913 to 0.928)"},
        "sources": {path: digest((project / path).read_text("utf-8")) for path in sources},
        "shown": dict.fromkeys(pages, block) | {"docs/results/score.svg": digest("<svg/>\n")},
    }
    write_text(project / "docs" / "results.json", json.dumps(record))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def write_lines(path: Path, *entries: dict[str, Any]) -> None:
    write_text(path, "".join(json.dumps(entry) + "\n" for entry in entries))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def append(path: Path, text: str) -> None:
    write_text(path, path.read_text("utf-8") + text)


def judge(project: Path) -> Review:
    return review(project, NOW)


def found(project: Path, check: str) -> list[str]:
    """Each finding of a check as `level where: says`."""
    findings = [one.finding for one in judge(project).judged if one.check == check]
    return [f"{one.level} {one.where}: {one.says}" for one in findings]


def level(project: Path, check: str) -> str:
    """The gravest level that a check found."""
    return found(project, check)[0].split()[0]


def points(project: Path, criterion: str) -> tuple[int, str]:
    """Points and evidence of a criterion of the rubric."""
    return next((one.earned.points, one.earned.evidence) for one in judge(project).rubric if one.name == criterion)


def git(project: Path, *arguments: str, stdin: IO[bytes] | None = None, text: str | None = None) -> str:
    settings = ["-c", "user.name=Ada", "-c", "user.email=ada@localhost", "-c", "commit.gpgSign=false"]
    return subprocess.run(
        ["git", *settings, *arguments],  # noqa: S607  (the git that the user would run)
        cwd=project,
        stdin=stdin,
        input=text,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
