"""Measures how often monitoring raises an alarm, without a change and under the template's drift.

Run it with the Python of a finished project.
"""

import argparse
import importlib
import os
from pathlib import Path
from typing import Any

import pandas as pd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project whose loop has run")
    parser.add_argument(
        "--windows", type=int, default=50, help="windows of each kind (default: 50)"
    )
    parser.add_argument("--rows", type=int, default=200, help="rows per window (default: 200)")
    options = parser.parse_args()
    os.chdir(options.project)
    bench = Bench(next(Path("src").glob("*/monitoring.py")).parent.name)
    usual = bench.answers(bench.data.read("test", "stream"))
    drifted = bench.answers(bench.data.read("drift", "mixed"))
    print("| windows | rows | alarms | of |\n|---|---|---|---|")
    for name, rows in (("without a change", usual), ("under drift", drifted)):
        alarms = 0
        for seed in range(options.windows):
            alarms += bench.alarm(rows, usual, options.rows, seed)
        print(f"| {name} | {options.rows} | {alarms} | {options.windows} |", flush=True)


class Bench:
    """The first champion of a project, and the project's own monitoring."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.settings = self.module("config").load_settings()
        self.data = self.module("data")
        self.predictor = self.module("bundle").load(1).predictor

    def module(self, name: str) -> Any:
        return importlib.import_module(f"{self.package}.{name}")

    def answers(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with the columns of a reference, which include the first champion's predictions."""
        table = self.module("model").apply(self.predictor, rows)
        return rows.join(table)

    def alarm(self, rows: pd.DataFrame, usual: pd.DataFrame, size: int, seed: int) -> bool:
        """Whether a window raises an alarm, compared to 2,000 other normal rows."""
        window = rows.sample(size, random_state=seed)
        others = usual.drop(window.index) if rows is usual else usual
        reference = others.sample(min(2_000, len(others)), random_state=seed)
        reference = reference.reset_index(drop=True)
        judge = self.module("monitoring").judge
        decision, _ = judge(self.logged(window), reference, 1, self.settings)
        return bool(decision.status != "healthy")

    def logged(self, window: pd.DataFrame) -> list[dict[str, Any]]:
        """The window as returned by the prediction log, with feedback on every row."""
        schema = self.module("schema")
        labeled = next(value for name, value in vars(schema).items() if "Labeled" in name)
        record = labeled.__bases__[0]
        rows = window[schema.INPUT].to_dict("records")
        make = record.model_construct if "image" in schema.INPUT else record
        records = [make(**row) for row in rows]
        answers = self.predictor.predict(records)
        logged = []
        for number, (item, answer) in enumerate(zip(records, answers, strict=True)):
            row = {"id": str(number), "target": window[schema.TARGET].iloc[number]}
            row |= {"input": item.model_dump(mode="json"), "output": answer.model_dump(mode="json")}
            logged.append(row)
        return logged


if __name__ == "__main__":
    main()
