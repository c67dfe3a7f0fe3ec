"""Decisions of monitoring as its record holds them, for the tests of those who read it."""

from typing import Any

QUESTIONS = ("input", "output", "quality")


def score(value: float) -> dict[str, Any]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01, "rows": 500}


def decided(number: int, *changed: str, version: int = 1, **other: Any) -> dict[str, Any]:
    """The decision of an hour of one day, with these questions answered by "changed"; an alarm if there is one."""
    questions = {
        name: {"answer": "changed" if name in changed else "unchanged", "reasons": [f"{name} was looked at"]}
        for name in QUESTIONS
    }
    decision = {
        "status": "retraining advised" if changed else "healthy",
        "reasons": [f"{name} was looked at" for name in QUESTIONS],
        "time": f"2026-11-22T{number:02}:00:00+00:00",
        "model_version": version,
        "rows": 1000,
        "questions": questions,
        "quality": score(0.75 if changed else 0.92),
        "reference_quality": score(0.92),
        "bias": score(0.06 if changed else 0.0),
        "reference_bias": score(0.0),
        "drift": {},
        "report": f"2026-11-22T{number:02}-00-00-000000-v{version}.html",
    }
    return decision | other


def old(number: int, *reasons: str, version: int = 1) -> dict[str, Any]:
    """A decision from before there were three questions."""
    decision = decided(number, *(["input"] if reasons else []), version=version, reasons=list(reasons) or ["as it was"])
    del decision["questions"]
    return decision
