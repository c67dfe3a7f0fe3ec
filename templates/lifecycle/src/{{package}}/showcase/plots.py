"""The plots of README and model card: what the champion had to beat, what the drift did, where it is weakest."""

from typing import Any

from .figures import said
from .interval_chart import Panel, Row, chart, extent

FOLDER = "docs/results"
TITLES = {
    "score": "{metric} of the first champion and of its baselines on the test set",
    "drift": "{metric} and bias before the drift, under it and after retraining",
    "change": "{metric} of the champion and of its latest challenger on the same held-out rows",
    "weakest": "{metric} where version {version} is weakest",
}


def plots(results: dict[str, Any]) -> dict[str, str]:
    """Every plot as SVG, by its path; one that has nothing to draw says so."""
    drawn = {"score": _score, "drift": _drift, "change": _change, "weakest": _weakest}
    return {path(name): _drawn(title(results, name), panels(results)) for name, panels in drawn.items()}


def path(name: str) -> str:
    """Where a plot stands, from the project's root."""
    return f"{FOLDER}/{name}.svg"


def title(results: dict[str, Any], name: str) -> str:
    """The title of a plot."""
    metric = results["metric"]["name"]
    return TITLES[name].format(metric=metric[:1].upper() + metric[1:], version=results["champion"]["version"])


def _drawn(name: str, panels: list[Panel]) -> str:
    return chart(name, _words(panels), panels or [Panel("nothing measured yet", [], (0, 1))])


def _words(panels: list[Panel]) -> str:
    told = [f"{panel.heading}: {'; '.join(f'{row.name} {said(row.score)}' for row in panel.rows)}." for panel in panels]
    return " ".join(told) or "Nothing measured yet."


def _score(results: dict[str, Any]) -> list[Panel]:
    first = results["first"]
    rows = [Row(name, score) for name, score in first["baselines"].items()]
    rows.append(Row(f"champion, version {first['version']}", first["score"], "main"))
    return [Panel(f"{_metric(results)}, {first['score']['rows']:,} rows of the test set", rows, extent(rows))]


def _change(results: dict[str, Any]) -> list[Panel]:
    """All held-out rows, and those of each slice of the first column, by which the drift came."""
    rows = []
    for change in results["changes"][-1:]:
        of_origin = {name: change["slices"][name] for name in change["biases"] if name in change["slices"]}
        for name, pair in {"all": {"champion": change["champion"], "challenger": change["score"]}, **of_origin}.items():
            rows.append(Row(f"{name}, version {change['from']}", pair["champion"]))
            rows.append(Row(f"{name}, version {change['to']}, {change['event']}", pair["challenger"], "main"))
    counted = f"{rows[0].score['rows']:,} held-out rows" if rows else ""
    return [Panel(f"{_metric(results)}, {counted}", rows, extent(rows))] if rows else []


def _drift(results: dict[str, Any]) -> list[Panel]:
    told = {part: found for part, found in results["story"].items() if found["score"]}
    if not told:
        return []
    panels = []
    for name, key in ((_metric(results), "score"), ("bias", "bias")):
        rows = [
            Row(f"{part}, version {found['version']}", found[key], "alarm" if part == "under drift" else "main")
            for part, found in told.items()
        ]
        panels.append(Panel(f"{name} of the latest labelled answers", rows, extent(rows)))
    return panels


def _weakest(results: dict[str, Any]) -> list[Panel]:
    rows = [Row(f"{name}, {score['rows']:,} rows", score) for name, score in results["weakest"].items()]
    if whole := results["champion"]["score"]:
        rows.append(Row(f"all {whole['rows']:,} rows", whole, "main"))
    heading = f"{_metric(results)} of version {results['champion']['version']}, held-out rows"
    return [Panel(heading, rows, extent(rows))] if rows else []


def _metric(results: dict[str, Any]) -> str:
    name: str = results["metric"]["name"]
    return name if results["metric"]["higher_is_better"] else f"{name} (smaller is better)"
