"""What a review says, as text for people and as JSON for programs."""

import json
import shutil
import textwrap
from dataclasses import asdict, dataclass, field
from functools import partial

import click

from scaffold import __version__

MEND, IMPROVE, UNKNOWN, GOOD = "mend", "improve", "unknown", "good"
COLOURS = {
    MEND: "red",
    IMPROVE: "yellow",
    UNKNOWN: "cyan",
    GOOD: "green",
}
LEVELS = list(COLOURS)  # the gravest first
MARGIN = " " * 9


@dataclass(frozen=True)
class Finding:
    """What a check says, of which file; what to do next."""

    level: str
    says: str
    where: str = ""
    step: str = ""
    check: str = ""
    title: str = ""


mend = partial(Finding, MEND)
improve = partial(Finding, IMPROVE)
unknown = partial(Finding, UNKNOWN)
good = partial(Finding, GOOD)


@dataclass
class Criterion:
    """What a project earns by the rubric, and what it lacks."""

    name: str
    of: int = 0
    points: int = 0
    evidence: list[str] = field(default_factory=list)
    lacks: str = ""


@dataclass(frozen=True)
class Review:
    """All findings, the gravest first, and the points of the rubric."""

    project: str
    template: str
    time: str
    points: int
    findings: list[Finding]
    rubric: list[Criterion]


def status(review: Review) -> int:
    """1 if something has to be mended before it is published, else 0."""
    return int(review.findings[0].level == MEND)


def as_json(review: Review) -> str:
    """The whole review, in the order of the text."""
    about = {"format": 1, "tool": __version__, "ready": status(review) == 0}
    return json.dumps(about | asdict(review), indent=2)


def show(review: Review) -> str:
    """The review for a terminal; no colour says what a word doesn't."""
    counts = dict.fromkeys(LEVELS, 0)
    lines = [""]
    for finding in review.findings:
        counts[finding.level] += 1
        mark = click.style(finding.level.ljust(9), COLOURS[finding.level])
        where = f"{finding.where}: " if finding.where else ""
        lines += [mark + finding.title, *beside(where + finding.says)]
        lines += beside(f"-> {finding.step}" if finding.step else "")
    lines += ["", f"{review.points} of the 33 points of the mlops-zoomcamp rubric:", ""]
    for criterion in review.rubric:
        lines.append(f"{criterion.points} of {criterion.of}   {criterion.name}")
        lines += beside(", ".join(dict.fromkeys(criterion.evidence)))
        lines += beside(f"lacks {criterion.lacks}" if criterion.lacks else "")
    first = review.findings[0]
    lines += ["", f"Next: {first.step or 'earn more points'}"]
    verdict = "not ready to publish" if status(review) else "nothing to mend"
    summary = ", ".join(f"{count} {level}" for level, count in counts.items())
    return "\n".join([f"{review.project}: {verdict} ({summary})", *lines])


def beside(text: str) -> list[str]:
    """Lines of the terminal's width, without control characters."""
    width = max(40, min(shutil.get_terminal_size((100, 24)).columns, 110))
    plain = "".join(sign if sign.isprintable() else "?" for sign in text)
    return textwrap.TextWrapper(width, MARGIN, MARGIN).wrap(plain)
