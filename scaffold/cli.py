"""The commands: each parses its arguments, calls the modules that do the work, and prints results.

These modules are imported only by the command that needs them, which keeps `--help` fast.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import __version__
from scaffold.doctor import command as doctor
from scaffold.errors import InvalidAnswerError
from scaffold.growing import command as growing
from scaffold.learn.command import learn
from scaffold.own_data.command import data_options, decide, hide, profile, taken
from scaffold.own_data.options import Options

if TYPE_CHECKING:
    from scaffold.catalog import Template
    from scaffold.questions import Answers

HELP = {"help_option_names": ["-h", "--help"]}
LICENCES = "MIT|Apache-2.0|BSD-3-Clause|none"


@click.group(context_settings=HELP, invoke_without_command=True)
@click.version_option(__version__, prog_name="scaffold")
@click.pass_context
def commands(context: click.Context) -> None:
    """Generate a machine learning project that covers the whole model lifecycle.

    Train, serve, monitor, retrain.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command(name="list")
def list_templates() -> None:
    """List the templates: what each predicts, from which data, and what it demonstrates.

    Exit status: 0.
    """
    from scaffold import catalog

    formatter = click.HelpFormatter(max_width=110)
    for template in catalog.templates().values():
        card = template.card
        rows = [
            ("predicts", card["predicts"]),
            ("data", f"{card['data']}, {card['rows']:,} rows"),
            ("source", card["source"]),
            ("license", card["data_licence"]),
            ("demonstrates", card["demonstrates"]),
        ]
        with formatter.section(f"{template.name} - {card['title']}"):
            formatter.write_dl(rows)
    click.echo(formatter.getvalue().strip())


@hide
@commands.command()
@click.argument("template")
@click.argument("destination", required=False, type=click.Path(path_type=Path))
@click.option(
    "--name",
    help="Name of the project, its package and its command: lowercase letters, digits and single "
    "hyphens.  [default: the destination's name, else the template's]",
)
@click.option("--author", help="Your name.  [default: git's user.name, else the login name]")
@click.option(
    "--description", help="One sentence about the project.  [default: the template's description]"
)
@click.option(
    "--license",
    "--licence",
    "licence",
    metavar=LICENCES,
    help="License of your code.  [default: MIT]",
)
@click.option(
    "--defaults",
    is_flag=True,
    help="Ask no questions: use defaults for options that aren't set.",
)
@click.option("--no-git", is_flag=True, help="Do not create a git repository.")
@click.option(
    "--run",
    is_flag=True,
    help="Create the environment, run the whole loop and commit the results.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Build the project from your own data; also takes the options of `scaffold profile`.",
)
@click.option(
    "--add",
    "add_ons",
    metavar="NAME,NAME",
    help="Include these add-ons; see `scaffold add --list`.",
)
@click.option("--profile", type=click.Path(path_type=Path), hidden=True)
@data_options
def new(
    template: str,
    destination: Path | None,
    data: Path | None,
    profile: Path | None,
    add_ons: str | None,
    defaults: bool,
    no_git: bool,
    run: bool,
    **options: Any,
) -> None:
    """Create a project from TEMPLATE in DESTINATION, which must be empty or not exist yet.

    DESTINATION defaults to the name of the project. With --data, TEMPLATE may be omitted. Questions
    are asked only on a terminal.

    Exit status: 0; 1 if the project can't be created there or a stage of --run fails; 2 for an
    invalid name, option or template; 130 after Ctrl-C.
    """
    from scaffold import catalog, questions, rendering, shell, workspace

    said = taken(options)
    asking = not defaults and on_terminal()
    if data:
        if destination is None:
            destination = Path(template)
        else:
            said = replace(said, kind=said.kind or catalog.find(template).card["kind"])
        rendering.check_destination(destination)
        known = decide(data, said, asking) if profile is None else read_profile(profile)
        chosen = catalog.of_own_data(known, data)
    elif said != Options():
        raise InvalidAnswerError("Data options need --data PATH. See: scaffold profile --help")
    else:
        chosen = catalog.find(template)
    if add_ons:
        names = filter(None, map(str.strip, add_ons.split(",")))
        chosen = catalog.with_add_ons(chosen, dict.fromkeys(names))
    if destination:
        rendering.check_destination(destination)
    ask = questions.prompt if asking else questions.take_default
    answers = questions.collect(chosen, destination, options, ask)
    project = destination or Path(answers.name)
    workspace.check(project)

    committed = make(chosen, answers, project, no_git)
    click.echo(f"Created {answers.name} in {project}")
    if run:
        run_loop(project, answers, committed)
        following = shell.after_run(project, answers.name)
    else:
        following = shell.after_new(project, answers.name)
    click.echo("\n  ".join(["Next:", *following]))


