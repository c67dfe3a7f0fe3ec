"""A project as a hiring engineer would judge it: from its files and from git, offline."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scaffold.review import facts, hygiene, measured, owner, rubric
from scaffold.review.report import LEVELS, UNKNOWN, Finding, Review

CHECKS = (*measured.CHECKS, *owner.CHECKS, *hygiene.CHECKS)


def review(folder: Path, now: datetime) -> Review:
    """Judges the project in the folder; raises ReviewError if there is none."""
    project = facts.read(folder)
    findings = []
    for check in CHECKS:
        result = check(project)
        if check in owner.CHECKS and project.no_history:
            result = Finding(UNKNOWN, project.no_history)
        for finding in [result] if isinstance(result, Finding) else result:
            about = replace(finding, check=check.__name__, title=check.__doc__ or "")
            findings.append(about)
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    points = rubric.score(project)
    return Review(project.name, project.template, str(now), findings, points)
