"""What moves a price: what it would be if this home were typical in one respect, and the sales nearest to it."""

import json
from typing import Any

import numpy as np

from .predictor import START, Predictor, as_table
from .schema import Record

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


def _values(home: Record, names: list[str]) -> dict[str, Any]:
    return {name: getattr(home, name) for name in names}


def _nearest_sales(predictor: Predictor, record: Record) -> list[dict[str, Any]]:
    distances, rows = predictor.neighbourhood.nearest(as_table([record]))
    sales = predictor.neighbourhood.sales
    return [
        {
            "price": float(sales["price"][row]),
            "date": str(START + np.timedelta64(int(sales["days"][row]), "D")),
            "sqft_living": int(sales["sqft_living"][row]),
            "kilometres": round(float(distance), 3),
        }
        for distance, row in zip(distances[0], rows[0], strict=True)
        if np.isfinite(distance)
    ]
