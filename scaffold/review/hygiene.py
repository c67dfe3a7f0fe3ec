"""Checks of what would be published with the project: secrets, large files, notebooks, paths of one machine."""

import json
import re
from itertools import islice

from scaffold.review import folder, secrets
from scaffold.review.finding import IMPROVE, MEND, MOST_SHOWN, Finding, good, improve, mend, unknown
from scaffold.review.folder import Unreadable, line_of
from scaffold.review.history import SETTINGS
from scaffold.review.project import Project
from scaffold.shell import quoted

MEGABYTE = 1_000_000
LARGE, TOO_LARGE = 10 * MEGABYTE, 50 * MEGABYTE  # GitHub warns of 50 MB, and refuses 100
HOMES = ("/home/", "/Users/", ":\\Users", ":\\\\Users")  # found faster than by the expression
HOME = re.compile(
    r"(?<![\w.])(?:/home/|/Users/|[A-Za-z]:\\{1,2}Users\\{1,2})(?!runner|user\b|app\b|me\b|you)[\w.-]{2,40}[/\\]"
)


def readable(project: Project) -> list[Finding]:
    """Files and records can be read"""
    found = [Finding(MEND, reason, path, _restored(project, path)) for path, reason in project.damage.items()]
    return found[:MOST_SHOWN] or good(f"{len(project.files):,} files, {len(project.texts):,} of them searched")


def _restored(project: Project, path: str) -> str:
    return "Restore it from a copy" if path not in project.files else f"Mend it, or: git checkout {quoted(path)}"


def history(project: Project) -> list[Finding]:
    """Git has the history since the template"""
    if not project.commits:
        return unknown(project.no_commits, "", "Without it, nobody can see what you changed")
    return good(f"commits: {project.commits.count}")


def no_secrets(project: Project) -> list[Finding]:
    """No secret would be published, or is in git's history"""
    step = "Revoke it where it was made, then take it out of the file and of git's history"
    found = [
        Finding(MEND, f"it looks like a secret: {kind}", f"{path}:{line_of(text, position)}", step)
        for path, text in project.texts.items()
        for position, kind in islice(secrets.found(text), MOST_SHOWN)
    ]
    settings = [path for path in project.files if SETTINGS.search(path)]
    found += [Finding(MEND, "it holds settings and secrets of one machine", path, step) for path in settings]
    found = [*sorted(found, key=lambda finding: finding.where), *_removed(project)][:MOST_SHOWN]
    said = f"{len(project.texts):,} files and commits: {project.searched.commits:,} searched"
    return [*found, *_not_searched(project)] or good(said)


def _removed(project: Project) -> list[Finding]:
    """Secrets of the past: who clones the project has them."""
    step = "Revoke it where it was made: a removed secret is still in the history"
    return [
        Finding(MEND, f"it looks like a secret: {past.kind}; no file has it now", f"{past.commit}:{past.path}", step)
        for past in project.searched.found
    ]


def _not_searched(project: Project) -> list[Finding]:
    found = []
    if project.unread:
        path, why = next(iter(project.unread.items()))
        others = f"; others like it: {len(project.unread) - 1:,}" if len(project.unread) > 1 else ""
        found += unknown(f"it was not searched: {why}{others}", path)
    if len(project.files) >= folder.MOST_FILES:
        found += unknown(f"files beyond the first {folder.MOST_FILES:,} were not looked at")
    if project.searched.missing:
        found += unknown(project.searched.missing)
    return found


def sizes(project: Project) -> list[Finding]:
    """No file is too large for a repository"""
    large = sorted((item for item in project.files.items() if item[1] > LARGE), key=lambda item: -item[1])
    step = "git rm --cached it, name it in .gitignore, and say where it comes from"
    found = [
        Finding(MEND if size > TOO_LARGE else IMPROVE, f"{size / MEGABYTE:,.0f} MB", path, step)
        for path, size in large[:MOST_SHOWN]
    ]
    most = max(project.files.values(), default=0)
    return found or good(
        f"{sum(project.files.values()) / MEGABYTE:,.1f} MB in all, the largest {most / MEGABYTE:,.1f} MB"
    )


def notebooks(project: Project) -> list[Finding]:
    """Notebooks hold no output"""
    paths = [path for path in project.files if path.endswith(".ipynb")][:MOST_SHOWN]
    found = [finding for path in paths for finding in _notebook(project, path)]
    return found[:MOST_SHOWN] or good(f"notebooks: {len(paths)}")


def _notebook(project: Project, path: str) -> list[Finding]:
    try:
        cells = json.loads(folder.text(project.root, path, LARGE))["cells"]
        outputs = sum(bool(cell.get("outputs")) for cell in cells)
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return mend(f"it can't be read as a notebook: {type(error).__name__}", path, "Mend it or delete it")
    clear = f"jupyter nbconvert --clear-output --inplace {quoted(path)}"
    return improve(f"cells with output: {outputs}", path, clear) if outputs else []


def paths_of_one_machine(project: Project) -> list[Finding]:
    """No path of somebody's home folder is written down"""
    found = [
        Finding(IMPROVE, f"it names {match.group()!r}", f"{path}:{line_of(text, match.start())}", "Make it relative")
        for path, text in project.texts.items()
        if any(home in text for home in HOMES) and (match := HOME.search(text))
    ]
    return found[:MOST_SHOWN] or good(f"{len(project.texts):,} files searched")


CHECKS = (readable, history, no_secrets, sizes, notebooks, paths_of_one_machine)
