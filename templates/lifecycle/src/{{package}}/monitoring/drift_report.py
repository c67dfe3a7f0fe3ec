"""What a person reads of a decision: the three answers, above Evidently's report of every watched column."""

import json
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

from ..evaluation import Score
from ..features import WATCHED

if TYPE_CHECKING:
    from .monitoring import Decision


def write(path: Path, decision: "Decision", current: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Leave `path`.html and `path`.json. Raises OSError if they can't be written."""
    kinds = {kind: [c for c, watch in WATCHED.items() if watch[0] == kind] for kind, _, _ in WATCHED.values()}
    definition = DataDefinition(**{f"{kind}_columns": columns for kind, columns in kinds.items()})
    metrics = [ValueDrift(column=c, method=method, threshold=limit) for c, (_, method, limit) in WATCHED.items()]
    samples = (Dataset.from_pandas(frame[[*WATCHED]], definition) for frame in (current, reference))
    snapshot = Report(metrics).run(*samples)
    page = snapshot.get_html_str(as_iframe=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".html").write_text(page.replace("<body>", f"<body>{_answers(decision)}", 1), "utf-8")
    found = json.loads(snapshot.json()) | {"decision": asdict(decision)}
    path.with_suffix(".json").write_text(json.dumps(found), "utf-8")


def _answers(decision: "Decision") -> str:
    """The three questions with their answers and reasons, and the bias in the course of time."""
    text = f"<h1>Version {decision.model_version}: {decision.status}</h1>"
    text += (
        f"<p>{decision.rows:,} predictions, {decision.sampled:,} looked at. A column has changed if its distance and"
    )
    text += " its p-value are both beyond their limits. Below, Evidently goes by the distance alone.</p>"
    asked = [(f"{name} changed?", one.answer, "; ".join(one.reasons)) for name, one in decision.questions.items()]
    text += _table([("question", "answer", "why"), *asked])
    if decision.bias_by_period:
        biases = [(one["since"], str(Score(*list(one.values())[1:]))) for one in decision.bias_by_period]
        text += "<h2>The bias in the course of time</h2>" + _table([("since", "bias"), *biases])
    style = "font:15px sans-serif;max-width:1150px;margin:2em auto;line-height:1.5"
    return f'<section style="{style}">{text}</section>'


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
