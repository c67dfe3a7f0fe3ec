"""The champion for a browser: its table as JSON, with which `browser/predict.js` answers as `predictor.py` does."""

from itertools import groupby
from typing import Any

from ..explanation import STRONGEST
from ..predictor import REPAIRS, Predictor

DIGITS = 7  # of a weight; a probability moves by less than PARITY for what is cut off
RECORDED = False  # whether the page has the recorded answers to examples alone
SAYS = (
    "The model runs in this page: what you write stays on your computer. It answers as the service does, from the "
    "same table of words and weights."
)


def tables(predictor: Predictor, examples: list[dict[str, Any]]) -> dict[str, Any]:
    """N-grams, commonest first, one a line; for each the two numbers of `Predictor`; and what else the script needs.

    Squared frequencies come as runs, [value, how many]: few of them differ, and n-grams that are as common stand
    together. `examples` are answered by the script.
    """
    pairs = predictor.table.values()
    runs = groupby(pair.real for pair in pairs)
    return {
        "intercept": predictor.intercept,
        "squares": [[square, len(list(same))] for square, same in runs],
        "weights": [float(f"{pair.imag:.{DIGITS}g}") for pair in pairs],
        "ngrams": "\n".join(predictor.table),
        "repairs": {chr(code): repaired for code, repaired in REPAIRS.items()},
        "strongest": STRONGEST,
    }
