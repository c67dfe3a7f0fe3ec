"""Examples to try: a few records that were held back from training, kept beside the bundle of a version."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from .. import history, source
from ..record import replace_text
from ..schema import TARGET
from ..serving import transport

COUNT = 6


def write(folder: Path, version: int, rows: pd.DataFrame) -> None:
    """Leave the examples of a version: label, request and truth of each."""
    text = json.dumps(choose(rows), ensure_ascii=False, indent=1)
    replace_text(history.examples_path(folder, version), text)


def choose(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """As many of each label, in turn, or of all prices: at even distances in the order of `source.shown`.

    No answer of a model has a say in it, so the same rows give the same examples for every version. What users sent is
    never among them, though it may be among the rows that a challenger is judged by.
    """
    shown = source.shown(rows[rows["source"] != "feedback"])
    groups = [shown] if is_numeric_dtype(shown[TARGET]) else [group for _, group in shown.groupby(TARGET)]
    chosen = pd.concat([_spread(group, COUNT // len(groups)) for group in groups]).sort_values("turn", kind="stable")
    records = zip(chosen["title"], transport.as_json(chosen), chosen[TARGET].tolist(), strict=True)
    return [{"label": title, "request": request, "truth": truth} for title, request, truth in records]


def _spread(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """So many rows, each from the middle of an equal part of them; all if there are no more."""
    count = min(count, len(rows))
    places = [int((number + 0.5) * len(rows) / count) for number in range(count)]
    return rows.iloc[places].assign(turn=range(count))
