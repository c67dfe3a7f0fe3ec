"""How far off a price may be: a pipeline that measures its own 90 % intervals on sales that it was not fitted on."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from . import predictor
from .features import home_ids

COVERAGE = 0.9
BANDS = 6
LATEST = 0.2  # share of the rows, the latest ones, that the intervals are measured on
UNMEASURED = 2.0  # how much wider an unknown zip code's interval is if there are too few zip codes to measure it


class IntervalPipeline(Pipeline):  # type: ignore[misc]
    """A pipeline that also says how far off it may be: split conformal prediction (Papadopoulos et al. 2002).

    `fit` first fits without the latest sales and measures the errors on them, as a logarithm and by price band; then
    without whole zip codes, to see how much worse it is where it knows no sale; then once more on all rows.
    """

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:  # noqa: N803
        """Fit on homes and prices, and measure `numbers_`: what `predictor.half_widths` needs."""
        prices = pd.Series(np.asarray(y, dtype=np.float64), X.index)
        predicted, error = self._errors(X, prices, _early(X))
        edges = np.quantile(predicted, np.linspace(0, 1, BANDS + 1)[1:-1])
        band = np.searchsorted(edges, predicted)
        widths = [_quantile(error[band == number]) for number in range(BANDS)]
        self.numbers_: dict[str, Any] = {"edges": edges.tolist(), "widths": widths, "unseen": 1.0}
        self.numbers_["unseen"] = self._unseen(X, prices)
        self.numbers_["zipcodes"] = sorted(int(code) for code in X["zipcode"].unique())
        super().fit(X, prices)
        return self

    def half_widths(self, homes: pd.DataFrame, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Half the width of each predicted price's interval, as a logarithm."""
        known = np.isin(homes["zipcode"], self.numbers_["zipcodes"])
        return np.asarray(predictor.half_widths(np.log(prices), known, self.numbers_))

    def _errors(self, homes: pd.DataFrame, prices: pd.Series, fitted: pd.Series) -> tuple[NDArray[Any], NDArray[Any]]:
        """Logarithms of the prices predicted for the other rows, and how far they are from the truth."""
        model = Pipeline([(name, clone(step)) for name, step in self.steps]).fit(homes[fitted], prices[fitted])
        predicted = np.log(model.predict(homes[~fitted]))
        return predicted, np.abs(predicted - np.log(prices[~fitted]))

    def _unseen(self, homes: pd.DataFrame, prices: pd.Series) -> float:
        """How many times the half width has to be taken in zip codes that the model knows no sale of."""
        if homes["zipcode"].nunique() < 3:
            return UNMEASURED
        ratios = []
        for rows, _ in GroupKFold(3, shuffle=True, random_state=0).split(homes, groups=homes["zipcode"]):
            predicted, error = self._errors(homes, prices, _mask(homes, rows))
            ratios.append(error / predictor.half_widths(predicted, np.ones(len(error), dtype=bool), self.numbers_))
        return max(1.0, _quantile(np.concatenate(ratios)))


def _early(homes: pd.DataFrame) -> pd.Series:
    """Which sales to fit on, so that the latest remain to measure on; all sales of a home stand on one side.

    Where too many sales bear the last date to leave any, a fifth of the homes remains, at random.
    """
    ids = home_ids(homes)
    early = homes["date"] <= homes["date"].sort_values().iloc[int((1 - LATEST) * len(homes)) - 1]
    early |= ids.isin(ids[early])
    if (~early).sum() >= LATEST * len(homes) / 2:
        return early
    rows, _ = next(GroupKFold(round(1 / LATEST), shuffle=True, random_state=0).split(homes, groups=ids))
    return _mask(homes, rows)


def _mask(homes: pd.DataFrame, rows: NDArray[np.int64]) -> pd.Series:
    return pd.Series(np.isin(np.arange(len(homes)), rows), homes.index)


def _quantile(errors: NDArray[np.float64]) -> float:
    """The error that COVERAGE of further ones will not exceed."""
    return float(np.quantile(errors, min(1.0, COVERAGE * (1 + 1 / len(errors))), method="higher"))
