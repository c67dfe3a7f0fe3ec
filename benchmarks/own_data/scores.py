"""Compares champions on public tables to scikit-learn's defaults and FLAML.

Each table becomes a project whose loop runs. The other models use the same columns, train set and
test set; FLAML searches for as long as the loop took. Prints one row per table, with means over the
seeds of the split.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import sklearn
from flaml import AutoML
from sklearn import metrics
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from own_tables import MORE, SLOW, TABLES, Own, write_csv

SCAFFOLD = Path(sys.executable).with_name("scaffold")
FEWEST_ROWS = 300
SHARE = 0.02  # how much worse the champion may be
ERRORS = {"MAPE": "mape", "MAE": "mae"}  # with their names in FLAML
SCORES = {"accuracy": "accuracy", "macro F1": "macro_f1", "average precision": "ap"}
CONTRACT = """
import json, sys
from importlib import import_module
modules = ("schema", "metrics", "columns")
schema, metrics, columns = (import_module(f"{sys.argv[1]}.{name}") for name in modules)
values = {"inputs": schema.INPUT, "target": schema.TARGET, "metric": metrics.METRIC}
values |= {"positive": getattr(metrics, "POSITIVE", None), "time": getattr(columns, "TIME", None)}
print(json.dumps(values))
"""
Predict = Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Case:
    """A project built from a table, and its deciding metric."""

    train: pd.DataFrame
    test: pd.DataFrame
    inputs: list[str]
    target: str
    metric: str
    positive: str | None
    time: str | None
    groups: pd.Series | None

    def features(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The inputs by role: numbers, categories, and parts of dates."""
        columns: dict[str, pd.Series] = {}
        for name in self.inputs:
            values = rows[name]
            if pd.api.types.is_numeric_dtype(values):
                columns[name] = values.astype(float)
            elif is_date(self.train[name]):
                days = pd.to_datetime(values)
                columns[f"{name}_month"] = days.dt.month.astype(float)
                columns[f"{name}_weekday"] = days.dt.weekday.astype(float)
                if name != self.time:  # projects don't use the trend either
                    columns[f"{name}_day"] = (days - pd.Timestamp(0)).dt.days.astype(float)
            else:
                choices = sorted(self.train[name].dropna().astype(str).unique())
                seen = values.where(values.isin(choices))
                columns[name] = seen.astype(pd.CategoricalDtype(choices))
        return pd.DataFrame(columns, rows.index)

    def truths(self, rows: pd.DataFrame) -> pd.Series:
        if self.positive is not None:
            return (rows[self.target] == self.positive).astype(int)
        return rows[self.target]

    def score(self, fitted: Any) -> float:
        """The score on the test set, by the project's deciding metric."""
        features, truths = self.features(self.test), self.truths(self.test)
        if self.metric == "average precision":
            shares = fitted.predict_proba(features)[:, 1]
            return float(metrics.average_precision_score(truths, shares))
        answers = fitted.predict(features)
        if self.metric == "MAPE":
            return float(metrics.mean_absolute_percentage_error(truths, answers))
        if self.metric == "MAE":
            return float(metrics.mean_absolute_error(truths, answers))
        if self.metric == "macro F1":
            return float(metrics.f1_score(truths, answers, average="macro"))
        return float(metrics.accuracy_score(truths, answers))


