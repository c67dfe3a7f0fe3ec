"""The record of a project's results, as small as it can be."""

from typing import Any


def score(value: float) -> dict[str, Any]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01, "rows": 500}


def results(**changed: Any) -> dict[str, Any]:
    """A project whose first champion met a drift and was retrained."""
    pair = {"champion": score(0.75), "challenger": score(0.88)}
    bias = {"champion": score(0.06), "challenger": score(-0.02)}
    baselines = {"majority": score(0.5), "simple": score(0.88)}
    told = {"score": score(0.75), "bias": score(0.06), "rows": 500, "status": "retraining advised"}
    alarm = {"time": "2026-11-22T02:00:00+00:00", "rows": 500, "status": "retraining advised", "version": 1}
    return {
        "format": 1,
        "written": "2026-11-22T21:00:00+00:00",
        "metric": {"name": "accuracy", "unit": "The share of right answers.", "higher_is_better": True},
        "data": {"digest": "abc123", "rows": {"train": 1000, "test": 500}},
        "champion": {"version": 1},
        "first": {"version": 1, "score": score(0.92), "baselines": baselines, "protocols": {}},
        "story": {
            "under drift": {**told, "version": 1},
            "after retraining": {**told, "version": 2, "status": "healthy"},
        },
        "changes": [
            {
                **{"event": "refused", "from": 1, "to": 2, "reasons": ["slice <b>: worse"]},
                **{"champion": score(0.75), "score": score(0.88)},
                **{"slices": {"source: a": pair}, "biases": {"source: a": bias}},
            }
        ],
        "weakest": {"source: a": score(0.7)},
        "decisions": [{**alarm, "reasons": ["accuracy worsened to 0.750"], "report": None}],
        **changed,
    }
