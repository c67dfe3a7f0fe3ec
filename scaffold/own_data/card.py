"""The card of the user's own data, and what the templates write about each of its columns."""

import math
from pathlib import PurePosixPath
from statistics import NormalDist
from typing import Any

from scaffold.card import Card, Words
from scaffold.errors import InvalidAnswerError
from scaffold.own_data import contract, names

Own = dict[str, Any]

FEWEST = 100  # rows; with less, no part of a split shows anything
TESTED = 4_000  # rows that the project's tests sample
REFERENCE = 2_000  # rows that monitoring compares with, at most
MOST_WATCHED = 12  # columns
SLICED = 6  # columns
REPEATING = 0.05  # of the rows: if more are equal, they are different cases of the same values
# Shares of the test set, of the usual traffic, and of what arrives after retraining.
SHARES = {"none": (0.2, 0.2, 1.0), "time": (0.15, 0.1, 0.07)}
SEGMENT = (0.1, 0.07, 0.07)  # at least: up to half of the rows are held back
FALSE_ALARMS = 0.01  # of windows in which nothing has changed
NUMBERS = ("number", "integer", "boolean")
INPUTS = ("feature", "time")
METRICS = {
    "average_precision": "average precision",
    "macro_f1": "macro F1",
    "mape": "MAPE",
    "mae": "MAE",
}
READERS = {"excel": "openpyxl>=3.1,<4"}


def card(own: Own) -> Card:
    """What `card.toml` says of a template, of the user's own data."""
    title = own["target"]["source"]
    predicts = f"'{title}'"
    if own["task"] == "regression":
        predicts += ", with a 90 % interval"
    else:
        predicts += ", with a probability of each label"
    reader = READERS.get(own["read"]["format"])
    return {
        "title": own["dataset"],
        "name": names.project(own["dataset"]),
        "description": f"Predicts {predicts}, from {own['dataset']}.",
        "predicts": predicts,
        "data": own["dataset"],
        "rows": own["rows"],
        "source": f"in the project, {own['file']}",
        "data_licence": own.get("licence") or "TO WRITE: under which licence you have this data",
        "demonstrates": "the whole loop on your own data",
        "sample": sample(own),
        "max_body_bytes": 1_000_000,
        "scores": "a file like the raw data",
        "serving": ["numpy>=2,<3", "scipy>=1.14,<2", "treelite>=4.8,<5"],
        "dependencies": ["threadpoolctl>=3.5", *([reader] if reader else [])],
        "task": own["task"],
        "kind": "table",
        "target": target(own),
        "layers": ["lifecycle", own["task"], "own"],
        "words": words(own),
    }


def words(own: Own) -> Words:
    """What a row is called, unless the code of a project needs that name itself."""
    wanted = own.get("words") or {}
    record, records = wanted.get("record", "row"), wanted.get("records", "rows")
    if names.are_words(record, records):
        capital, capitals = wanted.get("Record"), wanted.get("Records")
        return {
            "record": record,
            "a_record": wanted.get("a_record", f"a {record}"),
            "records": records,
            "Record": capital or record.capitalize(),
            "Records": capitals or records.capitalize(),
        }
    return {
        "record": "record",
        "a_record": "a record",
        "records": "records",
        "Record": "Record",
        "Records": "Records",
    }


def target(own: Own) -> str:
    """The name of what is predicted, as a field of the answer."""
    if own["task"] == "classification":
        return "label"
    return names.field(own["target"]["name"])


def sample(own: Own) -> int:
    """Rows with which a quick trial still makes sense; a rare label needs more."""
    rare = own["metric"] in ("average precision", "average_precision")
    return min(max(own["rows"], FEWEST), 3 * TESTED if rare else TESTED)


