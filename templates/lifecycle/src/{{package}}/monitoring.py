"""Is the champion still right? Compares what it served with its reference, and decides whether to retrain."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import MeanValue, ValueDrift

from . import record
from .evaluation import Score, interval
from .features import OUTPUTS, WATCHED, watched
from .metrics import DECISIVE, row_scores
from .schema import TARGET

HEALTHY, RETRAIN, WAITING = "healthy", "retraining advised", "not enough yet"


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
    report: str | None


@dataclass(frozen=True)
class Rules:
    """When a window counts as evidence, and how much worse quality may get."""

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
        return Decision(WAITING, [reason], when, version, len(served), {}, None, None, None)
    current, earlier = _frame(served), _reference_frame(reference)
    folder.mkdir(parents=True, exist_ok=True)
    report = f"{now:%Y-%m-%dT%H-%M-%S-%f}-v{version}"
    drift = _run_evidently(current, earlier, folder / report)
    quality = interval(current[DECISIVE].dropna().to_numpy(), rules.seed) if current[DECISIVE].notna().any() else None
    before = interval(earlier[DECISIVE].to_numpy(), rules.seed)
    reasons = [_say_drift(column, drift[column]) for column in WATCHED if drift[column] > WATCHED[column][2]]
    if quality and quality.rows >= rules.minimum_rows and quality.high < before.low - rules.tolerance:
        reasons.append(f"{DECISIVE} fell to {quality} from {before}")
    status = RETRAIN if reasons else HEALTHY
    found = reasons or [f"no watched column drifted, {_say_quality(quality, rules)}"]
    decision = Decision(status, found, when, version, len(served), drift, quality, before, f"{report}.html")
    record.append(folder / record.DECISIONS, asdict(decision))
    return decision


def _frame(served: list[dict[str, Any]]) -> pd.DataFrame:
    answers = pd.DataFrame([{"prediction": row["output"].get(TARGET), **row["output"]} for row in served])
    frame = watched(pd.DataFrame([row["input"] for row in served])).join(answers[OUTPUTS])
    targets = pd.Series([row["target"] for row in served], dtype=object)
    scores = row_scores(answers.assign(target=targets))
    return frame.assign(**{DECISIVE: pd.Series(scores).where(targets.notna())})


def _reference_frame(reference: pd.DataFrame) -> pd.DataFrame:
    scores = row_scores(reference.rename(columns={TARGET: "target"}))
    return watched(reference).join(reference[OUTPUTS]).assign(**{DECISIVE: scores})


def _run_evidently(current: pd.DataFrame, reference: pd.DataFrame, path: Path) -> dict[str, float]:
    """Write `path`.html and `path`.json; returns the drift of each watched column, in the units of its method."""

    def columns(kind: str) -> list[str]:
        return [column for column, watch in WATCHED.items() if watch[0] == kind]

    definition = DataDefinition(
        text_columns=columns("text"),
        numerical_columns=[*columns("numerical"), DECISIVE],
        categorical_columns=columns("categorical"),
    )
    metrics = [ValueDrift(column=c, method=method, threshold=limit) for c, (_, method, limit) in WATCHED.items()]
    report = Report([*metrics, MeanValue(column=DECISIVE)], include_tests=True)
    snapshot = report.run(*(Dataset.from_pandas(frame, definition) for frame in (current, reference)))
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
