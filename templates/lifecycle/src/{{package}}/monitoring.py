"""Is the champion still right? Compares what it served with its reference, and decides whether to retrain."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import MeanValue, ValueDrift

from . import data, record
from .evaluation import Score, apart, interval
from .features import OUTPUTS, WATCHED, watched
from .metrics import DECISIVE, SIGN, row_biases, row_scores
from .schema import TARGET

HEALTHY, RETRAIN, WAITING = "healthy", "retraining advised", "not enough yet"
BIAS = "bias"


@dataclass(frozen=True)
class Decision:
    """What monitoring found, and what it advises."""

    status: str
    reasons: list[str]
    time: str
    model_version: int
    rows: int
    drift: dict[str, float]
    quality: Score | None
    reference_quality: Score | None
    bias: Score | None
    reference_bias: Score | None
    report: str | None


@dataclass(frozen=True)
class Rules:
    """When a window counts as evidence, and how much worse quality and bias may get."""

    minimum_rows: int
    tolerance: float
    seed: int


def monitor(
    served: list[dict[str, Any]], reference: pd.DataFrame, version: int, folder: Path, rules: Rules
) -> Decision:
    """Judge a window of served predictions against the champion's reference; leaves a report and appends the decision.

    `served` are rows of the prediction log; `reference` has the columns of prepared data and the model's answers.
    """
    now = datetime.now(UTC)
    when = now.isoformat(timespec="seconds")
    if len(served) < rules.minimum_rows:
        reason = f"{len(served)} of {rules.minimum_rows} predictions by version {version}"
        return Decision(WAITING, [reason], when, version, len(served), {}, None, None, None, None, None)
    current, earlier = _frame(data.from_log(served), _answers(served)), _frame(reference, reference)
    folder.mkdir(parents=True, exist_ok=True)
    report = f"{now:%Y-%m-%dT%H-%M-%S-%f}-v{version}"
    drift = _run_evidently(current, earlier, folder / report)
    quality, bias = (_mean(current[column], rules.seed) for column in (DECISIVE, BIAS))
    before, bias_before = (interval(earlier[column].to_numpy(), rules.seed) for column in (DECISIVE, BIAS))
    reasons = [_say_drift(column, drift[column]) for column in WATCHED if drift[column] > WATCHED[column][2]]
    if quality and bias and quality.rows >= rules.minimum_rows:
        if apart(quality, before, rules.tolerance) == -SIGN:
            reasons.append(f"{DECISIVE} worsened to {quality} from {before}")
        if apart(bias, bias_before, rules.tolerance) and abs(bias.value) > abs(bias_before.value):
            reasons.append(f"bias grew to {bias} from {bias_before}")
    status = RETRAIN if reasons else HEALTHY
    found = reasons or [f"no watched column drifted, {_say_quality(quality, rules)}"]
    scores = (quality, before, bias, bias_before)
    decision = Decision(status, found, when, version, len(served), drift, *scores, f"{report}.html")
    record.append(folder / record.DECISIONS, asdict(decision))
    return decision


def _answers(served: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([{**row["output"], "prediction": row["output"].get(TARGET)} for row in served])


def _frame(records: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """What is watched of each record, what was answered, and, where the target is known, score and bias of the row."""
    known = records[TARGET].notna()
    scored = answers[known].assign(target=records.loc[known, TARGET])
    frame = watched(records).join(answers[OUTPUTS])
    frame.loc[known, DECISIVE] = row_scores(scored)
    frame.loc[known, BIAS] = row_biases(scored)
    return frame


def _mean(values: pd.Series, seed: int) -> Score | None:
    known = values.dropna().to_numpy()
    return interval(known, seed) if len(known) else None


def _run_evidently(current: pd.DataFrame, reference: pd.DataFrame, path: Path) -> dict[str, float]:
    """Write `path`.html and `path`.json; returns the drift of each watched column, in the units of its method."""

    def columns(kind: str) -> list[str]:
        return [column for column, watch in WATCHED.items() if watch[0] == kind]

    known = [column for column in (DECISIVE, BIAS) if current[column].notna().any()]
    definition = DataDefinition(
        text_columns=columns("text"),
        numerical_columns=[*columns("numerical"), *known],
        categorical_columns=columns("categorical"),
    )
    metrics = [ValueDrift(column=c, method=method, threshold=limit) for c, (_, method, limit) in WATCHED.items()]
    report = Report([*metrics, *(MeanValue(column=column) for column in known)], include_tests=True)
    frames = (frame[[*WATCHED, *known]] for frame in (current, reference))
    snapshot = report.run(*(Dataset.from_pandas(frame, definition) for frame in frames))
    snapshot.save_html(f"{path}.html")
    snapshot.save_json(f"{path}.json")
    values = [metric["value"] for metric in snapshot.dict()["metrics"]]
    return {column: float(value) for column, value in zip(WATCHED, values, strict=False)}


def _say_quality(quality: Score | None, rules: Rules) -> str:
    labels = quality.rows if quality else 0
    return "quality holds" if labels >= rules.minimum_rows else f"too few labels to judge quality ({labels})"


def _say_drift(column: str, value: float) -> str:
    _, method, limit = WATCHED[column]
    return f"{column} drifted: {method} {value:.2f}, limit {limit}"
