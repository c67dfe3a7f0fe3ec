"""One criterion of a rubric, and what a project earns by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Earned:
    """Points, on which evidence; the step that earns the rest, and whether only the owner can take it."""

    points: int
    evidence: str
    step: str = ""
    owner: bool = False
    effort: int = 2  # of the step: 1 a command, 2 a file, 3 an account elsewhere


@dataclass(frozen=True)
class Criterion:
    """A criterion, the points that there are, and those that were earned."""

    name: str
    of: int
    earned: Earned

    @property
    def missing(self) -> int:
        return self.of - self.earned.points
