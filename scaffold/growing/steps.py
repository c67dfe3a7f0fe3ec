"""The steps from the user's request to a merge in the work tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from scaffold import __version__, catalog
from scaffold.errors import GrowthError
from scaffold.growing import applying, merging, origin, pristine, repository
from scaffold.growing.merging import Merged
from scaffold.growing.origin import Origin
from scaffold.growing.pristine import Pristine
from scaffold.growing.repository import Repository


@dataclass(frozen=True)
class Change:
    """The template's change to a project, and the result in the user's project.

    `base` and `theirs` are the trees of the project as rendered before and after.
    """

    repository: Repository
    project: Origin
    base: str
    theirs: str
    before: Pristine
    merged: Merged
    title: str
    scratch: Path

    @property
    def files(self) -> list[str]:
        """The files that the template changes."""
        listed = self.repository.ask("diff", "--name-only", "-z", self.base, self.theirs)
        return [path.decode("utf-8", "surrogateescape") for path in listed.split(b"\0")[:-1]]

    def show(self, colour: bool) -> str:
        """The template's change as a git diff."""
        when = "always" if colour else "never"
        shown = self.repository.ask(
            "diff", "--stat", "--patch", f"--color={when}", self.base, self.theirs
        )
        return shown.decode("utf-8", "replace")


@contextmanager
def addition(project: Path, names: list[str], dry: bool) -> Iterator[Change]:
    """The change that adds these add-ons."""
    with opened(project, dry) as (place, recorded, scratch):
        check_version(recorded)
        for name in names:
            catalog.find_add_on(name)
            if name in recorded.add_ons:
                raise GrowthError(
                    f"The project already has the add-on {name!r}. See: scaffold add --list"
                )
        added = tuple(dict.fromkeys(names))
        after = recorded.with_add_ons(added)
        yield change(place, recorded, after, f"Add {' and '.join(added)}", scratch)


@contextmanager
def renewal(project: Path, dry: bool) -> Iterator[Change]:
    """The change from the project's template version to this one."""
    with opened(project, dry) as (place, recorded, scratch):
        after = replace(recorded, version=__version__)
        title = f"Update the template from {recorded.version} to {__version__}"
        yield change(place, recorded, after, title, scratch)


@contextmanager
def opened(project: Path, dry: bool) -> Iterator[tuple[Repository, Origin, Path]]:
    """Opens the project's repository; yields it, the recorded origin and a scratch folder."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        objects = scratch / "objects"
        objects.mkdir()
        repository.check_git()
        place = repository.around(project, objects if dry else None)
        repository.check_ready(place)
        yield place, recorded_origin(place), scratch


def recorded_origin(place: Repository) -> Origin:
    """The origin recorded in the project's last commit."""
    text = place.own(origin.PLACE)
    if text is None:
        raise GrowthError(
            f"The last commit of {str(place.top / place.prefix)!r} lacks {origin.PLACE}."
            f" Change to a project that scaffold generated, and commit {origin.PLACE}"
        )
    return origin.parse(text)


def check_version(recorded: Origin) -> None:
    """Raises GrowthError unless the project has this version of the template."""
    check_not_newer(recorded)
    if recorded.version != __version__:
        raise GrowthError(f"{versions(recorded)}. Run first: scaffold update")


def check_not_newer(recorded: Origin) -> None:
    """Raises GrowthError if the project has a newer version of the template."""
    if is_newer(recorded.version, __version__):
        name = pristine.DISTRIBUTION
        step = f"uv tool upgrade {name}, or pip install --upgrade {name}"
        raise GrowthError(f"{versions(recorded)}. Upgrade the tool: {step}")


def versions(recorded: Origin) -> str:
    return f"The project has template {recorded.version}, and this is scaffold {__version__}"


def is_newer(version: str, other: str) -> bool:
    """Whether a version of the tool is newer than another one."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) > Version(other)
    except InvalidVersion as error:
        raise GrowthError(
            f"{origin.PLACE}: {error}. Restore the version that git log shows"
        ) from error


def change(place: Repository, recorded: Origin, after: Origin, title: str, scratch: Path) -> Change:
    """Computes the result of going from one origin to another."""
    before = pristine.base(place, recorded, scratch)
    project = after.named(pristine.present_name(place, recorded))
    folder = scratch / "theirs"
    pristine.render(project, folder)
    theirs = place.tree_of(folder, scratch)
    theirs = pristine.with_raw_data(place, theirs, project, scratch)
    base = renamed(place, before.tree, project, scratch)
    merged = merging.merge(place, base, place.project(), theirs, scratch)
    return Change(place, project, base, theirs, before, merged, title, scratch)


def renamed(place: Repository, tree: str, project: Origin, scratch: Path) -> str:
    """The tree under the project's current name."""
    rendered = origin.parse(place.text(f"{tree}:{origin.PLACE}") or "")
    if rendered.answers.name == project.answers.name:
        return tree
    folder = scratch / "renamed"
    folder.mkdir()
    place.check_out(tree, folder, scratch)
    origin.rename(folder, rendered, project)
    return place.tree_of(folder, scratch)


def carry_out(made: Change, commit: bool) -> None:
    """Writes the merge to the work tree and commits it if there are no conflicts."""
    place, project = made.repository, made.project
    parents = made.before.commits
    if not parents:
        title = f"Start from the {project.template} template"
        parents = [pristine.commit(place, made.before.tree, [], title, project)]
    title = f"{made.title}, as rendered by the template"
    theirs = pristine.commit(place, made.theirs, parents, title, project)
    applying.apply(place, made.merged, theirs, made.title, made.scratch)
    if commit and not made.merged.conflicts:
        applying.commit(place, project.answers.author)
