"""Checks the pages that the user wrote: their own words, and figures that were measured."""

import re
from collections.abc import Iterable
from itertools import pairwise

from scaffold.growing import origin, pristine, repository
from scaffold.growing.repository import Repository
from scaffold.learn import exercises
from scaffold.learn.figures import figures, numbers, runs
from scaffold.learn.project import Project, Record
from scaffold.review import measured, owner
from scaffold.review.facts import DECISIONS, ORIGIN, RESULTS

ERRORS, ROLLBACK, POST_MORTEM = "docs/errors.md", "docs/rollback.md", "docs/postmortem.md"
ROW = re.compile(r"\brow (\d+)\b", re.IGNORECASE)
VERSION = re.compile(r"\bversion (\d+)\b", re.IGNORECASE)
HEADINGS = ("what happened", "cause", "what changed")
LEAST_ROWS = 5
LEAST_FIGURES = 2


def wrong_answers(project: Project) -> list[str]:
    """docs/errors.md explains five wrong predictions of a version."""
    gaps = needs_run(project) + own_words(project, ERRORS, 60)
    if gaps:
        return gaps
    page = project.text(ERRORS)
    if not VERSION.search(page):
        gaps.append(f"{ERRORS} names no version. Write whose predictions they are: 'version 1'")
    explained = explained_rows(project)
    if len(explained) < LEAST_ROWS:
        step = "Write 'row N', and at least ten words about why that prediction is wrong"
        gaps.append(f"{ERRORS} explains {len(explained)} of {LEAST_ROWS} rows. {step}")
    return gaps


def explained_rows(project: Project) -> list[int]:
    """The rows that docs/errors.md explains in unique words."""
    parts = ROW.split(project.text(ERRORS))
    seen = template_runs(project)
    explained = []
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        new = runs(text) - seen
        seen |= new
        if len(new) >= 7 and int(number) not in explained:
            explained.append(int(number))
    return explained


def rollback(project: Project) -> list[str]:
    """A rollback is on record, and docs/rollback.md explains it."""
    events = [entry for entry in project.history if entry.get("event") == "rolled back"]
    if not events:
        return [*needs_run(project), f"No rollback is on record. Run: {project.name} rollback"]
    gaps = own_words(project, ROLLBACK, 50)
    page = project.text(ROLLBACK)
    versions = set(VERSION.findall(page))
    for event in events:
        both = {str(event.get("version")), str(event.get("champion"))}
        if day(event) in page and both <= versions:
            return gaps
    event = events[-1]
    step = f"'version {event.get('champion')}' and 'version {event.get('version')}'"
    gaps.append(f"{ROLLBACK} doesn't mention a recorded rollback. Write {day(event)}, {step}")
    return gaps


def post_mortem(project: Project) -> list[str]:
    """docs/postmortem.md describes an alarm, with recorded figures only."""
    alarms = [entry for entry in project.decisions if entry.get("status") != "healthy"]
    if not alarms:
        step = f"With the service running: {project.name} replay drift; then {project.name} monitor"
        return [*needs_run(project), f"No alarm is on record. {step}"]
    gaps = own_words(project, POST_MORTEM, 80)
    page = project.text(POST_MORTEM)
    for heading in HEADINGS:
        section = re.search(rf"(?im)^#+ .*\b{heading}\b.*\n([^#]*)", page)
        if not section or len(runs(section[1])) < 10:
            gaps.append(f"{POST_MORTEM} has no section '{heading}'. Write at least 13 words in it")
    named_alarms = [alarm for alarm in alarms if day(alarm) in page and of_version(alarm, page)]
    if not named_alarms:
        step = f"Write {day(alarms[-1])} and 'version {alarms[-1].get('model_version')}'"
        gaps.append(f"{POST_MORTEM} doesn't mention a recorded alarm. {step}")
    written = figures(page)
    taken = {figure.text for figure in written if figure.is_one_of(numbers(named_alarms))}
    if len(taken) < LEAST_FIGURES:
        step = f"Quote {LEAST_FIGURES} of its figures with at least two decimals"
        gaps.append(f"{POST_MORTEM} quotes {len(taken)} figures of that alarm. {step}")
    recorded = list(numbers([project.decisions, project.history, project.facts.results]))
    unknown = [figure.text for figure in written if not figure.is_one_of(recorded)]
    if unknown:
        step = f"Use figures from {RESULTS} or remove them"
        gaps.append(f"{POST_MORTEM} has unrecorded figures: {', '.join(unknown)}. {step}")
    return gaps


