"""One criterion of a rubric."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """Points earned of those that there are, on which evidence; what earns the rest, and whether only the owner can."""

    name: str
    points: int
    of: int
    evidence: str
    step: str = ""
    owner: bool = False
    effort: int = 2  # of the step: 1 a command, 2 a file, 3 an account elsewhere

    @property
    def missing(self) -> int:
        return self.of - self.points
