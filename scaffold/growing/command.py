"""The commands `scaffold add`, `scaffold update` and, for the tool itself, `scaffold render`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import __version__

if TYPE_CHECKING:
    from scaffold.growing.steps import Change

CONFLICTS = 1  # exit status


def growth_options(command: Any) -> Any:
    """Adds the options to a command that `add` and `update` share."""
    for option in (
        click.option(
            "--no-commit", is_flag=True, help="Leave the merge uncommitted, for you to inspect."
        ),
        click.option("--dry-run", is_flag=True, help="Show the template's changes; write nothing."),
        click.option(
            "--project",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            default=".",
            help="Folder of the project.  [default: the current folder]",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--list", "listed", is_flag=True, help="List the add-ons, marking those the project has."
)
@growth_options
def add(names: tuple[str, ...], listed: bool, project: Path, dry_run: bool, no_commit: bool) -> int:
    """Add a capability to the project in this folder, as a merge in its git repository.

    Your changes are kept. Where you and the add-on changed the same lines, git reports an ordinary
    conflict.

    Exit status: 0; 1 if there are conflicts to resolve or the project can't be changed; 2 if there
    is no such add-on.
    """
    from scaffold.growing import origin

    project = origin.root(project)
    if listed:
        click.echo(listing(project))
        return 0
    if not names:
        raise click.UsageError("Name an add-on. List them with: scaffold add --list")
    from scaffold.growing import steps

    with steps.addition(project, list(names), dry_run) as change:
        return finish(change, dry_run, no_commit, next_steps(project, change, names))


@click.command()
@click.option(
    "--check", is_flag=True, help="Show whether there is a newer template, and its changes."
)
@growth_options
def update(check: bool, project: Path, dry_run: bool, no_commit: bool) -> int:
    """Update the project in this folder to the template of the installed version.

    It is a merge in the project's git repository, so your changes are kept.

    Exit status: 0; 1 if there are conflicts to resolve or the project can't be updated.
    """
    from scaffold.growing import origin, repository, steps

    project = origin.root(project)
    repository.check_git()
    recorded = steps.recorded_origin(repository.around(project))
    steps.check_not_newer(recorded)
    if recorded.version == __version__:
        click.echo(f"The project is up to date: version {__version__} of {recorded.template}")
        return 0
    if check:
        click.echo(news(recorded.version))
        return 0
    with steps.renewal(project, dry_run) as change:
        return finish(change, dry_run, no_commit, next_steps(project, change, ()))


@click.command(hidden=True)
@click.argument("answers", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path))
def render(answers: Path, folder: Path) -> None:
    """Render the project from the ANSWERS in a .template.yml, without its data.

    A newer version of the tool calls this to find out what an older version rendered.
    """
    from scaffold import rendering
    from scaffold.growing import origin, pristine

    rendering.check_destination(folder)
    pristine.render(origin.parse(answers.read_text("utf-8")), folder)


def finish(change: "Change", dry_run: bool, no_commit: bool, following: list[str]) -> int:
    """Carries out or shows the change, reports it, and returns the exit status."""
    from scaffold.growing import steps

    merged = change.merged
    if dry_run:
        click.echo(change.show(sys.stdout.isatty()))
        click.echo(f"{change.title}: dry run, nothing written")
    else:
        steps.carry_out(change, commit=not no_commit)
        click.echo(change.title)
    for path in change.files:
        if path not in merged.paths:
            click.echo(f"  {path}")
    for note in merged.notes:
        click.echo(f"note: {note}")
    for path in merged.paths:
        click.echo(f"conflict: {path}")
    if merged.conflicts and not dry_run:
        steps_left = [
            "edit each file from <<<<<<< to >>>>>>>",
            "git add --update && git commit",
            "git merge --abort  # or undo it",
        ]
        click.echo("\n  ".join(["Resolve the conflicts:", *steps_left]))
    elif no_commit and not dry_run:
        click.echo("\n  ".join(["Next:", "git diff --cached", "git commit"]))
    elif not dry_run:
        click.echo("\n  ".join(["Next:", *following]))
    return CONFLICTS if merged.conflicts else 0


def listing(project: Path) -> str:
    """Lists the add-ons with their purpose, requirements, and whether the project has them."""
    from scaffold import catalog
    from scaffold.errors import GrowthError
    from scaffold.growing import origin

    try:
        present = origin.parse((project / origin.PLACE).read_text("utf-8")).add_ons
    except (OSError, UnicodeDecodeError, GrowthError):
        present = ()
    formatter = click.HelpFormatter(max_width=110)
    for name in catalog.add_on_names():
        card = catalog.find_add_on(name).card
        rows = [
            ("demonstrates", card["demonstrates"]),
            ("needs", card["needs"]),
            ("adds", f"{card['lines']} lines of Python in src"),
            ("fits", f"projects of {', '.join(card['kinds'])}"),
        ]
        with formatter.section(f"{name} - {card['title']}{' (added)' if name in present else ''}"):
            formatter.write_dl(rows)
    return formatter.getvalue().strip()


def next_steps(folder: Path, change: "Change", names: tuple[str, ...]) -> list[str]:
    """The commands to test the project and try what was added, and what to read first."""
    from scaffold import catalog, shell

    lines = shell.tests_again(folder)
    for name in names:
        card = catalog.find_add_on(name).card
        for line in card["try_it"]:
            lines.append(line.replace("uv run ", f"{shell.uv()} run "))
        lines.append(f"# Read first: {', '.join(card['read_first'])}")
    return [line.replace("PACKAGE", change.project.package) for line in lines]


def news(version: str) -> str:
    """The changes since a version of the tool, newest first."""
    from scaffold import changes

    lines = [f"Version {__version__} is newer than the project's ({version}). Run: scaffold update"]
    for name, text in changes.since(version):
        lines += ["", f"## {name}", "", text]
    return "\n".join(lines)