def own_data(project: Project) -> list[str]:
    """The project uses own data, beats its baselines, and has no prompts left."""
    if not project.facts.origin.own:
        step = "Run: scaffold new NAME --data PATH --run, then scaffold learn there"
        return [f"This project uses the template's data. {step}"]
    if not project.facts.results:
        return [f"There are no results yet. Run: {project.name} run"]
    gaps = []
    for finding in [*measured.baseline(project.facts), *owner.written(project.facts)]:
        if finding.level != "good":
            gaps.append(f"{finding.where}: {finding.says}. {finding.step}")
    return gaps


def add_on(project: Project) -> list[str]:
    """The project has an add-on, and docs/decisions.md says why and how many lines it added."""
    gaps = ["The project has no add-on. Choose one: scaffold add --list"]
    for name in project.facts.origin.add_ons:
        gaps = decided(project, name)
        added = added_lines(project, name)
        numbers = re.findall(r"\d+", own_decisions(project, name).replace(",", ""))
        if added and str(added) not in numbers:
            step = f"git counts {added:,} added lines of Python; write that and what they cost you"
            gaps.append(f"{DECISIONS} doesn't say how much {name} added. {step}")
        if not gaps:
            return []
    return gaps


def added_lines(project: Project, add_on: str) -> int:
    """The lines of Python in the tool's commit that added the add-on; 0 if there is none."""
    place = repository.around(project.root)
    commits = pristine.history(place, project.facts.origin)[::-1]
    for before, commit in pairwise(commits):
        if add_on in add_ons_in(place, commit) and add_on not in add_ons_in(place, before):
            lines = place.line("diff", "--numstat", before, commit, "--", "*.py").splitlines()
            return sum(int(line.split()[0]) for line in lines)
    return 0


def add_ons_in(place: Repository, commit: str) -> tuple[str, ...]:
    return origin.parse(place.text(f"{commit}:{ORIGIN}") or "").add_ons


def own_decisions(project: Project, word: str) -> str:
    """The user's text in the sections of docs/decisions.md that contain this word."""
    sections = re.split(r"(?m)^(?=#)", project.own_lines(DECISIONS))
    return "\n".join(section for section in sections if word.lower() in section.lower())


def decided(project: Project, word: str) -> list[str]:
    """What is missing if the user wrote nothing about it in docs/decisions.md."""
    text = own_decisions(project, word)
    words = len(runs(text) - template_runs(project))
    if words >= 20:
        return []
    step = f"Write a section of at least 23 words that mentions '{word}': what, why, which figure"
    return [f"{DECISIONS} has no text of yours about '{word}'. {step}"]


def has_figure(project: Project, word: str, values: Iterable[float]) -> bool:
    """Whether the user's decision about it quotes one of these values."""
    recorded = list(values)
    return any(figure.is_one_of(recorded) for figure in figures(own_decisions(project, word)))


def needs_run(project: Project) -> list[str]:
    """What is missing if the loop hasn't run."""
    if project.history:
        return []
    return [f"There are no results yet. Run: {project.name} run"]


def own_words(project: Project, page: str, least: int) -> list[str]:
    """What is missing if a page has too few words of the user's own."""
    words = len(runs(project.text(page)) - template_runs(project))
    if words >= least:
        return []
    reason = f"{page} has {words} of {least} words of your own" if words else f"{page} is missing"
    return [f"{reason}. Write more; copied or repeated text doesn't count"]


def template_runs(project: Project) -> set[tuple[str, ...]]:
    """Word sequences from the template, the results and the exercises."""
    pages = [exercise.page(project) for exercise in exercises.exercises()]
    pages += project.template("*.md").values()
    return runs("\n".join([project.text("docs/results.md"), *pages]))


def day(entry: Record) -> str:
    return str(entry.get("time"))[:10]


def of_version(alarm: Record, page: str) -> bool:
    return str(alarm.get("model_version")) in VERSION.findall(page)
