"""Tracked training: baselines, a cross-validated search over the candidates, and the best of them as challenger."""

import hashlib
import json
import logging
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from joblib import Parallel, delayed
from mlflow.models import Model, infer_signature
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline

from . import evaluation, model, registry
from .features import preprocessor, slices
from .metrics import DECISIVE, measure, plots, row_scores
from .schema import INPUT, TARGET

log = logging.getLogger(__name__)
REFERENCE_ROWS = 2_000


@dataclass(frozen=True)
class Plan:
    """What a run of training needs to know besides the data."""

    dataset_digest: str
    seed: int
    jobs: int
    folds: int


def train(train_set: pd.DataFrame, test_set: pd.DataFrame, plan: Plan) -> int:
    """Track baselines and candidates, fit the best on the whole train set and register it; returns its version."""
    baselines = {name: _track_baseline(name, train_set, test_set, plan) for name in model.baselines()}
    results = search(train_set, plan)
    for _, best_of_kind in results.groupby("candidate", sort=False).head(1).iterrows():
        _track_search(best_of_kind, results, plan)
    best = results.iloc[0]
    log.info("best in cross-validation: %s %s", best["candidate"], best["params"])
    return fit_challenger(best["candidate"], best["params"], train_set, test_set, baselines, plan)


def search(train_set: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Cross-validate every setting of every candidate; best first. Columns: candidate, params, mean, deviation.

    The preprocessor is fitted once in each fold, on that fold's training rows only, and shared by all settings.
    """
    parts = list(model.folds(plan.folds, plan.seed).split(train_set, train_set[TARGET]))
    log.info("cross-validating the candidates on %d rows in %d folds", len(train_set), len(parts))
    scores = Parallel(n_jobs=plan.jobs)(
        delayed(_score_fold)(train_set.iloc[fit_rows], train_set.iloc[check_rows]) for fit_rows, check_rows in parts
    )
    table = pd.DataFrame([row for fold in scores for row in fold], columns=["candidate", "params", "score"])
    table["key"] = table["candidate"] + table["params"].map(json.dumps)
    grouped = table.groupby("key", sort=False)
    found = grouped.agg(candidate=("candidate", "first"), params=("params", "first"), mean=("score", "mean"))
    return found.assign(deviation=grouped["score"].std()).sort_values("mean", ascending=False).reset_index(drop=True)


def _score_fold(fit_set: pd.DataFrame, check_set: pd.DataFrame) -> list[tuple[str, dict[str, Any], float]]:
    features = preprocessor()
    fit_features = features.fit_transform(fit_set[INPUT], fit_set[TARGET])
    check_features = features.transform(check_set[INPUT])
    return [
        (name, params, clone(candidate.estimator).set_params(**params).fit(fit_features, fit_set[TARGET])
         .score(check_features, check_set[TARGET]))
        for name, candidate in model.candidates().items()
        for params in ParameterGrid(candidate.grid)
    ]  # fmt: skip


def fit_challenger(
    name: str,
    params: dict[str, Any],
    train_set: pd.DataFrame,
    test_set: pd.DataFrame,
    baselines: dict[str, pd.DataFrame],
    plan: Plan,
) -> int:
    """Fit one candidate, measure it on the test set, log all of it, register it as challenger; returns its version."""
    with mlflow.start_run(run_name=f"challenger: {name}") as run:
        fitted, seconds = _fit(model.pipeline(name, params), train_set)
        log.info("fitted %s on %s rows in %.1f s", name, len(train_set), seconds)
        scored = model.predict(fitted, test_set)
        _log_scores(scored, test_set, plan)
        fitted_on = {"train_rows": len(train_set), "train_digest": digest(train_set)}
        mlflow.log_params({"candidate": name, **params, **fitted_on, "seed": plan.seed})
        mlflow.log_metric("fit_seconds", seconds)
        mlflow.set_tags({"stage": "challenger", "dataset": plan.dataset_digest})
        for file, figure in plots(scored).items():
            mlflow.log_figure(figure, file)
        verdict = evaluation.gate(scored, baselines, plan.seed)
        mlflow.log_dict(asdict(verdict), registry.EVIDENCE)
        _log_reference(test_set, scored, plan.seed)
        logged = mlflow.sklearn.log_model(
            fitted,
            name="model",
            signature=infer_signature(test_set[INPUT].head(), scored[["prediction"]].head()),
            pip_requirements=[f"{package}=={version(package)}" for package in ("scikit-learn", "pandas", "skops")],
            skops_trusted_types=model.TRUSTED,
        )
        mlflow.log_metric("model_megabytes", (Model.load(logged.model_uri).model_size_bytes or 0) / 1e6)
        tags = {"candidate": name, "params": json.dumps(params), "dataset": plan.dataset_digest}
        tags |= {key: str(value) for key, value in fitted_on.items()}
        return registry.register(run.info.run_id, logged.model_id, tags)


def retrain(
    champion: int,
    train_set: pd.DataFrame,
    feedback: pd.DataFrame,
    heldout: pd.DataFrame,
    champion_scored: pd.DataFrame,
    plan: Plan,
) -> int:
    """Fit the champion's candidate and settings on the train set and the fed-back rows; returns the new version.

    A fed-back record that stands in `heldout` or in the train set already is left out: nothing is trained on what it
    will be tested on, and nothing counts twice.
    """
    known = set(_keys(train_set)) | set(_keys(heldout))
    fresh = feedback[[key not in known for key in _keys(feedback)]]
    log.info("%d rows with feedback, %d of them new", len(feedback), len(fresh))
    rows = pd.concat([train_set, fresh], ignore_index=True)
    tags = registry.tags(champion)
    baselines = {"the champion": champion_scored}
    return fit_challenger(tags["candidate"], json.loads(tags["params"]), rows, heldout, baselines, plan)


def _keys(records: pd.DataFrame) -> list[str]:
    return [str(values) for values in records[INPUT].itertuples(index=False, name=None)]


def digest(records: pd.DataFrame) -> str:
    """A fingerprint of the rows that a model was fitted on."""
    return hashlib.sha256(records[[*INPUT, TARGET]].to_json().encode()).hexdigest()[:16]


def _fit(pipeline: Pipeline, train_set: pd.DataFrame) -> tuple[Pipeline, float]:
    start = time.perf_counter()
    pipeline.fit(train_set[INPUT], train_set[TARGET])
    return pipeline, time.perf_counter() - start


def _track_baseline(name: str, train_set: pd.DataFrame, test_set: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    with mlflow.start_run(run_name=f"baseline: {name}"):
        fitted, seconds = _fit(model.baselines()[name], train_set)
        scored = model.predict(fitted, test_set)
        mlflow.log_params({"candidate": name, "train_rows": len(train_set)})
        mlflow.log_metric("fit_seconds", seconds)
        mlflow.set_tags({"stage": "baseline", "dataset": plan.dataset_digest})
        score = _log_scores(scored, test_set, plan)
    log.info("baseline %s: %s %s", name, DECISIVE, score)
    return scored


def _track_search(best: pd.Series, results: pd.DataFrame, plan: Plan) -> None:
    with mlflow.start_run(run_name=f"candidate: {best['candidate']}"):
        mlflow.log_params({"candidate": best["candidate"], **best["params"]})
        mlflow.log_metrics({f"cv_{DECISIVE}": best["mean"], f"cv_{DECISIVE}_deviation": best["deviation"]})
        mlflow.set_tags({"stage": "candidate", "dataset": plan.dataset_digest})
        tried = results[results["candidate"] == best["candidate"]]
        mlflow.log_dict(tried[["params", "mean", "deviation"]].to_dict("records"), "search.json")
    log.info("candidate %s: cross-validated %s %.3f", best["candidate"], DECISIVE, best["mean"])


def _log_scores(scored: pd.DataFrame, records: pd.DataFrame, plan: Plan) -> evaluation.Score:
    rows = row_scores(scored)
    score = evaluation.interval(rows, plan.seed)
    mlflow.log_metrics({**measure(scored), f"{DECISIVE}_low": score.low, f"{DECISIVE}_high": score.high})
    by_slice = evaluation.by_slice(rows, slices(records), plan.seed)
    mlflow.log_dict({name: asdict(value) for name, value in by_slice.items()}, "slices.json")
    return score


def _log_reference(records: pd.DataFrame, scored: pd.DataFrame, seed: int) -> None:
    """Keep a sample of rows that the model did not learn from, with its answers, for monitoring to compare with."""
    sample = records.join(scored.drop(columns="target")).sample(min(REFERENCE_ROWS, len(records)), random_state=seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / registry.REFERENCE
        sample.to_parquet(path, index=False)
        mlflow.log_artifact(str(path))
