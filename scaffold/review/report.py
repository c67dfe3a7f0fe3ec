"""What a review says, as text for people and as JSON for programs."""

import json
import shutil
import textwrap
from dataclasses import asdict, dataclass, field

import click

from scaffold import __version__

MEND, IMPROVE, UNKNOWN, GOOD = "mend", "improve", "unknown", "good"
COLOURS = {MEND: "red", IMPROVE: "yellow", UNKNOWN: "cyan", GOOD: "green"}
LEVELS = list(COLOURS)  # the gravest first
MARGIN = " " * 9


@dataclass(frozen=True)
class Finding:
    """What a check found, in which file and line, and what to do next."""

    level: str
    says: str
    where: str = ""
    step: str = ""
    check: str = ""
    title: str = ""


@dataclass
class Criterion:
    """What a project earns by the rubric, and how to earn the rest."""

    name: str
    of: int = 0
    points: int = 0
    evidence: list[str] = field(default_factory=list)
    step: str = ""


@dataclass(frozen=True)
class Review:
    """All findings, the gravest first, and the points of the rubric."""

    project: str
    template: str
    time: str
    findings: list[Finding]
    rubric: list[Criterion]

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.rubric)

    @property
    def of(self) -> int:
        return sum(criterion.of for criterion in self.rubric)

    @property
    def next(self) -> str:
        first = self.findings[0]
        return f"{first.step} ({first.title})" if first.step else "earn more points"


def status(review: Review) -> int:
    """1 if something has to be mended before it is published, else 0."""
    return int(review.findings[0].level == MEND)


def as_json(review: Review) -> str:
    """The whole review, in the order of the text."""
    totals = {
        "format": 1,  # while it is, no field goes away
        "tool": __version__,
        "ready": status(review) == 0,
        "points": review.points,
        "of": review.of,
        "next": review.next,
    }
    return json.dumps(totals | asdict(review), indent=2)


def show(review: Review) -> str:
    """The review for a terminal; no colour says what a word doesn't."""
    counts = dict.fromkeys(LEVELS, 0)
    lines = [""]
    for finding in review.findings:
        counts[finding.level] += 1
        mark = click.style(finding.level.ljust(9), COLOURS[finding.level])
        where = f"{finding.where}: " if finding.where else ""
        lines.append(mark + finding.title)
        lines += beside(where + finding.says, finding.step)
    rubric = "points of the mlops-zoomcamp rubric:"
    lines += ["", f"{review.points} of the {review.of} {rubric}", ""]
    for criterion in review.rubric:
        lines.append(f"{criterion.points} of {criterion.of}   {criterion.name}")
        lines += beside(", ".join(criterion.evidence), criterion.step)
    lines += ["", f"Next: {review.next}"]
    verdict = "not ready to publish" if status(review) else "nothing to mend"
    summary = ", ".join(f"{count} {level}" for level, count in counts.items())
    return "\n".join([f"{review.project}: {verdict} ({summary})", *lines])


def beside(says: str, step: str) -> list[str]:
    """Lines of the terminal's width, without characters that would steer it."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    wrapper = textwrap.TextWrapper(max(width, 40), MARGIN, MARGIN)
    lines = []
    for text in (says, f"-> {step}" if step else ""):
        plain = "".join(sign if sign.isprintable() else "?" for sign in text)
        lines += wrapper.wrap(plain)
    return lines
