"""Which candidate is best: cross-validation on the train set. It leaves MLflow out: each process would import it."""

import json
import logging
from typing import Any

import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from .. import model
from ..features import preprocessor
from ..metrics import SIGN, row_scores
from ..schema import INPUT, TARGET

log = logging.getLogger(__name__)


def search(train_set: pd.DataFrame, folds: int, seed: int, jobs: int) -> pd.DataFrame:
    """Cross-validate every setting of every candidate; best first. Columns: candidate, params, mean, deviation.

    The preprocessor is fitted once in each fold, on that fold's training rows only, and shared by all settings.
    """
    parts = model.folds(train_set, folds, seed)
    log.info("cross-validating the candidates on %d rows in %d folds", len(train_set), len(parts))
    scores = Parallel(n_jobs=jobs)(
        delayed(_score_fold)(train_set.iloc[fit_rows], train_set.iloc[check_rows]) for fit_rows, check_rows in parts
    )
    table = pd.DataFrame([row for fold in scores for row in fold], columns=["candidate", "params", "score"])
    table["key"] = table["candidate"] + table["params"].map(json.dumps)
    grouped = table.groupby("key", sort=False)
    found = grouped.agg(candidate=("candidate", "first"), params=("params", "first"), mean=("score", "mean"))
    found = found.assign(deviation=grouped["score"].std())
    return found.sort_values("mean", ascending=SIGN < 0).reset_index(drop=True)


def _score_fold(fit_set: pd.DataFrame, check_set: pd.DataFrame) -> list[tuple[str, dict[str, Any], float]]:
    features = preprocessor()
    fit_features = features.fit_transform(fit_set[INPUT], fit_set[TARGET])
    check_features = features.transform(check_set[INPUT])
    found = []
    for name, candidate in model.candidates().items():
        for params in ParameterGrid(candidate.grid):
            estimator = clone(candidate.estimator).set_params(**params).fit(fit_features, fit_set[TARGET])
            scored = model.scored(estimator, check_features, check_set)
            found.append((name, params, float(row_scores(scored).mean())))
    return found
