"""The rubric's four points for what others can run again."""

import re

from scaffold.review.criterion import Earned
from scaffold.review.project import PACKAGE_FILE, Project

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.lock")


def reproducibility(project: Project) -> Earned:
    """reproducibility"""
    told = project.find(r"^(?:\$ )?(?:uv run|uv sync|pip install|\.venv/bin/pip|make|docker compose)\b", "README.md")
    loose = [name for name in _requirements(project) if not re.search(r"[=<>~]", name)]
    lock = next((path for path in LOCKS if path in project.files), None)
    if not told:
        return Earned(0, "README.md does not say how to run it", "Say how, command by command", True)
    if lock and _published(project, lock):
        return Earned(4, f"{told}; versions: {lock}")
    if lock:
        return Earned(2, f"{told}; {lock} is here, but git does not track it", f"git add {lock}, then commit", True, 1)
    said = f"no version: {loose[0]}" if loose else "ranges of versions alone, so it may be other code tomorrow"
    return Earned(2, f"{told}; {PACKAGE_FILE}: {said}", "uv lock, then commit uv.lock", True, 1)


def _published(project: Project, path: str) -> bool:
    """Whether others get the file: git tracks it, or there is no repository yet."""
    return path in project.tracked if project.tracked is not None else not (project.root / ".git").exists()


def _requirements(project: Project) -> list[str]:
    found = project.about.get("dependencies")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
