"""Two versions of the tool, a project that its owner edits, and git as they would call it."""

import shutil
from pathlib import Path

import reviewed
from conftest import ROOT, Installed, with_catalogue

from scaffold import __version__

NEWER = "9.1.0"
PACKAGE = "src/my_reviews"
OWN_MODEL = "\n\ndef of_my_own() -> str:\n    return 'my own'\n"
RESULTS = "<!-- results -->\n\n- **Tested**: accuracy **0.91**.\n\n<!-- /results -->"

# What the newer version of the templates changes: a text in each file, by its place.
CHANGES = {
    "lifecycle/README.md.jinja": ("## Run it\n", "## Run it yourself\n"),
    "lifecycle/MODEL_CARD.md.jinja": ("No results yet.", "Nothing is measured yet."),
    "lifecycle/src/{{package}}/errors.py": ('"""', '"""New: '),
    "classification/src/{{package}}/metrics.py.jinja": ("\nMETRIC = ", "\nWHOLE = 1.0\nMETRIC = "),
}


def of_version(installed: Installed, folder: Path, version: str = __version__) -> Installed:
    """The tool as a version of it, whose templates a test may change."""
    copy = with_catalogue(installed, folder)
    tool = folder / "tool"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "templates", tool / "templates", ignore=ignore)
    start = tool / "scaffold/__init__.py"
    start.write_text(start.read_text("utf-8").replace(__version__, version), "utf-8")
    shutil.copyfile(ROOT / "CHANGELOG.md", tool / "CHANGELOG.md")
    return copy


def templates(tool: Installed) -> Path:
    """The folder of the tool's templates."""
    return Path(tool.environment["PYTHONPATH"]) / "templates"


def change(tool: Installed, place: str, before: str, after: str) -> None:
    """Changes a text in a file of the templates."""
    replace(templates(tool) / place, before, after)


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text, (path, before)
    path.write_text(text.replace(before, after, 1), "utf-8", newline="\n")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, without the spaces around it."""
    return reviewed.git(folder, *arguments).strip()


def tree(project: Path, revision: str = "HEAD") -> dict[str, str]:
    """The files of a revision: names of blobs by path."""
    listed = git(project, "ls-tree", "-r", revision).splitlines()
    return {line.partition("\t")[2]: line.split()[2] for line in listed}


def parents(project: Path) -> list[str]:
    return git(project, "log", "-1", "--format=%P").split()
