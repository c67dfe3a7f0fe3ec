"""Reviews a project as a hiring manager would: its files, its git history, and its own report."""

from dataclasses import replace
from pathlib import Path

from scaffold.errors import ReviewError
from scaffold.review import facts, hygiene, measured, owner, rubric
from scaffold.review.facts import RESULTS
from scaffold.review.report import FIX, IMPROVE, LEVELS, Finding, Review, unknown

CHECKS = (*measured.CHECKS, owner.written, *owner.CHECKS, *hygiene.CHECKS)

# What an employer would ask first, by the first check that isn't good.
QUESTIONS = {
    "no_secrets": "Is the secret in this repository still valid?",
    "own_code": "Which part of this project did you write yourself?",
    "champion": "How good is the model, and where can I see that?",
    "baseline": "Why do you need a model if a baseline does just as well?",
    "pages": "Why do the pages disagree with the recorded results?",
    "tested": "How do you know that your change works?",
    "problem": "Whose problem does this solve, and what does a wrong prediction cost?",
    "decided": "Which decision was yours, and which number settled it?",
    "explained": "Why does the project need these add-ons?",
    "monitoring": "How would you notice that the model got worse?",
    "consequence": "What did you do when monitoring raised an alarm?",
    "data": "How would this work on data that nobody cleaned for you?",
}
LAST_QUESTION = "What would you do differently today, and which number tells you so?"


def review(folder: Path, run: bool = True) -> Review:
    """Reviews a project; raises ReviewError if there is none.

    Runs the project's `report --check` if `run` is True, and nothing else of it.
    """
    project = facts.read(folder, run)
    findings: list[Finding] = []
    for check in CHECKS:
        if check in measured.AFTER_RUN and not project.results:
            results = [unknown("no results yet", RESULTS, f"{project.name} run")]
        elif check in owner.CHECKS and project.no_history:
            reason, _, step = project.no_history.rpartition(". ")
            results = [unknown(reason, ".git", step)]
        else:
            try:
                results = check(project)
            except (KeyError, IndexError, TypeError) as error:
                reason = f"{RESULTS} is invalid: {error!r}"
                raise ReviewError(f"{reason}. Run: git diff HEAD {RESULTS}") from error
        for finding in results:
            findings.append(replace(finding, check=check.__name__, title=str(check.__doc__)))
    findings += rubric.signs(project)
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    weak = {finding.check for finding in findings if finding.level in (FIX, IMPROVE)}
    question = next((asked for check, asked in QUESTIONS.items() if check in weak), LAST_QUESTION)
    rows = rubric.score(findings)
    points = sum(row.points for row in rows)
    return Review(project.name, project.made_from, findings, rows, points, question)
