"""A project as a hiring engineer judges it: offline, by its files and git."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scaffold.review import facts, hygiene, measured, owner, prompts, rubric
from scaffold.review.report import LEVELS, Finding, Review, unknown

CHECKS = (*measured.CHECKS, *prompts.CHECKS, *owner.CHECKS, *hygiene.CHECKS)


def review(folder: Path, now: datetime) -> Review:
    """Judges a project; raises ReviewError if there is none."""
    project = facts.read(folder)
    findings = []
    for check in CHECKS:
        result = check(project)
        if check in owner.CHECKS and project.no_history:
            result = unknown(project.no_history)
        title = str(check.__doc__)
        for finding in [result] if isinstance(result, Finding) else result:
            findings.append(replace(finding, check=check.__name__, title=title))
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    criteria = rubric.score(project)
    points = sum(criterion.points for criterion in criteria)
    time = now.isoformat()
    return Review(project.name, project.template, time, points, findings, criteria)
