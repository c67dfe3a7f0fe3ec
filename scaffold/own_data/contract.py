"""Describes a column in the data contract: its type, accepted values, and an example."""

import datetime
import math
from typing import Any

from scaffold.own_data import names

Column = dict[str, Any]

ROOM = 0.25  # added on both sides, as a share of the observed range
LAST_YEAR = 2099  # later rows have later dates
MOST_CHOICES = 60  # a column with more values is treated as text
TYPES = {
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "date": "datetime.date",
    "text": "str",
}
LONGEST_TITLE = 50
YES_NO = ["no", "yes"]


def describe(column: Column, name: str, taken: set[str]) -> Column:
    """Returns the column with its kind, type annotation, and `Field` arguments.

    The user's answers may add what a file doesn't show: a `title` and a `hint` for the form,
    the `accepted` range, an `example`, and the `meaning` for the data dictionary.
    """
    kind = column["type"]
    choices = [str(choice) for choice in column.get("choices") or []]
    nullable = column["missing"] > 0
    yes_no = kind == "boolean" and nullable
    if yes_no:  # a check box can't be left blank
        kind, choices = "choice", YES_NO
    if kind == "choice" and not 0 < len(choices) <= MOST_CHOICES:
        kind = "text"
    if kind in ("number", "integer") and column.get("low") is None:
        kind = "number"
    described = {
        **column,
        "name": name,
        "title": column.get("title") or short(column["source"]),
        "kind": kind,
        "yes_no": yes_no,
        "nullable": nullable,
        "timed": kind == "date" and bool(column.get("timed")),
        "day_first": kind == "date" and column.get("dates") == "day-first",
        "choices": choices if kind == "choice" else [],
        "alias": None,
        "flag": column["type"] == "boolean",
        "spelled": spelled(column) if kind == "choice" and not yes_no else [],
    }
    annotation = "NaiveDatetime" if described["timed"] else TYPES.get(kind, "")
    if kind == "choice":
        described["alias"] = names.unused(names.alias(name), taken)
        annotation = described["alias"]
    described["annotation"] = f"{annotation} | None" if nullable else annotation
    described["literals"] = [literal(choice) for choice in described["choices"]]
    described["accepted"] = accepted(described)
    described["example"] = example(described)
    described["moved"] = moved(described)
    described["arguments"] = arguments(described)
    return described


def spelled(column: Column) -> list[str]:
    """Dictionary items for alternative spellings of the choices."""
    items = []
    for text, choice in (column.get("spellings") or {}).items():
        if text != choice:
            items.append(f"{literal(text)}: {literal(choice)}")
    return items


def short(text: str) -> str:
    """The column name as a one-line title, short enough for a form."""
    line = " ".join(text.replace("_", " ").split()) or "column without a name"
    line = line[0].upper() + line[1:]
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def accepted(column: Column) -> tuple[Any, Any]:
    """The lowest and highest accepted value: the observed range plus a margin."""
    low: Any = column.get("low")
    high: Any = column.get("high")
    if column.get("accepted"):
        lowest, highest = column["accepted"]
        if column["kind"] == "date":
            return limits(day(lowest), day(highest), column["timed"])
        return lowest, highest
    if column["kind"] == "date":
        first, last = day(low), day(high)
        year = min(max(LAST_YEAR, last.year + 2), datetime.MAXYEAR)
        start, end = datetime.date(first.year, 1, 1), datetime.date(year, 12, 31)
        return limits(start, end, column["timed"])
    if column["kind"] not in ("number", "integer") or low is None:
        return None, None
    low, high = float(low), float(high)
    width = high - low or abs(high) or 1.0
    step = 10.0 ** (math.floor(math.log10(width)) - 1)
    lowest = math.floor((low - ROOM * width) / step) * step
    highest = math.ceil((high + ROOM * width) / step) * step
    if low >= 0:
        lowest = max(lowest, 0.0)
    if column["kind"] == "integer":
        return math.floor(lowest), math.ceil(highest)
    digits = max(0, 1 - math.floor(math.log10(step)))
    return plain(round(lowest, digits)), plain(round(highest, digits))


def limits(
    first: datetime.date, last: datetime.date, timed: bool
) -> tuple[datetime.date, datetime.date]:
    """The first and last day, or the times when they start and end."""
    if not timed:
        return first, last
    end = datetime.time(23, 59, 59)
    start = datetime.time()
    return datetime.datetime.combine(first, start), datetime.datetime.combine(last, end)


def example(column: Column) -> Any:
    """A value that the contract accepts."""
    kind = column["kind"]
    low: Any = column.get("low")
    high: Any = column.get("high")
    if "example" in column:
        return column["example"]
    if column["choices"]:
        return column["choices"][0]
    if kind == "boolean":
        return False
    if kind == "text":
        values = column.get("choices") or column.get("examples") or ["unknown"]
        return str(values[0])
    if kind == "date":
        return moment(high).isoformat() if column["timed"] else day(high).isoformat()
    if low is None:
        return 0
    middle = (float(low) + float(high)) / 2
    return int(middle) if kind == "integer" else plain(float(f"{middle:.3g}"))


def moved(column: Column) -> Any:
    """A value far from most others, for tests of monitoring."""
    if column["kind"] == "boolean":
        return True
    if column["choices"]:
        return column["choices"][-1]
    return column["accepted"][1]


def arguments(column: Column) -> list[str]:
    """The arguments of pydantic's `Field`, as code."""
    lowest, highest = column["accepted"]
    parts = ["None"] if column["nullable"] else []
    if column["title"].lower() != column["name"].replace("_", " "):  # it would repeat the name
        parts.append(f"title={literal(column['title'])}")
    if lowest is not None:
        parts += [f"ge={literal(lowest)}", f"le={literal(highest)}"]
    if column["kind"] == "number" and lowest is None:
        parts.append("allow_inf_nan=False")
    if column["kind"] == "text":
        parts += ["min_length=1", "max_length=200"]
    if column.get("hint"):
        parts.append(f"description={literal(column['hint'])}")
    parts.append(f"examples=[{literal(column['example'])}]")
    return parts


def target_arguments(column: Column | None, logarithm: str | None) -> str:
    """The `Field` arguments of a quantity to predict: any finite number, unless limited."""
    limits = (column or {}).get("accepted")
    if limits:
        return f"ge={literal(limits[0])}, le={literal(limits[1])}"
    lowest = {"log": "gt=0, ", "log1p": "ge=0, "}.get(logarithm or "", "")
    return f"{lowest}allow_inf_nan=False"


def literal(value: Any) -> str:
    """A value as code, formatted as Ruff would."""
    if isinstance(value, datetime.datetime):
        clock = ", 23, 59, 59" if value.hour else ""
        return f"datetime.datetime({value.year}, {value.month}, {value.day}{clock})"
    if isinstance(value, datetime.date):
        return f"datetime.date({value.year}, {value.month}, {value.day})"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:_}"
    return repr(value)


def quoted(text: str) -> str:
    """The text in double quotes, or in single quotes if that avoids escapes."""
    escaped = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else None
    body = escaped or text.replace("\\", "\\\\")
    if body.count('"') > body.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    body = body.replace('"', '\\"')
    return f'"{body}"'


def plain(number: float) -> float | int:
    """The number without a fraction of zero: 3, not 3.0."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def moment(text: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(str(text)).replace(microsecond=0)


def day(text: Any) -> datetime.date:
    return datetime.date.fromisoformat(str(text)[:10])
