"""What the model sees (the preprocessor inside the pipeline), and what monitoring and the slices look at."""

import json
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from .predictor import HOME, KNOWN, Neighbourhood, Table, arithmetic, features
from .schema import INPUT, TARGET

# Column → kind, Evidently's method, threshold. Distances, not p-values: to a large window any trifle is significant.
WATCHED = {
    "sqft_living": ("numerical", "wasserstein", 0.25),  # in standard deviations of the reference
    "grade": ("numerical", "wasserstein", 0.25),
    "yr_built": ("numerical", "wasserstein", 0.25),
    "lat": ("numerical", "wasserstein", 0.25),
    "long": ("numerical", "wasserstein", 0.25),
    "waterfront": ("categorical", "jensenshannon", 0.1),
    "prediction": ("numerical", "wasserstein", 0.25),
}
OUTPUTS = ["prediction"]
GUARDED = ["month", "zip code", "waterfront", "renovated"]  # slices that may refuse a challenger
PRICE_BANDS = [0, 250_000, 500_000, 1_000_000, float("inf")]
BAND_NAMES = ["below 250,000", "250,000 to 500,000", "500,000 to a million", "above a million"]


class HomeFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Arithmetic on each home, and the prices of the nearest sales that `fit` was given; never of its own sales."""

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:  # noqa: N803
        """Keep the sales to compare with, homes and prices, and the home that is nearest to the medians."""
        homes = as_table(X)
        known = {**homes, "days": arithmetic(homes)["days"], TARGET: np.asarray(y)}
        self.sales_ = {name: known[name].astype(np.float64) for name in KNOWN}
        numbers = X.drop(columns="date").astype(np.float64)
        distance = ((numbers - numbers.median()) / numbers.std().replace(0, 1)).pow(2).sum(axis=1)
        self.typical_ = json.loads(X.loc[distance.idxmin()].to_json())
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:  # noqa: N803
        """The features, of shape (homes, features)."""
        return features(as_table(X), Neighbourhood(self.sales_))


def preprocessor() -> HomeFeatures:
    """From raw records to features, unfitted."""
    return HomeFeatures()


def as_table(homes: pd.DataFrame) -> Table:
    """The records as columns of NumPy."""
    return {name: homes[name].to_numpy() for name in INPUT}


def home_ids(homes: pd.DataFrame) -> pd.Series:
    """For each row a name of its home, made of what doesn't change between two sales."""
    columns = [homes[name].astype(str) for name in HOME]
    return columns[0].str.cat(columns[1:], sep=" ")


def slices(sales: pd.DataFrame) -> pd.DataFrame:
    """For each sale the slices that it belongs to: its month, price band, zip code, water and renovation."""
    labels: dict[str, Any] = {
        "month": sales["date"].str[:7],
        "price": pd.cut(sales[TARGET], PRICE_BANDS, right=False, labels=BAND_NAMES).astype(str),
        "zip code": sales["zipcode"].astype(str),
        "waterfront": np.where(sales["waterfront"], "yes", "no"),
        "renovated": np.where(sales["yr_renovated"] > 0, "yes", "no"),
    }
    return pd.DataFrame(labels, index=sales.index)


def watched(homes: pd.DataFrame) -> pd.DataFrame:
    """The columns that monitoring follows; the date is none of them, it drifts by itself."""
    columns = homes[[name for name in WATCHED if name not in OUTPUTS]]
    return columns.assign(waterfront=np.where(homes["waterfront"], "yes", "no"))
