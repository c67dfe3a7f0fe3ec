"""The story of the project on one page: what it has to beat, what came out, what the drift did, what is weak."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..record import PROMOTED, RETRAIN
from . import results_tables
from .figures import strongest
from .site_frame import DEMO, PLOTS, Project, table

Results = dict[str, Any]


def story(results: Results, project: Project, told: Callable[[str], str], plots: Path) -> str:
    """The page below its navigation; `told` gives a section of the README as HTML, `plots` is where the SVGs are."""
    metric, rows = results["metric"]["name"], results["first"]["score"]["rows"]
    beaten = table(f"{metric} on {rows:,} rows of the test set", *results_tables.baselines(results))
    otherwise = table("Other ways to evaluate it", *results_tables.protocols(results))
    weakest = table("The weakest slices", *results_tables.weakest(results))
    parts = [
        f'<h1>{escape(project.name)}</h1>\n<p class="lead">{escape(project.description)}</p>',
        _headline(results),
        f'<p><a class="button" href="{DEMO}">Try it here</a></p>' if project.demo else "",
        _section("problem", "The problem", told("Problem")),
        _section("data", "The data", _data(results), told("Data")),
        _section("result", "What it has to beat", _pair(beaten, _plot(plots, "score")), otherwise),
        _section("drift", "The drift", _drift(results), _plot(plots, "drift"), _alarm(results)),
        _section("retraining", "What retraining changed", *_changes(results, plots)),
        _section("weak", "What is weak", _pair(weakest, _plot(plots, "weakest")), told("What is weak")),
        _section("fair", "Fairness", told("Fairness")),
        _footer(results),
    ]
    return "\n".join(part for part in parts if part)


def _headline(results: Results) -> str:
    """The four figures that a visitor looks for first."""
    first, told, (name, baseline) = results["first"], results["story"], strongest(results)
    tiles = [_tile(f"best baseline: {name}", baseline)] if baseline else []
    tiles.append(_tile(f"first champion, version {first['version']}", first["score"]))
    for part in ("under drift", "after retraining"):
        if told.get(part, {}).get("score"):
            one = told[part]
            kind = "bad" if one["status"] == RETRAIN else "good"
            tiles.append(_tile(f"{part}, version {one['version']}", one["score"], one["bias"], kind))
    metric = results["metric"]
    better = "Higher" if metric["higher_is_better"] else "Lower"
    return f"""<dl class="figures">
{"".join(tiles)}</dl>
<p class="note">{escape(metric["name"])}, with its 95 % interval. {better} is better. {escape(metric["unit"])}
Orange: monitoring raised an alarm.</p>"""


def _tile(name: str, score: dict[str, Any], bias: dict[str, Any] | None = None, kind: str = "good") -> str:
    value, low, high = (f"{score[end]:.3f}" for end in ("value", "low", "high"))
    lines = [f"{low} to {high}, {score['rows']:,} rows", *([f"bias {bias['value']:+.3f}"] if bias else [])]
    further = "".join(f"<dd>{line}</dd>" for line in lines)
    return f'<div class="{kind}"><dt>{escape(name)}</dt><dd class="large">{value}</dd>{further}</div>\n'


def _data(results: Results) -> str:
    rows = results["data"]["rows"]
    return table("Rows of each part", list(rows), [[f"{count:,}" for count in rows.values()]]) if rows else ""


def _drift(results: Results) -> str:
    shown = table("Before, under and after the drift", *results_tables.story(results))
    return shown or "<p>Monitoring has seen no drift so far.</p>"


def _alarm(results: Results) -> str:
    """Why monitoring raised the first of the alarms on record."""
    alarms = [one for one in results["decisions"] if one["status"] == RETRAIN]
    reasons = "".join(f"<li>{escape(reason)}</li>" for one in alarms[:1] for reason in one["reasons"])
    return f"<p>Monitoring said: {RETRAIN}.</p>\n<ul>{reasons}</ul>" if reasons else ""


def _changes(results: Results, plots: Path) -> list[str]:
    """Every later verdict; the plot is of the latest."""
    *earlier, latest = map(_changed, results["changes"]) if results["changes"] else [""]
    return [*earlier, _pair(latest, _plot(plots, "change"))] if latest else []


def _changed(change: dict[str, Any]) -> str:
    """One verdict on a challenger: the same held-out rows, and why it was promoted or not."""
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in change["reasons"])
    verdict = "became champion" if change["event"] == PROMOTED else f"did not become champion: {change['event']}"
    rows = table(f"Version {change['to']} against version {change['from']}", *results_tables.change(change))
    return f"<p>Version {change['to']} {escape(verdict)}.</p><ul>{reasons}</ul>{rows}"


def _pair(rows: str, plot: str) -> str:
    """A table, and beside it, where there is room, its plot."""
    return f'<div class="pair">\n<div>{rows}</div>\n{plot}</div>' if plot else rows


def _plot(folder: Path, name: str) -> str:
    """A plot with its own title as the words that stand for it; nothing if it was not drawn."""
    path = folder / f"{name}.svg"
    drawn = path.read_text("utf-8") if path.is_file() else ""
    found = re.search(r'<svg[^>]* width="(\d+)" height="(\d+)".*?<title[^>]*>(.*?)</title>', drawn, re.DOTALL)
    if not found:
        return ""
    width, height, title = found.groups()
    source = f"{PLOTS.removeprefix('docs/')}{name}.svg"
    return f'<p><img class="plot" src="{source}" width="{width}" height="{height}" alt="{title}"></p>'


def _section(name: str, heading: str, *parts: str) -> str:
    body = "\n".join(part for part in parts if part)
    if not body:
        return ""
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{heading}</h2>\n{body}\n</section>'


def _footer(results: Results) -> str:
    digest, written = escape(results["data"]["digest"]), escape(results["written"][:10])
    source = f"<code>docs/results.json</code>, of {written}; data <code>{digest}</code>"
    return f'<p class="note">Every figure is from {source}.</p>'
