"""The commands: each parses its arguments, calls the modules that do the work and prints what they give back."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from scaffold import __version__, catalog, git, questions, shell


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="scaffold")
@click.pass_context
def commands(context: click.Context) -> None:
    """Start a machine learning project that goes all the way round: train, serve, watch, retrain."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command(name="list")
def list_templates() -> None:
    """Show the templates: what each predicts, from which data, and what it demonstrates."""
    formatter = click.HelpFormatter(max_width=110)
    for template in catalog.templates().values():
        card = template.card
        with formatter.section(f"{template.name} - {card['title']}"):
            formatter.write_dl(
                [
                    ("predicts", card["predicts"]),
                    ("data", f"{card['data']}, {card['rows']:,} rows"),
                    ("source", card["source"]),
                    ("licence", card["data_licence"]),
                    ("demonstrates", card["demonstrates"]),
                ]
            )
    click.echo(formatter.getvalue().strip())


@commands.command()
@click.argument("template")
@click.argument("destination", required=False, type=click.Path(path_type=Path))
@click.option("--name", help="Name of the project, its package and its command.  [default: the destination's name]")
@click.option("--author", help="Your name.  [default: git's user.name]")
@click.option("--description", help="One sentence about the project.")
@click.option("--licence", metavar="|".join(questions.LICENCES), help="Licence of your code.  [default: MIT]")
@click.option("--defaults", is_flag=True, help="Ask nothing: take the default where no option gives an answer.")
@click.option("--no-git", is_flag=True, help="Make no git repository with a first commit.")
@click.option("--run", is_flag=True, help="Make the project's environment and run its whole loop.")
def new(template: str, destination: Path | None, defaults: bool, no_git: bool, run: bool, **given: str | None) -> None:
    """Make a new project from TEMPLATE in DESTINATION, a folder that is missing or empty.

    Without DESTINATION, the project gets a folder of its own name. Questions are asked on a terminal only.
    """
    from scaffold import rendering

    chosen = catalog.find(template)
    if destination:
        rendering.check_destination(destination)
    ask = questions.take_default if defaults or not on_terminal() else questions.prompt
    answers = questions.collect(chosen, destination, given, ask)
    project = destination or Path(answers.name)

    with rendering.staged(project) as folder:
        rendering.render(chosen, answers, date.today().year, folder)
        if not no_git:
            commit(folder, project, answers.author, f"Start from the {chosen.name} template")
    click.echo(f"Made {answers.name} in {project}")
    following = run_loop(project, answers.name) if run else shell.after_new(project, answers.name)
    click.echo("\n  ".join(["Next:", *following]))


@commands.command()
@click.argument("directory", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def review(directory: Path, as_json: bool) -> int:
    """Judge the project in DIRECTORY as a hiring engineer would, from its files alone: offline, running none of it.

    Exit status: 0 if nothing has to be mended before it is published, 1 if something has, 2 if there is no project.
    """
    from scaffold.review import report
    from scaffold.review import review as judge

    found = judge(directory, datetime.now(UTC))
    click.echo(report.as_json(found) if as_json else report.show(found))
    return report.status(found)


def on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def commit(folder: Path, destination: Path, author: str, message: str) -> None:
    """Makes the first commit, where git exists and no other repository holds the destination; else says why not."""
    if not git.installed():
        return
    if git.belongs_to_another(folder, destination):
        complaint: str | None = "the destination lies in another one"
    else:
        complaint = git.commit_all(folder, author, message)
    if complaint:
        click.echo(f"note: made no git repository: {complaint}", err=True)


def run_loop(project: Path, name: str) -> list[str]:
    """Runs the project's loop; gives back what to do next."""
    from scaffold import environment

    environment.run_loop(project, name)
    return shell.after_run(project, name)
