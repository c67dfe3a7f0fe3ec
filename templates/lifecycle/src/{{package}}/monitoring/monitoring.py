"""Is the champion still right? Three questions about what it served, each with its own answer, and one decision."""

import logging
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from .. import data, record
from ..errors import LifecycleError
from ..evaluation import Score
from ..features import OUTPUTS, WATCHED, watched
from ..metrics import DECISIVE
from ..record import HEALTHY, RETRAIN, WAITING
from ..schema import INPUT, TARGET
from . import drift, drift_report, quality
from .window import Window

log = logging.getLogger(__name__)
CHANGED, UNCHANGED = "changed", "unchanged"
FEWEST = 20  # rows that kept a record of today's contract, or there is nothing to compare
FALSE_ALARMS = 0.05  # at most, of windows without a change; a third of them for each question


@dataclass(frozen=True)
class Question:
    """The answer to one of the three questions, and why."""

    answer: str
    reasons: list[str]


@dataclass(frozen=True)
class Decision:
    """What monitoring found, and what it advises."""

    status: str
    reasons: list[str]
    time: str
    model_version: int
    rows: int
    sampled: int
    since: str | None
    until: str | None
    questions: dict[str, Question]
    drift: dict[str, float] = field(default_factory=dict)
    quality: Score | None = None
    reference_quality: Score | None = None
    bias: Score | None = None
    reference_bias: Score | None = None
    bias_by_period: list[dict[str, Any]] = field(default_factory=list)
    report: str | None = None


@dataclass(frozen=True)
class Rules:
    """When a window counts as evidence, and how much worse quality and bias may get."""

    minimum_rows: int
    tolerance: float
    seed: int


def monitor(window: Window, reference: pd.DataFrame, version: int, folder: Path, rules: Rules) -> Decision:
    """Judge a window; leaves a report and appends the decision, unless there is not enough to judge.

    Raises LifecycleError, with the decision in it, if the folder can't be written.
    """
    now = datetime.now(UTC)
    path = folder / f"{now:%Y-%m-%dT%H-%M-%S-%f}-v{version}"
    decision, frames = judge(window, reference, version, rules, f"{path.name}.html")
    if frames:
        try:
            drift_report.write(path, decision, *frames)
            record.append(folder / record.DECISIONS, asdict(decision))
        except OSError as error:
            found = f"{decision.status}: {'; '.join(decision.reasons)}"
            raise LifecycleError(
                f"{folder} can't be written ({error.strerror}), so this is not recorded: {found}."
                " Make room there, or set REPORTS_DIR."
            ) from None
    return decision


def judge(
    window: Window, reference: pd.DataFrame, version: int, rules: Rules, report: str | None = None
) -> tuple[Decision, tuple[pd.DataFrame, pd.DataFrame] | None]:
    """The decision about a window, and the watched columns of window and reference that it rests on.

    `reference` has the columns of prepared data and the model's answers. Writes nothing.
    """
    served = data.with_input(window.served)
    records = data.from_log(served)
    first = ~records.duplicated(INPUT)  # who asks again is no drift, and a classifier would know the record again
    if not first.all():
        log.info("%d predictions repeat a record of the window: each record counts once", (~first).sum())
    served, records = [row for row, one in zip(served, first, strict=True) if one], records[first]
    when = datetime.now(UTC).isoformat(timespec="seconds")
    extent = (when, version, window.rows, len(served), window.since, window.until)
    rows = min(window.rows, len(served)) if len(served) < FEWEST else window.rows
    if rows < rules.minimum_rows:
        reason = f"{rows} of {rules.minimum_rows} predictions by version {version}"
        waiting = Question(WAITING, [reason])
        return Decision(WAITING, [reason], *extent, dict.fromkeys(("input", "output", "quality"), waiting)), None
    columns = watched(records.reset_index(drop=True), reference)
    answers = (_answers(served)[OUTPUTS], reference[OUTPUTS])
    current, earlier = (frame.join(answer) for frame, answer in zip(columns, answers, strict=True))

    level = FALSE_ALARMS / 3
    inputs = drift.distances([column for column in WATCHED if column not in OUTPUTS], current, earlier, level)
    outputs = drift.distances(OUTPUTS, current, earlier, level)
    live = _live(window, reference, rules, level)
    questions = {"input": _drifted(inputs), "output": _drifted(outputs), "quality": _quality(live, window, rules)}
    changed = [reason for one in questions.values() if one.answer == CHANGED for reason in one.reasons]
    reasons = changed or [reason for one in questions.values() for reason in one.reasons]
    distances = {one.column: one.value for one in (*inputs, *outputs)}
    scores = {name: value for name, value in vars(live).items() if name != "worse"} if live else {}
    status = RETRAIN if changed else HEALTHY
    decision = Decision(status, reasons, *extent, questions, distances, **scores, report=report)
    return decision, (current, earlier)


def _answers(served: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([{**row["output"], "prediction": row["output"].get(TARGET)} for row in served])


def _drifted(distances: list[drift.Distance]) -> Question:
    changed = [f"{one.column} drifted: {one}" for one in distances if one.changed]
    columns = ", ".join(one.column for one in distances) if len(distances) < 4 else f"{len(distances)} columns"
    return Question(CHANGED, changed) if changed else Question(UNCHANGED, [f"{columns} as in the reference"])


def _live(window: Window, reference: pd.DataFrame, rules: Rules, level: float) -> quality.Live | None:
    """What the labelled rows say; None if there are none."""
    if not window.labelled:
        return None
    times = [row["time"].isoformat(timespec="seconds") for row in window.labelled]
    scored = _answers(window.labelled).assign(target=[row["target"] for row in window.labelled], time=times)
    return quality.judge(scored, reference.assign(target=reference[TARGET]), rules.tolerance, level, rules.seed)


def _quality(live: quality.Live | None, window: Window, rules: Rules) -> Question:
    if live is None or window.labels < rules.minimum_rows:
        return Question(WAITING, [f"{window.labels} of {rules.minimum_rows} predictions with feedback"])
    if live.worse:
        return Question(CHANGED, live.worse)
    return Question(UNCHANGED, [f"{DECISIVE} {live.quality} as before {live.reference_quality}"])
