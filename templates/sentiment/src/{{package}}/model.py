"""The baselines and the candidates as untrained pipelines, and the step from a trained one to plain numbers."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from . import predictor
from .contracts import Candidate
from .features import preprocessor
from .schema import INPUT, NEGATIVE, POSITIVE, TARGET, Review

# Classes of our own that the registry's pickle-free format may load.
TRUSTED = [f"{__package__}.{name}" for name in ("predictor.ngrams", "features.NgramTfidf", "model.LogCountRatios")]


class LogCountRatios(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scales each n-gram by how much more often it stands in positive reviews than in negative ones.

    The naive-Bayes log-count ratios of Wang and Manning (2012), "Baselines and Bigrams", here taken of TF-IDF.
    """

    def __init__(self, alpha: float = 0.1) -> None:
        self.alpha = alpha

    def fit(self, X: csr_matrix, y: ArrayLike) -> Self:  # noqa: N803
        """Learn the ratios from features of shape (reviews, n-grams) and their labels."""
        positive = np.asarray(y) == POSITIVE
        with_it = X.T @ positive + self.alpha
        without = X.T @ ~positive + self.alpha
        self.ratios_ = np.log((with_it / with_it.sum()) / (without / without.sum()))
        return self

    def transform(self, X: csr_matrix) -> csr_matrix:  # noqa: N803
        """The features, each column times its ratio."""
        return X.multiply(self.ratios_).tocsr()


def baselines() -> dict[str, Pipeline]:
    """What a candidate has to beat: the commonest label, and scikit-learn as it comes."""
    defaults = ColumnTransformer([("tfidf", TfidfVectorizer(), "text")])
    return {
        "majority": make_pipeline(DummyClassifier(strategy="most_frequent")),
        "scikit-learn defaults": make_pipeline(defaults, LogisticRegression()),
    }


def candidates() -> dict[str, Candidate]:
    """Three linear models over the same features: quick to fit, and each a table of weights in the end."""
    regression = LogisticRegression(max_iter=1000)
    weighted = Pipeline([("ratios", LogCountRatios()), ("regression", regression)])
    return {
        "naive Bayes": Candidate(MultinomialNB(), {"alpha": [0.1, 0.3, 1.0]}),
        "logistic regression": Candidate(regression, {"C": [3, 10, 30]}),
        "naive-Bayes-weighted regression": Candidate(weighted, {"regression__C": [10, 30, 100]}),
    }


def pipeline(name: str, params: dict[str, Any]) -> Pipeline:
    """The named candidate with these settings, unfitted; it takes raw records."""
    estimator = candidates()[name].estimator.set_params(**params)
    return Pipeline([("features", preprocessor()), ("estimator", estimator)])


def folds(train_set: pd.DataFrame, count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """How cross-validation divides the train set: rows to fit on and rows to check on, for each fold."""
    return list(StratifiedKFold(count, shuffle=True, random_state=seed).split(train_set, train_set[TARGET]))


def scored(estimator: BaseEstimator, X: Any, reviews: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
    """Columns `prediction` (label) and `probability` (of a positive review), and `target` where it is known.

    `X` is what the estimator takes: raw records for a pipeline, features for its last step.
    """
    positive = list(estimator.classes_).index(POSITIVE)
    probability = estimator.predict_proba(X)[:, positive]
    return _table(np.where(probability > 0.5, POSITIVE, NEGATIVE), probability, reviews)


def predict(fitted: Pipeline, reviews: pd.DataFrame) -> pd.DataFrame:
    """What a whole pipeline answers to the reviews, as `scored` gives it."""
    return scored(fitted, reviews[INPUT], reviews)


def answer(champion: predictor.Predictor, reviews: pd.DataFrame) -> pd.DataFrame:
    """The same columns as `predict`, from the champion's table."""
    answers = champion.predict([Review(text=text) for text in reviews["text"]])
    return _table([a.label for a in answers], np.array([a.probability for a in answers]), reviews)


def _table(labels: ArrayLike, probability: NDArray[np.float64], reviews: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"prediction": labels, "probability": probability}, index=reviews.index)
    return table.assign(target=reviews[TARGET]) if TARGET in reviews else table


def export(fitted: Pipeline, folder: Path) -> None:
    """Write a fitted candidate as one table: n-gram → inverse document frequency and weight."""
    tfidf = fitted["features"].named_transformers_["tfidf"]
    weights, intercept = _linear(fitted["estimator"])
    # The commonest first: what is looked up together lies together in memory, and serving is a tenth faster for it.
    commonest_first = sorted(tfidf.vocabulary_.items(), key=lambda entry: (tfidf.idf_[entry[1]], entry[0]))
    ngrams, columns = zip(*commonest_first, strict=True)
    rows = list(columns)
    predictor.write(folder, list(ngrams), tfidf.idf_[rows].tolist(), weights[rows].tolist(), intercept)


def _linear(estimator: BaseEstimator) -> tuple[NDArray[np.float64], float]:
    """The weights and the intercept of the log-odds of a positive review; the ratios are folded into the weights."""
    if isinstance(estimator, MultinomialNB):
        log_odds = estimator.feature_log_prob_[1] - estimator.feature_log_prob_[0]
        return log_odds, float(estimator.class_log_prior_[1] - estimator.class_log_prior_[0])
    if isinstance(estimator, LogisticRegression):
        return estimator.coef_[0], float(estimator.intercept_[0])
    regression = estimator["regression"]
    return estimator["ratios"].ratios_ * regression.coef_[0], float(regression.intercept_[0])
