"""Scores with their intervals as an SVG for light and dark pages: no script, no date, the same every time."""

import math
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, MARGIN = 600, 20
ROW, HEAD, FOOT = 44, 34, 26  # pixels that a row, a heading and an axis take
STYLE = """
svg { font: 15px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
text { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.page { fill: #ffffff; stroke: #d1d9e0 } .head { font-weight: 600 } .quiet { fill: #59636e; font-size: 13px }
.grid { stroke: #d1d9e0 } .zero { stroke: #59636e }
.usual { fill: #59636e; stroke: #59636e } .main { fill: #0969da; stroke: #0969da }
.alarm { fill: #bc4c00; stroke: #bc4c00 }
@media (prefers-color-scheme: dark) {
  svg { fill: #f0f6fc } text { stroke: #0d1117 } .page { fill: #0d1117; stroke: #3d444d } .quiet { fill: #9198a1 }
  .grid { stroke: #3d444d } .zero { stroke: #9198a1 }
  .usual { fill: #9198a1; stroke: #9198a1 } .main { fill: #4493f8; stroke: #4493f8 }
  .alarm { fill: #f0883e; stroke: #f0883e }
}"""


@dataclass(frozen=True)
class Row:
    """One score with its name; `kind` is usual, main or alarm, which has a shape of its own."""

    name: str
    score: dict[str, Any]
    kind: str = "usual"


@dataclass(frozen=True)
class Panel:
    """Rows below a heading, and from where to where their axis goes."""

    heading: str
    rows: list[Row]
    extent: tuple[float, float]


def extent(rows: list[Row]) -> tuple[float, float]:
    """From the lowest end of an interval to the highest, with some room at both sides."""
    low, high = min(row.score["low"] for row in rows), max(row.score["high"] for row in rows)
    room = 0.05 * (high - low) or 0.01
    return low - room, high + room


def chart(title: str, description: str, panels: list[Panel]) -> str:
    """The panels, one below the other; `description` says in words what is drawn."""
    drawn, y = [], MARGIN
    for panel in panels:
        drawn.append(f'<text class="head" x="{MARGIN}" y="{y + 16}">{escape(panel.heading)}</text>')
        drawn += _axis(panel, y + HEAD, len(panel.rows) * ROW)
        for number, row in enumerate(panel.rows):
            drawn += _row(row, y + HEAD + number * ROW, panel.extent)
        y += HEAD + len(panel.rows) * ROW + FOOT
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            f"<style>{STYLE}\n</style>",
            f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="6"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _axis(panel: Panel, top: float, height: float) -> list[str]:
    drawn = []
    for value in _ticks(*panel.extent):
        x = _across(value, panel.extent)
        kind = "zero" if value == 0 else "grid"
        drawn.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + height}"/>')
        drawn.append(f'<text class="quiet" x="{x:.1f}" y="{top + height + 14}" text-anchor="middle">{value:g}</text>')
    return drawn


def _row(row: Row, top: float, span: tuple[float, float]) -> list[str]:
    """Name and figures above, the interval below them with a mark at the score."""
    low, value, high = (_across(row.score[name], span) for name in ("low", "value", "high"))
    figures = f"{row.score['value']:.3f} ({row.score['low']:.3f} to {row.score['high']:.3f})"
    y = top + 31
    mark = f'<circle cx="{value:.1f}" cy="{y}" r="5.5"/>'
    if row.kind == "alarm":
        mark = f'<path d="M{value:.1f} {y - 7}l7 13h-14z"/>'
    return [
        f'<text x="{MARGIN}" y="{top + 17}">{escape(row.name)}</text>',
        f'<text x="{WIDTH - MARGIN}" y="{top + 17}" text-anchor="end">{figures}</text>',
        f'<g class="{row.kind}"><line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke-width="3"/>{mark}</g>',
    ]


def _across(value: float, span: tuple[float, float]) -> float:
    return 2 * MARGIN + (value - span[0]) / (span[1] - span[0]) * (WIDTH - 4 * MARGIN)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values between two."""
    step = 10 ** math.floor(math.log10((high - low) / 2))
    step = next(step * factor for factor in (5, 2, 1, 0.5, 0.2) if (high - low) / (step * factor) >= 3)
    return [round(number * step, 10) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
