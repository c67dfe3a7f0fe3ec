"""The answer: what a file or folder holds, what is proposed, and why."""

from dataclasses import asdict, dataclass, field
from typing import Any

from scaffold.own_data.table import Fault, Read


@dataclass(frozen=True)
class Column:
    """A column of the table.

    `source` is its name in the file, `name` its name in Python. `role` is target, time, group,
    feature, identifier, constant, copy, leak, personal, drift,
    text or "left out". `type` is number, integer,
    boolean, choice, date, text, constant or empty. `choices` are there for a choice of few,
    `decimal` if the file has another mark. `dates` is day-first or month-first, for those with
    slashes or points. `timed` dates have a time of day. `spellings` lead to the one that is kept.
    `skewed` is True for a quantity of 0 or more whose mean is far above its median.
    `doubt` says why a feature may give the target away.
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
    """What arrives later and differs: `by` is time, group, segment, source or none.

    `share` is that of the rows which are held back.
    """

    by: str
    column: str | None = None
    value: str | None = None
    why: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Decision:
    """A line of the answer that the user can override: `option` says how.

    `assumed` is False where the user decided, `ask` True where the data leave it open.
    """

    about: str
    value: str
    why: str
    option: str
    assumed: bool = True
    ask: bool = False


@dataclass(frozen=True)
class Pictures:
    """What a folder of folders with pictures holds besides its labels.

    `heaviest` has the bytes of the largest file, `uneven` counts the pictures that aren't square.
    `labels` and `sources` have the pictures of each folder; no sources unless there are several.
    `level` says which folders are the labels, outer or inner, `around` how many lie around both.
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
    """Everything that the tool found and proposes; `as_dict` is its form in JSON.

    `kind` is table, text or pictures; `task` classification or regression. `target`, `time` and
    `group` are names of columns in the file. `labels` maps each label in the file to its name in
    the project; `counts` has the rows of each label by that name. `rows` counts the whole file,
    `sampled` says whether only a part was looked at. `traffic` has the rows of each part of the
    data in the project. `digest` is the SHA-256 of the file, or of a folder's files. `obstacles`
    are reasons why no project can be made of this.
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
