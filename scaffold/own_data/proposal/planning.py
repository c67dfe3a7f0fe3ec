"""The rest of the profile: how the file was read, what is left out, and which files follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Column, Decision
from scaffold.own_data.proposal.roles import NOT_USED
from scaffold.own_data.raw import LARGEST
from scaffold.own_data.reading import encodings
from scaffold.own_data.reading.files import ENDINGS
from scaffold.own_data.table import Table

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
LOOKED_AT = 1000  # rows
NOT_STATED = "not stated"
UNLICENSED = "without a license, nobody may reuse the data"
UNKNOWN_ORIGIN = "readers will want to know where the data is from"


@dataclass(frozen=True)
class Plan:
    """The data set's name, the files that would be written, and the last decisions."""

    dataset: str
    files: tuple[str, ...]
    decisions: tuple[Decision, ...]


def plan(path: Path, options: Options, size: int, *, exact: bool) -> Plan:
    """Plans names and files; `exact` is True if the raw file is copied unchanged."""
    stem = ENDINGS.sub("", path.name)
    dataset = options.dataset or stem
    raw = f"raw/{path.name}"
    if path.is_dir():
        raw += "/ (a sample of the pictures)" if size > LARGEST else "/"
    elif size > LARGEST:
        raw = f"raw/{stem}.csv (a sample, because the file is too large)"
    elif not exact:
        raw = f"raw/{stem}.csv (converted to a plain CSV)"
    written = (
        raw,
        ".template.yml",
        "README.md",
        "MODEL_CARD.md",
        "docs/data.md",
        "src/*/schema.py",
        "src/*/source.py",
        "src/*/features.py",
    )
    return Plan(
        dataset,
        written,
        (
            said("name", "--dataset", options.dataset, dataset, "from the file name"),
            said("license", "--data-license", options.data_licence, NOT_STATED, UNLICENSED),
            said("origin", "--origin", options.origin, NOT_STATED, UNKNOWN_ORIGIN),
        ),
    )


def said(about: str, option: str, answer: str | None, proposal: str, why: str) -> Decision:
    """The decision for an option that the user set, or else the proposal."""
    if answer is not None:
        return Decision(about, answer, "", option, assumed=False)
    return Decision(about, proposal, why, option)


def read_decisions(table: Table, options: Options) -> list[Decision]:
    """The decisions about reading the file that the user can override."""
    read = table.read
    lines = []
    if read.encoding:
        marked = "it has a byte order mark"
        why = {
            "utf-8-sig": marked,
            "utf-16": marked,
            "utf-8": "the whole file is valid UTF-8",
            "utf-16-le": "its byte pattern shows it",
            "utf-16-be": "its byte pattern shows it",
        }.get(read.encoding, guessed(table))
        lines.append(line("encoding", options.encoding, read.encoding, why))
    if read.separator:
        shown = SEPARATORS.get(read.separator, read.separator)
        why = "it splits most lines into the same number of cells"
        lines.append(line("separator", options.separator, shown, why))
    if read.member:
        why = "its name contains 'train', or it is the largest table in the zip"
        lines.append(line("file", options.sheet, read.member, why, "--sheet"))
    if read.sheet:
        lines.append(line("sheet", options.sheet, read.sheet, "it has the most cells"))
    if read.format == "csv":
        shown = {".": "point", ",": "comma"}[read.decimal]
        why = "it fits the most numbers"
        if read.thousands:
            why += f"; {read.thousands!r} separates thousands"
        lines.append(line("decimal", options.decimal, shown, why))
    return lines


def guessed(table: Table) -> str:
    """Why this encoding is assumed, with sample words to verify it."""
    texts = []
    for column in table.cells.head(LOOKED_AT):
        texts += column.drop_nulls().to_list()
    words = ", ".join(encodings.words(" ".join([*table.cells.columns, *texts])))
    why = "the file isn't UTF-8, so the encoding is a guess"
    return f"{why}; check these words: {words}" if words else why


def date_decision(columns: Sequence[Values], options: Options) -> list[Decision]:
    """The decision about the order of day and month, if a column is ambiguous."""
    doubtful = [repr(values.name) for values in columns if values.order_assumed]
    if options.dates:
        return [line("dates", options.dates, options.dates, "")]
    if not doubtful:
        return []
    why = f"no day after the 12th settles it in {', '.join(doubtful)}"
    return [line("dates", None, "month-first", why)]


def line(
    about: str, answer: str | None, value: str, why: str, option: str | None = None
) -> Decision:
    """A decision about reading: the user's choice, or what was detected."""
    assumed = answer is None
    option = option or f"--{about}"
    return Decision(about, value, why if assumed else "", option, assumed=assumed)


def left_out(columns: Sequence[Column], options: Options) -> Decision:
    """The decision about columns that aren't used, each with its role."""
    out = [column for column in columns if column.role in NOT_USED]
    shown = ", ".join(f"{column.source} ({column.role})" for column in out) or "none"
    why = "to use one anyway: --keep COLUMN" if out else ""
    return Decision("left out", shown, why, "--leave-out", assumed=not options.leave_out)
