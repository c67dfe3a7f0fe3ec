"""A registered version as a sealed bundle: made, held against the pipeline that it comes from, timed and weighed."""

import logging
import platform
import re
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from .. import bundle, explanation, history, model, predictor
from ..config import COMMAND
from ..errors import LifecycleError
from ..predictor import PARITY
from ..schema import INPUT, Record
from ..training import registry
from . import examples, verdict

log = logging.getLogger(__name__)
LATENCY_ROWS = 200


@dataclass(frozen=True)
class Terms:
    """What a promotion goes by: the data's digest, what may refuse a challenger, a seed, and a request's limits."""

    dataset_digest: str
    bounds: verdict.Bounds
    seed: int
    limits: dict[str, str]


def make(folder: Path, version: int, rows: pd.DataFrame, terms: Terms) -> None:
    """Leave the sealed bundle of a registered version, not yet active, if it answers these rows as the pipeline does.

    Its reference is kept beside it, so that monitoring does without the registry; and a few of the rows as examples.
    """
    fitted = registry.load_pipeline(version)
    answers = model.predict(fitted, rows)
    made: dict[str, Any] = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **registry.tags(version),
        "limits": terms.limits,
        "libraries": _libraries(),
    }

    def fill(path: Path) -> None:
        model.export(fitted, path)
        exported = predictor.load(path)
        check_parity(model.answer(exported, rows), answers)
        made["drivers"] = explanation.importance(exported, rows, terms.seed)

    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"v{version}.reference.partial"
    registry.load_reference(version).to_parquet(partial, index=False)
    partial.replace(history.reference_path(folder, version))
    examples.write(folder, version, rows)
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


def latencies(predictors: list[predictor.Predictor], rows: pd.DataFrame, seed: int) -> list[float]:
    """Median time in ms in which each answers one record; they take turns, so that noise disturbs all alike."""
    sample = rows[INPUT].sample(min(LATENCY_ROWS, len(rows)), random_state=seed)
    times: list[list[float]] = [[] for _ in predictors]
    for values in sample.to_dict("records"):
        given = [Record(**values)]
        for one, spent in zip(predictors, times, strict=True):
            start = time.perf_counter()
            one.predict(given)
            spent.append(1000 * (time.perf_counter() - start))
    return [statistics.median(spent) for spent in times]


def _libraries() -> dict[str, str]:
    """The versions of what the service stands on: Python, and the requirements of this package that are no extras."""
    required = [one for one in metadata.requires(COMMAND) or [] if "extra ==" not in one]
    names = sorted(re.split(r"[^\w.-]", one)[0] for one in required)
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