def main() -> None:
    tables = {own.name: own for own in [*TABLES, *SLOW, *MORE]}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(tables)} (default: all)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[42, 1, 2], help="of the split")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, scikit-learn {sklearn.__version__}\n")
    print("| table | rows | inputs | metric | linear | trees | FLAML | champion | ratio | loop |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in arguments.names or tables:
        with tempfile.TemporaryDirectory() as temporary:
            print_row(tables[name], Path(temporary), arguments.seeds)


def print_row(own: Own, folder: Path, seeds: list[int]) -> None:
    rows = own.read(folder)
    if len(rows) < FEWEST_ROWS:
        return
    data = folder / f"{own.name}.csv"
    write_csv(rows, data)
    measured: dict[str, list[float]] = {}
    choices = []
    for seed in seeds:
        project, seconds = run(own, data, folder / str(seed), seed)
        case = read(project)
        first = json.loads((project / "champion/history.jsonl").read_text("utf-8").split("\n")[0])
        choices.append(first["evidence"]["choice"].split()[0])
        measured.setdefault("champion", []).append(first["evidence"]["score"]["value"])
        for name, score in peers(case, seconds, seed).items():
            measured.setdefault(name, []).append(score)
        measured.setdefault("loop", []).append(seconds)
    means = {name: statistics.mean(values) for name, values in measured.items()}
    others = [means[name] for name in ("linear", "trees", "FLAML")]
    best = min(others) if case.metric in ERRORS else max(others)
    ratio = means["champion"] / best
    met = ratio <= 1 + SHARE if case.metric in ERRORS else ratio >= 1 - SHARE
    cells = [own.name, f"{len(rows):,}", str(len(case.inputs)), case.metric]
    cells += [f"{means[name]:.4g}" for name in ("linear", "trees", "FLAML", "champion")]
    cells[-1] += f" ({', '.join(sorted(set(choices)))})"
    cells += [f"{ratio:.3f}{'' if met else ', missed'}", f"{means['loop']:.0f} s"]
    print(f"| {' | '.join(cells)} |", flush=True)


def run(own: Own, data: Path, folder: Path, seed: int) -> tuple[Path, float]:
    """Creates the table's project and runs its loop; returns it and the seconds."""
    folder.mkdir()
    name = f"my-{own.name}"
    command: list[str | Path] = [
        SCAFFOLD,
        "new",
        name,
        "--data",
        data,
        *own.options,
        "--defaults",
        "--run",
    ]
    setting = {f"MY_{own.name.upper()}_SEED": str(seed)}
    start = time.perf_counter()
    finished = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | setting,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if finished.returncode:
        sys.exit(f"error: {own.name}, seed {seed}: {finished.stderr}")
    return folder / name, time.perf_counter() - start


def read(project: Path) -> Case:
    package = project.name.replace("-", "_")
    python = project / ".venv/bin/python"
    printed = subprocess.check_output([python, "-c", CONTRACT, package], cwd=project)
    train = pd.read_parquet(project / "data/train.parquet")
    test = pd.read_parquet(project / "data/test.parquet")
    groups = train.get("group")
    return Case(train, test, **json.loads(printed), groups=groups)


def peers(case: Case, seconds: float, seed: int) -> dict[str, float]:
    """Scores of scikit-learn's defaults, and of FLAML after this many seconds."""
    features, truths = case.features(case.train), case.truths(case.train)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    categories = OneHotEncoder(handle_unknown="ignore")
    preprocessor = make_column_transformer(
        (numbers, make_column_selector(dtype_exclude="category")),
        (categories, make_column_selector(dtype_include="category")),
    )
    if case.metric in ERRORS:
        task, linear, trees = "regression", Ridge(), HistGradientBoostingRegressor(random_state=0)
    else:
        task, linear = "classification", LogisticRegression(max_iter=2000)
        trees = HistGradientBoostingClassifier(random_state=0)
    scores = {}
    for name, model in (("linear", make_pipeline(preprocessor, linear)), ("trees", trees)):
        scores[name] = case.score(model.fit(features, truths))
    search = AutoML()
    metric = {**ERRORS, **SCORES}[case.metric]
    options: dict[str, Any] = {"task": task, "metric": metric, "time_budget": seconds}
    if case.groups is not None:
        options |= {"split_type": "group", "groups": case.groups.to_numpy()}
    search.fit(features, truths, **options, seed=seed, n_jobs=os.cpu_count(), verbose=0)
    return scores | {"FLAML": case.score(search)}


def is_date(values: pd.Series) -> bool:
    return bool(values.dropna().astype(str).str.fullmatch(r"\d{4}-\d\d-\d\d").all())


if __name__ == "__main__":
    main()
