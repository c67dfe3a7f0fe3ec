"""Derives everything that the templates need to know about own data from the answers."""

import math
from pathlib import PurePosixPath
from typing import Any

from scaffold.errors import InvalidAnswerError
from scaffold.own_data import code, contract, names, windows
from scaffold.own_data.card import Own, sample, target, words
from scaffold.own_data.parts import FEWEST

SLICED = 6  # columns
FEWEST_COMBINATIONS = 20  # of values per row
REPEATING = 0.05  # of the rows: if more are equal, equal rows count as separate cases
ENOUGH_OF_A_LABEL = 40  # rows, so that the train set gets the 10 that a label needs
INPUTS = ("feature", "time")
LONGEST_LINE = 70  # characters in a comment
VERBS = ("alone", "follows", "grows", "has", "holds", "is", "predicts")  # that start a reason
METRICS = {
    "average_precision": "average precision",
    "macro_f1": "macro F1",
    "mape": "MAPE",
    "mae": "MAE",
}


def described(own: Own) -> Own:
    """Returns the profile plus the values derived from it."""
    inputs = columns(own)
    minimum = windows.minimum_rows(own, own["rows"])
    watched = windows.watch(inputs, own, minimum)
    labels = own.get("labels") or []
    time = column_of(own, "time")
    group = windows.grouping(own)
    texts = [own["dataset"], own["target"]["source"], *labels]
    for column in inputs:
        texts += [column["title"], *column["choices"]]
    for column in own["columns"]:
        texts.append(column["source"])
    thousands = own["read"].get("thousands") or ""
    drift = own["drift"]
    return {
        **own,
        **shared(own),
        "quoted_title": contract.literal(contract.short(own["target"]["source"])),
        "quoted_unit": contract.literal(own["target"].get("unit") or ""),
        "quoted_against": contract.literal(
            f"{own['target'].get('unit') or ''} relative to a typical value".strip()
        ),
        "quoted_thousands": contract.literal(thousands),
        "not_digits": code.not_digits(own),
        "minus": code.minus(own),
        "swapped": code.swapped(own, inputs),
        "quoted_drift": contract.literal(code.code_name(own, inputs, drift.get("column"))),
        "quoted_group": contract.literal(
            code.code_name(own, inputs, group["source"] if group else None)
        ),
        "needed": needed(own, inputs, group),
        "renamed": code.renamed(own, inputs),
        "same_names": code.same_names(own, inputs),
        "choices_seen": any(c["kind"] in ("choice", "text") for c in inputs),
        "dates_seen": any(c["kind"] == "date" for c in inputs),
        "day_first": [c for c in inputs if c["day_first"]],
        "timed": [c for c in inputs if c["timed"]],
        "ages_seen": any(code.has_age(c) for c in inputs),
        "time_is_date": time is not None and time["type"] == "date",
        "features_imports": code.imports(inputs),
        "inputs": inputs,
        "unit": own["target"].get("unit"),
        "logarithm": logarithm(own),
        "target_arguments": contract.target_arguments(column_of(own, "target"), logarithm(own)),
        "time": code.code_name(own, inputs, time["source"]) if time else None,
        "group": group["source"] if group else None,
        "group_gaps": bool(group and group["missing"]),
        "left_out": left_out(own),
        "reasons": reasons(left_out(own)),
        "personal": personal(own),
        "doubted": [column for column in inputs if column.get("doubt")],
        "missing": any(column["nullable"] for column in inputs),
        "watched": watched,
        "limits": windows.output_limits(own, minimum, len(watched)),
        "sliced": slices(inputs),
        "bands": max(1, min(6, own["rows"] // 500)),
        "leaves": 20 if own["rows"] > 2_000 else 8,
        "exotic": any(not text.isascii() for text in texts),
        "wide": max(map(len, texts)) > 38,
        "spread": spread(own),
        "repeating": repeating(own, inputs),
        "decimals": max(0, 6 - math.floor(math.log10(spread(own) or 1))),
        "first": first(watched or inputs),
        "nullable_column": first([c for c in inputs if c["nullable"]]),
        "choice_column": first([c for c in inputs if c["kind"] in ("choice", "text")]),
        "invalid": code.invalid(inputs),
        "dictionary": code.dictionary(own, inputs),
        "time_title": time["source"] if time else None,
    }


def shared(own: Own) -> Own:
    """The derived values that texts and tables share."""
    if own["rows"] < FEWEST:
        raise InvalidAnswerError(
            f"{own['dataset']!r} has {own['rows']} rows, too few to train and test a model. "
            f"Collect at least {FEWEST}"
        )
    metric = METRICS.get(own["metric"], own["metric"])
    if metric == "average precision" and len(own["labels"]) != 2:
        metric = "macro F1"
    labels = own.get("labels") or []
    read = {"thousands": None, "sheet": None} | own["read"]
    drift = own["drift"]
    positive = own.get("positive") or (labels[-1] if labels else None)
    return {
        "read": read,
        "original": own.get("original"),
        "sampled": own.get("sampled"),
        "timed": [],
        "quoted_dataset": contract.literal(own["dataset"]),
        "quoted_file": contract.literal(own["file"]),
        "quoted_sheet": contract.literal(read["sheet"]) if read["sheet"] else None,
        "read_names": code.read_names(own),
        "quoted_value": contract.literal(code.segment(own)),
        "drift_spelled": drift_spelled(own),
        "quoted_positive": contract.literal(positive or ""),
        "quoted_truth": contract.literal(truth(own)),
        "escaped_target": code.in_f_string(own["target"]["source"]),
        "reading": code.reading(own),
        "writing": code.writing(own),
        "date_format": read.get("date_format") or "mixed",
        "relabeled": code.relabeled(own),
        "metric": metric,
        "metric_said": own.get("metric_said", False),
        "metric_why": own.get("metric_why"),
        "positive": positive,
        "rare_labels": own.get("rarest", 0) < ENOUGH_OF_A_LABEL,
        "title": own["target"]["source"],
        "minimum_rows": windows.minimum_rows(own, own["rows"]),
        "tests_rows": contract.literal(sample(own)),
        "tests_minimum": min(50, windows.minimum_rows(own, sample(own))),
        "extension": PurePosixPath(own["file"]).suffix,
        "drift_title": (code.drifting(own) or {}).get("source", drift.get("column")),
    }


def column_of(own: Own, role: str) -> Own | None:
    """The first column with this role."""
    for column in own["columns"]:
        if column["role"] == role:
            return dict(column)
    return None


def columns(own: Own) -> list[Own]:
    """The contract's fields for all input columns, in the order of the file."""
    inputs: list[Own] = []
    taken = {target(own), *names.classes(words(own))}
    for column in own["columns"]:
        if column["role"] not in INPUTS:
            continue
        name = names.unused(names.field(column["name"]), taken)
        inputs.append(contract.describe(column, name, taken))
    if not inputs:
        raise InvalidAnswerError(
            f"{own['dataset']!r} has no column to predict from. Include one with --keep COLUMN"
        )
    return inputs


def left_out(own: Own) -> list[Own]:
    """The columns that the model doesn't use, and why."""
    rest = []
    for column in own["columns"]:
        if column["role"] not in (*INPUTS, "target"):
            reason = column.get("why") or column["role"]
            if column["role"] == "group":  # the profile describes its values instead
                reason = "only the split uses it"
            rest.append({**column, "why": reason})
    return rest


def reasons(left_out: list[Own]) -> list[Own]:
    """The reasons why columns are excluded, each with the columns it applies to."""
    names: dict[str, list[str]] = {}
    for column in left_out:
        names.setdefault(column["why"], []).append(f"'{column['source']}'")
    listed = []
    for why, sources in names.items():
        verb = "is" if len(sources) == 1 else "are"
        subject = ": "
        if why.split()[0] in VERBS:
            subject = ": it " if len(sources) == 1 else "; each "
        sentence = f"{', '.join(sources)} {verb} left out{subject}{why}"
        line = f"{', '.join(sources)} ({why})"[:LONGEST_LINE].rstrip()
        listed.append({"sentence": sentence, "why": why, "line": line})
    return listed


def personal(own: Own) -> str:
    """The names of the columns that hold personal data."""
    names = [f"'{column['source']}'" for column in own["columns"] if column["role"] == "personal"]
    return ", ".join(names)


def repeating(own: Own, inputs: list[Own]) -> bool:
    """Whether equal rows count as separate cases: many are equal, or few combinations exist."""
    combinations = math.prod(max(1, column["distinct"]) for column in inputs)
    few = combinations < FEWEST_COMBINATIONS * own["rows"]
    return bool(own["duplicates"] > REPEATING * own["rows"] or few)


def slices(inputs: list[Own]) -> list[Own]:
    """The columns to slice the metrics by: those with few values first."""
    few = [c for c in inputs if c["kind"] in ("choice", "boolean") and len(c["choices"]) <= 12]
    numbers = [c for c in inputs if c["kind"] in ("number", "integer")]
    return (few + numbers)[:SLICED]


def first(columns: list[Own]) -> Own | None:
    """The first numeric column, or else the first column, with a value far from most others."""
    if not columns:
        return None
    numbers = [column for column in columns if column["kind"] in ("number", "integer")]
    column = (numbers or columns)[0]
    return {**column, "moved_code": contract.literal(contract.moved(column))}


def needed(own: Own, inputs: list[Own], group: Own | None) -> list[str]:
    """Columns that the split needs but the model doesn't use."""
    sources = [group["source"]] if group else []
    if own["drift"]["by"] in ("group", "segment"):
        sources.append(own["drift"]["column"])
    names = {str(code.code_name(own, inputs, source)) for source in sources}
    return sorted(map(contract.literal, names - {column["name"] for column in inputs}))


def drift_spelled(own: Own) -> bool:
    """Whether the values that mark held-back rows must be normalized: numbers, or some missing."""
    column = code.drifting(own)
    if column is None:
        return False
    return bool(column["missing"]) or column["type"] in ("integer", "number")


def logarithm(own: Own) -> str | None:
    """The NumPy function that scales the target, if errors are relative or values are skewed."""
    if METRICS.get(own["metric"], own["metric"]) == "MAPE":
        return "log"
    column = column_of(own, "target") or {}
    lowest = (column.get("accepted") or [0])[0]
    skewed = own["task"] == "regression" and column.get("skewed")
    return "log1p" if skewed and lowest >= 0 else None


def truth(own: Own) -> Any:
    """A valid value of the target, for feedback."""
    if own["task"] == "classification":
        return own["labels"][0]
    low, high = bounds(own)
    return round((low + high) / 2, 2)


def spread(own: Own) -> float:
    """The range of the target: highest minus lowest; 0 for labels."""
    if own["task"] == "classification":
        return 0
    low, high = bounds(own)
    return float(f"{high - low:.2g}")


def bounds(own: Own) -> tuple[float, float]:
    column = column_of(own, "target") or {}
    low, high = column.get("low"), column.get("high")
    return float(low or 0), float(high or 1)
