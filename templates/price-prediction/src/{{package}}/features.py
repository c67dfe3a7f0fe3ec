"""What the model sees (the preprocessor inside the pipeline), and what monitoring and the slices look at."""

import json
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from .predictor import HOME, KNOWN, Neighbourhood, Table, arithmetic, features
from .schema import INPUT, TARGET

# Column → kind, Evidently's method, threshold: how large a change has to be to matter.
WATCHED = {
    "sqft_living": ("numerical", "wasserstein", 0.25),  # in standard deviations of the reference
    "grade": ("numerical", "wasserstein", 0.25),
    "yr_built": ("numerical", "wasserstein", 0.25),
    "lat": ("numerical", "wasserstein", 0.25),
    "long": ("numerical", "wasserstein", 0.25),
    "living_to_neighbours": ("numerical", "wasserstein", 0.25),
    "waterfront": ("categorical", "jensenshannon", 0.1),
    "combination": ("numerical", "told_apart", 0.6),  # AUC of a classifier that tells the two samples apart
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


def watched(current: pd.DataFrame, reference: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What monitoring follows, of a window and of its reference. The date is none of it, it drifts by itself.

    `combination` says of each home how likely it is one of the window's, according to trees that learnt from other
    homes: they see combinations of columns which no single column shows.
    """
    homes = pd.concat([current, reference], ignore_index=True)
    is_current = np.arange(len(homes)) < len(current)
    trees = HistGradientBoostingClassifier(max_iter=30, min_samples_leaf=10, early_stopping=False, random_state=0)
    thirds = StratifiedKFold(3, shuffle=True, random_state=0)
    numbers = homes[INPUT].drop(columns="date").astype(np.float64)
    with threadpool_limits(1):
        combination = cross_val_predict(trees, numbers, is_current, cv=thirds, method="predict_proba")[:, 1]
    columns = homes[["sqft_living", "grade", "yr_built", "lat", "long"]].assign(
        living_to_neighbours=homes["sqft_living"] / homes["sqft_living15"],
        waterfront=np.where(homes["waterfront"], "yes", "no"),
        combination=combination,
    )
    return columns[is_current], columns[~is_current].reset_index(drop=True)
