"""Judges many windows of a finished project's held-back data as `monitor` does; run by the project's own Python.

Prints, as JSON, how many of the windows raised an alarm: without a change, and under the real drift of the template.
"""

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module, metadata
from pathlib import Path

import numpy as np

PACKAGE, WINDOWS, SEED = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROOT = Path(os.environ["PROJECT_ROOT"])
bundle, data, model, monitoring, schema, window = (
    import_module(f"{PACKAGE}.{name}")
    for name in ("bundle", "data", "model", "monitoring.monitoring", "schema", "monitoring.window")
)
LARGE, SIZES = (200, 500), (20, 30, 50, 75, 100, 150, 200, 300, 500)


def main():
    champion = bundle.load(ROOT / "champion" / "v1").predictor  # the first one, which knows nothing of the drift
    usual, drift = (answered(part, champion) for part in parts())
    references = min(2000, len(data.read(ROOT / "data", "test")))  # as many as the champion's has
    rng = np.random.default_rng(SEED)
    reference = sample(usual, references, rng)
    counts = {}

    def count(kind, size, windows):
        found = list(windows)
        each = Counter(name for one in found for name in one)
        unlabelled = sum("input" in one or "output" in one for one in found)
        reasons = Counter(reason.split()[0] for one in found for reasons in one.values() for reason in reasons)
        counts[f"{kind} {size}"] = {**each, "any": sum(map(bool, found)), "without labels": unlabelled}
        print(datetime.now().strftime("%H:%M:%S"), kind, size, counts[f"{kind} {size}"], dict(reasons), file=sys.stderr)

    for size in LARGE:
        most = min(size, len(usual) - references)
        count("usual", most, (undrifted(usual, most, references, rng) for _ in range(WINDOWS)))
        count("drift", size, (asked(sample(drift, size, rng), reference) for _ in range(WINDOWS)))
        if "date" in drift:
            starts = np.linspace(0, len(drift) - size, WINDOWS).astype(int)
            count("in_order", size, (asked(drift.iloc[start : start + size], reference) for start in starts))
    if "file" in usual:  # cells of few modules, as a line delivers them
        ordered = usual.sort_values("file", ignore_index=True)
        count("modules", 200, (modules(ordered, share) for share in np.linspace(0, 1, WINDOWS)))
    low, high = 0, len(SIZES) - 1  # the smallest size at which the drift is seen, by halving
    while low < high:
        size = SIZES[middle := (low + high) // 2]
        if f"drift {size}" not in counts:
            count("drift", size, (asked(sample(drift, size, rng), reference) for _ in range(WINDOWS)))
        low, high = (low, middle) if counts[f"drift {size}"]["any"] >= 0.95 * WINDOWS else (middle + 1, high)
    libraries = {name: metadata.version(name) for name in ("evidently", "scipy", "scikit-learn")}
    rows = {"usual_rows": len(usual), "drift_rows": len(drift)}
    print(json.dumps({"counts": counts, **rows, "libraries": libraries}))


def parts():
    """All held-back rows of the usual source, which training did not see, and the rows of the drift."""
    held = data.read(ROOT / "data", "test", "stream", "mixed")
    first = data.read(ROOT / "data", "train").iloc[0]
    usual = held["period"] == 1 if "period" in held else held["source"] == first["source"]
    return held[usual].reset_index(drop=True), data.read(ROOT / "data", "drift")


def answered(records, champion):
    return records.join(model.answer(champion, records).drop(columns="target"))


def sample(rows, size, rng):
    return rows.iloc[rng.permutation(len(rows))[:size]].reset_index(drop=True)


def undrifted(usual, size, references, rng):
    """A window and a reference of their own, drawn from the same rows without overlap."""
    order = rng.permutation(len(usual))
    return asked(usual.iloc[order[:size]], usual.iloc[order[size:][:references]])


def modules(ordered, share, size=200):
    """A window of so many cells in a row, after this share of them, against all others."""
    inside = np.zeros(len(ordered), dtype=bool)
    inside[int(share * (len(ordered) - size)) :][:size] = True
    return asked(ordered[inside], ordered[~inside])


def asked(rows, reference):
    """The questions that were answered with "changed"."""
    rules = monitoring.Rules(len(rows), 0.01, 42)
    decision, _ = monitoring.judge(logged(rows), reference.reset_index(drop=True), 1, rules)
    return {name: one.reasons for name, one in decision.questions.items() if one.answer == monitoring.CHANGED}


def logged(rows):
    """The rows as the prediction log gives them back."""
    now = datetime.now(UTC)
    answers = rows.rename(columns={schema.TARGET: "target", "prediction": schema.TARGET})
    columns = list(schema.Answer.model_fields)
    served = [
        {
            "number": number,
            "time": now + timedelta(seconds=number),
            "input": schema.Record(**record).model_dump(mode="json"),
            "output": answer,
            "target": target,
        }
        for number, (record, answer, target) in enumerate(
            zip(
                rows[schema.INPUT].to_dict("records"),
                answers[columns].to_dict("records"),
                rows[schema.TARGET].tolist(),
                strict=True,
            )
        )
    ]
    return window.Window(len(rows), len(rows), None, None, served, served)


if __name__ == "__main__":
    main()
