"""What moves a price: what it would be if the home were typical in one respect, the sales nearest to it; and what
moves the model: how much worse it gets without each respect."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .predictor import START, Predictor, Table, as_table
from .schema import INPUT, TARGET, Record

if TYPE_CHECKING:  # the service explains as well, and has no pandas
    import pandas as pd

MEDIA_TYPE = "application/json"
RESPECTS = {
    "size": ["bedrooms", "bathrooms", "sqft_living", "sqft_above", "sqft_basement", "floors"],
    "plot": ["sqft_lot"],
    "quality": ["grade", "condition"],
    "view and water": ["view", "waterfront"],
    "age and renovation": ["yr_built", "yr_renovated"],
    "place": ["zipcode", "lat", "long", "sqft_living15", "sqft_lot15"],
    "day": ["date"],
}
NOTE = (
    "Each price is the model's for this home with those values taken from a typical home, a real one."
    " The differences don't add up, and say what the model does, not why people pay."
    " Listed are those of the nearest sales that came before the day asked for; the model uses later ones, too,"
    " if it was trained on them."
)
PERMUTATIONS = 5
IMPORTANCE = (
    "How much the MAPE grows on these rows when the values of one respect are exchanged between homes: 0.01 is one"
    " percentage point. Respects that say the same stand in for each other, so each looks smaller than it is."
)


def explain(predictor: Predictor, record: Record) -> bytes:
    """The answer, the price if it were typical in each respect (largest difference first), the nearest known sales."""
    changed = [record.model_copy(update=_values(predictor.typical, names)) for names in RESPECTS.values()]
    answer, typical, *others = predictor.predict([record, predictor.typical, *changed])
    respects = [
        {
            "respect": respect,
            "typical": _values(predictor.typical, names),
            "price": other.price,
            "difference": round(answer.price - other.price, 2),
        }
        for (respect, names), other in sorted(
            zip(RESPECTS.items(), others, strict=True), key=lambda pair: -abs(answer.price - pair[1].price)
        )
    ]
    explanation = {
        **answer.model_dump(),
        "typical_price": typical.price,
        "if_typical_in": respects,
        "nearest_sales": _nearest_sales(predictor, record),
        "note": NOTE,
    }
    return json.dumps(explanation, default=str).encode()


def importance(predictor: Predictor, rows: "pd.DataFrame", seed: int) -> dict[str, float]:
    """Permutation importance of each respect, largest first, as IMPORTANCE says; `rows` have prices.

    After Breiman (2001), "Random Forests"; the columns of a respect move together, so that homes stay possible.
    """
    homes, price = {name: rows[name].to_numpy() for name in INPUT}, rows[TARGET].to_numpy(np.float64)
    before, rng = _error(predictor, homes, price), np.random.default_rng(seed)
    orders = [rng.permutation(len(price)) for _ in range(PERMUTATIONS)]
    grown = {}
    for respect, names in RESPECTS.items():
        exchanged = [homes | {name: homes[name][order] for name in names} for order in orders]
        grown[respect] = float(np.mean([_error(predictor, one, price) for one in exchanged])) - before
    return dict(sorted(grown.items(), key=lambda one: -one[1]))


def _error(predictor: Predictor, homes: Table, price: NDArray[np.float64]) -> float:
    return float(np.mean(np.abs(np.exp(predictor.log_prices(homes)) - price) / price))


def _values(home: Record, names: list[str]) -> dict[str, Any]:
    return {name: getattr(home, name) for name in names}


def _nearest_sales(predictor: Predictor, record: Record) -> list[dict[str, Any]]:
    distances, rows = predictor.neighbourhood.nearest(as_table([record]))
    sales = predictor.neighbourhood.sales
    asked = (np.datetime64(record.date) - START).astype(int)
    return [
        {
            "price": float(sales["price"][row]),
            "date": str(START + np.timedelta64(int(sales["days"][row]), "D")),
            "sqft_living": int(sales["sqft_living"][row]),
            "kilometres": round(float(distance), 3),
        }
        for distance, row in zip(distances[0], rows[0], strict=True)
        if np.isfinite(distance) and sales["days"][row] < asked
    ]
