"""Generates the parts of the project's code that depend on names and values in the data."""

import re
import unicodedata
from typing import Any

from scaffold.own_data import contract
from scaffold.own_data.card import Own, target
from scaffold.own_data.minus import MINUS

SIGNS = "'%$€£"

USED = ("feature", "target", "time", "group", "text", "drift")  # roles that source.py reads
LONGEST_TITLE = 25  # in an error message


def imports(inputs: list[Own]) -> str:
    """The names that `features.py` imports from `columns.py`."""
    wanted = []
    if any(column["kind"] in ("choice", "text") for column in inputs):
        wanted.append("CHOICES")
    if any(map(has_age, inputs)):
        wanted.append("DATES")
    return ", ".join(wanted)


def has_age(column: Own) -> bool:
    """Whether a date becomes a feature, in days since the first; the date of the split doesn't."""
    return bool(column["kind"] == "date" and column["role"] != "time")


def code_name(own: Own, inputs: list[Own], source: str | None) -> str | None:
    """The name that the project's tables use for a column of the file or the profile."""
    for column in inputs:
        if source in (column["source"], column["name"]):
            return str(column["name"])
    unused = column_named(own, source)
    return str(unused["source"]) if unused else None


def in_f_string(text: str) -> str:
    """The text in single quotes, to end a double-quoted f-string; truncated to fit on its line."""
    escaped = escape(text)
    while width(escaped) > LONGEST_TITLE:
        text = text.rstrip("…")[:-1] + "…"
        escaped = escape(text)
    return f"'{escaped}'"


def escape(text: str) -> str:
    plain = contract.quoted(text)[1:-1].replace("\\'", "'").replace('\\"', '"')
    return plain.replace('"', '\\"').replace("{", "{{").replace("}", "}}")


def width(text: str) -> int:
    """How many terminal columns a text takes, as the formatter counts them."""
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def not_digits(own: Own) -> str:
    """The pattern for everything in numbers besides digits: spaces, currency signs, units.

    A text with anything else in it isn't a number, and the contract rejects it.
    """
    words, signs = set(), set(SIGNS)
    for column in own["columns"]:
        unit = column.get("unit") or ""
        if column["type"] in ("number", "integer"):
            if re.search(r"[^\W\d]", unit):
                words.add(re.escape(unit))
            else:
                signs.update(unit)
    spaces = {mark for mark in own["read"].get("spaces") or [] if mark != " "}
    signs |= spaces
    chosen = "".join(sorted(signs)).replace("]", "").replace("\\", "").replace("^", "")
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    pattern = "|".join([*longest_first, rf"[\s{chosen}]"]).replace('"', r"\x22")
    if spaces - {"'"}:  # look-alike or invisible characters
        return ascii_only(pattern)
    return f'r"{pattern}"'


def minus(own: Own) -> list[str]:
    """Dictionary items that normalize the negative numbers in this data."""
    changes = []
    for form in own["read"].get("minus") or []:
        if form != "space":  # removed earlier
            pattern, new = MINUS[form]
            changes.append(f"{raw(pattern)}: {raw(new)}")
    return changes


def swapped(own: Own, inputs: list[Own]) -> list[str]:
    """The columns whose decimal mark differs from the rest of the file, as code."""
    names = [contract.literal(column["name"]) for column in inputs if column.get("decimal")]
    for column in own["columns"]:
        if column["role"] == "target" and column.get("decimal"):
            names.append("TARGET")
    return names


def raw(pattern: str) -> str:
    """A pattern as code. Arrow's regular expressions don't support Unicode escapes."""
    if not pattern.isascii():
        return ascii_only(pattern)
    return f'r"{pattern}"' if "\\" in pattern else f'"{pattern}"'


def ascii_only(pattern: str) -> str:
    """A pattern as code, with non-ASCII characters escaped."""
    return '"' + pattern.encode("unicode_escape").decode("ascii") + '"'


def renamed(own: Own, inputs: list[Own]) -> list[str]:
    """The items of the dictionary that renames columns."""
    items = []
    for column in inputs:
        items.append(f"{contract.literal(column['source'])}: {contract.literal(column['name'])}")
    items.append(f"{contract.literal(own['target']['source'])}: TARGET")
    return items


def same_names(own: Own, inputs: list[Own]) -> bool:
    """Whether every column has the same name in the file and in the contract."""
    names = {column["source"]: column["name"] for column in inputs}
    names[own["target"]["source"]] = target(own)
    return all(source == name for source, name in names.items())


def relabeled(own: Own) -> list[str]:
    """Dictionary items for labels that the project renames."""
    items = []
    for text, label in (own["target"].get("labels") or {}).items():
        if text != label:
            items.append(f"{contract.literal(text)}: {contract.literal(label)}")
    return items


