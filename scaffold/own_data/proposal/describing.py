"""Describes each column for the profile: Python name, range, choices and role."""

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.identifiers import python_names
from scaffold.own_data.columns.understanding import Understood
from scaffold.own_data.profile import Column
from scaffold.own_data.proposal import splits
from scaffold.own_data.proposal.roles import Roles

MOST_CHOICES = 100
SKEWED = 1.25  # times the median; a mean above that is far above it


def columns(data: Understood, roles: Roles) -> tuple[Column, ...]:
    """The columns in the file's order."""
    described = []
    names = python_names(data.names)
    for name, values in zip(names, data.values.values(), strict=True):
        role = roles[values.name]
        low, high = observed(values)
        described.append(
            Column(
                source=values.name,
                name=name,
                role=role.name,
                type=values.type,
                missing=values.missing,
                distinct=values.distinct,
                choices=choices(values),
                low=low,
                high=high,
                unit=values.unit,
                decimal=values.decimal,
                dates=values.order,
                timed=values.timed or None,
                spellings=values.spellings,
                skewed=skewed(values) or None,
                why=role.why,
                doubt=role.doubt,
            )
        )
    return tuple(described)


def observed(values: Values) -> tuple[float | str | None, float | str | None]:
    """The lowest and highest value; dates as text."""
    low, high = values.series.min(), values.series.max()
    if values.type == "integer" and isinstance(low, float) and isinstance(high, float):
        return int(low), int(high)
    if values.type == "number" and isinstance(low, float) and isinstance(high, float):
        return low, high
    if values.type == "date":
        return splits.shown(low), splits.shown(high)
    return None, None


def skewed(values: Values) -> bool:
    """Whether a nonnegative quantity has few large values."""
    if values.type not in ("integer", "number"):
        return False
    low, mean, median = values.series.min(), values.series.mean(), values.series.median()
    if not (isinstance(low, float) and isinstance(mean, float) and isinstance(median, float)):
        return False
    return low >= 0 and mean > SKEWED * median > 0


def choices(values: Values) -> tuple[str, ...]:
    """The values of a choice column, if there are few."""
    if values.type != "choice" or values.distinct > MOST_CHOICES:
        return ()
    return tuple(values.series.drop_nulls().unique().sort().to_list())
