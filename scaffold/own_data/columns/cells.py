"""The distinct texts of a column, without markers of missing values."""

from dataclasses import dataclass, field

import polars as pl

from scaffold.own_data.columns import numbers
from scaffold.own_data.columns.numbers import Votes
from scaffold.own_data.table import Fault

MARKERS = (
    *("na", "n/a", "#n/a", "n.a.", "n.a", "<na>", "nan", "null", "(null)", "#null!"),
    *("?", "??", "-", "--", "---", ".", "...", "…", "#value!", "#div/0!", "#ref!"),
)
# Other texts that pandas reads as missing; in this project they are values.
VALUES = ("None", "#NA", "#N/A N/A", "-nan", "-NaN", "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN")


@dataclass(frozen=True)
class Cells:
    """A column of text. `known` has each distinct `text` except markers, with its `count`;
    `bare` has these texts without units. `plain` has their numbers if every row is a plain number,
    which skips most of the parsing.
    """

    name: str
    texts: pl.Series
    known: pl.DataFrame
    bare: pl.Series
    markers: dict[str, int]
    votes: Votes
    plain: pl.Series | None = None

    @property
    def kept(self) -> list[str]:
        """The values that pandas would read as missing by default."""
        if self.plain is not None:
            return []
        return self.known["text"].filter(self.known["text"].is_in(VALUES)).to_list()

    @property
    def filled(self) -> int:
        """The number of rows with a value."""
        return int(self.known["count"].sum())

    @property
    def missing(self) -> int:
        return len(self.texts) - self.filled

    def spread(self, values: pl.Series) -> pl.Series:
        """Expands one value per distinct text to one value per row."""
        if values is self.plain:
            return self.texts.cast(pl.Float64)
        pairs = pl.DataFrame({"text": self.known["text"], "value": values})
        rows = self.texts.alias("text").to_frame()
        joined = rows.join(pairs, on="text", how="left", maintain_order="left")
        return joined["value"].alias(self.name)


@dataclass(frozen=True)
class Values:
    """A column with its type: `series` has one value per row, null if missing.

    `type` is number, integer, boolean, choice, date, text, constant or empty. `decimal` is set
    if its decimal mark differs from the file's. `minus` names the unusual notations of negative
    numbers. `timed` dates have a time of day.
    """

    name: str
    type: str
    series: pl.Series
    distinct: int
    why: str
    unit: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    minus: tuple[str, ...] = ()
    spellings: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    order: str | None = None
    order_assumed: bool = False
    timed: bool = False

    @property
    def missing(self) -> int:
        return self.series.null_count()

    @property
    def numeric(self) -> bool:
        return self.type in ("number", "integer")


def tidy(texts: pl.Series, extra: tuple[str, ...]) -> Cells:
    """The column with its texts stripped of spaces; `extra` are more markers of missing values."""
    plain = texts.str.strip_chars()
    counts = plain.alias("text").value_counts(name="count")
    if not extra and numbers.machine_written(plain) is not None:
        known = counts.sort("text")
        values = known["text"].cast(pl.Float64)
        votes = numbers.plain_votes(known["text"], known["count"])
        return Cells(texts.name, plain, known, known["text"], {}, votes, values)
    lower = counts["text"].str.to_lowercase()
    markers = [*MARKERS, *(marker.strip().lower() for marker in extra)]
    if (lower == "+").any():
        markers.remove("-")
    marked = lower.is_in(markers)
    empty = counts["text"].is_null() | (counts["text"] == "")
    found = counts.filter(marked).sort("count", descending=True)
    known = counts.filter(~(marked.fill_null(False) | empty)).sort("text")
    bare = numbers.bare(known["text"])
    return Cells(
        texts.name, plain, known, bare, dict(found.rows()), numbers.votes(bare, known["count"])
    )


def decimal(columns: list[Cells], separator: str | None) -> str:
    """The decimal mark of the file, from its numbers, or else from the separator."""
    point = sum(column.votes.point for column in columns)
    comma = sum(column.votes.comma for column in columns)
    if point == comma:
        return "," if separator == ";" and doubtful(columns) else "."
    return "," if comma > point else "."


def doubtful(columns: list[Cells]) -> bool:
    """Whether numbers have ambiguous commas, such as 1,234."""
    for column in columns:
        if column.known["text"].str.contains(r"^[-+]?\d{1,3},\d{3}$").any():
            return True
    return False
