"""The decisions of monitoring over time, as a chart in SVG that keeps the size of its text on a screen of any width."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any

from ..record import RETRAIN

TOP, BOTTOM, LANE = 26, 190, 214  # pixels from above; the lane holds decisions without labelled rows
LEFT, WIDTH = 11.0, 86.0  # where time begins and how long it lasts, in percent
MARKS = '<circle id="good" r="5"/><path id="bad" d="M0-7 7 6H-7Z"/>'


def chart(decisions: list[dict[str, Any]], metric: str) -> str:
    """The deciding metric over time. Places are percentages along and pixels down, so that text keeps its size."""
    scores = [score for one in decisions for score in (one.get("quality"), one.get("reference_quality")) if score]
    low, high = min((s["low"] for s in scores), default=0.0), max((s["high"] for s in scores), default=1.0)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    places = _places([when(one) for one in decisions])
    alarms = sum(one["status"] == RETRAIN for one in decisions)
    first, last = (f"{when(decisions[end]):%Y-%m-%d %H:%M}" for end in (0, -1))
    said = f"{len(decisions)} decisions from {first} to {last} (UTC), {alarms} of them alarms."

    def down(value: float) -> float:
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)

    drawn = [_axis(down(value), f"{value:.3f}") for value in (low, (low + high) / 2, high)]
    drawn += _versions(decisions, places)
    for decision, x in zip(decisions, places, strict=True):
        drawn.append(_point(decision, x, down))
    unlabelled = "" if all(one.get("quality") for one in decisions) else "<span>lowest row: no labels</span>"
    return f"""<h2>{escape(metric)} of labelled rows, with 95 % interval</h2>
<svg class="chart" role="img" aria-labelledby="title description"><title id="title">{escape(metric)} over time</title>
<desc id="description">{escape(said)} The table below says the same in words.</desc><defs>{MARKS}</defs>
{"".join(drawn)}
<text x="{LEFT}%" y="234">{first}</text><text x="{LEFT + WIDTH}%" y="234" text-anchor="end">{last}</text></svg>
<p class="legend"><span><svg aria-hidden="true"><use href="#good" x="8" y="9" class="good"/></svg> healthy</span>
<span><svg aria-hidden="true"><use href="#bad" x="8" y="9" class="bad"/></svg> retraining advised</span>
<span>dashes: the champion when it was promoted</span> <span>v: another version</span>
{unlabelled}</p>"""


def when(decision: dict[str, Any]) -> datetime:
    """The time of a decision, in UTC."""
    return datetime.fromisoformat(decision["time"]).astimezone(UTC)


def _places(times: list[datetime]) -> list[float]:
    start, end = min(times), max(times)
    return [LEFT + WIDTH * ((time - start) / (end - start) if end > start else 0.5) for time in times]


def _axis(y: float, label: str) -> str:
    line = f'<line class="axis" x1="{LEFT}%" x2="{LEFT + WIDTH}%" y1="{y:.1f}" y2="{y:.1f}"/>'
    return f'{line}<text x="{LEFT - 1}%" y="{y + 4:.1f}" text-anchor="end">{label}</text>'


def _versions(decisions: list[dict[str, Any]], places: list[float]) -> list[str]:
    """A line with its name where another version answered than before; no name where it would cover the last one."""
    drawn, named = [], -100.0
    for number, (decision, x) in enumerate(zip(decisions, places, strict=True)):
        version = decision["model_version"]
        if number and version == decisions[number - 1]["model_version"]:
            continue
        drawn.append(f'<line class="version" x1="{x:.2f}%" x2="{x:.2f}%" y1="{TOP - 8}" y2="{LANE + 6}"/>')
        if abs(x - named) > 8:
            drawn.append(f'<text x="{x:.2f}%" y="{TOP - 12}" text-anchor="middle">v{version}</text>')
            named = x
    return drawn


def _point(decision: dict[str, Any], x: float, down: Callable[[float], float]) -> str:
    kind = "bad" if decision["status"] == RETRAIN else "good"
    quality, reference = decision.get("quality"), decision.get("reference_quality")
    title = f"<title>{when(decision):%Y-%m-%d %H:%M}: {escape(decision['status'])}</title>"
    if not quality:
        return f'<g class="{kind}">{title}<use href="#{kind}" x="{x:.2f}%" y="{LANE}"/></g>'
    whisker = f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{down(quality["low"]):.1f}" y2="{down(quality["high"]):.1f}"/>'
    mark = f'<use href="#{kind}" x="{x:.2f}%" y="{down(quality["value"]):.1f}"/>'
    expected = ""
    if reference:
        y = f"{down(reference['value']):.1f}"
        expected = f'<line class="reference" x1="{x - 1.5:.2f}%" x2="{x + 1.5:.2f}%" y1="{y}" y2="{y}"/>'
    return f'{expected}<g class="{kind}" stroke-width="2">{title}{whisker}{mark}</g>'
