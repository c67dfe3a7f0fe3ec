"""Formats a profile for a terminal: contents, assumptions, and the options that change them."""

import io
import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scaffold import shell
from scaffold.own_data.code import USED
from scaffold.own_data.profile import Column, Profile
from scaffold.own_data.table import Fault

CONTROL = "\ufffd"
MOST_FAULTS = 40
MOST_COLUMNS = 60
MOST_CHOICES = 4
NARROWEST = 78
LONG_NUMBER = 10_000  # shown with thousands separators; a year isn't


def show(profile: Profile, width: int, *, colour: bool) -> str:
    """Returns the profile as text, wrapped to this width."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
    )
    console.print(plain(headline(profile), style="bold"))
    console.print()
    console.print(Padding(decisions(profile), (0, 2)))
    if profile.columns:
        section(console, f"Columns ({len(profile.columns)})", columns(profile.columns))
    if profile.counts:
        section(console, "Labels", plain(labels(profile.counts)))
    section(console, "Rows", Text(rows(profile)))
    if profile.faults:
        section(console, f"Issues ({len(profile.faults)})", faults(profile.faults))
    section(console, "Project files, among others", plain(", ".join(profile.files)))
    for title, style, texts in (
        ("Note", "yellow", profile.warnings),
        ("Can't be used", "bold red", profile.obstacles),
    ):
        if texts:
            section(console, title, plain("\n".join(texts), style=style))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def plain(text: str, style: str = "") -> Text:
    """Text from the data, without control characters."""
    return Text(visible(text), style=style)


def visible(text: str) -> str:
    return "".join(CONTROL if is_control(character) else character for character in text)


def is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character != "\n"


def section(console: Console, title: str, body: Table | Text) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(body, (0, 2)))


def headline(profile: Profile) -> str:
    """A one-line summary of the file."""
    exact = not profile.sampled or (profile.read and profile.read.format == "parquet")
    about = "" if exact else "about "
    parts = []
    if profile.read:
        form = {"csv": "CSV", "json": "JSON"}.get(profile.read.format, profile.read.format.title())
        packed = f" in {profile.read.compression}" if profile.read.compression else ""
        parts.append(form + packed)
    parts.append(size(profile.size))
    unit = "pictures" if profile.pictures else "rows"
    parts.append(f"{about}{profile.rows:,} {unit}")
    if profile.columns:
        parts.append(f"{len(profile.columns)} columns")
    repeated = "repeated texts" if profile.kind == "text" else "duplicates"
    parts.append(f"{profile.duplicates:,} {repeated}" if profile.duplicates else f"no {repeated}")
    return f"{profile.path}: {', '.join(parts)}"


def size(count: int) -> str:
    """The size in bytes, kB or MB."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:,.1f} MB"
    return f"{count / 1000:,.1f} kB" if count >= 1000 else f"{count} bytes"


def decisions(profile: Profile) -> Table:
    """One row per decision, with the option that overrides it."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_column(style="cyan", overflow="fold")
    for decision in profile.decisions:
        value = plain(decision.value)
        if decision.ask:
            value.append("  (proposed; please confirm)", style="yellow")
        if decision.why:
            value.append(f"\n{visible(decision.why)}", style="dim")
        option = decision.option if decision.assumed else f"{decision.option} (yours)"
        table.add_row(decision.about, value, Text(option))
    return table


def columns(described: Sequence[Column]) -> Table:
    """One row per column."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("column", "role", "type"):
        table.add_column(title, overflow="fold")
    table.add_column("missing", justify="right")
    table.add_column("distinct", justify="right")
    table.add_column("values, or reason", overflow="fold")
    for column in described[:MOST_COLUMNS]:
        used = column.role in USED
        table.add_row(
            plain(column.source),
            Text(column.role, style="" if used else "yellow"),
            column.type,
            f"{column.missing:,}",
            f"{column.distinct:,}",
            plain(values(column)),
        )
    if len(described) > MOST_COLUMNS:
        table.add_row(f"{len(described) - MOST_COLUMNS:,} more: see --json")
    return table


def values(column: Column) -> str:
    """The range or choices of a column that is used; the reason if it isn't."""
    if column.role in ("copy", "leak", "personal"):
        return f"{column.why}. To use it: --keep {shell.word(column.source)}"
    if column.role not in USED or column.role == "text":
        return column.why
    if column.low is not None:
        unit = f" {column.unit}" if column.unit else ""
        return f"{number(column.low)} to {number(column.high)}{unit}"
    if column.choices:
        more = ", …" if len(column.choices) > MOST_CHOICES else ""
        return (
            ", ".join(" ".join(choice.split())[:20] for choice in column.choices[:MOST_CHOICES])
            + more
        )
    return column.why


def number(value: float | str | None) -> str:
    if isinstance(value, int) and abs(value) >= LONG_NUMBER:
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def labels(counts: dict[str, int]) -> str:
    """The labels with their row counts, most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    shown = [f"{label} {rows:,}" for label, rows in ordered[:12]]
    more = f", and {len(ordered) - 12} more" if len(ordered) > 12 else ""
    return ", ".join(shown) + more


def rows(profile: Profile) -> str:
    """The row counts of each part, and the minimum that monitoring needs."""
    parts = [f"{part} {count:,}" for part, count in profile.traffic.items()]
    return f"about: {', '.join(parts)}; MINIMUM_ROWS {profile.minimum_rows}"


def faults(found: Iterable[Fault]) -> Table:
    """One row per fault: column, count, problem, lines, and the option that fixes it."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    listed = list(found)
    for fault in listed[:MOST_FAULTS]:
        text = plain(fault.problem)
        if fault.lines:
            more = ", …" if fault.count > len(fault.lines) else ""
            word = "line" if len(fault.lines) == 1 and not more else "lines"
            text.append(f" ({word} {', '.join(map(str, fault.lines))}{more})", style="dim")
        if fault.proposal:
            text.append(f"  {visible(fault.proposal)}", style="cyan")
        table.add_row(plain(fault.column or "rows", style="bold"), f"{fault.count:,}", text)
    if len(listed) > MOST_FAULTS:
        table.add_row("", "", f"and {len(listed) - MOST_FAULTS} more: see --json")
    return table
