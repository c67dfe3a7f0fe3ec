"""The result of a check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A problem that may break a project, and how to fix it."""

    problem: str
    fix: str
