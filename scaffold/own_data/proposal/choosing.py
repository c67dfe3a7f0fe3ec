"""What is predicted from what: the user's choice where there is one, else a proposal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Decision
from scaffold.own_data.proposal import judging, labelling, roles, splits, targets
from scaffold.own_data.proposal.labelling import Labels

NONE = "none"  # switches off what is proposed
NO_COLUMN = {
    "time": "no column has dates that differ",
    "group": "no column's name says whose or where a row is",
}


@dataclass(frozen=True)
class Choice:
    """The choices; `labels` is None for a quantity.

    `decisions` are the lines about what is predicted, `divided` those about time and group.
    """

    kind: str
    target: Values | None
    text: str | None
    task: str
    labels: Labels | None
    time: Values | None
    group: Values | None
    decisions: tuple[Decision, ...]
    divided: tuple[Decision, ...]


def choose(data: Understood, options: Options) -> Choice:
    """Everything but the roles of the other columns and the drift, which follow from it."""
    target, said = choose_target(data, options)
    kind, kind_said, text = choose_kind(data, target, options)
    task, task_said = choose_task(kind, target, options)
    labels = None
    if target is not None and task == "classification":
        cells = data.cells[target.name]
        lines = data.table.lines
        labels = labelling.name(cells, lines, target.spellings, options.new_labels())
    elif options.labels:
        raise InvalidAnswerError(
            "--labels is for labels, and the target is a quantity. Leave it out"
        )
    others = [values for values in data.values.values() if values is not target]
    time, time_said = one(
        others, data.names, options.time, splits.time_column, "time", "its dates span"
    )
    rest = [values for values in others if values is not time]
    known = labels.series if labels else target.series if target else None
    group, group_said = one(
        rest,
        data.names,
        options.group,
        lambda columns: splits.group_column(columns, time, known),
        "group",
        "its name says whose or where a row is, and it repeats",
    )
    decisions = [kind_said, said, task_said]
    if labels is not None:
        decisions.append(labelling.decision(labels, options.labels))
    divided = (time_said, group_said)
    return Choice(kind, target, text, task, labels, time, group, tuple(decisions), divided)


def choose_target(data: Understood, options: Options) -> tuple[Values | None, Decision]:
    """The column to predict."""
    if options.target is not None:
        name = targets.find(options.target, data.names, "--target")
        return data.values[name], Decision("target", name, "", "--target", assumed=False)
    left_out = set(options.leave_out)
    columns = [values for values in data.values.values() if values.name not in left_out]
    proposal = targets.propose(columns)
    why = proposal.why
    if proposal.others:
        why += f"; it may as well be {' or '.join(map(repr, proposal.others))}"
    if proposal.name is None:
        return None, Decision("target", NONE, why, "--target", ask=True)
    return data.values[proposal.name], Decision("target", proposal.name, why, "--target", ask=True)


def choose_kind(
    data: Understood, target: Values | None, options: Options
) -> tuple[str, Decision, str | None]:
    """Table or text, and the text."""
    kind, why, text = roles.kind_of(data.values, target)
    if options.kind is None:
        return kind, Decision("kind", kind, why, "--kind"), text
    if options.kind == "pictures":
        raise InvalidAnswerError("--kind pictures needs a folder with a folder for each label")
    if options.kind == "text" and text is None:
        raise InvalidAnswerError("--kind text: no column holds a text of several words")
    return options.kind, Decision("kind", options.kind, "", "--kind", assumed=False), text


def choose_task(kind: str, target: Values | None, options: Options) -> tuple[str, Decision]:
    """Classification or regression; texts get labels."""
    if kind == "text" and target is not None:
        if options.task == "regression":
            raise InvalidAnswerError(
                "--task regression: a project of texts predicts labels. Give --kind table"
            )
        ask = target.numeric and options.task is None
        why = f"texts get labels; {target.name!r} has {target.distinct}"
        return "classification", Decision("task", "classification", why, "--task", ask=ask)
    if options.task is None or target is None:
        task, why, ask = ("classification", "", True) if target is None else judging.task(target)
        return task, Decision("task", task, why, "--task", ask=ask)
    if options.task == "regression" and not target.numeric:
        raise InvalidAnswerError(
            f"--task regression: {target.name!r} isn't a number but a {target.type}. "
            "Give --task classification or another --target"
        )
    return options.task, Decision("task", options.task, "", "--task", assumed=False)


def one(
    columns: Sequence[Values],
    names: Sequence[str],
    wanted: str | None,
    propose: Callable[[Sequence[Values]], Values | None],
    about: str,
    why: str,
) -> tuple[Values | None, Decision]:
    """The column that the user names, none if that is the word, or the one proposed."""
    option = f"--{about}"
    if wanted is not None and wanted.lower() != NONE:
        name = targets.find(wanted, names, option)
        for values in columns:
            if values.name == name:
                check_type(values, option)
                return values, Decision(about, name, "", option, assumed=False)
        raise InvalidAnswerError(
            f"{option}: {name!r} has another role already. Give another column"
        )
    if wanted is not None:
        return None, Decision(about, NONE, "", option, assumed=False)
    values_or_none = propose(columns)
    if values_or_none is None:
        return None, Decision(about, NONE, NO_COLUMN[about], option)
    if about == "time":
        low, high = values_or_none.series.min(), values_or_none.series.max()
        why = f"{why} {splits.shown(low)} to {splits.shown(high)}"
    return values_or_none, Decision(about, values_or_none.name, why, option)


def check_type(values: Values, option: str) -> None:
    """Raises InvalidAnswerError if the column can't be a time or a group."""
    if option == "--time" and not (values.type == "date" or values.numeric):
        raise InvalidAnswerError(f"--time: {values.name!r} is no date but a {values.type}")
    if option == "--group" and values.type in ("text", "constant", "empty"):
        raise InvalidAnswerError(f"--group: {values.name!r} can't be one, it is {values.type}")


def target_series(choice: Choice) -> pl.Series | None:
    """Labels or numbers, one for each row."""
    if choice.labels is not None:
        return choice.labels.series
    return None if choice.target is None else choice.target.series
