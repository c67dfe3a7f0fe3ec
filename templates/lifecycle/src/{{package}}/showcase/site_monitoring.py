"""The page of monitoring on the site: the chart and all decisions, and the latest one in full.

Evidently's reports stay where they are: each is a file of 4 MB with a script of its own, and shows what users sent.
"""

from typing import Any

from ..evaluation import Score
from ..features import WATCHED
from ..monitoring import report_page
from .site_frame import table

Decision = dict[str, Any]


def monitoring(decisions: list[Decision], metric: str) -> str:
    """The page below its navigation; decisions oldest first."""
    title = "<h1>Is the model still right?</h1>\n"
    if not decisions:
        return f"{title}<p>Monitoring has not looked yet.</p>"
    latest = decisions[-1]
    return f"""{title}{report_page.content(decisions, latest, metric, ())}
<h2>The latest report</h2>
<p>{latest["rows"]:,} predictions of version {latest["model_version"]}. A column has changed if its distance from the
reference and its p-value are both beyond their limits.</p>
{_columns(latest)}{_bias(latest)}"""


def _columns(decision: Decision) -> str:
    """How far each watched column is from the reference; a column that is watched no longer is left out."""
    found = {column: distance for column, distance in decision.get("drift", {}).items() if column in WATCHED}
    rows = [[column, WATCHED[column][1], f"{value:.3f}", f"{WATCHED[column][2]}"] for column, value in found.items()]
    return table("Distance of each watched column", ["column", "method", "distance", "limit"], rows)


def _bias(decision: Decision) -> str:
    periods = decision.get("bias_by_period") or []
    rows = [
        [one["since"], f"{Score(one['value'], one['low'], one['high'], one['rows'])}", f"{one['rows']:,}"]
        for one in periods
    ]
    return table("The bias in the course of time", ["since", "bias", "rows"], rows)
