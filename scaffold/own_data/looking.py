"""Looks at a file or folder once and gives back what it holds and what is proposed."""

import tempfile
from pathlib import Path

from scaffold.own_data import libraries
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
    planning,
)
from scaffold.own_data.proposal.choosing import Choice
from scaffold.own_data.proposal.roles import Chosen, Roles, assign
from scaffold.own_data.proposal.targets import find
from scaffold.own_data.reading import files, formats
from scaffold.own_data.reading.files import File
from scaffold.own_data.table import Fault


def look(path: Path, options: Options) -> Profile:
    """The profile; raises DataError if the data can't be read, InvalidAnswerError for options."""
    place = files.locate(path)
    if place.is_dir():
        libraries.check("A folder of pictures", "PIL")
        from scaffold.own_data import pictures

        return pictures.look(place, options)
    with tempfile.TemporaryDirectory() as scratch:
        table, file = formats.read(place, options, Path(scratch))
    data = understanding.understand(table, options)
    for name in (*options.leave_out, *options.keep):
        find(name, data.names, "--leave-out and --keep")
    choice = choosing.choose(data, options)
    return profile(data, file, choice, options)


def profile(data: Understood, file: File, choice: Choice, options: Options) -> Profile:
    """Everything that follows from the choices."""
    table = data.table
    target = choosing.target_series(choice)
    metric, metric_said = deciding.metric(choice, options)
    roles = assigned(data, choice, options)
    drift, held_back, drift_said = deciding.drift(data, choice, roles, options)
    columns = describing.columns(data, roles)
    rows = usable_rows(data, choice)
    scale = table.rows / max(table.cells.height, 1)
    parts = judging.traffic(rows, None if held_back is None else round(held_back * scale))
    counts = choice.labels.counts if choice.labels else None
    faults = [*data.faults, *(choice.labels.faults if choice.labels else ())]
    duplicates = table.cells.height - table.cells.n_unique()
    obstacles = judging.obstacles(rows, counts)
    if choice.target is None:
        obstacles.append(f"No column to predict: {choice.decisions[1].why}. Name one with --target")
    elif not any(column.role in ("feature", "text") for column in columns):
        obstacles.append("No column is left to predict from. Keep one with --keep")
    if target is not None and not choice.labels and target.null_count():
        problem = "the target is missing; these rows are left out"
        faults.append(Fault(problem, target.null_count(), target.name))
    if choice.kind == "text" and choice.text and choice.labels:
        text = data.cells[choice.text].texts
        faults += labelling.disputed(text, choice.labels.series, table.lines)
    plan = planning.plan(file.path, options, file.size, choice.kind)
    return Profile(
        dataset=plan.dataset,
        path=file.path.name,
        size=file.size,
        digest=file.digest,
        kind=choice.kind,
        read=table.read,
        rows=table.rows,
        sampled=table.sampled,
        duplicates=duplicates,
        task=choice.task,
        target=choice.target.name if choice.target else None,
        labels=choice.labels.names if choice.labels else {},
        counts=counts or {},
        metric=metric,
        columns=columns,
        pictures=None,
        time=choice.time.name if choice.time else None,
        group=choice.group.name if choice.group else None,
        drift=drift,
        traffic=parts,
        minimum_rows=judging.minimum_rows(parts),
        licence=options.licence,
        origin=options.origin,
        files=plan.files,
        decisions=(
            *planning.read_decisions(table, options),
            *planning.date_decision(list(data.values.values()), options),
            *choice.decisions[:3],
            metric_said,
            *choice.decisions[3:],
            drift_said,
            planning.left_out(columns, options),
            *plan.decisions,
        ),
        faults=tuple(faults),
        warnings=tuple(warnings(data, columns, parts, rows, metric)),
        obstacles=tuple(obstacles),
    )


def assigned(data: Understood, choice: Choice, options: Options) -> Roles:
    chosen = Chosen(
        kind=choice.kind,
        target=choice.target.name if choice.target else None,
        text=choice.text,
        time=choice.time.name if choice.time else None,
        group=choice.group.name if choice.group else None,
        leave_out=tuple(find(name, data.names, "--leave-out") for name in options.leave_out),
        keep=tuple(find(name, data.names, "--keep") for name in options.keep),
    )
    target = choosing.target_series(choice)
    return assign(data.values, chosen, target, regression=choice.task == "regression")


def usable_rows(data: Understood, choice: Choice) -> int:
    """The rows of the whole file that have a target."""
    target = choosing.target_series(choice)
    if target is None:
        return data.table.rows
    share = 1 - target.null_count() / max(len(target), 1)
    return round(data.table.rows * share)


def warnings(
    data: Understood, columns: tuple[Column, ...], parts: dict[str, int], rows: int, metric: str
) -> list[str]:
    """What the rows and the columns can't show."""
    said = judging.warnings(parts, rows, metric)
    if data.table.sampled:
        said.append(
            f"{data.table.cells.height:,} rows from everywhere in the file were looked at; the "
            "number of rows is estimated, and counts, ranges and faults are those of the sample"
        )
    leaking = [column.source for column in columns if column.role in ("copy", "leak")]
    if leaking:
        shown = ", ".join(map(repr, leaking))
        said.append(
            f"{shown} would give the target away. If it is known before the target is, "
            f'keep it: --keep "{leaking[0]}"'
        )
    return said
