"""The command `scaffold profile`. It imports what reads data only when it runs."""

import sys
from pathlib import Path
from typing import Any

import click

from scaffold.own_data.options import Options


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--kind", metavar="table|text|pictures", help="What the data is.")
@click.option("--target", metavar="COLUMN", help="The column to predict.")
@click.option(
    "--task",
    metavar="classification|regression",
    help="Whether the target is a quantity or labels.",
)
@click.option("--time", metavar="COLUMN", help="When a row was recorded; none for no time.")
@click.option("--group", metavar="COLUMN", help="Whose or where a row is; none for no group.")
@click.option("--drift", metavar="COLUMN=VALUE", help="The rows to hold back as drift, or none.")
@click.option("--leave-out", multiple=True, metavar="COLUMN", help="A column not to use.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="A column to use all the same.")
@click.option("--labels", metavar="OLD=NEW,…", help="New names for labels; equal ones merge.")
@click.option(
    "--metric",
    metavar="NAME",
    help="accuracy, average_precision, macro_f1, mape or mae.",
)
@click.option("--encoding", help="The file's encoding, such as cp1252.")
@click.option("--separator", help="comma, semicolon, tab, bar, space or any character.")
@click.option("--decimal", metavar="point|comma", help="The decimal mark.")
@click.option("--dates", metavar="day-first|month-first", help="How to read 03/04/2024.")
@click.option("--missing", multiple=True, metavar="TEXT", help="A value that means missing.")
@click.option("--header", type=int, metavar="LINE", help="The line of the names; 0 for none.")
@click.option("--sheet", help="The sheet of a workbook.")
@click.option("--name", help="Name of the data set.  [default: the file's name]")
@click.option("--licence", help="Licence of the data.")
@click.option("--origin", help="Where the data is from.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def profile(path: Path, as_json: bool, **options: Any) -> int:
    """Show what a project of the data in PATH would be, and make nothing.

    PATH is a file (CSV, Excel, Parquet, JSON lines, also gz or zip), or a folder with a folder
    of pictures for each label. Each line that is assumed names the option that changes it.

    Exit status: 0, or 1 if no project can be made of the data.
    """
    import json
    import shutil

    from scaffold.own_data import libraries

    chosen = Options(**options)
    chosen.check()
    libraries.check("scaffold profile", "polars")
    from scaffold.own_data import looking, page

    found = looking.look(path, chosen)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(page.show(found, width, colour=sys.stdout.isatty()))
    return 1 if found.obstacles else 0
