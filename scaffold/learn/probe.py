"""Runs as a script in a project's environment, inspects what its code does, and prints JSON.

The tool itself can't be imported there.
"""

import ast
import hashlib
import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def module(name: str) -> Any:
    """Imports a module of the project."""
    return import_module(f"{sys.argv[1]}.{name}")


def wrong_answers(version: int) -> list[int]:
    """The rows of a version's reference with wrong predictions; for numbers, the worst 10%."""
    rows, answers = reference(version)
    if "confidence" in rows:
        wrong = answers["prediction"].astype(str) != answers["target"].astype(str)
    else:
        errors = pd.Series(module("metrics").row_scores(answers))
        wrong = errors >= errors.quantile(0.9)
    return [int(number) for number in rows.index[wrong.to_numpy()]]


def reference(version: int) -> tuple[Any, Any]:
    """The rows that a version was evaluated on, with its predictions."""
    rows = pd.read_parquet(module("bundle").reference(version))
    return rows, rows.assign(target=rows[module("schema").TARGET])


def requests() -> list[str]:
    """The requests in the tests that the contract should reject."""
    sys.path.insert(0, "tests")
    return [repr(case[0]) for case in import_module("examples").INVALID]


def refused(requests: list[str]) -> list[bool]:
    """Whether the contract rejects each of these requests."""
    from pydantic import ValidationError

    contracts = []
    for name, value in vars(module("schema")).items():
        if name.startswith(("Labeled", "Labelled")):  # the second in projects before November 30
            contracts.append(value)
    results = []
    for request in requests:
        try:
            contracts[0].__bases__[0].model_validate(ast.literal_eval(request))
            results.append(False)
        except ValidationError:
            results.append(True)
    return results


def slices() -> dict[str, dict[str, Any]]:
    """For each column: row counts of values, scores, and columns that group rows identically."""
    rows, answers = reference(module("bundle").serving())
    table = module("features").slices(rows)
    columns = {}
    for name in table:
        same = []
        for other in table:
            pairs = table[[name, other]].drop_duplicates()
            if len(pairs) == table[name].nunique() == table[other].nunique():
                same.append(other)
        scores = {}
        for value, score in module("evaluation").weakest(answers, table[[name]]).items():
            scores[value] = score["value"]
        large = table[name].value_counts() >= module("evaluation").SLICE_ROWS
        columns[name] = {"values": int(large.sum()), "scores": scores, "same": same}
    return columns


def features() -> str:
    """A digest of the features for some rows of the train set."""
    model, schema = module("model"), module("schema")
    train_set = module("data").read("train").head(1_000)
    preprocessor = model.pipeline(next(iter(model.candidates())), {})[:-1]
    values = preprocessor.fit_transform(train_set[schema.INPUT], train_set[schema.TARGET])
    table = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
    return hashlib.sha256(table.round(6).tobytes() + str(table.shape).encode()).hexdigest()


def candidates() -> dict[str, list[str]]:
    """The classes of each candidate's steps."""
    kinds = {}
    for name, (estimator, _) in module("model").candidates().items():
        parts = [estimator, *estimator.get_params().values()]
        classes = {type(part).__name__ for part in parts if hasattr(part, "fit")}
        kinds[name] = sorted(classes - {"Pipeline"})
    return kinds


def export_problem(candidate: str | None) -> str:
    """How predictions differ after exporting a candidate (default: the first); else empty."""
    data, model, schema = module("data"), module("model"), module("schema")
    name = candidate or next(iter(model.candidates()))
    train_set, test_set = data.read("train").head(600), data.read("test").head(200)
    try:
        fitted = model.pipeline(name, {}).fit(train_set[schema.INPUT], train_set[schema.TARGET])
        with tempfile.TemporaryDirectory() as folder:
            model.export(fitted, Path(folder))
            answers = model.apply(module("predictor").load(Path(folder)), test_set)
        module("promotion").check_parity(answers, model.predict(fitted, test_set))
    except Exception as error:  # the user's code may raise anything
        return f"{type(error).__name__}: {error}"
    return ""


def cross_validated(candidate: str) -> list[float]:
    """A candidate's cross-validation scores, as recorded by MLflow."""
    config, registry = module("config"), module("registry")
    registry.connect(config.load_settings().mlflow_tracking_uri)
    scores = []
    runs = registry.mlflow.search_runs(experiment_names=[config.NAME], output_format="list")
    for run in runs:
        if run.info.run_name == f"candidate: {candidate}":
            metrics = run.data.metrics.items()
            scores += [value for name, value in metrics if name.startswith("cv_")]
    return scores


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[2]](**json.loads(sys.argv[3]))), flush=True)
    os._exit(0)  # on a normal exit, pyarrow's threads sometimes abort (apache/arrow #34314)
