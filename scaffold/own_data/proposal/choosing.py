"""Chooses the target, kind, task, time and group: the user's choice, or else a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Decision
from scaffold.own_data.proposal import judging, labelling, roles, splits, targets
from scaffold.own_data.proposal.labelling import Labels

NONE = "none"  # as an option: overrides the proposal with nothing


@dataclass(frozen=True)
class Choice:
    """The choices; `labels` is None for a quantity.

    `decisions` are about the target, `divided` about time and group.
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
    """Chooses everything except the other columns' roles and the drift, which depend on it."""
    target, target_said = choose_target(data, options)
    kind, kind_said, text = choose_kind(data, target, options)
    task, task_said = choose_task(kind, target, options)
    labels = None
    if target is not None and task == "classification":
        cells = data.cells[target.name]
        lines = data.table.lines
        labels = labelling.name(cells, lines, target.spellings, options.new_labels())
    elif options.labels:
        raise InvalidAnswerError(
            "--labels is for classification, but the target is a quantity. Remove --labels"
        )
    known = labels.series if labels else target.series if target else None
    others = [values for values in used(data, options) if values is not target]
    time, time_said = choose_time(others, data, options)
    others = [values for values in others if values is not time]
    group, group_said = choose_group(others, time, known, data, options)
    decisions = [kind_said, target_said, task_said]
    if labels is not None:
        decisions.append(labelling.decision(labels, options.labels))
    divided = (time_said, group_said)
    return Choice(kind, target, text, task, labels, time, group, tuple(decisions), divided)


def choose_target(data: Understood, options: Options) -> tuple[Values | None, Decision]:
    """The column to predict."""
    if options.target is not None:
        name = targets.find(options.target, data.names, "--target")
        if name in options.leave_out:
            raise InvalidAnswerError(
                f"--leave-out contains the target, {name!r}. Choose another --target"
            )
        return data.values[name], Decision("target", name, "", "--target", assumed=False)
    proposal = targets.propose(used(data, options))
    why = proposal.why
    if proposal.others:
        why += f"; it could also be {' or '.join(map(repr, proposal.others))}"
    if proposal.name is None:
        return None, Decision("target", NONE, why, "--target", ask=True)
    return data.values[proposal.name], Decision("target", proposal.name, why, "--target", ask=True)


def choose_kind(
    data: Understood, target: Values | None, options: Options
) -> tuple[str, Decision, str | None]:
    """Table or text, and the text."""
    kind, why, text = roles.kind_of(used(data, options), target)
    if options.kind is None:
        return kind, Decision("kind", kind, why, "--kind"), text
    if options.kind == "pictures":
        raise InvalidAnswerError("--kind pictures needs a folder with one folder per label")
    if options.kind == "text" and text is None:
        raise InvalidAnswerError("--kind text: no column has free text. Use --kind table")
    return options.kind, Decision("kind", options.kind, "", "--kind", assumed=False), text


def choose_task(kind: str, target: Values | None, options: Options) -> tuple[str, Decision]:
    """Classification or regression; text projects are always classification."""
    if kind == "text" and target is not None:
        if options.task == "regression":
            raise InvalidAnswerError("--task regression isn't available for text. Use --kind table")
        ask = target.numeric and options.task is None
        why = f"text projects predict labels; {target.name!r} has {target.distinct}"
        return "classification", Decision("task", "classification", why, "--task", ask=ask)
    if options.task is None or target is None:
        task, why, ask = ("classification", "", True) if target is None else judging.task(target)
        return task, Decision("task", task, why, "--task", ask=ask)
    if options.task == "regression" and not target.numeric:
        raise InvalidAnswerError(
            f"--task regression: {target.name!r} isn't a number but a {target.type}. "
            "Use --task classification or another --target"
        )
    return options.task, Decision("task", options.task, "", "--task", assumed=False)


def choose_time(
    columns: Sequence[Values], data: Understood, options: Options
) -> tuple[Values | None, Decision]:
    """The column with the date of each row."""
    if options.time is not None:
        time = said(options.time, columns, data, "--time")
        if time is not None and not (time.type == "date" or time.numeric):
            raise InvalidAnswerError(
                f"--time: {time.name!r} isn't a date but a {time.type}. Use another column or none"
            )
        return time, Decision("time", time.name if time else NONE, "", "--time", assumed=False)
    time = splits.time_column(columns)
    if time is None:
        return None, Decision("time", NONE, "no column has varying dates", "--time")
    low, high = splits.shown(time.series.min()), splits.shown(time.series.max())
    return time, Decision("time", time.name, f"its dates span {low} to {high}", "--time")


def choose_group(
    columns: Sequence[Values],
    time: Values | None,
    target: pl.Series | None,
    data: Understood,
    options: Options,
) -> tuple[Values | None, Decision]:
    """The column whose equal values stay in one split."""
    if options.group is not None:
        group = said(options.group, columns, data, "--group")
        if group is not None and group.type in ("text", "constant", "empty"):
            raise InvalidAnswerError(
                f"--group: {group.name!r} is {group.type}. Use another column or none"
            )
        name = group.name if group else NONE
        return group, Decision("group", name, "", "--group", assumed=False)
    group = splits.group_column(columns, time, target)
    if group is None:
        why = "no column's name suggests groups of rows, such as customers or stores"
        return None, Decision("group", NONE, why, "--group")
    why = "its name suggests groups of rows, and its values repeat"
    return group, Decision("group", group.name, why, "--group")


def said(wanted: str, columns: Sequence[Values], data: Understood, option: str) -> Values | None:
    """The column given by an option; None for the word 'none'."""
    if wanted.lower() == NONE:
        return None
    name = targets.find(wanted, data.names, option)
    for values in columns:
        if values.name == name:
            return values
    raise InvalidAnswerError(f"{option}: {name!r} already has another role. Use another column")


def used(data: Understood, options: Options) -> list[Values]:
    """The columns without those in --leave-out."""
    return [values for values in data.values.values() if values.name not in options.leave_out]


def target_series(choice: Choice) -> pl.Series | None:
    """The target's labels or numbers, one per row."""
    if choice.labels is not None:
        return choice.labels.series
    return None if choice.target is None else choice.target.series
