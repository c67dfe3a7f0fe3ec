"""The command `scaffold profile`, and how `scaffold new --data` uses it.

Libraries that read data are imported only when a command runs.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data.options import Options

if TYPE_CHECKING:
    from scaffold.own_data.profile import Decision, Profile

Command = Callable[..., Any]
Look = Callable[[Options], "Profile"]

OPTIONS = (
    click.option("--kind", metavar="table|text|pictures", help="Type of the data."),
    click.option(
        "--target",
        metavar="COLUMN",
        help="Column to predict. For pictures in nested folders: outer or inner.",
    ),
    click.option(
        "--task",
        metavar="classification|regression",
        help="Predict labels or a quantity.",
    ),
    click.option("--time", metavar="COLUMN", help="Column with the date of each row, or none."),
    click.option(
        "--group",
        metavar="COLUMN",
        help="Column whose equal values stay in one split, such as a customer or store, or none.",
    ),
    click.option(
        "--drift",
        metavar="COLUMN=VALUE",
        help='Rows to hold back as drift, such as "Region=North", or none.',
    ),
    click.option(
        "--leave-out",
        multiple=True,
        metavar="COLUMN,…",
        help="Columns to exclude; repeatable.",
    ),
    click.option(
        "--keep",
        multiple=True,
        metavar="COLUMN,…",
        help="Columns to use even if they look like IDs, leaks or personal data; repeatable.",
    ),
    click.option("--labels", metavar="OLD=NEW,…", help="Rename labels; equal names merge."),
    click.option(
        "--metric",
        metavar="NAME",
        help="Deciding metric: accuracy, average_precision, macro_f1, mape or mae.",
    ),
    click.option("--encoding", help="Encoding of the file, such as cp1252."),
    click.option("--separator", help="comma, semicolon, tab, bar, space or any character."),
    click.option("--decimal", metavar="point|comma", help="Decimal mark."),
    click.option(
        "--dates", metavar="day-first|month-first", help="Order in dates such as 03/04/2024."
    ),
    click.option(
        "--missing",
        multiple=True,
        metavar="TEXT",
        help="Value that means missing; repeatable.",
    ),
    click.option(
        "--header", type=int, metavar="LINE", help="Line with the column names; 0 for none."
    ),
    click.option("--sheet", help="Sheet of a workbook, or file in a zip."),
    click.option("--dataset", help="Name of the data set.  [default: the file's name]"),
    click.option("--data-license", "--data-licence", "data_licence", help="License of the data."),
    click.option("--origin", help="Where the data comes from."),
)


def data_options(command: Command) -> Command:
    """Adds all options about own data to the command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def hide(command: click.Command) -> click.Command:
    """Hides the options about own data from a command's help; `scaffold profile` lists them."""
    names = {field.name for field in fields(Options)}
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name in names:
            parameter.hidden = True
    return command


def taken(options: dict[str, Any]) -> Options:
    """Removes the options about the data from a command's options, and validates them."""
    chosen = Options(**{field.name: options.pop(field.name) for field in fields(Options)})
    chosen.check()
    return chosen


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print the profile as JSON.")
def profile(path: Path, as_json: bool, **options: Any) -> int:
    """Show how a project would use the data in PATH. Writes nothing.

    PATH is a CSV, Excel, OpenDocument, Parquet, JSON or JSON Lines file, also in gzip, bzip2, xz or
    zip, or a folder with one folder of pictures per label. Each assumption names the option that
    changes it.

    Exit status: 0; 1 if no project can be built from the data; 2 if an option is invalid.
    """
    import json

    from scaffold.own_data import libraries

    chosen = taken(options)
    libraries.check("scaffold profile", "polars")
    from scaffold.own_data import looking

    found = looking.look(path, chosen)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        show(found)
    return 1 if found.obstacles else 0


def decide(path: Path, options: Options, interactive: bool) -> dict[str, Any]:
    """Shows the profile for `scaffold new` and asks the user to confirm it in a terminal.

    Raises DataError if no project can be built from the data.
    """
    from scaffold.own_data import libraries

    libraries.check("scaffold new --data", "polars")
    from scaffold.own_data import looking

    def look(chosen: Options) -> "Profile":
        return looking.look(path, chosen)

    found = look(options)
    show(found)
    if interactive:
        proposed = found
        found = ask(look, found, options)
        if found.as_dict() != proposed.as_dict():
            show(found)
    if found.obstacles:
        raise DataError(f"No project can be built from {path}: {'; '.join(found.obstacles)}")
    return found.as_dict()


def ask(look: Look, found: "Profile", options: Options) -> "Profile":
    """Asks about every decision that the data can't settle, and returns the new profile."""
    asked: set[str] = set()
    while questions := [line for line in found.decisions if line.ask and line.about not in asked]:
        question = questions[0]
        try:
            options = answered(question, options)
            found = look(options)
        except InvalidAnswerError as error:
            click.echo(f"Error: {error}", err=True)
            continue
        asked.add(question.about)
    return found


def answered(question: "Decision", options: Options) -> Options:
    """Asks one question and returns the options with the answer."""
    name = question.option.split()[0].removeprefix("--").replace("-", "_")
    answer = click.prompt(f"{question.about} ({question.why})", default=question.value)
    said: dict[str, Any] = {name: answer}
    chosen = replace(options, **said)
    chosen.check()
    return chosen


def show(found: "Profile") -> None:
    """Prints the profile."""
    from scaffold.own_data import page

    width = shutil.get_terminal_size((100, 24)).columns
    click.echo(page.show(found, width, colour=sys.stdout.isatty()))
