"""Proposes which column to predict. It is a guess, so the user has to confirm it."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.identifiers import separated, words_of

SURE = words_of("""
target label labels class classes y outcome response sentiment diagnosis churn churned survived
default defaulted fraud species polarity ziel zielwert etiqueta cible
""")
USUAL = words_of("""
price rent salary wage wages income sales revenue cost amount demand consumption quality score
rating result output grade status approved attrition exited converted spam toxic category preis
miete prix precio umsatz note count cnt medv mpg charges value yield
""")
ORIGINS = words_of("source site region country state city district store shop branch channel")
COORDINATES = words_of("latitude longitude lat lon lng long latitud longitud breite länge")
NUMBERED = words_of("id ids key index nr no number uuid guid kennung")
NAMED_SO = words_of("id ids uuid guid kennung")
SEVERAL = 0.2  # distinct values per row, for a column named as an identifier
FEW_COLUMNS = 4
MOST_LABELS = 50
MOST_MISSING = 0.5
FEWEST_TO_TELL = 10  # rows
MOSTLY = 0.9
HALF = 0.5  # of the whole numbers between lowest and highest, if rows were removed
# Row numbers from pandas, R and Spark; 'column_1' is an unnamed first column.
WITHOUT_NAME = re.compile(r"(unnamed: ?\d+|column_1|row|rownames|level_0|_c0)$", re.IGNORECASE)
SHOWN = 3
MOST_SHOWN = 6


@dataclass(frozen=True)
class Proposal:
    """The most likely target, the reason, and the next candidates."""

    name: str | None
    why: str
    others: tuple[str, ...]


def propose(columns: Sequence[Values]) -> Proposal:
    """Proposes a target from the names, types and order of the columns."""
    rated = []
    labeled = [values for values in columns if possible(values) and has_labels(values)]
    for place, values in enumerate(columns):
        if not possible(values):
            continue
        points, reasons = rate(values, last=place == len(columns) - 1, first=place == 0)
        if labeled == [values] and len(columns) > FEW_COLUMNS:
            points += 2.5
            reasons.append("no other column has labels")
        rated.append((points, place, values.name, reasons))
    rated.sort(key=lambda one: (-one[0], -one[1]))
    if not rated:
        return Proposal(None, "no column is numeric or has a few labels", ())
    _, _, name, reasons = rated[0]
    others = alternatives(columns, [name for _, _, name, _ in rated])
    why = " and ".join(reasons) if reasons else "no other column fits better"
    return Proposal(name, why, others)


def alternatives(columns: Sequence[Values], rated: list[str]) -> tuple[str, ...]:
    """The next candidates, including the last column and those with two values."""
    names = rated[1 : SHOWN + 1]
    for number, values in enumerate(columns):
        plain = number == len(columns) - 1 or values.distinct == 2
        if plain and values.name in rated[SHOWN + 1 :] and len(names) < MOST_SHOWN:
            names.append(values.name)
    last = columns[-1].name
    if last in rated[1:] and last not in names:
        names[-1] = last
    return tuple(names)


def possible(values: Values) -> bool:
    """Whether the column can be a target: not free text, date, constant, coordinate or
    identifier."""
    if values.type in ("text", "date", "constant", "empty") or is_identifier(values):
        return False
    if values.type == "choice" and values.distinct > MOST_LABELS:
        return False
    if values.type in ("number", "integer") and words_of(separated(values.name)) & COORDINATES:
        return False
    return values.missing < MOST_MISSING * len(values.series)


def has_labels(values: Values) -> bool:
    return values.type in ("choice", "boolean")


def rate(values: Values, *, last: bool, first: bool) -> tuple[float, list[str]]:
    """The column's score and the reasons for it."""
    words = words_of(separated(values.name))
    points = 0.0
    reasons = []
    if words and words <= {*SURE, "is", "the"}:
        points += 5
        reasons.append("its name indicates a target")
    elif words & SURE:
        points += 4
        reasons.append("its name is common for a target")
    elif words & USUAL:
        points += 3 if len(words) <= 2 else 2
        reasons.append("its name is common for a target")
    if words & ORIGINS:
        points -= 3
    if last:
        points += 2
        reasons.append("it is the last column")
    if first:
        points += 0.5
    if has_labels(values):
        points += 0.5
    return points, reasons


def is_identifier(values: Values) -> bool:
    """Whether the values only identify rows: unique words, or numbers that count up or down."""
    filled = len(values.series) - values.missing
    if filled < FEWEST_TO_TELL or values.type not in ("choice", "integer"):
        return False
    if values.type == "integer" and values.distinct == filled and WITHOUT_NAME.match(values.name):
        return True
    if called_identifier(values.name) and values.distinct > SEVERAL * filled:
        return True
    if values.distinct <= MOSTLY * filled:
        return False
    if values.type == "choice" or words_of(separated(values.name)) & NUMBERED:
        return True
    return counts(values.series.drop_nulls())


def counts(numbers: pl.Series) -> bool:
    """Whether whole numbers count rows up or down, even if some rows were removed."""
    steps = numbers.diff().drop_nulls()
    if int((steps == 1).sum()) > MOSTLY * len(steps):
        return True
    one_way = bool((steps > 0).all() or (steps < 0).all())
    low, high = numbers.min(), numbers.max()
    if not (one_way and isinstance(low, float) and isinstance(high, float)):
        return False
    return len(numbers) > HALF * (high - low + 1)


def called_identifier(name: str) -> bool:
    """Whether the name ends in 'id' or the like."""
    words = separated(name).split()
    return bool(words) and words[-1] in NAMED_SO


def find_all(wanted: Sequence[str], names: Sequence[str], option: str) -> tuple[str, ...]:
    """The column names as in the file; each text is a name or a comma-separated list."""
    columns: list[str] = []
    for text in wanted:
        if "," in text and text not in names:
            columns += [find(name.strip(), names, option) for name in text.split(",")]
        else:
            columns.append(find(text, names, option))
    return tuple(columns)


def find(name: str, names: Sequence[str], option: str) -> str:
    """The column name as in the file; raises InvalidAnswerError if there is no such column."""
    for column in names:
        if column == name:
            return column
    for column in names:
        if column.casefold() == name.strip().casefold():
            return column
    lower = {column.casefold(): column for column in names}
    near = difflib.get_close_matches(name.strip().casefold(), lower, n=1)
    if near:
        meant = lower[near[0]]
        raise InvalidAnswerError(f"{option}: there is no column {name!r}. Did you mean {meant!r}?")
    listed = ", ".join(map(repr, names[:12])) + (", …" if len(names) > 12 else "")
    raise InvalidAnswerError(f"{option}: there is no column {name!r}. Available: {listed}")
