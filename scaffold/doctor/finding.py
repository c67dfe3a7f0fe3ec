"""What the checks give back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that may break a project, and what to do."""

    problem: str
    fix: str
