"""Chooses the metric that decides between models, and the drift that monitoring must detect."""

from dataclasses import replace

import polars as pl

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.choices import WORDS
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.options import METRICS, Options
from scaffold.own_data.profile import Decision, Drift
from scaffold.own_data.proposal import judging, splits, targets
from scaffold.own_data.proposal.choosing import NONE, Choice, target_series
from scaffold.own_data.proposal.roles import LEFT_OUT, Role, Roles

NAMED = 4  # columns


def metric(choice: Choice, options: Options) -> tuple[str, Decision]:
    """The deciding metric, and the decision about it."""
    allowed = METRICS[choice.task]
    if options.metric is not None:
        if options.metric not in allowed:
            raise InvalidAnswerError(
                f"--metric {options.metric} isn't for {choice.task}. "
                f"Use one of: {', '.join(allowed)}"
            )
        if choice.labels:
            check_labels(options.metric, len(choice.labels.counts))
        return options.metric, Decision("metric", options.metric, "", "--metric", assumed=False)
    if choice.labels is not None:
        counts = choice.labels.counts
        metric, why = judging.classification_metric(counts) if counts else ("accuracy", "")
    elif choice.target is not None:
        metric, why = judging.regression_metric(choice.target)
    else:
        metric, why = allowed[0], ""
    return metric, Decision("metric", metric, why, "--metric")


def check_labels(metric: str | None, labels: int) -> None:
    """Raises InvalidAnswerError for average_precision unless there are two labels."""
    if metric == "average_precision" and labels != 2:
        raise InvalidAnswerError("--metric average_precision needs two labels. Use macro_f1")


def drift(
    data: Understood, choice: Choice, roles: Roles, options: Options
) -> tuple[Drift, Decision]:
    """The drift, and the decision about it."""
    option = '--drift "COLUMN=VALUE"'
    if options.drift is not None and options.drift.lower() == NONE:
        drift = Drift("none", why="--drift none")
        return drift, Decision("drift", NONE, "", option, assumed=False)
    segment = options.drift_segment()
    target = target_series(choice)
    if segment is None:
        segments, lengths = choices_of(data, choice, roles, options)
        drift = splits.propose(choice.time, choice.group, segments, target, lengths)
        if drift.by == "none" and target is not None:
            drift = Drift("none", why=nothing_differs(choice, segments))
        if drift.value is not None:
            drift = with_share(drift, data, held_back(data, str(drift.column), drift.value))
        shown = {"time": f"by {drift.column!r}", "none": NONE}.get(
            drift.by, f"{drift.column}={drift.value}"
        )
        return drift, Decision("drift", shown, drift.why, option)
    name = targets.find(segment[0], data.names, "--drift")
    value = spelled(data, name, segment[1])
    rows = held_back(data, name, value)
    by = "group" if choice.group is not None and choice.group.name == name else "segment"
    why = f"{rows:,} rows are held back"
    drift = with_share(Drift(by, name, value, why), data, rows)
    return drift, Decision("drift", f"{name}={value}", why, option, assumed=False)


def nothing_differs(choice: Choice, segments: list[Values]) -> str:
    """Why no drift was proposed: which columns were examined, and which weren't."""
    columns = segments if choice.group is None else [choice.group, *segments]
    few = [repr(values.name) for values in columns if splits.can_be_divided(values)]
    many = [
        repr(values.name)
        for values in columns
        if values.type == "choice" and values.distinct > splits.MOST_VALUES
    ]
    said = ["no column has varying dates"]
    if few:
        more = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
        said.append(f"no frequent value of {', '.join(few[:NAMED])}{more} differs from the rest")
    if many:
        verb = "has" if len(many) == 1 else "have"
        said.append(f"{', '.join(many[:NAMED])} {verb} more than {splits.MOST_VALUES} values")
    if choice.kind == "text":
        said.append("only columns whose name suggests a source of texts were examined")
    return f"{'; '.join(said)}. Without drift, the project can't demonstrate a monitoring alarm"


def spelled(data: Understood, name: str, value: str) -> str:
    """The value as the column spells it; yes and no may be spelled differently."""
    if data.values[name].type != "boolean":
        return value
    meaning = WORDS.get(value.lower())
    return value if meaning is None else str(meaning).lower()


def choices_of(
    data: Understood, choice: Choice, roles: Roles, options: Options
) -> tuple[list[Values], pl.Series | None]:
    """The columns with values that could be held back, and the lengths of texts.

    For a table, these are the features; for texts, columns that indicate the source.
    """
    if choice.kind != "text" or choice.text is None:
        return [data.values[name] for name, role in roles.items() if role.name == "feature"], None
    origins = []
    for name, role in roles.items():
        values = data.values[name]
        if role.name == LEFT_OUT and name not in options.leave_out and splits.is_origin(values):
            origins.append(values)
    return origins, splits.lengths_of(data.cells[choice.text].texts)


def with_drift(roles: Roles, drift: Drift) -> Roles:
    """The roles, with role drift for the drift's column if it isn't used otherwise."""
    if drift.column is None or roles[drift.column].name != LEFT_OUT:
        return roles
    return roles | {drift.column: Role("drift", "determines which rows are held back")}


def rows_held_back(data: Understood, drift: Drift) -> pl.Series | None:
    """A mask of the held-back segment's rows; None if drift is none or by time."""
    if drift.column is None or drift.value is None:
        return None
    return splits.as_text(data.values[drift.column]) == drift.value


def with_share(drift: Drift, data: Understood, rows: int) -> Drift:
    return replace(drift, share=round(rows / data.table.cells.height, 4))


def held_back(data: Understood, name: str, value: str) -> int:
    """A mask of the segment's rows; raises InvalidAnswerError if it matches no row or all rows."""
    texts = splits.as_text(data.values[name])
    rows = int((texts == value).sum())
    if rows == 0:
        usual = texts.drop_nulls().value_counts(sort=True)[name].head(5).to_list()
        there = ", ".join(map(repr, usual))
        raise InvalidAnswerError(f"--drift: {name!r} has no value {value!r}. Its values: {there}")
    if rows == len(texts):
        raise InvalidAnswerError(
            f"--drift: {name!r} is {value!r} in every row. Use another column or value"
        )
    return rows
