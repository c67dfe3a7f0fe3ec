"""Judges pairs of models with the project's own verdict, prints what came of it as JSON; runs in its environment."""

import importlib
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEEDED = {"price-prediction"}  # whose fit depends on a seed; the others get a bootstrap sample of the train set
SIZES = [100, 200, 400, 800, 1_600, 3_200]


class Bench:
    """The project's modules and data, and the choice that its first champion was made of."""

    def __init__(self, package: str, template: str) -> None:
        names = ("model", "predictor", "features", "schema", "config", "data", "promotion.verdict", "promotion.export")
        modules = [importlib.import_module(f"{package}.{name}") for name in names]
        self.code = {module.__name__.rpartition(".")[2]: module for module in modules}
        self.seeded = template in SEEDED
        self.settings = self.code["config"].load_settings()
        manifest = json.loads((self.settings.champion_dir / "v1" / "manifest.json").read_text("utf-8"))
        self.choice = manifest["candidate"], json.loads(manifest["params"])
        s = self.settings
        self.bounds = self.code["verdict"].Bounds(
            self.code["features"].GUARDED, s.tolerance, s.minimum_gain, s.slice_floor, s.latency_limit, s.size_limit
        )

    def read(self, *parts: str) -> pd.DataFrame:
        rows: pd.DataFrame = self.code["data"].read(self.settings.data_dir, *parts)
        return rows

    def fit(self, rows: pd.DataFrame, seed: int | None) -> Any:
        """The champion's candidate and settings, fitted with another seed, or on another sample of the rows."""
        pipeline, schema = self.code["model"].pipeline(*self.choice), self.code["schema"]
        if seed is not None and self.seeded:
            names = [name for name in pipeline.get_params() if name.endswith("random_state")]
            pipeline.set_params(**dict.fromkeys(names, seed))
        elif seed is not None:
            rows = rows.sample(frac=1, replace=True, random_state=seed, ignore_index=True)
        return pipeline.fit(rows[schema.INPUT], rows[schema.TARGET])

    def contenders(self, fitted: list[Any], rows: pd.DataFrame) -> list[Any]:
        """What the verdict is given of each: answers to the rows, time and size of a bundle."""
        predictors, sizes = [], []
        for pipeline in fitted:
            with tempfile.TemporaryDirectory() as name:
                self.code["model"].export(pipeline, Path(name))
                predictors.append(self.code["predictor"].load(Path(name)))
                sizes.append(self.code["export"].megabytes(Path(name)))
        times = self.code["export"].latencies(predictors, rows, self.settings.seed)
        answers = [self.code["model"].predict(pipeline, rows) for pipeline in fitted]
        return list(map(self.code["verdict"].Contender, answers, times, sizes))

    def judge(self, challenger: Any, champion: Any, rows: pd.DataFrame, seed: int) -> str:
        """The verdict's status on some of the rows that both have answered."""
        contender = self.code["verdict"].Contender
        new, old = (
            contender(one.answers.loc[rows.index], one.latency_ms, one.megabytes) for one in (challenger, champion)
        )
        status: str = (
            self.code["verdict"].compare(new, old, self.code["features"].slices(rows), self.bounds, seed).status
        )
        return status


def main() -> None:
    package, template, trials, models = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    bench = Bench(package, template)
    train_set, test_set, heldout = bench.read("train"), bench.read("test"), bench.read("test", "heldout")
    fitted = []
    for seed in range(models):
        fitted.append(bench.fit(train_set, seed))
        print(f"model {seed + 1} of {models}", file=sys.stderr)
    equals = bench.contenders(fitted, test_set)
    pairs = np.random.default_rng(0).permutation(list(permutations(range(models), 2)))[:trials]
    same = [bench.judge(equals[new], equals[old], test_set, seed) for seed, (new, old) in enumerate(pairs)]
    print("pairs judged", file=sys.stderr)
    columns = train_set.columns
    taught = bench.fit(pd.concat([train_set, bench.read("stream", "drift")[columns]], ignore_index=True), None)
    better, champion = bench.contenders([taught, bench.fit(train_set, None)], heldout)
    sizes = [*(size for size in SIZES if size < 0.8 * len(heldout)), len(heldout)]
    power = {}
    for size in sizes:
        draws = range(trials // 2 if size < len(heldout) else 1)
        samples = [heldout.sample(size, random_state=seed).sort_index() for seed in draws]
        power[size] = [bench.judge(better, champion, rows, seed) for seed, rows in enumerate(samples)]
        print(f"{size} rows judged", file=sys.stderr)
    versions = {"Python": platform.python_version(), "scikit-learn": version("scikit-learn")}
    found = {
        "same": same,
        "power": power,
        "rows": len(test_set),
        "gain": bench.bounds.minimum_gain,
        "versions": versions,
    }
    metrics = importlib.import_module(f"{package}.metrics")
    print(json.dumps({**found, "metric": metrics.DECISIVE, "choice": bench.choice[0], "seeded": bench.seeded}))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
