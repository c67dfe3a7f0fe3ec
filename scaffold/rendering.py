"""Merges a template's layers, renders them with Copier, and moves the result into place."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from scaffold import __version__, interruption, prose, temporary
from scaffold.catalog import WORDED, Template
from scaffold.errors import BrokenTemplateError, DestinationError
from scaffold.questions import Answers

MLFLOW_REFUSES = "MLflow doesn't support paths with '%' or with both single and double quotes"
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def mlflow_accepts(path: str) -> bool:
    """Whether MLflow supports a path: it decodes and interpolates '%' and doesn't escape quotes."""
    return "%" not in path and not {'"', "'"} <= set(path)


LINE_BREAK = "Python and uv don't support paths with a line break"


def one_line(path: str) -> bool:
    """Whether a path has no line break: Python reads a project's location from a line of a file."""
    return path.splitlines() == [path]


def check_destination(destination: Path) -> None:
    """Raises DestinationError unless the folder is missing or empty, and a project works there."""
    place = repr(str(destination))
    if not one_line(os.path.realpath(destination)):
        raise DestinationError(f"{place}: {LINE_BREAK}. Choose another destination")
    if not mlflow_accepts(os.path.realpath(destination)):
        raise DestinationError(f"{place}: {MLFLOW_REFUSES}. Choose another destination")
    if destination.is_dir():
        if any(destination.iterdir()):
            raise DestinationError(f"{place} is not empty. Choose another destination")
    elif os.path.lexists(destination):
        raise DestinationError(f"{place} exists and is not a folder. Choose another destination")


@contextmanager
def staged(destination: Path) -> Iterator[Path]:
    """A temporary folder to build the project in.

    It becomes the destination if the block succeeds, and is removed otherwise.
    """
    try:
        check_destination(destination)
        real = Path(os.path.realpath(destination))
        parent = temporary.nearest(real)
        with temporary.folder_in(parent) as folder:
            project = folder / real.relative_to(parent)
            project.mkdir(parents=True, exist_ok=True)
            yield project
            interruption.check()
            move_children(folder, parent)
    except OSError as error:
        step = "Choose a folder that you can write to"
        if error.errno in DISK_FULL:
            step = "Free some space and try again"
        place, reason = repr(str(destination)), error.strerror or error
        raise DestinationError(f"Can't write {place}: {reason}. {step}") from error


def move_children(source: Path, target: Path) -> None:
    """Moves all contents of the source to the target, or nothing."""
    moved: list[Path] = []
    try:
        for child in sorted(source.iterdir()):
            moved.append(child.rename(target / child.name))
    except BaseException:
        for path in moved:
            path.rename(source / path.name)
        raise


def render(template: Template, answers: Answers, year: int, project: Path) -> None:
    """Writes the project to the folder; the same arguments give the same bytes."""
    import copier  # importing it takes half of the time of `new`
    import copier.errors
    import jinja2
    from plumbum import local

    data = asdict(answers) | {
        "template": template.name,
        "version": __version__,
        "year": year,
        "card": template.card,
        "profile": template.profile,
        "own": template.own,
        "add_ons": [add_on.name for add_on in template.add_ons],
        "extras": template.extras,
    }
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        flatten(template, tree)
        try:
            # Without a PATH, Copier doesn't find git, which it would call for each file.
            with local.env(PATH=""):
                copier.run_copy(
                    str(tree),
                    project,
                    data,
                    settings=copier.Settings(),
                    defaults=True,
                    quiet=True,
                )
        except (copier.errors.CopierError, jinja2.TemplateError, ValueError) as error:
            raise BrokenTemplateError(template.name, error) from error
    if template.own:  # long names in the data make long lines
        for page in project.rglob("*.md"):
            page.write_text(prose.wrap(page.read_text("utf-8")), "utf-8", newline="\n")
    for place, content in template.raw.items():
        path = project / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def flatten(template: Template, tree: Path) -> None:
    """Writes the files of all layers to one tree.

    A template's file may extend the one that it overrides, which is in `replaced/`.
    """
    for place, source in template.files.items():
        copy(source, tree / place)
    for place, source in template.replaced.items():
        copy(source, tree / "replaced" / place)


def copy(source: Path, target: Path) -> None:
    """Copies a file of a layer, keeping the suffix of files with placeholders."""
    if source.suffix == WORDED:
        target = target.with_name(target.name + WORDED)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