def described(own: Own) -> Own:
    """The profile with what follows from it: what the templates write."""
    if own["rows"] < FEWEST:
        raise InvalidAnswerError(
            f"{own['dataset']!r} has {own['rows']} rows, which show nothing."
            f" Give at least {FEWEST}"
        )
    inputs = columns(own)
    metric = METRICS.get(own["metric"], own["metric"])
    if metric == "average precision" and len(own["labels"]) != 2:
        metric = "macro F1"
    minimum = minimum_rows(own, own["rows"])
    watched = watch(inputs, own, minimum)
    labels = own.get("labels") or []
    time = column_of(own, "time")
    group = column_of(own, "group")
    texts = [own["dataset"], own["target"]["source"], *labels]
    for column in inputs:
        texts += [column["title"], *column["choices"]]
    for column in own["columns"]:
        texts.append(column["source"])
    read = own["read"]
    drift = own["drift"]
    return {
        **own,
        "quoted_title": contract.literal(contract.short(own["target"]["source"])),
        "quoted_unit": contract.literal(own["target"].get("unit") or ""),
        "quoted_dataset": contract.literal(own["dataset"]),
        "quoted_file": contract.literal(own["file"]),
        "quoted_sheet": contract.literal(read["sheet"]) if read.get("sheet") else None,
        "quoted_value": contract.literal(drift.get("value")),
        "quoted_thousands": contract.literal(read.get("thousands") or ""),
        "escaped_target": repr(own["target"]["source"]).replace('"', "'"),
        "drift_name": code_name(own, inputs, drift.get("column")),
        "group_name": code_name(own, inputs, group["source"] if group else None),
        "renamed": renamed(own, inputs),
        "reading": reading(own),
        "date_format": read.get("date_format") or "mixed",
        "dayfirst": read.get("dates") == "day-first",
        "relabelled": relabelled(own),
        "choices_seen": any(c["kind"] in ("choice", "text") for c in inputs),
        "dates_seen": any(c["kind"] == "date" for c in inputs),
        "ages_seen": any(has_age(c) for c in inputs),
        "time_is_date": bool(time) and time["type"] == "date",
        "features_imports": imports(inputs),
        "metric": metric,
        "inputs": inputs,
        "title": own["target"]["source"],
        "unit": own["target"].get("unit"),
        "time": names.field(time["name"]) if time else None,
        "group": group["source"] if group else None,
        "left_out": left_out(own),
        "missing": any(column["nullable"] for column in inputs),
        "minimum_rows": minimum,
        "tests_minimum": min(50, minimum_rows(own, sample(own))),
        "watched": watched,
        "limits": output_limits(own, minimum, len(watched)),
        "sliced": slices(inputs),
        "bands": max(1, min(6, own["rows"] // 500)),
        "leaves": 20 if own["rows"] > 2_000 else 8,
        "positive": own.get("positive") or (labels[-1] if labels else None),
        "exotic": any(not text.isascii() for text in texts),
        "wide": max(map(len, texts)) > 55,
        "extension": PurePosixPath(own["file"]).suffix,
        "quoted_positive": contract.literal(own.get("positive") or (labels[-1] if labels else "")),
        "quoted_truth": contract.literal(truth(own)),
        "spread": spread(own),
        "repeating": own["duplicates"] > REPEATING * own["rows"],
        "decimals": max(0, 6 - math.floor(math.log10(spread(own) or 1))),
        "first": first(watched or inputs),
        "nullable_column": first([c for c in inputs if c["nullable"]]),
        "choice_column": first([c for c in inputs if c["kind"] in ("choice", "text")]),
        "invalid": invalid(inputs),
        "writing": writing(own),
        "dictionary": dictionary(own, inputs),
        "time_title": time["source"] if time else None,
        "drift_title": code_title(own, drift.get("column")),
    }


def has_age(column: Own) -> bool:
    """Whether the days since the first one are a feature: not of the time that the split goes by."""
    return column["kind"] == "date" and column["role"] != "time"


def imports(inputs: list[Own]) -> str:
    """What `features.py` takes from `predictor.py`."""
    wanted = []
    if any(column["kind"] in ("choice", "text") for column in inputs):
        wanted.append("CHOICES")
    if any(map(has_age, inputs)):
        wanted.append("DATES")
    return ", ".join([*wanted, "encode"])


def code_name(own: Own, inputs: list[Own], source: str | None) -> str | None:
    """The name, in the tables of the project, of a column of the file or of the profile."""
    for column in inputs:
        if source in (column["source"], column["name"]):
            return str(column["name"])
    for column in own["columns"]:
        if source in (column["source"], column["name"]):
            return str(column["source"])
    return None


def renamed(own: Own, inputs: list[Own]) -> list[str]:
    """The items of the dictionary that renames columns."""
    items = []
    for column in inputs:
        items.append(f"{contract.literal(column['source'])}: {contract.literal(column['name'])}")
    items.append(f"{contract.literal(own['target']['source'])}: TARGET")
    return items


def relabelled(own: Own) -> list[str]:
    """Labels of the file that the project calls by another name."""
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
        encoding = "utf-8-sig"  # with a byte order mark or without
    parts = [f"encoding={contract.literal(encoding)}"]
    separator = read.get("separator") or ","
    if separator != ",":
        parts.insert(0, f"sep={contract.literal(separator).replace(chr(9), chr(92) + 't')}")
    if read.get("quote") and read["quote"] != '"':
        parts.append(f"quotechar={contract.literal(read['quote'])}")
    header = read.get("header", 1)
    if header == 0:
        listed = ", ".join(contract.literal(column["source"]) for column in own["columns"])
        parts.append(f"names=[{listed}]")
    elif header > 1:
        parts.append(f"skiprows={header - 1}")
    if read.get("compression"):
        parts.append(f"compression={contract.literal(read['compression'])}")
    if read.get("missing"):
        listed = ", ".join(contract.literal(text) for text in read["missing"])
        parts.append(f"na_values=[{listed}]")
    return [*parts, "dtype=str"]


def column_of(own: Own, role: str) -> Own | None:
    """The first column of this role."""
    for column in own["columns"]:
        if column["role"] == role:
            return dict(column)
    return None


def columns(own: Own) -> list[Own]:
    """What each column that the model sees is in the contract, in the order of the file."""
    inputs: list[Own] = []
    taken = {target(own), *names.classes(words(own))}
    for column in own["columns"]:
        if column["role"] not in INPUTS:
            continue
        name = names.unused(names.field(column["name"]), taken)
        inputs.append(contract.describe(column, name, taken))
    if not inputs:
        raise InvalidAnswerError(
            f"{own['dataset']!r} has no column to predict from. Keep one with --keep"
        )
    return inputs


def left_out(own: Own) -> list[Own]:
    """The columns that the model doesn't see, and why."""
    rest = []
    for column in own["columns"]:
        if column["role"] not in (*INPUTS, "target"):
            reason = column.get("why") or column["role"]
            line = f"{column['source']} ({reason})"
            rest.append({**column, "why": reason, "line": line[:70]})
    return rest


def minimum_rows(own: Own, rows: int) -> int:
    """Predictions that a window needs: so many that usual traffic and drift have them."""
    drift = own["drift"]["by"]
    test, stream, later = SHARES.get(drift, SEGMENT)
    usable = int(0.8 * rows * min(stream, later))
    return max(20, min(usable, own.get("minimum_rows") or 200, 200))


def watch(inputs: list[Own], own: Own, window: int) -> list[Own]:
    """The columns that monitoring watches, with the distance that is not chance.

    Dates drift by themselves; free texts have too many values.
    """
    chosen = []
    for column in inputs:
        if column["kind"] in (*NUMBERS, "choice") and column["name"] != time_of(own):
            chosen.append(column)
    chosen = chosen[:MOST_WATCHED]
    watched = []
    for column in chosen:
        limit = numbers_limit(own, window, len(chosen))
        numerical = column["kind"] in ("number", "integer")
        if not numerical:
            values = 2 if column["kind"] == "boolean" else len(column["choices"])
            limit = labels_limit(own, window, len(chosen), values)
        watched.append({**column, "numerical": numerical, "limit": limit})
    return watched


def time_of(own: Own) -> str | None:
    column = column_of(own, "time")
    return names.field(column["name"]) if column else None


def output_limits(own: Own, window: int, watched: int) -> dict[str, float]:
    """The same distances for what the model answers."""
    labels = len(own.get("labels") or [])
    return {
        "number": numbers_limit(own, window, watched),
        "label": labels_limit(own, window, watched, labels),
    }


def numbers_limit(own: Own, window: int, watched: int) -> float:
    """Standard deviations by which a mean moves by chance, at most."""
    level = NormalDist().inv_cdf(1 - FALSE_ALARMS / 2 / (watched + 2))
    return round(max(0.25, 1.1 * level * math.sqrt(noise(own, window))), 2)


def labels_limit(own: Own, window: int, watched: int, values: int) -> float:
    """The Jensen-Shannon distance that shares of so many values reach by chance, at most.

    Its square is nearly a chi-squared variable, by Wilson and Hilferty (1931).
    """
    level = NormalDist().inv_cdf(1 - FALSE_ALARMS / (watched + 2))
    freedom = max(1, values - 1)
    term = 2 / (9 * freedom)
    quantile = freedom * (1 - term + level * math.sqrt(term)) ** 3
    return round(max(0.1, math.sqrt(quantile * noise(own, window) / 8)), 2)


def noise(own: Own, window: int) -> float:
    test = SHARES.get(own["drift"]["by"], SEGMENT)[0]
    reference = min(REFERENCE, test * own["rows"])
    return 1 / window + 1 / reference


def slices(inputs: list[Own]) -> list[Own]:
    """The columns to judge by: those of few values first."""
    few = [c for c in inputs if c["kind"] in ("choice", "boolean") and len(c["choices"]) <= 12]
    numbers = [c for c in inputs if c["kind"] in ("number", "integer")]
    return (few + numbers)[:SLICED]


def first(columns: list[Own]) -> Own | None:
    """The first number among these columns, or else the first; with a value that moves it far."""
    if not columns:
        return None
    numbers = [column for column in columns if column["kind"] in ("number", "integer")]
    column = (numbers or columns)[0]
    return {**column, "moved_code": contract.literal(contract.moved(column))}


def invalid(inputs: list[Own]) -> list[list[str]]:
    """Requests that the contract refuses: the change, the field, what the message says.

    The first one breaks the contract as a text in a file, too.
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
            beyond, message = "1700-01-01", f"greater than or equal to {lowest}"
        else:
            continue
        change = f"EXAMPLE | {{{quoted}: {contract.literal(beyond)}}}"
        cases.append([change, quoted, contract.literal(message)])
        if len(cases) == 3:
            break
    cases.append(['EXAMPLE | {"unheard_of": 1}', '"unheard_of"', '"not permitted"'])
    return cases


def writing(own: Own) -> str:
    """The arguments of `to_csv` that write what `read_csv` reads."""
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
    """A row of the data dictionary for each column of the file."""
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
            observed = f"{column['distinct']} different values"
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
        }
        rows.append({key: value.replace("|", "\\|") for key, value in row.items()})
    return rows


def shown(value: Any) -> str:
    """A number as one would write it; anything else as it is."""
    return str(contract.plain(value) if isinstance(value, float) else value)


def code_title(own: Own, source: str | None) -> str | None:
    """What the file calls a column of the profile."""
    for column in own["columns"]:
        if source in (column["source"], column["name"]):
            return str(column["source"])
    return source


def truth(own: Own) -> Any:
    """A value of the target that feedback may have."""
    if own["task"] == "classification":
        return own["labels"][0]
    low, high = bounds(own)
    return round((low + high) / 2, 2)


def spread(own: Own) -> float:
    """From the lowest target to the highest."""
    if own["task"] == "classification":
        return 0
    low, high = bounds(own)
    return float(f"{high - low:.2g}")


def bounds(own: Own) -> tuple[float, float]:
    column = column_of(own, "target") or {}
    low, high = column.get("low"), column.get("high")
    return float(low or 0), float(high or 1)
