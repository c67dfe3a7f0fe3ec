"""Lays a template over the lifecycle, hands the tree to Copier and puts the result in its place in one step."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from scaffold import __version__, git, interruption
from scaffold.catalog import Template
from scaffold.errors import DestinationError, RenderingError
from scaffold.questions import Answers

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def check_destination(destination: Path) -> None:
    """Raises DestinationError unless the folder is missing or empty."""
    if destination.is_dir():
        if any(destination.iterdir()):
            raise DestinationError(f"{str(destination)!r} is not empty. Choose another destination")
    elif os.path.lexists(destination):
        raise DestinationError(f"{str(destination)!r} exists and is not a folder. Choose another destination")


@contextmanager
def staged(destination: Path) -> Iterator[Path]:
    """A folder to build the project in: it becomes the destination when the block ends well, and vanishes otherwise."""
    try:
        check_destination(destination)
        real = Path(os.path.realpath(destination))
        parent = next(folder for folder in (real, *real.parents) if folder.exists())
        temporary = parent / f".new-project-{secrets.token_hex(8)}"
        try:  # opened before the folder exists, so that no interruption can fall between
            project = temporary / real.relative_to(parent)
            project.mkdir(parents=True)
            yield project
            interruption.check()
            move_children(temporary, parent)
        finally:
            git.remove(temporary)
    except OSError as error:
        step = "Free some space and try again" if error.errno in DISK_FULL else "Choose a folder that you can write to"
        raise DestinationError(f"Can't write {str(destination)!r}: {error.strerror or error}. {step}") from error


def move_children(source: Path, target: Path) -> None:
    """Moves all that the source holds into the target, or nothing."""
    moved: list[Path] = []
    try:
        for child in sorted(source.iterdir()):
            moved.append(child.rename(target / child.name))
    except BaseException:
        for path in moved:
            path.rename(source / path.name)
        raise


def render(template: Template, answers: Answers, year: int, project: Path) -> None:
    """Writes the project into the folder; the same arguments give the same bytes."""
    import copier  # takes 0.2 s, which `--help` and `list` need not pay
    import copier.errors
    import jinja2
    from plumbum import local

    data = asdict(answers) | {
        "template": template.name,
        "version": __version__,
        "year": year,
        "card": template.card,
    }
    with TemporaryDirectory() as temporary:
        tree = Path(temporary) / "tree"
        flatten(template, tree)
        try:
            # Without a PATH, Copier finds no git, which it would call once for each file.
            with local.env(PATH=""):
                copier.run_copy(str(tree), project, data, settings=copier.Settings(), defaults=True, quiet=True)
        except (copier.errors.CopierError, jinja2.TemplateError, ValueError) as error:
            raise RenderingError(f"The template {template.name!r} is broken: {error}. Please report it") from error


def flatten(template: Template, tree: Path) -> None:
    """Writes the lifecycle's files and, over them, the template's own into one tree."""
    for layer in (template.lifecycle, template.folder):
        for source in filter(Path.is_file, layer.rglob("*")):
            target = tree / source.relative_to(layer)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
