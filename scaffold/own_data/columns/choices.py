"""Recognizes columns with few values: yes and no in many languages, and words with variants."""

import polars as pl

from scaffold.own_data.columns.cells import Cells, Values
from scaffold.own_data.table import Fault, first_lines

TRUE = (
    "true",
    "yes",
    "y",
    "t",
    "1",
    "ja",
    "j",
    "oui",
    "o",
    "si",
    "sí",
    "sim",
    "on",
    "wahr",
    "vrai",
)
FALSE = ("false", "no", "n", "f", "0", "nein", "non", "não", "off", "falsch", "faux")
WORDS = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}


def booleans(cells: Cells, lines: pl.Series) -> Values | None:
    """The column as booleans, if all values mean yes or no and both occur."""
    texts = cells.known["text"]
    if len(texts) > len(WORDS):
        return None
    meanings = [WORDS.get(text.lower().removesuffix(".0")) for text in texts.to_list()]
    if None in meanings or len(set(meanings)) < 2:
        return None
    why = f"only {' and '.join(map(repr, texts.to_list()[:4]))}"
    series = cells.spread(pl.Series(meanings, dtype=pl.Boolean))
    spelled = one_text_each(cells, meanings)
    faults = tuple(spelling_faults(cells, spelled, lines))
    return Values(cells.name, "boolean", series, 2, why, spellings=spelled, faults=faults)


def one_text_each(cells: Cells, meanings: list[bool | None]) -> dict[str, str]:
    """Maps each text to the most frequent text with the same meaning."""
    known = cells.known.with_columns(pl.Series("meaning", meanings, pl.Boolean))
    spelled: dict[str, str] = {}
    for _, part in known.sort("count", "text", descending=[True, False]).group_by(
        "meaning", maintain_order=True
    ):
        usual, *others = part["text"].to_list()
        spelled |= dict.fromkeys(others, usual)
    return spelled


def spellings(cells: Cells) -> dict[str, str]:
    """Maps each text to the most frequent one that differs only in case or spaces."""
    if len(cells.known) > 20_000:
        return {}
    usual: dict[str, str] = {}
    often = cells.known.sort("count", "text", descending=[True, False])
    for text in often["text"]:
        usual.setdefault(" ".join(text.split()).casefold(), text)
    spelled = {}
    for text in cells.known["text"]:
        best = usual[" ".join(text.split()).casefold()]
        if text != best:
            spelled[text] = best
    return spelled


def spelling_faults(cells: Cells, spelled: dict[str, str], lines: pl.Series) -> list[Fault]:
    """Reports which spellings are merged."""
    if not spelled:
        return []
    shown = ", ".join(f"{text!r} as {usual!r}" for text, usual in list(spelled.items())[:3])
    more = ", …" if len(spelled) > 3 else ""
    where = cells.texts.is_in(list(spelled))
    problem = f"spelling variants are merged: {shown}{more}"
    return [Fault(problem, int(where.sum()), cells.name, first_lines(lines, where))]
