"""The notes of a profile: sampling, personal data, and columns that may leak the target."""

from collections.abc import Sequence

from scaffold import shell
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.profile import Column
from scaffold.own_data.proposal import together
from scaffold.own_data.proposal.choosing import Choice


def about(data: Understood, choice: Choice, columns: Sequence[Column]) -> list[str]:
    """Lists what the user needs to know about the rows and columns."""
    notes = []
    if data.table.sampled:
        notes.append(
            f"Only {data.table.cells.height:,} rows, sampled across the file, were read: counts, "
            "ranges and faults are those of the sample"
        )
    return [*notes, *personal(columns), *leaking(columns), *joint(data, choice, columns)]


def personal(columns: Sequence[Column]) -> list[str]:
    """Warns about columns with personal data, which raw/ would contain."""
    names = [column.source for column in columns if column.role == "personal"]
    if not names:
        return []
    shown = ", ".join(map(repr, names))
    verb, columns_word, it = ("contain", "columns", "them")
    if len(names) == 1:
        verb, columns_word, it = ("contains", "column", "it")
    return [
        f"{shown} {verb} personal data. The model doesn't use {it}, but raw/ would contain {it}: "
        f"remove the {columns_word} from the file before you create the project. "
        f"To use one anyway: --keep {shell.word(names[0])}"
    ]


def leaking(columns: Sequence[Column]) -> list[str]:
    """Warns about columns that give the target away, or may do so."""
    notes = []
    leaks = [column.source for column in columns if column.role in ("copy", "leak")]
    if leaks:
        shown = ", ".join(map(repr, leaks))
        notes.append(
            f"{shown} would leak the target. If one is recorded before the target, use it with "
            f"--keep {shell.word(leaks[0])}"
        )
    for column in columns:
        if column.doubt:
            notes.append(
                f"{column.source!r}: {column.doubt}. If it is recorded after the target, "
                f"exclude it with --leave-out {shell.word(column.source)}"
            )
    return notes


def joint(data: Understood, choice: Choice, columns: Sequence[Column]) -> list[str]:
    """Warns if a few features together give the labels away."""
    if choice.labels is None or choice.kind == "text":
        return []
    features = [data.values[column.source] for column in columns if column.role == "feature"]
    warning = together.warning(features, choice.labels.series)
    return [warning] if warning else []
