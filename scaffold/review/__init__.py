"""A generated project as a hiring engineer would judge it: from files and history, offline, running none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scaffold.review import hygiene, owner, project, publishing, results, rubric, shown
from scaffold.review.criterion import Criterion
from scaffold.review.finding import LEVELS, MEND, Finding
from scaffold.review.project import Project

Check = Callable[[Project], list[Finding]]
CHECKS: tuple[Check, ...] = (
    *results.CHECKS,
    *shown.CHECKS,
    *owner.CHECKS,
    *hygiene.CHECKS,
    *publishing.CHECKS,
)


@dataclass(frozen=True)
class Judged:
    """A finding with the check that it comes from; the title is what the check asks for."""

    check: str
    title: str
    finding: Finding


@dataclass(frozen=True)
class Review:
    """All findings, the gravest first, and the points of the rubric."""

    project: Project
    judged: list[Judged]
    rubric: list[Criterion]

    @property
    def ready(self) -> bool:
        """Whether nothing has to be mended before it is published."""
        return all(one.finding.level != MEND for one in self.judged)

    @property
    def points(self) -> int:
        return sum(criterion.earned.points for criterion in self.rubric)

    @property
    def of(self) -> int:
        return sum(criterion.of for criterion in self.rubric)

    @property
    def next(self) -> str:
        """The best thing to do: mend the first that must be, else earn the points that cost least, else improve."""
        first = self.judged[0]
        best = max(self.rubric, key=lambda criterion: criterion.missing / criterion.earned.effort)
        if self.ready and best.missing:
            return f"{best.earned.step} ({best.name}: {best.missing} more of the rubric's points)"
        return f"{first.finding.step} ({first.title})" if first.finding.step else "nothing that its files could tell"


def review(folder: Path, now: datetime) -> Review:
    """Judges the project in the folder; raises ReviewError if there is none."""
    found = project.read(folder, now)
    judged = [Judged(check.__name__, check.__doc__ or "", finding) for check in CHECKS for finding in check(found)]
    return Review(found, sorted(judged, key=lambda one: LEVELS.index(one.finding.level)), rubric.score(found))
