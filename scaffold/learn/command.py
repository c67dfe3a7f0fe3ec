"""The command `scaffold learn`.

The checks are imported only when the command runs.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.learn.exercises import Exercise
    from scaffold.learn.interview import Question
    from scaffold.learn.project import Project

COLOURS = {"done": "green", "run --check": "yellow", "not done": None}


@click.command()
@click.argument("number", required=False, type=int)
@click.option("--check", is_flag=True, help="Check your work and show what is missing.")
@click.option("--interview", is_flag=True, help="Ask interview questions, one at a time.")
def learn(number: int | None, check: bool, interview: bool) -> int:
    """List the exercises for the project in this folder, or show exercise NUMBER.

    A check compares your project to the one that the tool generated, and runs code from both in
    the project's environment. It changes nothing.

    Exit status: 0; 1 if a check finds something missing; 2 if there is no project, exercise or
    environment.
    """
    from scaffold.learn import exercises, project

    if check and number is None:
        raise click.UsageError("--check needs a number: scaffold learn 1 --check")
    if interview and number is not None:
        raise click.UsageError("--interview takes no number: scaffold learn --interview")
    here = project.find(Path.cwd())
    if interview:
        ask(here)
    elif number is None:
        show_list(here)
    elif check:
        return show_check(exercises.find(number), here)
    else:
        click.echo(exercises.find(number).page(here))
    return 0


def show_list(project: "Project") -> None:
    """Prints the exercises with their status."""
    from scaffold.learn import checks, exercises

    lines = []
    done = 0
    listed = exercises.exercises()
    for exercise in listed:
        status = checks.status(exercise.name, project)
        done += status == checks.DONE
        about = f"{exercise.number:>3}  {exercise.title:<44} {exercise.minutes:>4} min"
        lines.append(f"{about}  {exercise.level:<10}{click.style(status, COLOURS[status])}")
    click.echo(f"Exercises for {project.name}: {done} of {len(listed)} done\n")
    click.echo("\n".join(lines))
    click.echo("\nShow one: scaffold learn 1. Check it: scaffold learn 1 --check")
    click.echo("Interview questions: scaffold learn --interview")


def show_check(exercise: "Exercise", project: "Project") -> int:
    """Prints what is missing and returns the exit status."""
    from scaffold.learn import checks

    gaps = checks.missing(exercise.name, project)
    click.echo(f"{exercise.number}. {exercise.title}: {checks.OPEN if gaps else checks.DONE}")
    for gap in gaps:
        click.echo(filled(gap, "- "))
    return 1 if gaps else 0


def ask(project: "Project") -> None:
    """Prints the questions; on a terminal, one at a time."""
    from scaffold.learn.interview import questions

    asked = questions(project)
    waiting = sys.stdin.isatty() and sys.stdout.isatty()
    for number, question in enumerate(asked, 1):
        click.echo(f"{number} of {len(asked)}, {question.topic}\n")
        show_question(question)
        if waiting and number < len(asked):
            answer = click.prompt("Enter: next, q: quit", "", show_default=False)
            if answer.lower().startswith("q"):
                return
        click.echo()


def show_question(question: "Question") -> None:
    click.echo(filled(question.asks, "  "))
    for place in question.read:
        click.echo(f"  Read: {place}")


def filled(text: str, start: str) -> str:
    """The text wrapped to the width of the terminal."""
    import shutil
    import textwrap

    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return textwrap.fill(
        text,
        width,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
