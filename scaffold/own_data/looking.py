"""Reads a file or folder once and returns its profile: contents and proposals."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from scaffold.own_data import libraries, parts
from scaffold.own_data.columns import understanding
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Column, Profile
from scaffold.own_data.proposal import (
    choosing,
    deciding,
    describing,
    judging,
    labelling,
    notes,
    planning,
    shares,
)
from scaffold.own_data.proposal.choosing import Choice
from scaffold.own_data.proposal.roles import Chosen, Roles, assign
from scaffold.own_data.proposal.targets import find_all
from scaffold.own_data.reading import files, formats
from scaffold.own_data.reading.files import File
from scaffold.own_data.table import Fault, first_lines

MARKUP = "<[^<>]{1,20}>"  # as `predictor.py` of templates/text removes it


def look(path: Path, options: Options) -> Profile:
    """Returns the profile.

    Raises DataError if the data can't be read, InvalidAnswerError if an option doesn't fit it.
    """
    place = files.locate(path)
    if place.is_dir():
        libraries.check("A folder of pictures", "PIL")
        from scaffold.own_data import album

        return album.look(place, options)
    with tempfile.TemporaryDirectory() as scratch:
        table, file = formats.read(place, options, Path(scratch))
    data = understanding.understand(table, options)
    options = replace(
        options,
        leave_out=find_all(options.leave_out, data.names, "--leave-out"),
        keep=find_all(options.keep, data.names, "--keep"),
    )
    choice = choosing.choose(data, options)
    return profile(data, file, choice, options)


def profile(data: Understood, file: File, choice: Choice, options: Options) -> Profile:
    """Builds the profile from the choices."""
    table = data.table
    metric, metric_said = deciding.metric(choice, options)
    roles = assigned(data, choice, options)
    drift, drift_said = deciding.drift(data, choice, roles, options)
    columns = describing.columns(data, deciding.with_drift(roles, drift))
    repeated = repeats(data, choice)
    rows = usable_rows(data, choice)
    if choice.kind == "text":
        rows -= round(repeated * table.rows / max(table.cells.height, 1))
    traffic = parts.divide(rows, drift.by, round((drift.share or 0) * rows))
    size = file.path.stat().st_size
    plan = planning.plan(file.path, options, size, exact=table.read.exact)
    return Profile(
        dataset=plan.dataset,
        path=file.path.name,
        size=size,
        digest=file.digest,
        kind=choice.kind,
        read=table.read,
        rows=table.rows,
        sampled=table.sampled,
        duplicates=repeated,
        task=choice.task,
        target=choice.target.name if choice.target else None,
        labels=choice.labels.names if choice.labels else {},
        counts=choice.labels.counts if choice.labels else {},
        metric=metric,
        columns=columns,
        pictures=None,
        time=choice.time.name if choice.time else None,
        group=choice.group.name if choice.group else None,
        drift=drift,
        traffic=traffic,
        minimum_rows=parts.minimum_rows(traffic),
        licence=options.data_licence,
        origin=options.origin,
        files=plan.files,
        decisions=(
            *planning.read_decisions(table, options),
            *planning.date_decision(list(data.values.values()), options),
            *choice.decisions,
            metric_said,
            *choice.divided,
            drift_said,
            planning.left_out(columns, options),
            *plan.decisions,
        ),
        faults=tuple(faults(data, choice)),
        warnings=(
            *judging.warnings(traffic, rows, metric),
            *shares.warnings(choice, deciding.rows_held_back(data, drift)),
            *notes.about(data, choice, columns),
        ),
        obstacles=tuple(obstacles(choice, columns, rows, traffic)),
    )


def assigned(data: Understood, choice: Choice, options: Options) -> Roles:
    chosen = Chosen(
        kind=choice.kind,
        target=choice.target.name if choice.target else None,
        text=choice.text,
        time=choice.time.name if choice.time else None,
        group=choice.group.name if choice.group else None,
        leave_out=options.leave_out,
        keep=options.keep,
    )
    target = choosing.target_series(choice)
    return assign(data.values, chosen, target, regression=choice.task == "regression")


def repeats(data: Understood, choice: Choice) -> int:
    """Counts duplicate rows as a project does; texts are compared by letters and digits alone."""
    cells = data.table.cells
    if choice.kind != "text" or choice.text is None:
        return cells.height - cells.n_unique()
    texts = data.cells[choice.text].texts.str.replace_all(MARKUP, " ").str.strip_chars()
    texts = texts.drop_nulls().filter(texts.drop_nulls() != "")
    letters = texts.str.to_lowercase().str.replace_all(r"\W+", "")
    different = pl.select(pl.when(letters == "").then(texts).otherwise(letters)).to_series()
    return len(different) - different.n_unique()


def usable_rows(data: Understood, choice: Choice) -> int:
    """Estimates how many rows of the whole file have a target."""
    target = choosing.target_series(choice)
    if target is None:
        return data.table.rows
    share = 1 - target.null_count() / max(len(target), 1)
    return round(data.table.rows * share)


def faults(data: Understood, choice: Choice) -> list[Fault]:
    """Lists problems with the file, its columns and its target."""
    found = list(data.faults)
    target = choosing.target_series(choice)
    if choice.labels is not None:
        found += choice.labels.faults
    elif target is not None and target.null_count():
        where = first_lines(data.table.lines, target.is_null())
        found.append(Fault(labelling.NO_TARGET, target.null_count(), target.name, where))
    if choice.kind == "text" and choice.text and choice.labels:
        texts = data.cells[choice.text].texts
        found += labelling.disputed(texts, choice.labels.series, data.table.lines)
    return found


def obstacles(
    choice: Choice, columns: Sequence[Column], rows: int, traffic: dict[str, int]
) -> list[str]:
    """Lists the reasons why no project can be built."""
    reasons = judging.obstacles(rows, traffic, choice.labels.counts if choice.labels else None)
    usable = ("feature", "text") if choice.kind == "text" else ("feature",)
    if choice.target is None:
        reasons.append("No column is numeric or has a few labels. Choose one with --target COLUMN")
    elif not any(column.role in usable for column in columns):
        reasons.append("No column is left to predict from. Include one with --keep COLUMN")
    return reasons
