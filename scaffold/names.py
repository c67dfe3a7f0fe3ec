"""What a project may be called: its name is at once a distribution, a package, a command and a folder."""

import keyword
import re
import sys
import unicodedata
from collections.abc import Iterable

from scaffold.errors import InvalidAnswerError

PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40

# Windows keeps these for devices, in every folder.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}

# A folder, package or command of this name would take the place of another one in the project or its environment.
RESERVED = {
    "test",
    "tests",
    "src",
    "site-packages",
    "python",
    "python3",
    "pip",
    "setuptools",
    "wheel",
    "uv",
    "activate",
}

# Imported under another name than the distribution's, or brought along by what the projects depend on.
IMPORTED = {
    *("anyio", "click", "dotenv", "jinja2", "joblib", "numpy", "pil", "pydantic", "requests", "rich", "scipy"),
    *("sklearn", "starlette", "torch", "yaml"),
}


def check(name: str, dependencies: Iterable[str]) -> str:
    """The name, unchanged, if a project can have it; raises InvalidAnswerError with the reason otherwise."""
    reason = objection(name, {normalised(dependency) for dependency in dependencies})
    if reason is None:
        return name
    proposal = suggestion(name)
    hint = f" Try: --name {proposal}" if proposal and proposal != name else " Choose another with --name"
    raise InvalidAnswerError(f"{name!r} can't be the project's name: {reason}.{hint}")


def suggestion(text: str) -> str | None:
    """A name made of the letters and digits of any text, such as 'ete-2026' for 'Été 2026', if there is one."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    proposal = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return proposal if objection(proposal, set()) is None else None


def objection(name: str, dependencies: set[str]) -> str | None:
    """Why a project can't have this name, or None if it can."""
    if not PATTERN.fullmatch(name):
        return "use lower-case letters, digits, single hyphens, and start with a letter"
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    package = name.replace("-", "_")
    if keyword.iskeyword(package):
        return "it is a Python keyword"
    if package in sys.stdlib_module_names:
        return "it is a module of Python's standard library"
    if name in DEVICES:
        return "Windows reserves it for a device"
    if normalised(name) in RESERVED:
        return "it is reserved in every Python project"
    if normalised(name) in dependencies | IMPORTED:
        return "a package that the project depends on has it"
    return None


def normalised(name: str) -> str:
    """The form in which package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
