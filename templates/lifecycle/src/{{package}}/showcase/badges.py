"""Badges as SVG files of the project's own: a name and a figure that was measured, nothing else."""

from html import escape
from typing import Any

from ..record import RETRAIN
from .figures import figures

FOLDER = "docs/results"
GREY, BLUE, GREEN, ORANGE = "#59636e", "#0969da", "#1a7f37", "#bc4c00"  # each at least 4.5 : 1 against white
LETTER = 6.6  # pixels that a letter takes on average; `textLength` makes it so in any font


def badges(results: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Name, figure and colour of every badge, by its path."""
    known, metric = figures(results), results["metric"]["name"]
    score = results["champion"]["score"]
    found = {
        "champion": (f"champion, version {known['champion version']}", f"{metric} {known['champion']}", BLUE),
        "gain": (f"version {known['first version']} against the strongest baseline", known["gain over baseline"], BLUE),
        "monitoring": ("monitoring", *_monitoring(results)),
        "latency": ("answer over HTTP, 95 % within", known["latency p95"], BLUE),
    }
    if score:
        name, figure, colour = found["champion"]
        found["champion"] = (name, f"{figure} on {score['rows']:,} rows", colour)
    return {f"{FOLDER}/badge-{name}.svg": badge for name, badge in found.items()}


def draw(name: str, figure: str, colour: str) -> str:
    """One badge."""
    left, right = (round(LETTER * len(text)) + 14 for text in (name, figure))
    texts = [
        f'<text x="{x}" y="15" textLength="{width - 14}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, width, text in ((7, left, name), (left + 7, right, figure))
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="22" role="img"'
            f' aria-labelledby="title"><title id="title">{escape(name)}: {escape(figure)}</title>',
            f'<clipPath id="round"><rect width="{left + right}" height="22" rx="4"/></clipPath>',
            f'<g clip-path="url(#round)"><rect width="{left}" height="22" fill="{GREY}"/>',
            f'<rect x="{left}" width="{right}" height="22" fill="{colour}"/></g>',
            '<g fill="#ffffff" font-family="Verdana, &quot;DejaVu Sans&quot;, sans-serif" font-size="11">',
            *texts,
            "</g></svg>\n",
        ]
    )


def line(results: dict[str, Any]) -> str:
    """All badges in one line of Markdown, for a page at the project's root."""
    found = badges(results).items()
    return " ".join(f"![{name}: {figure}]({path})" for path, (name, figure, _) in found)


def _monitoring(results: dict[str, Any]) -> tuple[str, str]:
    if not results["decisions"]:
        return "nothing decided yet", GREY
    last = results["decisions"][-1]
    return f"{last['status']}, {last['time'][:10]}", ORANGE if last["status"] == RETRAIN else GREEN
