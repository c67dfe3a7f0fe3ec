"""Finds values that can be parsed but are probably not meant literally."""

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.numbers import UNIT
from scaffold.own_data.table import Fault, first_lines

STANDS_FOR_MISSING = (-9999.0, -999.0, -99.0, -9.0, -1.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
LEAST_ROWS = 3
FAR = 1.0  # times the range of the other values, as the distance of such a value from them
MOSTLY_MISSING = 0.5


def find(values: Values, texts: pl.Series, lines: pl.Series) -> list[Fault]:
    """Reports suspicious values in the column."""
    faults = []
    if values.numeric:
        faults += missing_in_disguise(values, lines)
        faults += mixed_units(values, texts)
    share = values.missing / max(len(values.series), 1)
    if share > MOSTLY_MISSING and values.type != "empty":
        problem = f"is missing in {share:.0%} of rows"
        proposal = f'--leave-out "{values.name}"'
        faults.append(Fault(problem, values.missing, values.name, proposal=proposal))
    return faults


def missing_in_disguise(values: Values, lines: pl.Series) -> list[Fault]:
    """A repeated number, such as -999, that is far from all others."""
    faults = []
    for marker in STANDS_FOR_MISSING:
        where = values.series == marker
        count = int(where.sum())
        if count < LEAST_ROWS:
            continue
        others = values.series.filter(values.series != marker).drop_nulls()
        low, high = others.min(), others.max()
        if not isinstance(low, float) or not isinstance(high, float):
            continue
        beyond = max(low - marker, marker - high)
        if beyond <= FAR * (high - low) and not (marker < low and low >= 0 and marker < -5):
            continue
        problem = f"{marker:.0f} is far outside the range {low:g} to {high:g} and may mean missing"
        proposal = f"--missing {marker:.0f}"
        found = first_lines(lines, where)
        faults.append(Fault(problem, count, values.name, found, proposal))
    return faults


def mixed_units(values: Values, texts: pl.Series) -> list[Fault]:
    """Different currencies in a column, or percentages next to other numbers."""
    if not values.unit:
        return []
    units = texts.str.extract(UNIT).drop_nulls().unique().sort().to_list()
    if len(units) < 2:
        return []
    problem = f"mixes units, which are not converted: {', '.join(units)}"
    return [Fault(problem, len(units), values.name, proposal=f'--leave-out "{values.name}"')]
