"""Checks of what is shown: that README, model card, plots and every figure are what was measured."""

import math
import re
from dataclasses import astuple

from scaffold.review.finding import IMPROVE, MEND, MOST_SHOWN, Finding, good, mend, unknown
from scaffold.review.folder import digest, line_of
from scaffold.review.project import RESULTS, Project
from scaffold.review.records import PROMOTED, Score

START, END = "<!-- results: written by showcase -->", "<!-- /results -->"
YAML_START, YAML_END = "# results: written by showcase", "# /results"
PAGES = ("README.md", "MODEL_CARD.md")
METRICS = ("accuracy", "AUC", "F1", "precision", "recall", "MAPE", "MAE", "RMSE", "R2")
FIELD = re.compile(r"(?<!`)<!-- measured: ([^<>\n]{1,60}) -->([^<\r\n]*)<!-- /measured -->")
CODE = re.compile(
    r"^```.*?^```|`[^`\n]*`|<!-- measured: [^\n]{1,60}? -->[^<\n]*<!-- /measured -->", re.MULTILINE | re.DOTALL
)
NOT_YET = "not measured yet"


def shown(project: Project) -> list[Finding]:
    """README, model card and plots are what was measured"""
    again = f"{project.name} showcase"
    if RESULTS in project.damage:
        return mend(project.damage[RESULTS], RESULTS, again)
    marks = [finding for page in PAGES for finding in _marks(project, page)]
    if not project.results:
        return marks or mend("there is no record of what is shown", RESULTS, again)
    found = [*marks, *_stale(project, again), *_altered(project, again), *_fields(project, again)]
    if found:
        return found[:MOST_SHOWN]
    if not project.digests:
        return unknown(f"{len(project.results.shown)} pages as recorded; the runs are not here", RESULTS)
    return good(f"{len(project.results.shown)} pages and {len(project.digests)} records as recorded", RESULTS)


def _marks(project: Project, page: str) -> list[Finding]:
    text = project.texts.get(page)
    if text is None:
        return mend("it is missing or can't be read", page, f"git checkout {page}")
    if text.count(START) != 1 or text.count(END) != 1 or text.index(START) > text.index(END):
        return mend(f"it lacks the lines '{START}' and '{END}', once each", page, "Put them where the results belong")
    if "No results yet." in between(text, START, END):
        return mend("it shows no results yet", page, f"{project.name} run")
    return []


def _stale(project: Project, again: str) -> list[Finding]:
    """Records that changed since they were shown, and figures that are not those of the record."""
    sources = project.results.sources if project.results else {}
    found = [
        Finding(MEND, "changed since its figures were shown", path, again)
        for path, known in sources.items()
        if path in project.digests and project.digests[path] != known
    ]
    if found or not project.changes or not project.results:
        return found
    for there in project.results.changes:
        promoted = [one for one in project.changes if one.event == PROMOTED and one.version == there.version]
        measured = [one.score for one in promoted if one.score]
        if there.score and measured and not any(_agree(there.score, score) for score in measured):
            return mend(f"it says {there.score} of version {there.version}, the runs {measured[-1]}", RESULTS, again)
    return []


def _agree(one: Score, other: Score) -> bool:
    """Whether two scores are the same but for rounding: the record keeps six digits."""
    return all(
        math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-6) for a, b in zip(astuple(one), astuple(other), strict=True)
    )


def _altered(project: Project, again: str) -> list[Finding]:
    """What is shown and is not what showcase wrote."""
    pages = project.results.shown if project.results else {}
    found = [Finding(MEND, f"it says nothing of {page}", RESULTS, again) for page in PAGES if page not in pages]
    for path, known in pages.items():
        if path not in project.texts:
            found += mend("it is recorded as shown, and missing here", path, again)
        elif known not in _digests(project.texts[path]):
            found += mend("its results were altered since showcase wrote them", path, again)
    return found


def _fields(project: Project, again: str) -> list[Finding]:
    """Figures in the middle of a sentence that are not those of the record."""
    known = project.results.fields if project.results else {}
    return [
        Finding(MEND, f"'{key}' is shown as {value[:60]!r}, measured was {known[key]!r}", place(path, text, at), again)
        for path, text in project.texts.items()
        if path.endswith(".md")
        for key, value, at in fields(text)
        if value not in (known.get(key, value), NOT_YET)
    ]


def fields(text: str) -> list[tuple[str, str, int]]:
    """Key, value and position of each figure in a page that showcase fills in."""
    return [(found[1], found[2], found.start()) for found in FIELD.finditer(text)]


def place(path: str, text: str, position: int) -> str:
    return f"{path}:{line_of(text, position)}"


def typed(project: Project) -> list[Finding]:
    """No figure was typed by hand"""
    names = "|".join({re.escape(project.results.metric), *METRICS} if project.results else METRICS)
    figure = re.compile(rf"(?i)\b(?:{names})\b[^.|\n]{{0,25}}?[^\d.\n]((?:0\.\d{{2,4}}|\d{{1,2}}(?:\.\d{{1,2}})? ?%))")
    step = "Let showcase fill it in: <!-- measured: champion --><!-- /measured -->"
    pages = {page: _own_words(project.texts.get(page, "")) for page in PAGES}
    found = [
        Finding(IMPROVE, f"{match.group()!r} will not follow the runs", place(page, text, match.start()), step)
        for page, text in pages.items()
        for match in figure.finditer(text)
    ]
    return found[:MOST_SHOWN] or good(f"no metric with a figure in the owner's part of {' and '.join(PAGES)}")


def _own_words(text: str) -> str:
    """The text with blanks in place of what showcase writes, and of code."""
    for start, end in ((START, END), (YAML_START, YAML_END)):
        if block := between(text, start, end):
            text = text.replace(block, re.sub(r"[^\n]", " ", block))
    return CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def _digests(text: str) -> set[str]:
    """Digests of a whole file, and of the block between its markers if it has one."""
    blocks = [between(text, START, END), between(text, YAML_START, YAML_END)]
    return {digest(part) for part in (text, *blocks) if part}


def between(text: str, start: str, end: str) -> str:
    """What stands between two markers; nothing if one of them is missing."""
    return text.partition(start)[2].partition(end)[0] if start in text and end in text else ""


CHECKS = (shown, typed)