def reading(own: Own) -> list[str]:
    """The arguments of `read_csv` that these data need."""
    read = own["read"]
    encoding = (read.get("encoding") or "utf-8").lower()
    if encoding in ("utf-8", "utf8", "ascii", "us-ascii"):
        encoding = "utf-8-sig"  # with or without a byte order mark
    parts = [f"encoding={contract.literal(encoding)}"]
    separator = read.get("separator") or ","
    if separator != ",":
        parts.insert(0, f"sep={contract.literal(separator).replace(chr(9), chr(92) + 't')}")
    if read.get("quote") and read["quote"] != '"':
        parts.append(f"quotechar={contract.literal(read['quote'])}")
    header = read.get("header", 1)
    if header == 0:
        parts.append("names=NAMES")
    elif header > 1:
        parts.append(f"skiprows={header - 1}")
    if read.get("compression"):
        packed = read["compression"].replace("bzip2", "bz2")  # pandas' name for it
        parts.append(f"compression={contract.literal(packed)}")
    if read.get("spaced"):
        parts.append("skipinitialspace=True")
    values = own["kind"] == "text" or bool(read.get("kept"))  # 'None' and 'NA', unless listed
    missing = [*([""] if values and own["kind"] == "table" else []), *(read.get("missing") or [])]
    if missing:
        listed = ", ".join(contract.literal(text) for text in missing)
        parts.append(f"na_values=[{listed}]")
    if values:
        parts.append("keep_default_na=False")
    return [*parts, "dtype=str", "index_col=False"]


def read_names(own: Own) -> list[str]:
    """The column names, if the file has none."""
    if own["read"].get("header", 1) > 0:
        return []
    return [contract.literal(column["source"]) for column in own["columns"]]


def invalid(inputs: list[Own]) -> list[list[str]]:
    """Invalid requests: the change to the example, the field, and part of the error message.

    The first one is also invalid as text in a file.
    """
    cases = []
    for column in inputs:
        name = column["name"]
        lowest, highest = column["accepted"]
        quoted = contract.literal(name)
        if column["kind"] in ("number", "integer") and highest is not None:
            beyond = 2 * abs(highest) + 1
            message = f"less than or equal to {highest}"
        elif column["choices"]:
            beyond, message = "none of them", f"'{column['choices'][0]}'"
            if "'" in column["choices"][0]:
                message = "Input should be"
        elif column["kind"] == "boolean":
            beyond, message = "sometimes", "valid boolean"
        elif column["kind"] == "date":
            beyond, message = "1700-01-01", f"greater than or equal to {str(lowest)[:10]}"
        else:
            continue
        change = f"EXAMPLE | {{{quoted}: {contract.literal(beyond)}}}"
        cases.append([change, quoted, contract.literal(message)])
        if len(cases) == 3:
            break
    cases.append(['EXAMPLE | {"unheard_of": 1}', '"unheard_of"', '"not permitted"'])
    return cases


def segment(own: Own) -> str | None:
    """The value that marks the held-back segment, as text."""
    value = own["drift"].get("value")
    column = drifting(own)
    if value is None or column is None:
        return None if value is None else str(value)
    if column["type"] == "boolean" and own["kind"] == "table":
        answers = contract.YES_NO if column["missing"] else ["False", "True"]
        return answers[str(value).lower() == "true"]
    if column["type"] in ("integer", "number"):
        return f"{float(value):.15g}"
    return str(value)


def drifting(own: Own) -> Own | None:
    """The column that determines which rows are held back."""
    return column_named(own, own["drift"].get("column"))


def column_named(own: Own, name: str | None) -> Own | None:
    """The column with this name in the file or the profile."""
    for column in own["columns"]:
        if name in (column["source"], column["name"]):
            return dict(column)
    return None


def writing(own: Own) -> str:
    """The arguments of `to_csv` that write a file in the same format."""
    read = own["read"]
    parts = []
    if (read.get("separator") or ",") != ",":
        parts.append(f"sep={contract.literal(read['separator'])}".replace("\t", "\\t"))
    if (read.get("encoding") or "utf-8").lower() not in ("utf-8", "utf-8-sig", "utf8", "ascii"):
        parts.append(f"encoding={contract.literal(read['encoding'])}")
    if read.get("header", 1) == 0:
        parts.append("header=False")
    return "".join(f", {part}" for part in parts)


def dictionary(own: Own, inputs: list[Own]) -> list[dict[str, str]]:
    """One row of the data dictionary for each column of the file."""
    by_source = {column["source"]: column for column in inputs}
    rows = []
    for column in own["columns"]:
        used = by_source.get(column["source"], {})
        choices = [str(choice) for choice in column.get("choices") or []]
        if choices:
            more = f" and {len(choices) - 8} more" if len(choices) > 8 else ""
            observed = ", ".join(choices[:8]) + more
        elif column.get("low") is not None:
            observed = f"{shown(column['low'])} to {shown(column['high'])}"
        else:
            observed = different_values(column["distinct"])
        lowest, highest = used.get("accepted") or (None, None)
        accepted = f"{lowest} to {highest}" if lowest is not None else ""
        if used.get("choices"):
            accepted = "these"
        code = used.get("name", "")
        if column["role"] == "target":
            code = target(own)
        row = {
            "title": column["source"],
            "code": f"`{code}`" if code else "",
            "role": column["role"],
            "type": column["type"],
            "observed": observed,
            "accepted": accepted,
            "missing": f"{column['missing']:,}" if column["missing"] else "none",
            "meaning": column.get("meaning") or ("TO WRITE" if column["role"] in USED else ""),
        }
        rows.append({key: value.replace("|", "\\|") for key, value in row.items()})
    return rows


def different_values(count: int) -> str:
    if count < 2:
        return ("no value", "one value")[count]
    return f"{count:,} different values"


def shown(value: Any) -> str:
    """A number as a person would write it; anything else unchanged."""
    return str(contract.plain(value) if isinstance(value, float) else value)
