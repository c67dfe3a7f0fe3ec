"""Files for tests of what the tool says about own data."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.own_data import looking
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Column, Profile

ROWS = 120


def write(path: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    """A CSV of these columns; a shorter one is repeated."""
    rows = max(len(values) for values in columns.values())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in range(rows):
            writer.writerow([values[row % len(values)] for values in columns.values()])
    return path


def look(folder: Path, columns: Mapping[str, Sequence[object]], **options: object) -> Profile:
    """The profile of a CSV of these columns."""
    path = write(folder / "data.csv", columns)
    return looking.look(path, Options(**options))  # type: ignore[arg-type]


def column_of(folder: Path, values: Sequence[object], **options: object) -> Column:
    """What is said of one column, beside a target."""
    targets = [row % 7 + row / 8 for row in range(ROWS)]
    profile = look(folder, {"asked": values, "target": targets}, target="target", **options)
    return named(profile, "asked")


def named(profile: Profile, name: str) -> Column:
    return next(column for column in profile.columns if column.source == name)


def problems(profile: Profile, name: str | None) -> list[str]:
    """What is told of a column, or of whole rows."""
    return [fault.problem for fault in profile.faults if fault.column == name]
