"""Assigns each column a role: target, feature, or left out with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from scaffold.own_data.columns import personal
from scaffold.own_data.columns.cells import Values
from scaffold.own_data.proposal import calendar, judging, leaks
from scaffold.own_data.proposal.targets import is_identifier

LEFT_OUT = "left out"
NOT_USED = ("identifier", "constant", "copy", "leak", "personal", LEFT_OUT)
LABELLED_TEXT = 3  # other features at most, to propose a text project


@dataclass(frozen=True)
class Chosen:
    """The names of columns with a chosen or proposed role."""

    kind: str
    target: str | None
    text: str | None
    time: str | None
    group: str | None
    leave_out: tuple[str, ...]
    keep: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A column's role and the reason; `doubt` explains why a feature may leak the target."""

    name: str
    why: str
    doubt: str | None = None


Roles = dict[str, Role]


def assign(
    columns: Mapping[str, Values], chosen: Chosen, target: pl.Series | None, *, regression: bool
) -> Roles:
    """Returns the role of each column with the reason."""
    roles = {}
    composed = {}
    if regression and target is not None:
        others = [values for values in columns.values() if values.name != chosen.target]
        composed = leaks.composed(others, target)
    contents = personal.personal(columns)
    for name, values in columns.items():
        kept = name in chosen.keep
        role = named(values, chosen)
        if role is None and name in contents and not kept:
            role = Role("personal", f"contains personal data: {contents[name]}")
        role = role or by_values(values, chosen)
        doubt = None
        if role is None and target is not None and not kept:
            verdict = leaks.verdict(values, target, regression=regression)
            if name in composed and (verdict is None or verdict[0] == "doubt"):
                verdict = "leak", composed[name]
            if verdict and verdict[0] == "doubt":
                doubt = verdict[1]
            elif verdict:
                role = Role(*verdict)
        if role is None and chosen.time and not kept:
            repeated = calendar.repeats(values, columns[chosen.time])
            role = Role(LEFT_OUT, repeated) if repeated else None
        if role is None and chosen.kind == "text" and not kept:
            role = Role(LEFT_OUT, "a text project only uses the text")
        roles[name] = role or Role("feature", values.why, doubt)
    return roles


def named(values: Values, chosen: Chosen) -> Role | None:
    """The column's chosen role, if it has one."""
    name = values.name
    places = {
        chosen.target: "target",
        chosen.time: "time",
        chosen.group: "group",
        chosen.text if chosen.kind == "text" else None: "text",
    }
    if name in chosen.leave_out:
        return Role(LEFT_OUT, "by choice (--leave-out)")
    if name in places:
        return Role(places[name], values.why)
    return None


def by_values(values: Values, chosen: Chosen) -> Role | None:
    """The role of a column that can't help to predict: constant, identifier or free text."""
    if values.type in ("constant", "empty"):
        return Role("constant", values.why)
    if values.name in chosen.keep:
        return None
    if is_identifier(values):
        filled = len(values.series) - values.missing
        rows = f"the {filled:,} rows that have one" if values.missing else f"{filled:,} rows"
        return Role("identifier", f"has {values.distinct:,} distinct values in {rows}")
    if values.type == "text":
        return Role("text", f"{values.why}, which a table project doesn't use")
    return None


def kind_of(columns: Sequence[Values], target: Values | None) -> tuple[str, str, str | None]:
    """The kind, the reason, and the column that a text project would use."""
    texts = [values for values in columns if values.type == "text"]
    if not texts:
        return "table", "no column has free text", None
    longest = max(texts, key=lambda values: values.series.str.len_chars().mean() or 0)
    features = []
    for values in columns:
        used = values.type not in ("text", "constant", "empty", "date")
        if used and values is not target and not is_identifier(values):
            features.append(values)
    quantity = target is not None and judging.task(target)[::2] == ("regression", False)
    if target is None or quantity or len(features) > LABELLED_TEXT:
        why = f"{len(features)} columns besides the text {longest.name!r} can be features"
        return "table", why, longest.name
    return "text", f"it has a text, {longest.name!r}, and a label", longest.name
