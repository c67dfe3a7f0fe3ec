"""The workflows of GitHub Actions that a project has: when they start, what they run, what they let pass."""

import re
from dataclasses import dataclass
from typing import Any

from scaffold.review import yaml_text
from scaffold.review.folder import line_of

MOST, MOST_COMMANDS = 20, 500  # workflows, and commands of a job
PYTEST = "pytest"
# What only starts another program, with those of its options that have a value of their own.
STARTERS = re.compile(
    r"\w+=.*|-.*|uvx?|tool|run|poetry|pdm|hatch|pipenv|pipx|rye|conda|coverage|python[\d.]*|time|env|exec|bash|sh"
)
VALUED = re.compile(r"--(with|extra|group|only-group|python|package|project|directory|env-file|from)|-[pn]")
NO_TESTS = {"--help", "-h", "--version", "-V", "--collect-only", "--co", "--fixtures", "--markers"}
MAKES, RUNS = {"make", "just", "task", "invoke"}, {"nox", "tox"}
PASSES = re.compile(r"\|\| *(?:[({] *)?(?:true\b|:(?!\S)|exit 0\b)\)?|\|\| *echo\b")


@dataclass(frozen=True)
class Step:
    """One command of a workflow. `lenient` says how its failure is let pass, if it is."""

    where: str
    runs: str
    lenient: str

    @property
    def tests(self) -> str:
        """What runs the tests: pytest, or a tool or script that may run them; empty if nothing does."""
        return _tests(self.runs)


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
    found = [one for step in steps if "run" in step for one in _commands(path, text, step, _skipped(job))]
    return found[:MOST_COMMANDS]


def _commands(path: str, text: str, step: dict[str, Any], skipped: str) -> list[Step]:
    """The commands of a step, which ends with the first that fails, unless one of them says `set +e`."""
    run = re.sub(r"\\\n\s*", " ", str(step["run"]))
    parts = [part.strip() for part in re.split(r"\n|;|&&", run) if part.strip()][:MOST_COMMANDS]
    start = max(text.find(parts[0]), 0) if parts else 0
    goes_on, found = "", []
    for part in parts:
        if part.startswith(("set +e", "set -e")):
            goes_on = "set +e" if part.startswith("set +e") else ""
        passes = PASSES.search(part)
        kept = part is parts[-1] or parts[-1].startswith("exit $")  # the step ends as this command did
        lenient = _skipped(step) or skipped or (passes.group().strip() if passes else "" if kept else goes_on)
        found.append(Step(f"{path}:{line_of(text, max(text.find(part, start), start))}", part, lenient))
    return found


def _tests(command: str) -> str:
    words = command.split()
    valued = False
    for number, word in enumerate(words):
        name = re.split(r"[\\/]", word)[-1].removesuffix(".exe")
        if valued or STARTERS.fullmatch(name):
            valued = not valued and bool(VALUED.fullmatch(word))
            continue
        rest = words[number + 1 :]
        if name in (PYTEST, "py.test"):
            return "" if NO_TESTS & set(rest) else PYTEST
        made = name in MAKES and re.search("test|check|^$", " ".join(rest))
        contained = name == "docker" and PYTEST in rest
        return name if made or contained or name in RUNS or name.endswith((".sh", ".ps1")) else ""
    return ""


def _skipped(part: dict[str, Any]) -> str:
    """How a job or a step lets pass what fails, or is never run."""
    if part.get("continue-on-error") not in (None, False):
        return "continue-on-error"
    return "if: false" if re.fullmatch(r"(?i)(\$\{\{ *)?false( *\}\})?", str(part.get("if", "")).strip()) else ""
