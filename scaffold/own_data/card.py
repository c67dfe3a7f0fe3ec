"""Builds the card of the user's own data, as `card.toml` does for a template."""

from typing import Any

from scaffold.card import Card, Words
from scaffold.own_data import names
from scaffold.own_data.parts import FEWEST

Own = dict[str, Any]

TESTED = 4_000  # rows sampled by the project's tests
READERS = {"excel": "openpyxl>=3.1,<4"}


def card(own: Own) -> Card:
    """Returns the card of the user's own table."""
    title = own["target"]["source"]
    predicts = f"'{title}'"
    if own["task"] == "regression":
        predicts += ", with a 90% interval"
    else:
        predicts += ", with a probability for each label"
    reader = READERS.get(own["read"]["format"])
    return {
        "title": own["dataset"],
        "name": names.project(own["dataset"]),
        "description": f"Predicts {predicts}, from {own['dataset']}.",
        "predicts": predicts,
        "data": own["dataset"],
        "rows": own["rows"],
        "source": f"in the project, {own['file']}",
        "data_licence": own.get("licence") or "TO WRITE: the license under which you use this data",
        "demonstrates": "the whole loop on your own data",
        "sample": sample(own),
        "max_body_bytes": 1_000_000,
        "scores": "a file like the raw data",
        "serving": ["numpy>=2,<3", "treelite>=4.8,<5"],
        "dependencies": ["threadpoolctl>=3.5", *([reader] if reader else [])],
        "task": own["task"],
        "kind": "table",
        "target": target(own),
        "layers": ["lifecycle", own["task"], "own"],
        "words": words(own),
    }


def words(own: Own) -> Words:
    """What a row is called: the user's words, unless the project's code needs those names."""
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
    """The field of a prediction that holds the predicted value."""
    if own["task"] == "classification":
        return "label"
    return names.field(own["target"]["name"])


def sample(own: Own) -> int:
    """How many rows the tests sample; a rare label needs more."""
    rare = own["metric"] in ("average precision", "average_precision")
    return min(max(int(own["rows"]), FEWEST), 3 * TESTED if rare else TESTED)
