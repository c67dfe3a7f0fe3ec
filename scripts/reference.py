"""Writes docs/reference from the commands and from the cards of the add-ons.

    python scripts/reference.py

Run it after a change to a command, an option, a help text or a card. A test fails until then.
"""

import re
from pathlib import Path

import click

from scaffold import catalog, cli, prose

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
COMMANDS = """# Commands

Written by `scripts/reference.py` from the commands' own help. `scaffold COMMAND --help` shows the
same in a terminal.

Every command reports a failure in one line that starts with `error:`. Exit status 2 means a wrong
argument or option. Ctrl-C gives 130.
"""
ADD_ONS = """# Add-ons

Written by `scripts/reference.py` from the add-ons' cards. `scaffold add --list` shows the same and
marks those that the project has. Each add-on comes with a page in the project's `docs/`: how to use
it, what it costs, and what was tested where.
[How to add one](../how-to/add.md).

| add-on | what it shows | needs | lines of Python | fits |
|---|---|---|---|---|
"""


def main() -> None:
    """Write both pages."""
    (FOLDER / "commands.md").write_text(command_page(), "utf-8")
    (FOLDER / "add-ons.md").write_text(add_on_page(), "utf-8")


def command_page() -> str:
    """Every public command, with its arguments, options and exit statuses."""
    sections = [section(name, command) for name, command in public().items()]
    return prose.wrap("\n".join([COMMANDS, *sections]))


def public() -> dict[str, click.Command]:
    """The commands that are meant for users, in the order of `scaffold --help`."""
    items = cli.commands.commands.items()
    return {name: command for name, command in items if not command.hidden}


def section(name: str, command: click.Command) -> str:
    """One command."""
    context = click.Context(command, info_name=f"scaffold {name}")
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    lines = [f"## scaffold {name}", "", "```", usage, "```", ""]
    for paragraph in (command.help or "").split("\n\n"):
        lines += [marked(" ".join(paragraph.split())), ""]
    rows = [
        option_row(parameter)
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    if rows:
        lines += ["| option | default | what it does |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def option_row(option: click.Option) -> str:
    """One line of the table of options."""
    text = option.help or ""
    default = re.search(r"\s*\[default: (.+)\]$", text)
    if default:
        text = text[: default.start()]
    name = option.opts[-1]
    if not option.is_flag:
        value = option.metavar or option.make_metavar(click.Context(click.Command("")))
        if "|" in value:
            text += f" One of: {value.replace('|', ', ')}."
            value = "VALUE"
        name += f" {value}"
    return f"| `{name}` | {default[1] if default else ''} | {marked(text)} |"


def marked(text: str) -> str:
    """The text with options as code."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"--[a-z][\w-]*", r"`\g<0>`", part) for part in parts[::2]]
    return "`".join(parts)


def add_on_page() -> str:
    """Every add-on, from its card."""
    rows = []
    for name in catalog.add_on_names():
        card = catalog.find_add_on(name).card
        kinds = ", ".join(card["kinds"])
        cells = [f"`{name}`", card["demonstrates"], card["needs"], str(card["lines"]), kinds]
        rows.append(f"| {' | '.join(cells)} |\n")
    return prose.wrap(ADD_ONS + "".join(rows))


if __name__ == "__main__":
    main()
