"""What MLflow keeps of every fit: settings, digest of the data, metrics with intervals, slices, plots, the model."""

import hashlib
import json
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.models import Model, infer_signature
from sklearn.pipeline import Pipeline

from .. import evaluation, model
from ..features import slices
from ..metrics import DECISIVE, measure, plots, row_scores
from ..schema import INPUT, TARGET
from . import registry

log = logging.getLogger(__name__)
REFERENCE_ROWS = 2_000


@dataclass(frozen=True)
class Plan:
    """What a run of training needs to know besides the data."""

    dataset_digest: str
    seed: int
    jobs: int
    folds: int
    origin: dict[str, int] = field(default_factory=dict)  # of a retrained version: parent, log_until, old and new rows


@dataclass(frozen=True)
class Choice:
    """A candidate by name, with its settings."""

    candidate: str
    params: dict[str, Any]


Judge = Callable[[pd.DataFrame], evaluation.Verdict]


def baseline(name: str, train_set: pd.DataFrame, test_set: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Fit a baseline and track it; returns its answers to the test set."""
    with mlflow.start_run(run_name=f"baseline: {name}"):
        fitted, seconds = _fit(model.baselines()[name], train_set)
        scored = model.predict(fitted, test_set)
        mlflow.log_params({"candidate": name, "train_rows": len(train_set)})
        mlflow.log_metric("fit_seconds", seconds)
        mlflow.set_tags({"stage": "baseline", "dataset": plan.dataset_digest})
        score = _log_scores(scored, test_set, plan)
    log.info("baseline %s: %s %s", name, DECISIVE, score)
    return scored


def searched(found: pd.DataFrame, plan: Plan) -> None:
    """Track what cross-validation found for one candidate; `found` has its settings, the best one first."""
    best = found.iloc[0]
    with mlflow.start_run(run_name=f"candidate: {best['candidate']}"):
        mlflow.log_params({"candidate": best["candidate"], **best["params"]})
        mlflow.log_metrics({f"cv_{DECISIVE}": best["mean"], f"cv_{DECISIVE}_deviation": best["deviation"]})
        mlflow.set_tags({"stage": "candidate", "dataset": plan.dataset_digest})
        mlflow.log_dict(found[["params", "mean", "deviation"]].to_dict("records"), "search.json")
    log.info("candidate %s: cross-validated %s %.3f", best["candidate"], DECISIVE, best["mean"])


def protocol(
    name: str, splits: list[tuple[pd.DataFrame, pd.DataFrame]], choice: Choice, plan: Plan
) -> dict[str, float]:
    """Fit the choice on the first part of each split, measure it on the second; returns means, and the range."""
    with mlflow.start_run(run_name=f"protocol: {name}"):
        measured = []
        for train_rows, test_rows in splits:
            fitted, seconds = _fit(model.pipeline(choice.candidate, choice.params), train_rows)
            measured.append(measure(model.predict(fitted, test_rows)) | {"fit_seconds": seconds})
        table = pd.DataFrame(measured)
        means = {metric: float(value) for metric, value in table.mean().items()}
        means |= {f"{DECISIVE}_lowest": table[DECISIVE].min(), f"{DECISIVE}_highest": table[DECISIVE].max()}
        mlflow.log_params({"candidate": choice.candidate, "repetitions": len(splits)})
        mlflow.log_metrics(means)
        mlflow.set_tags({"stage": "protocol", "dataset": plan.dataset_digest})
    log.info("protocol '%s': %s %.3f", name, DECISIVE, means[DECISIVE])
    return means


def challenger(choice: Choice, train_set: pd.DataFrame, test_set: pd.DataFrame, judge: Judge, plan: Plan) -> int:
    """Fit the choice, measure and judge it on the test set, register it as challenger; returns its version."""
    with mlflow.start_run(run_name=f"challenger: {choice.candidate}") as run:
        fitted, seconds = _fit(model.pipeline(choice.candidate, choice.params), train_set)
        log.info("fitted %s on %s rows in %.1f s", choice.candidate, len(train_set), seconds)
        scored = model.predict(fitted, test_set)
        _log_scores(scored, test_set, plan)
        fitted_on: dict[str, Any] = {"train_rows": len(train_set), "train_digest": digest(train_set)}
        fitted_on |= {"seed": plan.seed, **plan.origin}
        mlflow.log_params({"candidate": choice.candidate, **choice.params, **fitted_on})
        mlflow.log_metric("fit_seconds", seconds)
        mlflow.set_tags({"stage": "challenger", "dataset": plan.dataset_digest})
        for file, figure in plots(scored).items():
            mlflow.log_figure(figure, file)
        mlflow.log_dict(asdict(judge(scored)), registry.EVIDENCE)
        _log_reference(test_set, scored, plan.seed)
        model_id = _log_model(fitted, test_set, scored)
        tags = {"candidate": choice.candidate, "params": json.dumps(choice.params), "dataset": plan.dataset_digest}
        tags |= {key: str(value) for key, value in fitted_on.items()}
        return registry.register(run.info.run_id, model_id, tags)


def digest(records: pd.DataFrame) -> str:
    """A fingerprint of the rows that a model was fitted on."""
    rows = pd.util.hash_pandas_object(records[[*INPUT, TARGET]], index=False)
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()[:16]


def _fit(pipeline: Pipeline, train_set: pd.DataFrame) -> tuple[Pipeline, float]:
    start = time.perf_counter()
    pipeline.fit(train_set[INPUT], train_set[TARGET])
    return pipeline, time.perf_counter() - start


def _log_model(fitted: Pipeline, records: pd.DataFrame, scored: pd.DataFrame) -> str:
    with warnings.catch_warnings(action="ignore"):  # the hint that whole numbers can't be missing: ours never are
        signature = infer_signature(records[INPUT].head(), scored[["prediction"]].head())
    logged = mlflow.sklearn.log_model(
        fitted,
        name="model",
        signature=signature,
        pip_requirements=[f"{package}=={version(package)}" for package in ("scikit-learn", "pandas", "skops")],
        skops_trusted_types=model.TRUSTED,
    )
    mlflow.log_metric("model_megabytes", (Model.load(logged.model_uri).model_size_bytes or 0) / 1e6)
    model_id: str = logged.model_id
    return model_id


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
