"""Who becomes champion: the verdict, the export, the record; and the way back."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from . import bundle, evaluation, model, record, registry
from .config import COMMAND
from .errors import LifecycleError
from .features import slices
from .predictor import PARITY

log = logging.getLogger(__name__)


def promote(folder: Path, rows: pd.DataFrame, tolerance: float, seed: int) -> evaluation.Verdict:
    """Judge the challenger; if it has earned it, export it and make it champion. Either way the verdict is recorded.

    `rows` are held-out, labelled records: both models answer all of them. Killed at any point, it can be run again.
    """
    challenger = registry.version_of(registry.CHALLENGER)
    if challenger is None:
        raise LifecycleError(f"No challenger in the registry. Run: {COMMAND} train")
    champion = bundle.active_version(folder)
    if challenger == champion:  # an earlier promotion was cut short after its last step but one
        registry.set_champion(challenger)
        return evaluation.Verdict(True, [f"version {challenger} serves already"], {})
    fitted = registry.load_pipeline(challenger)
    answers = model.predict(fitted, rows)
    if champion is None:
        verdict = evaluation.Verdict(**registry.load_evidence(challenger))
    else:
        old = model.answer(bundle.load(folder / f"v{champion}").predictor, rows)
        verdict = evaluation.compare(answers, old, slices(rows), tolerance, seed)
    if verdict.promoted:
        metadata = {"made": _now(), **registry.tags(challenger)}
        exported = bundle.write(folder, challenger, lambda path: model.export(fitted, path), metadata)
        check_parity(model.answer(bundle.load(exported).predictor, rows), answers)
    event = "promoted" if verdict.promoted else "refused"
    _record(folder, event, from_version=champion, to_version=challenger, **asdict(verdict))
    if verdict.promoted:
        bundle.activate(folder, challenger)
        registry.set_champion(challenger)
    return verdict


def check_parity(bundled: pd.DataFrame, registered: pd.DataFrame) -> None:
    """The bundle must answer as the registered pipeline does. Raises LifecycleError if a row differs.

    Labels have to be equal, numbers within PARITY: absolute below 1, relative above.
    """
    numbers = registered.select_dtypes("number").columns
    scale = registered[numbers].abs().clip(lower=1)
    gap = float(((bundled[numbers] - registered[numbers]).abs() / scale).max().max())
    labels = int((bundled.drop(columns=numbers) != registered.drop(columns=numbers)).any(axis=1).sum())
    if labels or not gap <= PARITY:
        raise LifecycleError(
            f"Not promoted: the bundle differs from the pipeline in {labels} labels and by {gap:.1e}. See: model.export"
        )
    log.info("bundle answers as the pipeline does on %d rows (largest difference %.0e)", len(bundled), gap)


def rollback(folder: Path) -> tuple[int, int]:
    """Bring back the champion before the present one; returns the versions (from, to)."""
    current = bundle.active_version(folder)
    before = previous_champions(folder)
    if current is None or not before:
        raise LifecycleError(f"No champion before version {current}: nothing to roll back to. See: {COMMAND} status")
    bundle.activate(folder, before[-1])
    registry.set_champion(before[-1])
    _record(folder, "rolled back", from_version=current, to_version=before[-1])
    return current, before[-1]


def previous_champions(folder: Path) -> list[int]:
    """The champions before the present one, oldest first; a rollback takes the one that it left off the list."""
    champions: list[int] = []
    for entry in record.read(folder / record.HISTORY):
        if entry["event"] == "promoted" and entry["to_version"] not in champions[-1:]:
            champions.append(entry["to_version"])
        elif entry["event"] == "rolled back":
            champions.pop()
    return champions[:-1]


def _record(folder: Path, event: str, **details: Any) -> None:
    record.append(folder / record.HISTORY, {"time": _now(), "event": event, **details})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
