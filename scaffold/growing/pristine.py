"""Finds and creates pristine commits: a project exactly as a version of the tool renders it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scaffold import __version__, catalog, git, rendering, variables
from scaffold.catalog import Template
from scaffold.environment import find_uv
from scaffold.errors import GrowthError
from scaffold.growing import origin
from scaffold.growing import repository as repositories
from scaffold.growing.origin import Origin
from scaffold.growing.repository import Repository

DISTRIBUTION = "scaffold-ml"
COMMIT = f"%H %T %(trailers:key={git.TREE},valueonly,separator=%x20)"
RAW = "raw"  # the folder of the user's data


@dataclass(frozen=True)
class Pristine:
    """A rendered project: its tree, and the pristine commits that it is based on."""

    tree: str
    commits: list[str]


def texts(project: Path, recorded: Origin) -> dict[str, str]:
    """Code and pages as last rendered, under the project's current name.

    Uses no network. Raises GrowthError if neither the history nor this version can provide them.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        scratch = Path(temporary)
        folder, objects = scratch / "texts", scratch / "objects"
        objects.mkdir()
        place = repositories.around(project, objects)
        rendered = base(place, recorded, scratch, offline=True)
        place.check_out(rendered.tree, folder, scratch)
        before = origin.parse((folder / origin.PLACE).read_text("utf-8"))
        origin.rename(folder, before, before.named(present_name(place, recorded)))
        paths = [path for path in folder.rglob("*") if path.suffix in (".py", ".md")]
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def present_name(place: Repository, recorded: Origin) -> str:
    """The project's current name, in `pyproject.toml` and the package."""
    name = origin.present_name(place.own("pyproject.toml") or "") or ""
    name = name.replace("_", "-")  # the package's own name, if it is also a valid project name
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        return recorded.answers.name
    package = place.own(f"src/{name.replace('-', '_')}/__init__.py")
    return recorded.answers.name if package is None else name


def base(
    repository: Repository, recorded: Origin, scratch: Path, offline: bool = False
) -> Pristine:
    """The project as last rendered: from its history, or else rendered again."""
    commits = newest(repository, recorded)
    if len(commits) == 1:
        text = repository.text(f"{commits[0]}:{origin.PLACE}")
        rendered = origin.parse(text or "")
        if (rendered.version, rendered.add_ons) == (recorded.version, recorded.add_ons):
            return Pristine(repository.line("rev-parse", f"{commits[0]}^{{tree}}"), commits)
    elif not commits and repository.line("rev-parse", "--is-shallow-repository") == "true":
        raise GrowthError(
            "This shallow clone lacks the project's first commit. Run: git fetch --unshallow"
        )
    folder = scratch / "base"
    if recorded.version == __version__:
        render(recorded, folder)
    elif offline:
        raise GrowthError(
            f"The history has no commit by scaffold {recorded.version} with"
            f" {', '.join(recorded.add_ons) or 'the template alone'}; it may have been squashed or"
            " rebased. Run: scaffold update"
        )
    else:
        render_by_version(repository, recorded, folder)
    tree = repository.tree_of(folder, scratch)
    return Pristine(with_raw_data(repository, tree, recorded, scratch), commits)


def newest(repository: Repository, recorded: Origin) -> list[str]:
    """The project's pristine commits that have no later one."""
    commits = history(repository, recorded)
    if len(commits) < 2:
        return commits
    return repository.line("merge-base", "--independent", *commits).split()


def history(repository: Repository, recorded: Origin) -> list[str]:
    """The project's pristine commits in HEAD's history, newest first.

    A squashed commit may repeat their message, but has another tree. The repository may contain
    other projects; of those that differ only in name, the one with the recorded name counts, or
    each of them if the user changed that name.
    """
    form = f"--format={COMMIT}"
    listed = repository.ask(
        "log", "--topo-order", form, "-E", f"--grep=^{git.TREE}: ", repository.head
    )
    names: dict[str, str] = {}  # the origin of the project in each commit
    for line in listed.decode("utf-8", "replace").splitlines():
        commit, tree, *trees = line.split(" ")
        text = repository.text(f"{commit}:{origin.PLACE}") if tree in trees else None
        if text:
            rendered = origin.parse(text)
            if rendered.is_like(recorded):
                names[commit] = rendered.answers.name
    if recorded.answers.name in names.values():
        return [commit for commit, name in names.items() if name == recorded.answers.name]
    return list(names)


def render(project: Origin, folder: Path) -> None:
    """Renders the project with this version of the tool."""
    folder.mkdir(parents=True)
    rendering.render(template_of(project), project.answers, project.year, folder)


def template_of(project: Origin) -> Template:
    """The template that the project is rendered from, without the user's data."""
    if project.own:
        template = catalog.of_answers(project.own, {})
    else:
        template = catalog.find(project.template)
    return catalog.with_add_ons(template, project.add_ons)


def render_by_version(repository: Repository, project: Origin, folder: Path) -> None:
    """Renders the project with the older version of the tool, which uv runs."""
    answers = folder.with_name("answers.yml")
    answers.write_text(repository.own(origin.PLACE) or "", "utf-8")
    tool = [find_uv() or "uv", "tool", "run", "--python", sys.executable]
    command = ["--from", f"{DISTRIBUTION}=={project.version}", "scaffold", "render"]
    environment = variables.passed_on(os.environ, project.answers.name)
    for options in (["--offline"], []):
        finished = subprocess.run(  # noqa: S603  (the arguments are ours)
            [*tool, *options, *command, str(answers), str(folder)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if finished.returncode == 0:
            return
    raise GrowthError(
        f"The history has no commit that {DISTRIBUTION} {project.version} rendered, and uv can't"
        f" run that version here. To see why: uvx {' '.join(command)} {origin.PLACE} FOLDER"
    )


def with_raw_data(repository: Repository, tree: str, project: Origin, scratch: Path) -> str:
    """The tree with the user's data from HEAD, since it can't be rendered."""
    if not project.own:
        return tree
    present = repository.entries(repository.project(), RAW)
    return repository.changed(tree, present, scratch)


def commit(
    repository: Repository, tree: str, parents: list[str], title: str, project: Origin
) -> str:
    """Creates a pristine commit, which the next update will find."""
    message = git.pristine_message(title, project.template, tree)
    identity = git.identity(repository.top, project.answers.author)
    signing = repository.run("config", "--type=bool", "commit.gpgSign").stdout
    identity["commit.gpgSign"] = signing.decode().strip() or "false"
    return repository.commit(tree, parents, message, identity)
