"""The baselines and the candidates as untrained pipelines, and the step from a trained one to a table of trees."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import treelite
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from . import predictor
from .contracts import Candidate
from .features import home_ids, preprocessor
from .intervals import IntervalPipeline
from .schema import INPUT, TARGET, Record

# What the registry's pickle-free format may load: classes of our own, and the trees of scikit-learn.
TRUSTED = [
    f"{__package__}.{name}" for name in ("features.HomeFeatures", "intervals.IntervalPipeline", "model.LogPrice")
]
TRUSTED += ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "sklearn.tree._tree.Tree"]


class ZipcodeRate(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The living area times the median price per square foot of the zip code."""

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:  # noqa: N803
        """Learn the rates; that of all sales stands in for an unknown zip code."""
        rate = pd.Series(np.asarray(y) / X["sqft_living"].to_numpy())
        self.rates_ = rate.groupby(X["zipcode"].to_numpy()).median()
        self.rate_ = rate.median()
        return self

    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:  # noqa: N803
        """A price for each home."""
        rate = X["zipcode"].map(self.rates_).fillna(self.rate_)
        return np.asarray(rate * X["sqft_living"], dtype=np.float64)


class LogPrice(TransformedTargetRegressor):  # type: ignore[misc]
    """A regressor of the logarithm of the price, fitted on one thread.

    Threads that wait for each other on a busy computer took 50 s for what one does in 4.
    """

    def __init__(self, regressor: BaseEstimator) -> None:
        super().__init__(regressor, func=np.log, inverse_func=np.exp, check_inverse=False)

    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: N803
        """Fit on features of shape (homes, features) and prices."""
        with threadpool_limits(1):
            super().fit(X, y)
        return self


def baselines() -> dict[str, Pipeline]:
    """What a candidate has to beat: the median, an agent's rule of thumb, and ridge regression with zip codes."""
    sizes = ["sqft_living", "sqft_above", "sqft_lot", "sqft_living15", "sqft_lot15"]
    others = [name for name in INPUT if name not in ("date", "zipcode", *sizes)]
    logarithms = make_pipeline(FunctionTransformer(np.log), StandardScaler())
    columns = [("zip", OneHotEncoder(handle_unknown="ignore"), ["zipcode"]), ("sizes", logarithms, sizes)]
    described = ColumnTransformer([*columns, ("others", StandardScaler(), others)])
    return {
        "median": make_pipeline(DummyRegressor(strategy="median")),
        "price per square foot by zip code": make_pipeline(ZipcodeRate()),
        "ridge": make_pipeline(described, LogPrice(Ridge())),
    }


def candidates() -> dict[str, Candidate]:
    """Ensembles of trees for the logarithm of the price, each of which Treelite can read."""
    boosting = HistGradientBoostingRegressor(
        max_iter=250, learning_rate=0.08, min_samples_leaf=15, max_features=0.4, early_stopping=False, random_state=0
    )
    forest = ExtraTreesRegressor(40, min_samples_leaf=3, max_features=0.5, random_state=0)
    absolute = clone(boosting).set_params(loss="absolute_error")
    return {
        "gradient boosting": Candidate(LogPrice(boosting), {"regressor__max_leaf_nodes": [15, 31]}),
        "gradient boosting, absolute error": Candidate(LogPrice(absolute)),
        "extremely randomised trees": Candidate(LogPrice(forest)),
    }


def pipeline(name: str, params: dict[str, Any]) -> Pipeline:
    """The named candidate with these settings, unfitted; it takes raw records and measures its own intervals."""
    estimator = candidates()[name].estimator.set_params(**params)
    return IntervalPipeline([("features", preprocessor()), ("estimator", estimator)])


def folds(train_set: pd.DataFrame, count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """How cross-validation divides the train set: all sales of a home stand in the same fold."""
    return list(GroupKFold(count, shuffle=True, random_state=seed).split(train_set, groups=home_ids(train_set)))


def scored(estimator: Any, X: Any, sales: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
    """Columns `prediction`, `low` and `high` (where intervals were measured), and `target` where it is known."""
    price = np.asarray(estimator.predict(X), dtype=np.float64)
    columns = {"prediction": price}
    if isinstance(estimator, IntervalPipeline):
        width = estimator.half_widths(sales, price)
        columns |= {"low": price * np.exp(-width), "high": price * np.exp(width)}
    return _with_target(pd.DataFrame(columns, index=sales.index), sales)


def predict(fitted: Pipeline, sales: pd.DataFrame) -> pd.DataFrame:
    """The columns of `scored`, from a pipeline that takes raw records."""
    return scored(fitted, sales[INPUT], sales)


def answer(champion: predictor.Predictor, sales: pd.DataFrame) -> pd.DataFrame:
    """The same columns as `predict`, from the champion's trees."""
    answers = champion.predict([Record(**home) for home in sales[INPUT].to_dict("records")])
    columns = [one.model_dump() for one in answers]
    found = pd.DataFrame(columns, index=sales.index, columns=[TARGET, "low", "high"])
    return _with_target(found.rename(columns={TARGET: "prediction"}), sales)


def _with_target(found: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    return found.assign(target=sales[TARGET]) if TARGET in sales else found


def export(fitted: Pipeline, folder: Path) -> None:
    """Write a fitted candidate: its trees, the sales that it compares with, the numbers of its intervals."""
    trees = treelite.sklearn.import_model(fitted["estimator"].regressor_)
    home_features = fitted["features"]
    numbers = {**fitted.numbers_, "typical": home_features.typical_}
    predictor.write(folder, trees, home_features.sales_, numbers)
