"""Fills a prediction log with a project's own answers to its held-back stream, repeated; run by its own Python."""

import json
import os
import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path

PACKAGE, PATH, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3])
ROOT = Path(os.environ["PROJECT_ROOT"])
bundle, data, prediction_log, schema = (
    import_module(f"{PACKAGE}.{name}") for name in ("bundle", "data", "prediction_log", "schema")
)


def main():
    version = bundle.active_version(ROOT / "champion")
    champion = bundle.load(ROOT / "champion" / f"v{version}").predictor
    records = data.read(ROOT / "data", "stream")
    given = [schema.Record(**record) for record in records[schema.INPUT].to_dict("records")]
    pairs = zip(given, champion.predict(given), records[schema.TARGET].tolist(), strict=True)
    rows = [(one.model_dump_json(), answer.model_dump_json(), json.dumps(target)) for one, answer, target in pairs]
    prediction_log.connect(f"sqlite:///{PATH}").dispose()
    with closing(sqlite3.connect(PATH)) as log, log:
        for record, answer, target in islice(cycle(rows), ROWS):
            name = prediction_log.new_id()
            now = "2026-01-01 00:00:00.000000"
            predictions = "INSERT INTO predictions (id, time, model_version, input, output, latency_ms)"
            log.execute(f"{predictions} VALUES (?, ?, ?, ?, ?, 1)", (name, now, version, record, answer))
            log.execute("INSERT INTO feedback VALUES (?, ?, ?, 'local')", (name, now, target))
    print("null")


if __name__ == "__main__":
    main()
