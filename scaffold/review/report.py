"""Formats a review as text for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass
from functools import partial

import click

from scaffold import __version__

FIX, IMPROVE, UNKNOWN, GOOD = "fix", "improve", "unknown", "good"
COLOURS = {FIX: "red", IMPROVE: "yellow", UNKNOWN: "cyan", GOOD: "green"}
LEVELS = list(COLOURS)  # most serious first


@dataclass(frozen=True)
class Finding:
    """The result of a check: its level, the file, and the next step."""

    level: str
    says: str
    where: str = ""
    step: str = ""
    check: str = ""
    title: str = ""


fix = partial(Finding, FIX)
improve = partial(Finding, IMPROVE)
unknown = partial(Finding, UNKNOWN)
good = partial(Finding, GOOD)


@dataclass(frozen=True)
class Row:
    """A row of the rubric: its points, and the first check that failed."""

    name: str
    points: int
    most: int
    lacks: str


@dataclass(frozen=True)
class Review:
    """All findings, most serious first, and the rows of the rubric."""

    project: str
    made_from: str
    findings: list[Finding]
    rubric: list[Row]
    points: int
    question: str

    @property
    def ready(self) -> bool:
        """Whether the project can be published without fixes."""
        return self.findings[0].level != FIX


def as_json(review: Review) -> str:
    """The whole review as JSON, in the order of the text."""
    about = {"format": 2, "tool": __version__, "ready": review.ready}
    return json.dumps(about | asdict(review), indent=2)


def show(review: Review) -> str:
    """The review as text for a terminal; colors only repeat what the words say."""
    counts = dict.fromkeys(LEVELS, 0)
    lines = []
    for finding in review.findings:
        counts[finding.level] += 1
        place = ": ".join(filter(None, [finding.where, finding.says]))
        mark = click.style(finding.level.ljust(9), COLOURS[finding.level])
        if finding.level == GOOD:
            lines.append(f"{mark}{finding.title} ({place})")
        else:
            lines += [mark + finding.title, f"         {place}", f"         -> {finding.step}"]
    lines += ["", f"MLOps Zoomcamp rubric: {review.points} of 33 points", ""]
    for row in review.rubric:
        lacks = f" (missing: {row.lacks})" if row.lacks else ""
        lines.append(f"{row.points} of {row.most}   {row.name}{lacks}")
    lines += ["", f"An employer would ask first: {review.question}"]
    first = review.findings[0]
    lines += [f"Next step, for {first.where or 'the project'}: {first.step or 'publish it'}"]
    verdict = "ready to publish" if review.ready else "not ready to publish"
    summary = ", ".join(f"{count} {level}" for level, count in counts.items())
    title = f"{review.project}: {verdict} ({summary})"
    return "\n".join([title, f"Made from {review.made_from}", "", *lines])
