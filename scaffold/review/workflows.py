"""The workflows of GitHub Actions that a project has: when they start, what they run, what they let pass."""

import re
from dataclasses import dataclass
from typing import Any

from scaffold.review import yaml_text
from scaffold.review.folder import line_of

MOST = 20
TESTS = re.compile(
    r"^[ \t]*(?:\w+=\S+ )*(?:uv run |python -m |coverage run -m |poetry run |hatch run )*(?:pytest|tox|nox)\b", re.M
)
PASSES = re.compile(r"\|\| *(?:true|:|exit 0|echo)|^[ \t]*set \+e|; *(?:true|exit 0) *$|--collect-only|--co\b", re.M)


@dataclass(frozen=True)
class Step:
    """One command of a workflow. `lenient` says how its failure is let pass, if it is."""

    where: str
    runs: str
    lenient: str


@dataclass(frozen=True)
class Workflow:
    """A workflow, or why it can't be read."""

    path: str
    events: frozenset[str] = frozenset()
    gated: bool = False  # by a variable of the repository, which no file shows
    steps: tuple[Step, ...] = ()
    broken: str = ""


def read(texts: dict[str, str]) -> tuple[Workflow, ...]:
    """The project's workflows, at most MOST of them."""
    paths = sorted(path for path in texts if re.fullmatch(r"\.github/workflows/[^/]+\.ya?ml", path))
    return tuple(_read(path, texts[path]) for path in paths[:MOST])


def _read(path: str, text: str) -> Workflow:
    try:
        return _workflow(path, text)
    except ValueError as error:
        return Workflow(path, broken=str(error))


def _workflow(path: str, text: str) -> Workflow:
    value = yaml_text.load(text)
    jobs = value.get("jobs") if isinstance(value, dict) else None
    if not isinstance(jobs, dict) or not jobs:
        raise ValueError("it has no jobs")
    events = value.get("on", value.get(True, []))  # to YAML 1.1, `on` is a truth value
    names = frozenset([events] if isinstance(events, str) else map(str, events or []))
    plain = [job for job in jobs.values() if isinstance(job, dict)]
    gated = all("vars." in str(job.get("if", "")) for job in plain)
    return Workflow(path, names, gated, tuple(step for job in plain for step in _steps(path, text, job)))


def _steps(path: str, text: str, job: dict[str, Any]) -> list[Step]:
    listed = job.get("steps")
    steps = [step for step in listed if isinstance(step, dict)] if isinstance(listed, list) else []
    commands = [(step, str(step["run"])) for step in steps if "run" in step]
    return [Step(_where(path, text, run), run, _lenient(step, run) or _lenient(job, "")) for step, run in commands]


def _where(path: str, text: str, run: str) -> str:
    position = text.find(run.strip().splitlines()[0] if run.strip() else "run:")
    return f"{path}:{line_of(text, max(position, 0))}"


def _lenient(part: dict[str, Any], run: str) -> str:
    """How a job or a step lets pass what fails, or is never run."""
    if part.get("continue-on-error") not in (None, False):
        return "continue-on-error"
    if re.fullmatch(r"(\$\{\{ *)?false( *\}\})?", str(part.get("if", "")).strip(), re.IGNORECASE):
        return "if: false"
    found = PASSES.search(run)
    return found.group().strip() if found else ""
