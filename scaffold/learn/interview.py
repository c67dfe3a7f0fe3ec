"""Interview questions with a project's own figures and the places to read."""

import ast
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from scaffold.learn.project import Project, Record

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PAGES = (".md", ".py")


@dataclass(frozen=True)
class Question:
    """A question, and the places in the project to read before answering."""

    topic: str
    asks: str
    read: list[str]


def questions(project: Project) -> list[Question]:
    """All questions, with the project's figures if it has measured them."""
    content = (files("scaffold.learn") / "interview.toml").read_text("utf-8")
    records = readable(records_of(project))
    asked = []
    for entry in tomllib.loads(content)["question"]:
        try:
            text = entry["ask"].format(**records)
        except (KeyError, IndexError, TypeError):  # not on record
            text = entry["plain"]
        places = [place_of(project, place) for place in entry["read"]]
        asked.append(Question(entry["topic"], text, list(filter(None, places))))
    return asked


def records_of(project: Project) -> Record:
    """The values that questions refer to, as far as they are on record."""
    results = project.facts.results
    tested = results.get("tested", {}).get("evidence", {})
    alarms = [entry for entry in project.decisions if entry.get("status") != "healthy"]
    judged = [entry for entry in project.history if entry.get("evidence")]
    compared = [entry for entry in judged if "gain" in entry["evidence"]]
    return {
        "name": project.name,
        "dataset": results.get("dataset"),
        "champion": results.get("champion"),
        "tested": tested,
        "metric": next(iter(tested.get("measures", {})), None),
        "baselines": by_strength(tested),
        "weakest": list(tested.get("weakest", {}).items()),
        "alarms": alarms,
        "windows": len(project.decisions) or None,
        "alarm_count": len(alarms) or None,
        "compared": compared[::-1],
        "judged": len(judged) or None,
    }


def by_strength(tested: Record) -> list[tuple[str, Record]]:
    """The baselines, strongest first."""

    def gap(baseline: tuple[str, Record]) -> float:
        return abs(float(baseline[1]["value"] - tested["score"]["value"]))

    return sorted(tested.get("baselines", {}).items(), key=gap)


def readable(record: Any) -> Any:
    """The record with numbers and scores as text, without missing values."""
    if isinstance(record, dict) and {"value", "low", "high"} <= record.keys():
        rows = f", {record['rows']:,} rows" if "rows" in record else ""
        return f"{record['value']:.3f} ({record['low']:.3f} to {record['high']:.3f}{rows})"
    if isinstance(record, dict):
        recorded = {name: value for name, value in record.items() if value is not None}
        return {name: readable(value) for name, value in recorded.items()}
    if isinstance(record, list | tuple):
        return list(map(readable, record))
    if isinstance(record, float):
        return f"{record:.3f}"
    return f"{record:,}" if isinstance(record, int) else record


def place_of(project: Project, place: str) -> str:
    """The file and line of `module.function`; only the file if it has no such function."""
    if place.endswith(PAGES):
        return place if (project.root / place).is_file() else ""
    module, _, name = place.partition(".")
    path = f"src/{project.package}/{module}.py"
    text = project.text(path)
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        nodes = []
    for node in nodes:
        if isinstance(node, DEFINITION) and node.name == name:
            return f"{path}:{node.lineno} ({name})"
    return path if text else ""