def read_profile(file: Path) -> dict[str, Any]:
    """Reads a profile printed by `scaffold profile --json`."""
    import json

    try:
        answers = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidAnswerError(f"--profile {str(file)!r} is not valid JSON: {error}") from error
    for key in ("kind", "task", "target", "columns", "drift", "rows"):
        if not isinstance(answers, dict) or key not in answers:
            make = "Create one with: scaffold profile PATH --json"
            raise InvalidAnswerError(f"--profile {str(file)!r} has no {key!r}. {make}")
    return dict(answers)


def on_terminal() -> bool:
    """Whether questions can be asked."""
    if sys.stdin is None or sys.stdout is None:  # closed by the caller
        return False
    return sys.stdin.isatty() and sys.stdout.isatty()


def make(template: "Template", answers: "Answers", project: Path, no_git: bool) -> bool:
    """Writes the project; returns whether it is a repository with a first commit."""
    from datetime import date

    from scaffold import rendering

    with rendering.staged(project) as folder:
        rendering.render(template, answers, date.today().year, folder)
        return not no_git and commit(template.name, answers.author, folder, project)


def commit(template: str, author: str, folder: Path, project: Path) -> bool:
    """Creates the first commit, if git is installed and the project isn't in another repository.

    Otherwise prints the reason. Returns whether there is a commit.
    """
    from scaffold import git

    if not git.installed():
        return False
    if git.belongs_to_another(folder, project):
        complaint: str | None = "the destination is inside another repository"
    else:
        title = f"Start from the {template} template"
        complaint = git.commit_all(folder, author, title, template)
    if complaint:
        click.echo(f"note: no git repository was created: {complaint}", err=True)
    return complaint is None


def run_loop(project: Path, answers: "Answers", committed: bool) -> None:
    """Runs the project's loop and, if the project was committed, commits the results."""
    from scaffold import environment, git

    doctor.before_run(project, answers.name)
    environment.run_loop(project, answers.name)
    if committed:
        message = f"Results of the first run\n\n{git.RUN_TRAILER}: {__version__}"
        complaint = git.commit_changes(project, answers.author, message)
        if complaint:
            click.echo(f"note: the results were not committed: {complaint}", err=True)


@commands.command()
@click.argument("directory", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings and points as JSON.")
@click.option("--no-run", is_flag=True, help="Do not run any of the project's code.")
def review(directory: Path, as_json: bool, no_run: bool) -> int:
    """Review the project in DIRECTORY the way a hiring manager would, before you publish it.

    Reads the project's files and git history, and runs one of its commands in its own environment:
    `report --check`, which compares the pages with the measured results. Changes nothing and uses
    no network.

    Exit status: 0 if nothing needs a fix before you publish, 1 if something does, 2 if there is no
    project.
    """
    from scaffold.review import report
    from scaffold.review import review as judge

    judged = judge(directory, run=not no_run)
    click.echo(report.as_json(judged) if as_json else report.show(judged))
    return 0 if judged.ready else 1


commands.add_command(profile)
commands.add_command(growing.add)
commands.add_command(growing.update)
commands.add_command(growing.render)
commands.add_command(doctor.doctor)
commands.add_command(learn)
