"""The notes of a profile: what was sampled, and which columns may give the target away."""

from collections.abc import Sequence

from scaffold import shell
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.profile import Column
from scaffold.own_data.proposal import together
from scaffold.own_data.proposal.choosing import Choice


def about(data: Understood, choice: Choice, columns: Sequence[Column]) -> list[str]:
    """What a reader of the profile has to know of the rows and the columns."""
    notes = []
    if data.table.sampled:
        notes.append(
            f"{data.table.cells.height:,} rows from everywhere in the file were looked at: counts, "
            "ranges and faults are those of the sample"
        )
    return [*notes, *personal(columns), *leaking(columns), *joint(data, choice, columns)]


def personal(columns: Sequence[Column]) -> list[str]:
    """Which columns say who somebody is: the raw data has them, whatever the model sees."""
    names = [column.source for column in columns if column.role == "personal"]
    if not names:
        return []
    shown = ", ".join(map(repr, names))
    verb, columns_word, it = ("hold", "columns", "them")
    if len(names) == 1:
        verb, columns_word, it = ("holds", "column", "it")
    return [
        f"{shown} {verb} personal data. The model doesn't see {it}, but raw/ would publish {it}: "
        f"remove the {columns_word} from the file before you make the project. "
        f"To use one: --keep {shell.word(names[0])}"
    ]


def leaking(columns: Sequence[Column]) -> list[str]:
    """Which columns give the target away by themselves, and which may."""
    notes = []
    leaks = [column.source for column in columns if column.role in ("copy", "leak")]
    if leaks:
        shown = ", ".join(map(repr, leaks))
        notes.append(
            f"{shown} would give the target away. To use one that is recorded before the target "
            f"is: --keep {shell.word(leaks[0])}"
        )
    for column in columns:
        if column.doubt:
            notes.append(
                f"{column.source!r}: {column.doubt}. If it is recorded after the target is: "
                f"--leave-out {shell.word(column.source)}"
            )
    return notes


def joint(data: Understood, choice: Choice, columns: Sequence[Column]) -> list[str]:
    """Which features of a table give its labels away together."""
    if choice.labels is None or choice.kind == "text":
        return []
    features = [data.values[column.source] for column in columns if column.role == "feature"]
    warning = together.warning(features, choice.labels.series)
    return [warning] if warning else []
