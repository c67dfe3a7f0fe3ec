"""The baselines and the candidates as untrained pipelines, and the step from a trained one to plain arrays."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from . import predictor
from .contracts import Candidate
from .embedding_cache import embeddings
from .features import preprocessor, statistics
from .schema import INPUT, NEGATIVE, POSITIVE, TARGET, Cell

# Classes that the registry's pickle-free format may load besides those that it knows.
TRUSTED = [
    f"{__package__}.features.Embedding",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.tree._tree.Tree",
]


def baselines() -> dict[str, Pipeline]:
    """What a candidate has to beat: the commonest label, and how bright the cell is and where."""
    return {
        "majority": make_pipeline(DummyClassifier(strategy="most_frequent")),
        "intensity statistics": make_pipeline(
            FunctionTransformer(statistics), StandardScaler(), LogisticRegression(max_iter=1000)
        ),
    }


def candidates() -> dict[str, Candidate]:
    """Three classifiers over the same embeddings, each with a log-odds score that plain arrays reproduce."""
    # Platt's sigmoid makes probabilities of the scores, from shuffled rows: they may come module by module.
    machine = CalibratedClassifierCV(
        SVC(C=10, gamma=0.002), cv=StratifiedKFold(3, shuffle=True, random_state=0), ensemble=False
    )
    boosting = GradientBoostingClassifier(init="zero", max_features=0.05, subsample=0.7, random_state=0)
    return {
        "support vector machine": Candidate(machine, {"estimator__C": [3, 10], "estimator__gamma": [0.001, 0.002]}),
        "logistic regression": Candidate(LogisticRegression(max_iter=1000), {"C": [0.003, 0.01]}),
        "gradient boosting": Candidate(boosting, {"max_depth": [2, 3]}),
    }


def pipeline(name: str, params: dict[str, Any]) -> Pipeline:
    """The named candidate with these settings, unfitted; it takes raw records."""
    estimator = candidates()[name].estimator.set_params(**params)
    return Pipeline([("features", preprocessor()), ("estimator", estimator)])


def folds(train_set: pd.DataFrame, count: int, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """How cross-validation divides the train set: three times over, since the rows are so few.

    Embeds the pictures too, before processes that can't show their progress share the work.
    """
    embeddings(train_set["image"].tolist())
    thrice = RepeatedStratifiedKFold(n_splits=count, n_repeats=3, random_state=seed)
    return list(thrice.split(train_set, train_set[TARGET]))


def predict(fitted: Pipeline, cells: pd.DataFrame) -> pd.DataFrame:
    """Columns `prediction` (label) and `probability` (of a defect), and `target` where it is known."""
    return scored(fitted, cells[INPUT], cells)


def scored(estimator: BaseEstimator, features: Any, cells: pd.DataFrame) -> pd.DataFrame:
    """The same of a whole pipeline, which takes raw records, or of its last step, which takes features of the cells."""
    probability = estimator.predict_proba(features)[:, list(estimator.classes_).index(POSITIVE)]
    return _table(np.where(probability > 0.5, POSITIVE, NEGATIVE), probability, cells)


def answer(champion: predictor.Predictor, cells: pd.DataFrame) -> pd.DataFrame:
    """The same columns as `predict`, from the champion's arrays; nothing comes from the cache."""
    records = [[Cell(image=image)] for image in cells["image"]]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = [given for (given,) in pool.map(champion.predict, records)]
    return _table([a.label for a in answers], np.array([a.probability for a in answers]), cells)


def _table(labels: ArrayLike, probability: NDArray[np.float64], cells: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"prediction": labels, "probability": probability}, index=cells.index)
    return table.assign(target=cells[TARGET]) if TARGET in cells else table


def export(fitted: Pipeline, folder: Path) -> None:
    """Write a fitted candidate as arrays: how to scale, what to score with, and the sigmoid's slope and offset."""
    scale, estimator = fitted["features"]["scale"], fitted["estimator"]
    sign = 1.0 if estimator.classes_[1] == POSITIVE else -1.0
    arrays = {"mean": scale.mean_, "scale": scale.scale_, "slope": sign, "offset": 0.0}
    predictor.write(folder, {name: np.asarray(value) for name, value in (arrays | _score(estimator, sign)).items()})


def _score(estimator: BaseEstimator, sign: float) -> dict[str, Any]:
    if isinstance(estimator, LogisticRegression):
        return {"kind": "linear", "weights": estimator.coef_[0], "intercept": estimator.intercept_[0]}
    if isinstance(estimator, GradientBoostingClassifier):
        return {"kind": "trees", **_trees(estimator)}
    calibrated = estimator.calibrated_classifiers_[0]
    machine, sigmoid = calibrated.estimator, calibrated.calibrators[0]
    return {
        "kind": "kernel",
        "vectors": machine.support_vectors_,
        "coefficients": machine.dual_coef_[0],
        "intercept": machine.intercept_[0],
        "gamma": machine.gamma,
        "slope": -sign * sigmoid.a_,
        "offset": -sign * sigmoid.b_,
    }


def _trees(boosting: GradientBoostingClassifier) -> dict[str, Any]:
    """Every tree as rows of equal length; a leaf leads to itself."""
    trees = [stage.tree_ for stage in boosting.estimators_[:, 0]]
    shape = (len(trees), max(tree.node_count for tree in trees))
    feature, left, right = (np.zeros(shape, dtype=np.intp) for _ in range(3))
    threshold, value = np.zeros(shape), np.zeros(shape)
    for row, tree in enumerate(trees):
        here, leaf = np.arange(tree.node_count), tree.children_left < 0
        feature[row, here] = np.where(leaf, 0, tree.feature)
        threshold[row, here] = tree.threshold
        left[row, here] = np.where(leaf, here, tree.children_left)
        right[row, here] = np.where(leaf, here, tree.children_right)
        value[row, here] = boosting.learning_rate * tree.value[:, 0, 0]
    depth = max(tree.max_depth for tree in trees)
    return {"depth": depth, "feature": feature, "threshold": threshold, "left": left, "right": right, "value": value}
