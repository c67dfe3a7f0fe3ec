"""Prints a typical record of the test set, and what answers it, as JSON; runs in the project's own environment."""

import base64
import importlib
import json
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pandas as pd

LENGTH = 971  # characters of the review that the peers were measured with before
TYPICAL: dict[str, Callable[[pd.DataFrame], pd.Series]] = {  # how far each row is from a typical one
    "sentiment": lambda reviews: (reviews["text"].map(len) - LENGTH).abs(),
    "price-prediction": lambda sales: (sales["price"] - sales["price"].median()).abs(),
    "image-classification": lambda cells: (cells["image"].map(len) - cells["image"].map(len).median()).abs(),
}


def main() -> None:
    package, template = sys.argv[1:]
    columns = importlib.import_module(f"{package}.schema").INPUT
    test_set = pd.read_parquet(Path(os.environ["PROJECT_ROOT"], "data", "test.parquet"))
    row = test_set.loc[[TYPICAL[template](test_set).idxmin()], columns]
    if "image" in row:
        record = {"image": base64.b64encode(row["image"].iloc[0]).decode()}
    else:
        record = json.loads(row.to_json(orient="records"))[0]
    versions = {"Python": platform.python_version(), **{name: version(name) for name in ("fastapi", "mlflow")}}
    print(json.dumps({"record": record, "versions": versions}))


if __name__ == "__main__":
    main()
