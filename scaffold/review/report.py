"""A review as text for people and as JSON for programs."""

import io
import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scaffold import __version__
from scaffold.review import Review
from scaffold.review.finding import GOOD, LEVELS, MEND

if TYPE_CHECKING:
    from rich.table import Table

FORMAT = 1  # of the JSON; a field may be added within a format, none is taken away or changes its meaning
WIDEST = 120
COLOURS = {"mend": "bold red", "improve": "yellow", "unknown": "cyan", "good": "green"}


def as_json(review: Review) -> str:
    """The whole review, in the order of the text; each file and line as it is."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "tool": __version__,
        "project": review.project.name,
        "template": review.project.origin["template"],
        "ready": review.ready,
        "findings": [{"check": one.check, "title": one.title, **asdict(one.finding)} for one in review.judged],
        "points": review.points,
        "of": review.of,
        "rubric": [{"name": one.name, "of": one.of, **asdict(one.earned)} for one in review.rubric],
        "next": review.next,
    }
    return json.dumps(found, indent=2)


def show(review: Review) -> str:
    """The review for a terminal of any width; in a pipe without colours. No colour says what a word doesn't say."""
    from rich.console import Console
    from rich.text import Text

    terminal = Console()
    console = Console(
        file=io.StringIO(),
        width=max(40, min(terminal.width, WIDEST)),
        force_terminal=terminal.is_terminal,
        color_system="standard" if terminal.color_system else None,
        no_color=terminal.no_color,
        legacy_windows=False,
        highlight=False,
        emoji=False,
    )
    console.print(Text(plain(f"{review.project.name}: {_verdict(review)}")))
    console.print()
    console.print(_findings(review))
    console.print()
    console.print(Text(f"{review.points} of the {review.of} points of the mlops-zoomcamp rubric, by its files alone"))
    console.print()
    console.print(_points(review))
    console.print()
    console.print(Text(plain(f"Next: {review.next}")))
    written = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in written.splitlines())


def _verdict(review: Review) -> str:
    counts = Counter(one.finding.level for one in review.judged)
    verdict = "nothing to mend" if review.ready else "not ready to publish"
    return f"{verdict} ({', '.join(f'{counts[level]} {level}' for level in LEVELS)})"


def _findings(review: Review) -> "Table":
    from rich.text import Text

    table = _grid(7)
    for one in review.judged:
        table.add_row(Text(one.finding.level, COLOURS[one.finding.level]), _paragraph(one.title, *_told(one.finding)))
    return table


def _told(finding: Any) -> tuple[str, str]:
    place = f"{finding.where}: " if finding.where else ""
    return place + finding.says, finding.step if finding.level != GOOD else ""


def _points(review: Review) -> "Table":
    from rich.text import Text

    table = _grid(7)
    for one in review.rubric:
        earned = one.earned
        owner = "yours to do: " if earned.owner else ""
        told = _paragraph(one.name, earned.evidence, f"{owner}{earned.step}" if earned.step else "")
        table.add_row(Text(f"{earned.points} of {one.of}"), told)
    return table


def _grid(width: int) -> "Table":
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(width=width, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _paragraph(title: str, says: str, step: str) -> Any:
    from rich.text import Text

    lines = [title, plain(says), plain(f"-> {step}") if step else ""]
    return Text("\n".join(line for line in lines if line))


def plain(text: str) -> str:
    """The text without characters that steer a terminal: it may be a stranger's."""
    return "".join(character if character.isprintable() else "?" for character in text)


def status(review: Review) -> int:
    """0 if nothing has to be mended, else 1."""
    return int(any(one.finding.level == MEND for one in review.judged))
