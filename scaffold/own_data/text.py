"""Builds the card of the user's own texts and the values that the templates need."""

import math
from statistics import NormalDist

from scaffold.card import Card
from scaffold.errors import InvalidAnswerError
from scaffold.own_data import card as cards
from scaffold.own_data import code, contract, details, windows
from scaffold.own_data.card import Own

WATCHED = 2  # the text and its length
LONGEST = 20_000  # characters, unless a text in the data is longer


def card(own: Own) -> Card:
    """Returns the card of the user's own texts."""
    table = cards.card(own)
    needed = [name for name in table["dependencies"] if not name.startswith("threadpoolctl")]
    return {
        **table,
        "kind": "text",
        "max_body_bytes": 8_000_000,
        "serving": [],
        "dependencies": needed,
    }


def described(own: Own) -> Own:
    """Returns the profile plus the values derived from it."""
    text = details.column_of(own, "text")
    if text is None:
        raise InvalidAnswerError(f"{own['dataset']!r} has no text column. Try --kind table")
    if own["task"] != "classification":
        raise InvalidAnswerError(
            f"Text projects support classification only, not {own['task']}. Use --kind table"
        )
    shared = details.shared(own)
    minimum = shared["minimum_rows"]
    roles = {text["source"].strip(): "text", own["target"]["source"].strip(): "label"}
    time = details.column_of(own, "time") if own["drift"]["by"] == "time" else None
    if time:
        roles[time["source"].strip()] = "time"
    elif shared["drift_title"]:
        roles[shared["drift_title"].strip()] = "source"
    group = windows.grouping(own)
    if group and group["source"].strip() in roles:
        group = None  # the split already uses it
    if group:
        roles[group["source"].strip()] = "group"
    written = [own["dataset"], own["target"]["source"], *own["labels"]]
    written += [column["source"] for column in own["columns"]]
    return {
        **own,
        **shared,
        "renamed": renamed(roles),
        "clashing": clashing(own, roles),
        "quoted_text": contract.literal(contract.short(text["source"])),
        "escaped_text": code.in_f_string(text["source"]),
        "text_title": text["source"],
        "time": "time" if time else None,
        "day_first": bool(time and time.get("dates") == "day-first"),
        "time_title": time["source"] if time else None,
        "dates": dates(shared),
        "time_is_date": time is not None and time["type"] == "date",
        "group": group["source"] if group else None,
        "left_out": left_out(own, roles),
        "personal": details.personal(own),
        "reasons": details.reasons(left_out(own, roles)),
        "limits": {**windows.output_limits(own, minimum, WATCHED), "text": limit(own, minimum)},
        "least": least(own),
        "max_length": contract.literal(longest(text)),
        "repeating": False,
        "codes": own["read"].get("missing"),  # texts that mean a missing value
        "exotic": any(not text.isascii() for text in written),
        "wide": max(map(len, written)) > 38,
        "dictionary": code.dictionary(own, [{**text, "name": "text"}]),
    }


def dates(shared: Own) -> list[str]:
    """The arguments of `to_datetime` that this data needs."""
    return ['raw["time"]', f'format="{shared["date_format"]}"', "utc=True", 'errors="coerce"']


def renamed(roles: dict[str, str]) -> list[str]:
    """The items of the dictionary that renames columns."""
    items = []
    for title, role in roles.items():
        name = "TARGET" if role == "label" else contract.literal(role)
        items.append(f"{contract.literal(title)}: {name}")
    return items


def clashing(own: Own, roles: dict[str, str]) -> list[str]:
    """Unused columns whose names collide with used ones."""
    used = set(roles.values()) | {"source"}
    titles = [column["source"].strip() for column in own["columns"]]
    return [contract.literal(title) for title in titles if title in used and title not in roles]


def left_out(own: Own, roles: dict[str, str]) -> list[Own]:
    """The unused columns, and why."""
    rest = []
    for column in own["columns"]:
        if column["source"].strip() in roles:
            continue
        reason = "the model only uses the text"
        if column["role"] not in ("feature", "group", "time"):
            reason = column.get("why") or reason
        rest.append({**column, "why": reason})
    return rest


def limit(own: Own, window: int) -> float:
    """The highest AUC that a classifier of two equal samples reaches by chance.

    Evidently measures it on half of each. The variance is from Mann and Whitney (1947).
    """
    current, reference = window / 2, windows.reference_rows(own) / 2
    variance = (current + reference + 1) / (12 * current * reference)
    level = NormalDist().inv_cdf(1 - windows.FALSE_ALARMS / (WATCHED + 2))
    return round(max(0.6, 0.5 + level * math.sqrt(variance)), 2)


def least(own: Own) -> int:
    """The minimum number of texts that an n-gram must occur in."""
    if own["rows"] < 1_000:
        return 1
    return 2 if own["rows"] < 5_000 else 5


def longest(text: Own) -> int:
    """The maximum number of characters that the contract accepts."""
    observed = int(text.get("longest") or 0)
    return max(LONGEST, math.ceil(observed / 10_000) * 10_000)
