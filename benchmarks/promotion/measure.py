"""Measures how often a challenger that is no better is promoted by chance.

Run it with the Python of a finished project.
"""

import argparse
import collections
import importlib
import itertools
import json
import os
import random
from pathlib import Path
from typing import Any

import pandas as pd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project whose loop has run")
    parser.add_argument("--fits", type=int, default=11, help="equal models (default: 11)")
    parser.add_argument("--trials", type=int, default=100, help="pairs to compare (default: 100)")
    options = parser.parse_args()
    os.chdir(options.project)
    package = next(Path("src").glob("*/monitoring.py")).parent.name
    modules = {name: importlib.import_module(f"{package}.{name}") for name in NAMES}
    settings = modules["config"].load_settings()
    train, test = modules["data"].read("train"), modules["data"].read("test")
    answers = [fit(modules, train, test, seed) for seed in range(options.fits)]
    slices = modules["features"].slices(test)
    pairs = list(itertools.permutations(range(options.fits), 2))
    verdicts: collections.Counter[str] = collections.Counter()
    for new, old in random.Random(0).sample(pairs, min(options.trials, len(pairs))):  # noqa: S311
        verdict = modules["evaluation"].compare(answers[new], answers[old], slices, settings)
        verdicts[verdict.status] += 1
    print("| verdict on an equal challenger | pairs |\n|---|---|")
    for status, count in verdicts.most_common():
        print(f"| {status} | {count} |")
    print(f"\n{verdicts['promoted']} of {verdicts.total()} promoted.")


NAMES = ("config", "data", "evaluation", "features", "model", "schema", "bundle")


def fit(
    modules: dict[str, Any], train: pd.DataFrame, test: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Predictions for the test set by the first champion's model, trained on a bootstrap sample."""
    manifest = modules["bundle"].load(1).manifest
    pipeline = modules["model"].pipeline(manifest["candidate"], json.loads(manifest["params"]))
    sample = train.sample(frac=1, replace=True, random_state=seed, ignore_index=True)
    schema = modules["schema"]
    pipeline.fit(sample[schema.INPUT], sample[schema.TARGET])
    print(f"fit {seed + 1}", flush=True)
    answers: pd.DataFrame = modules["model"].predict(pipeline, test)
    return answers


if __name__ == "__main__":
    main()
