"""Who becomes champion: the verdict, the export, the record; and the way back."""

import logging
import platform
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline

from . import bundle, evaluation, model, predictor, record, registry
from .config import COMMAND
from .errors import LifecycleError
from .features import GUARDED, slices
from .predictor import PARITY

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Terms:
    """What a promotion goes by: the data's digest, how much worse a slice may get, a seed, and a request's limits."""

    dataset_digest: str
    tolerance: float
    seed: int
    limits: dict[str, str]


def promote(folder: Path, rows: pd.DataFrame, terms: Terms) -> evaluation.Verdict:
    """Judge the challenger; if it has earned it, export it and make it champion. Either way the verdict is recorded.

    `rows` are held-out, labelled records of the data with that digest: both models answer all of them. If the process
    is killed, whenever that is, the command can be run again.
    """
    champion, restored = _champion(folder, rows, terms)
    if restored and registry.version_of(registry.CHALLENGER) is None:
        return evaluation.Verdict(True, [f"version {champion} is restored and serves again"], {})
    challenger = _challenger(terms.dataset_digest)
    if challenger == champion:  # an earlier promotion was cut short before its last step
        registry.set_champion(challenger)
        return evaluation.Verdict(True, [f"version {challenger} serves already"], {})
    fitted = registry.load_pipeline(challenger)
    answers = model.predict(fitted, rows)
    if champion is None:
        verdict = evaluation.Verdict(**registry.load_evidence(challenger))
    else:
        old = model.answer(bundle.load(folder / f"v{champion}").predictor, rows)
        verdict = evaluation.compare(answers, old, slices(rows), evaluation.Guard(GUARDED, terms.tolerance), terms.seed)
    if verdict.promoted:
        export(folder, challenger, fitted, answers, rows, terms)
    event = "promoted" if verdict.promoted else "refused"
    _record(folder, event, from_version=champion, to_version=challenger, **asdict(verdict))
    if verdict.promoted:
        bundle.activate(folder, challenger)
        registry.set_champion(challenger)
    return verdict


def _challenger(dataset_digest: str) -> int:
    version = registry.version_of(registry.CHALLENGER)
    if version is None:
        raise LifecycleError(f"No challenger in the registry. Run: {COMMAND} train")
    if registry.tags(version).get("dataset") != dataset_digest:
        raise LifecycleError(f"Version {version} was trained on another split of the data. Run: {COMMAND} train")
    return version


def _champion(folder: Path, rows: pd.DataFrame, terms: Terms) -> tuple[int | None, bool]:
    """The version that serves here, and whether it had to be restored: the registry's champion, exported anew."""
    try:
        version = bundle.active_version(folder)
        if version is not None:
            bundle.load(folder / f"v{version}")
            return version, False
    except LifecycleError as error:
        log.info("%s", error)
    version = registry.version_of(registry.CHAMPION)
    if version is not None:
        fitted = registry.load_pipeline(version)
        export(folder, version, fitted, model.predict(fitted, rows), rows, terms)
        bundle.activate(folder, version)
        log.info("version %d, champion in the registry, restored to %s", version, folder)
    return version, version is not None


def export(
    folder: Path, version: int, fitted: Pipeline, answers: pd.DataFrame, rows: pd.DataFrame, terms: Terms
) -> None:
    """Leave the sealed bundle of a registered version, not yet active, if it gives these answers to these rows."""

    def fill(path: Path) -> None:
        model.export(fitted, path)
        check_parity(model.answer(predictor.load(path), rows), answers)

    made = {"made": _now(), **registry.tags(version), "limits": terms.limits, "libraries": _libraries()}
    bundle.write(folder, version, fill, made)


def check_parity(bundled: pd.DataFrame, registered: pd.DataFrame) -> None:
    """The bundle must answer as the registered pipeline does. Raises LifecycleError if a row differs.

    Labels have to be equal, numbers within PARITY: absolute below 1, relative above.
    """
    numbers = registered.select_dtypes("number").columns
    scale = registered[numbers].abs().clip(lower=1)
    gap = float(((bundled[numbers] - registered[numbers]).abs() / scale).to_numpy().max())  # NaN if one is NaN
    labels = int((bundled.drop(columns=numbers) != registered.drop(columns=numbers)).any(axis=1).sum())
    if labels or not gap <= PARITY:
        raise LifecycleError(
            f"Not promoted: the bundle differs from the pipeline in {labels} labels and by {gap:.1e}. See: model.export"
        )
    log.info("bundle answers as the pipeline does on %d rows (largest difference %.0e)", len(bundled), gap)


def rollback(folder: Path) -> tuple[int, int]:
    """Bring back the champion before the present one; returns the versions (from, to)."""
    champions = champions_so_far(folder)
    if len(champions) < 2:
        raise LifecycleError(
            f"No champion before {f'version {champions[0]}' if champions else 'this'}: nothing to roll back to"
        )
    before, current = champions[-2:]
    bundle.activate(folder, before)
    _record(folder, "serves again", from_version=current, to_version=before, reasons=["rollback"])
    registry.set_champion(before)
    return current, before


def champions_so_far(folder: Path) -> list[int]:
    """The versions that became champion, oldest first, without those that were rolled back; the last one serves.

    A promotion is recorded before it is carried out, a rollback after: cut short, either can be run again.
    """
    champions: list[int] = []
    for entry in record.read(folder / record.HISTORY):
        if entry["event"] == "promoted" and entry["to_version"] not in champions[-1:]:
            champions.append(entry["to_version"])
        elif entry["event"] == "serves again":
            champions.pop()
    return champions


def _libraries() -> dict[str, str]:
    """The versions of what the service stands on: Python, and the requirements of this package that are no extras."""
    required = [one for one in metadata.requires(COMMAND) or [] if "extra ==" not in one]
    names = sorted(re.split(r"[^\w.-]", one)[0] for one in required)
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}


def _record(folder: Path, event: str, **details: Any) -> None:
    record.append(folder / record.HISTORY, {"time": _now(), "event": event, **details})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
