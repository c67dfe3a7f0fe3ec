"""Validates project names: a name is used for a distribution, a package, a command and a folder."""

import keyword
import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from scaffold.errors import InvalidAnswerError

PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40

# Windows reserves these for devices, in every folder.
DEVICES = {"con", "prn", "aux", "nul"}
for digit in range(10):
    DEVICES |= {f"com{digit}", f"lpt{digit}"}

# A folder, package or command with one of these names would shadow another one in the project or
# its environment.
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
    "deactivate",
    "pydoc",
}

# Other packages in a project's environment: a project with such a name couldn't be installed, or
# would shadow the package.
TAKEN = Path(__file__).with_name("taken_names.txt")
DEPENDENCY = "one of the project's dependencies has this name"


def check(name: str, dependencies: Iterable[str], modules: Iterable[str]) -> str:
    """Returns the name if it is valid for a project with these dependencies and modules.

    Raises InvalidAnswerError with the reason if it isn't.
    """
    reason = objection(name)
    if reason is None and normalised(name) in map(normalised, dependencies):
        reason = DEPENDENCY
    if reason is None and name.replace("-", "_") in modules:
        reason = "a module in the project or its tests has this name"
    if reason is None:
        return name
    proposal = suggestion(name)
    hint = "Choose another with --name"
    if proposal and proposal != name:
        hint = f"Try: --name {proposal}"
    raise InvalidAnswerError(f"{name!r} can't be the project's name: {reason}. {hint}")


def suggestion(text: str) -> str | None:
    """A valid name made from any text, or None: 'ete-2026' for 'Été 2026'."""
    proposal = joined(text, "-")
    return proposal if objection(proposal) is None else None


def joined(text: str, separator: str) -> str:
    """The lowercase letters and digits of a text; everything else becomes the separator."""
    return re.sub(r"[^a-z0-9]+", separator, unaccented(text).lower()).strip(separator)


def unaccented(text: str) -> str:
    """The text without accents, in ASCII: 'Ete' for 'Été'."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def objection(name: str) -> str | None:
    """The reason why no project can have this name, or None."""
    reason = general_objection(name)
    if reason is None and name in brought_along():
        return DEPENDENCY
    return reason


@cache
def brought_along() -> set[str]:
    """The names of all packages in the environment of any template's project."""
    lines = TAKEN.read_text("utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def general_objection(name: str) -> str | None:
    """The reason why no Python project can have this name, or None."""
    if not PATTERN.fullmatch(name):
        return "use lowercase letters, digits and single hyphens, and start with a letter"
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    package = name.replace("-", "_")
    if keyword.iskeyword(package):
        return "it is a Python keyword"
    if package in sys.stdlib_module_names:
        return "it is a module of Python's standard library"
    if name in DEVICES:
        return "Windows reserves it for a device"
    if name in RESERVED:
        return "it is reserved in every Python project"
    return None


def normalised(name: str) -> str:
    """The form in which package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
