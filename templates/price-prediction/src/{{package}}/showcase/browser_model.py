"""The champion for a browser: trees and sales as JSON, with which `browser/predict.js` answers as `predictor.py`
does."""

from typing import Any

import numpy as np

from ..explanation import NOTE, RESPECTS
from ..predictor import CENTRES, DECIMALS, HOME, KILOMETRES, KNOWN, NEIGHBOURS, SPARE, START, Predictor

RECORDED = False  # whether the page has the recorded answers to examples alone
SAYS = (
    "The model runs in this page: what you fill in stays on your computer. It answers as the service does, from "
    "the same trees and sales."
)


def tables(predictor: Predictor, examples: list[dict[str, Any]]) -> dict[str, Any]:
    """The trees, the known sales as columns, the numbers of the intervals, and the constants of `predictor.py`.

    `examples` are answered by the script.
    """
    return {
        **predictor.numbers,
        **_trees(predictor.trees),
        "sales": {name: [_number(value) for value in predictor.neighbourhood.sales[name].tolist()] for name in KNOWN},
        "home": HOME,
        "neighbours": NEIGHBOURS,
        "spare": SPARE,
        "decimals": DECIMALS,
        "start": str(START),
        "kilometres": KILOMETRES,
        "centres": CENTRES,
        "respects": RESPECTS,
        "note": NOTE,
    }


def _trees(trees: Any) -> dict[str, Any]:
    """For each tree four columns of its nodes: feature (-1 in a leaf), threshold or value, left and right node."""
    header = trees.get_header_accessor()
    columns = [_columns(trees.get_tree_accessor(number)) for number in range(trees.num_tree)]
    average = bool(header.get_field("average_tree_output")[0])
    return {"trees": columns, "base": float(header.get_field("base_scores")[0]), "average": average}


def _columns(tree: Any) -> list[list[Any]]:
    left, right, split, threshold, leaf = (
        tree.get_field(name) for name in ("cleft", "cright", "split_index", "threshold", "leaf_value")
    )
    inner = left >= 0
    feature, value = np.where(inner, split, -1), np.where(inner, threshold, leaf)
    return [column.tolist() for column in (feature, value, left, right)]


def _number(value: float) -> float:
    """The same number, as short as JSON can have it."""
    return int(value) if value == int(value) else value
