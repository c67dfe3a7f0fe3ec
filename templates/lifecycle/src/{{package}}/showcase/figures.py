"""The measured figures as short texts, ready to read: what the fields of a page are filled with."""

from typing import Any

from ..evaluation import Score
from ..metrics import SURENESS
from .marked_text import NOT_YET

Figures = dict[str, str]
STRONGEST = 3  # drivers that are named in a line


def figures(results: dict[str, Any]) -> Figures:
    """Every figure by its key; NOT_YET where nothing is on record."""
    first, champion, counts = results["first"], results["champion"], results["counts"]
    name, baseline = strongest(results)
    weakest = next(iter(results["weakest"].items()), None)
    known = {
        "metric": results["metric"]["name"],
        "unit": results["metric"]["unit"],
        "first": said(first["score"]),
        "first version": f"{first['version']}",
        "champion": said(champion["score"]),
        "champion rows": f"{champion['score']['rows']:,} rows ({champion['rows_from']})" if champion["score"] else None,
        "champion version": f"{champion['version']}",
        "baseline": f"{name}, {said(baseline)}" if baseline else None,
        "gain over baseline": gain(results),
        "weakest slice": f"{weakest[0]}, {said(weakest[1])}" if weakest else None,
        **_story(results),
        **{f"{part} rows": f"{results['data']['rows'][part]:,}" for part in ("train", "test")},
        **_latency(results["latency"]),
        "bundle size": f"{champion['megabytes']:.1f} MB" if champion["megabytes"] else None,
        "sureness": _measure(champion["measures"], SURENESS),
        "drivers": _signed(results["drivers"]),
        "candidates": f"{len(first['candidates'])}" if first["candidates"] else None,
        "candidate scores": _ranked(results["first"]["candidates"], results["metric"]["higher_is_better"]),
        "promotions": f"{counts['promotions']}",
        "refusals": f"{counts['refusals']}",
        "test set decided": "once" if counts["test_set_decided"] == 1 else f"{counts['test_set_decided']} times",
        "monitoring decisions": f"{counts['decisions']}",
        "alarms": f"{counts['alarms']}",
        "protocols": _protocols(results) or None,
        "data digest": results["data"]["digest"],
    }
    return {key: " ".join((text or NOT_YET).replace("<", "&lt;").split()) for key, text in known.items()}


def said(score: dict[str, Any] | None) -> str | None:
    """A score with its interval: 0.921 (0.913 to 0.928)."""
    return f"{Score(score['value'], score['low'], score['high'], 0)}" if score else None


def plain(value: float | None) -> str:
    """A figure without an interval."""
    return "not known" if value is None else f"{value:.3f}"


def strongest(results: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Name and score of the best baseline."""
    sign = 1 if results["metric"]["higher_is_better"] else -1
    ranked = sorted(results["first"]["baselines"].items(), key=lambda one: sign * one[1]["value"])
    return ranked[-1] if ranked else ("none", None)


def gain(results: dict[str, Any]) -> str | None:
    """How far the first champion is from the strongest baseline on the same rows; with an interval if that is known."""
    first, (name, baseline) = results["first"], strongest(results)
    if not baseline:
        return None
    found = first["gains"].get(name)
    if not found:
        return f"{first['score']['value'] - baseline['value']:+.3f}"
    return f"{found['value']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"


def _story(results: dict[str, Any]) -> dict[str, str | None]:
    told = {part: results["story"].get(part, {}) for part in ("before the drift", "under drift", "after retraining")}
    scores = {part: said(found.get("score")) for part, found in told.items()}
    return scores | {f"bias {part}": said(found.get("bias")) for part, found in told.items()}


def _measure(measures: dict[str, float | None] | None, name: str) -> str | None:
    """One of the metrics of a version by its name: brier 0.062."""
    return f"{name} {plain(measures[name])}" if measures and name in measures else None


def _ranked(scores: dict[str, float], higher_is_better: bool) -> str | None:
    """Every score with its name, the best first."""
    ranked = sorted(scores.items(), key=lambda one: one[1], reverse=higher_is_better)
    return "; ".join(f"{name} {plain(value)}" for name, value in ranked) or None


def _signed(drivers: dict[str, float]) -> str | None:
    """What moves the champion most."""
    return "; ".join(f"{name} {value:+.3f}" for name, value in list(drivers.items())[:STRONGEST]) or None


def _latency(latency: dict[str, Any] | None) -> dict[str, str | None]:
    return {f"latency {name}": f"{latency[f'{name}_ms']:.1f} ms" if latency else None for name in ("p50", "p95")}


def _protocols(results: dict[str, Any]) -> str:
    metric, protocols = results["metric"]["name"], results["first"]["protocols"]
    return "; ".join(f"{name}: {metric} {plain(found[metric])}" for name, found in protocols.items())
