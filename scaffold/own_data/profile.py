"""The profile: what a file or folder contains, what is proposed, and why."""

from dataclasses import asdict, dataclass, field
from typing import Any

from scaffold.own_data.table import Fault, Read


@dataclass(frozen=True)
class Column:
    """A column of the table.

    `source` is its name in the file, `name` its name in Python. `role` is target, time, group,
    feature, identifier, constant, copy, leak, personal, drift, text or "left out". `type` is
    number, integer, boolean, choice, date, text, constant or empty. `choices` is set if there are
    few. `decimal` is set if the column's decimal mark differs from the file's. `dates` is
    day-first or month-first, for dates with slashes or points. `timed` dates have a time of day.
    `spellings` maps each spelling to the one that is kept. `skewed` is True for a nonnegative
    quantity whose mean is far above its median. `doubt` explains why a feature may leak the target.
    """

    source: str
    name: str
    role: str
    type: str
    missing: int
    distinct: int
    choices: tuple[str, ...] = ()
    low: float | str | None = None
    high: float | str | None = None
    unit: str | None = None
    decimal: str | None = None
    dates: str | None = None
    timed: bool | None = None
    spellings: dict[str, str] = field(default_factory=dict)
    skewed: bool | None = None
    why: str = ""
    doubt: str | None = None


@dataclass(frozen=True)
class Drift:
    """The rows that arrive later and differ. `by` is time, group, segment, source or none.

    `share` is the share of rows that are held back, from 0 to 1.
    """

    by: str
    column: str | None = None
    value: str | None = None
    why: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Decision:
    """One line of the profile, which the user can override with `option`.

    `assumed` is False if the user chose the value; `ask` is True if the data can't settle it.
    """

    about: str
    value: str
    why: str
    option: str
    assumed: bool = True
    ask: bool = False


@dataclass(frozen=True)
class Pictures:
    """What a folder of pictures contains besides labels.

    `heaviest` is the size of the largest file in bytes, `uneven` the number of pictures that
    aren't square. `labels` and `sources` count the pictures per folder; `sources` is empty unless
    there are several. `level` is the level of the label folders, outer or inner; `around` is the
    number of folder levels above both.
    """

    formats: dict[str, int]
    colour: int
    grey: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    heaviest: int
    uneven: int
    labels: dict[str, int]
    sources: dict[str, int]
    level: str
    around: int


@dataclass(frozen=True)
class Profile:
    """Everything that the tool found and proposes; `as_dict` returns it as plain JSON types.

    `kind` is table, text or pictures; `task` classification or regression. `target`, `time` and
    `group` are names of columns in the file. `labels` maps each label in the file to its name in
    the project; `counts` has the number of rows for each of those names. `rows` counts the whole
    file, even if only part of it was read (`sampled`). `traffic` has the number of rows in each
    part of the project's data. `digest` is the SHA-256 of the file, or of all files in a folder.
    `obstacles` are the reasons why no project can be built.
    """

    dataset: str
    path: str
    size: int
    digest: str
    kind: str
    read: Read | None
    rows: int
    sampled: bool
    duplicates: int
    task: str
    target: str | None
    labels: dict[str, str]
    counts: dict[str, int]
    metric: str
    columns: tuple[Column, ...]
    pictures: Pictures | None
    time: str | None
    group: str | None
    drift: Drift
    traffic: dict[str, int]
    minimum_rows: int
    licence: str | None
    origin: str | None
    files: tuple[str, ...]
    decisions: tuple[Decision, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    obstacles: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The profile as plain JSON types."""
        return {key: plain(value) for key, value in asdict(self).items()}


def plain(value: Any) -> Any:
    """The value with lists instead of tuples."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
