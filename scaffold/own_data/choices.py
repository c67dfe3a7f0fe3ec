"""Values that are one of a few: yes and no in many languages, and words with their spellings."""

import polars as pl

from scaffold.own_data.cells import Cells, Values
from scaffold.own_data.table import Fault

TRUE = ("true", "yes", "y", "t", "1", "ja", "j", "oui", "o", "si", "sí", "sim", "on", "wahr", "vrai")
FALSE = ("false", "no", "n", "f", "0", "nein", "non", "não", "off", "falsch", "faux")
WORDS = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}


def booleans(cells: Cells) -> Values | None:
    """The column as yes or no, if all its values are such words and both occur."""
    texts = cells.known["text"]
    if len(texts) > len(WORDS):
        return None
    meanings = [WORDS.get(text.lower().removesuffix(".0")) for text in texts.to_list()]
    if None in meanings or len(set(meanings)) < 2:
        return None
    faults = []
    if len(texts) > 2:
        problem = f"spells yes and no in {len(texts)} ways: {', '.join(map(repr, texts))}"
        faults.append(Fault(problem, len(texts), cells.name))
    why = f"only {' and '.join(map(repr, texts.to_list()[:4]))}"
    series = cells.spread(pl.Series(meanings, dtype=pl.Boolean))
    return Values(cells.name, "boolean", series, 2, why, faults=tuple(faults))


def spellings(cells: Cells) -> dict[str, str]:
    """The usual spelling of each text that differs from it by case or spaces alone."""
    if len(cells.known) > 20_000:
        return {}
    usual: dict[str, tuple[int, str]] = {}
    for text, count in cells.known.select("text", "count").iter_rows():
        key = " ".join(text.split()).casefold()
        usual[key] = max(usual.get(key, (0, "")), (count, text))
    spelled = {}
    for text in cells.known["text"]:
        best = usual[" ".join(text.split()).casefold()][1]
        if text != best:
            spelled[text] = best
    return spelled
