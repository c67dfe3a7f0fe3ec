"""The page that a person looks at: what monitoring decided so far, in a chart and a table, without a script."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from .. import record
from ..config import COMMAND
from .decision_chart import chart, when

NAME = "index.html"
REPORT = r"[0-9A-Za-z_-]{1,80}-v[0-9]{1,9}\.html\Z"  # what Evidently's reports are called
CHARTED, LISTED = 50, 200
QUESTIONS = ("input", "output", "quality")
STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1b1b1b; --dim: #595959; --line: #c9c9c9;
  --good: #005a8f; --bad: #b34700; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181b; --ink: #e8e8e8; --dim: #a9a9a9; --line: #45484d; --good: #6cc0f5; --bad: #ffa552; } }
body { margin: 0 auto; padding: 1rem; max-width: 68rem; font: 1rem/1.5 system-ui, sans-serif;
  background: var(--page); color: var(--ink); }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; } a { color: var(--good); }
svg.chart { width: 100%; height: 236px; display: block; overflow: visible; }
svg text { fill: var(--dim); font-size: 12px; }
.axis { stroke: var(--line); } .reference { stroke: var(--dim); stroke-dasharray: 5 4; }
.version { stroke: var(--dim); stroke-dasharray: 1 3; }
.good { fill: var(--good); stroke: var(--good); color: var(--good); }
.bad { fill: var(--bad); stroke: var(--bad); color: var(--bad); }
.legend svg { width: 16px; height: 16px; vertical-align: -2px; } .legend span { margin-right: 1.2rem; }
.dim, caption { color: var(--dim); text-align: left; }
table { border-collapse: collapse; width: 100%; } ul { margin: 0; padding-left: 1.1rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; } td { overflow-wrap: anywhere; }
tbody th + td { min-width: 12rem; }
@media (max-width: 46rem) {
  table, caption, tbody, tr, th, td { display: block; } thead { position: absolute; left: -999rem; }
  tr { border-bottom: 2px solid var(--line); padding: .5rem 0; } th, td { border: 0; padding: .15rem 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--dim); } }
"""


def write(folder: Path, metric: str, latest: dict[str, Any]) -> None:
    """Leave the page in the folder of reports; `latest` may be a decision that is in no record, for want of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    decisions = record.read(folder / record.DECISIONS)
    record.replace_text(folder / NAME, page(decisions, latest, metric, {path.name for path in folder.glob("*.html")}))


def purge(folder: Path, metric: str, days: float) -> int:
    """Delete the reports that are older than so many days; returns how many. The page then links the others alone."""
    before = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H-%M-%S-%f}"
    old = [path for path in folder.glob("*.html") if re.match(REPORT, path.name) and path.name < before]
    for path in old:
        path.with_suffix(".json").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    decisions = record.read(folder / record.DECISIONS)
    if old and decisions:
        write(folder, metric, decisions[-1])
    return len(old)


def page(decisions: list[dict[str, Any]], latest: dict[str, Any], metric: str, reports: Collection[str]) -> str:
    """The page as HTML: the decisions, oldest first, of which it links those reports that are there."""
    title = f"{COMMAND}: is the model still right?"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{STYLE}</style></head><body>
<h1>{escape(title)}</h1>
{content(decisions, latest, metric, reports)}
</body></html>
"""


def content(decisions: list[dict[str, Any]], latest: dict[str, Any], metric: str, reports: Collection[str]) -> str:
    """What the page holds below its title."""
    listed = decisions[: -LISTED - 1 : -1]
    rows = "\n".join(_row(decision, metric, reports) for decision in listed)
    earlier = f" Earlier ones: {record.DECISIONS}." if len(decisions) > LISTED else ""
    table = f"""<h2>Decisions</h2>
<table role="table"><caption>Newest first; times in UTC.{earlier}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col">time</th><th scope="col">decision</th><th scope="col">input</th>
<th scope="col">output</th><th scope="col">quality</th>{'<th scope="col">report</th>' if reports else ""}</tr></thead>
<tbody role="rowgroup">
{rows}
</tbody></table>"""
    history = f"{chart(decisions[-CHARTED:], metric)}\n{table}" if decisions else "<p>No decision yet.</p>"
    return f"""<p><strong>{_mark(latest)} {escape(latest["status"])}</strong>, version {latest["model_version"]}
<span class="dim">({_time(latest)})</span>: {escape("; ".join(latest["reasons"]))}</p>
{history}"""


def _row(decision: dict[str, Any], metric: str, reports: Collection[str]) -> str:
    questions = decision.get("questions")
    if questions:
        answers = "".join(_answer(name, questions[name]) for name in QUESTIONS)
    else:  # recorded before there were three of them
        answers = f'<td role="cell" colspan="3" data-label="why">{escape("; ".join(decision["reasons"]))}</td>'
    report = str(decision.get("report"))
    link = f'<a href="{report}">report</a>' if re.match(REPORT, report) and report in reports else ""
    last = f'<td role="cell">{link}</td>' if reports else ""
    quality = decision.get("quality")
    score = f"<br>{escape(metric)} {_score(quality)}" if quality else ""
    return f"""<tr role="row"><th role="rowheader" scope="row">{_time(decision)}</th>
<td role="cell">{_mark(decision)} {escape(decision["status"])}<br>
<span class="dim">version {decision["model_version"]}, {decision["rows"]:,} rows{score}</span></td>
{answers}{last}</tr>"""


def _answer(name: str, question: dict[str, Any]) -> str:
    changed = question["answer"] == "changed"
    shown = f'<strong class="bad">▲ {escape(question["answer"])}</strong>' if changed else escape(question["answer"])
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in question["reasons"])
    return f'<td role="cell" data-label="{name}">{shown}<ul>{reasons}</ul></td>'


def _mark(decision: dict[str, Any]) -> str:
    status = {record.RETRAIN: ("bad", "▲"), record.HEALTHY: ("good", "●")}.get(decision["status"], ("dim", "○"))
    return '<span class="{}" aria-hidden="true">{}</span>'.format(*status)


def _score(score: dict[str, Any]) -> str:
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"


def _time(decision: dict[str, Any]) -> str:
    return f"{when(decision):%Y-%m-%d %H:%M:%S}"
