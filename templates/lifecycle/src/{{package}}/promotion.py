"""Who becomes champion: the offer, the verdict, and what follows from it."""

import logging
import platform
import re
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from . import bundle, evaluation, explanation, history, model, predictor, registry, verdict
from .config import COMMAND
from .errors import LifecycleError
from .features import slices
from .metrics import row_scores
from .predictor import PARITY
from .schema import INPUT, Record

log = logging.getLogger(__name__)
LATENCY_ROWS = 200


@dataclass(frozen=True)
class Terms:
    """What a promotion goes by: the data's digest, what may refuse a challenger, a seed, and a request's limits."""

    dataset_digest: str
    bounds: verdict.Bounds
    seed: int
    limits: dict[str, str]


@dataclass(frozen=True)
class Judging:
    """The labelled records that decide, none of which a model learnt from; for feedback, up to which of the log."""

    rows: pd.DataFrame
    rows_from: str = history.TEST_SET
    until: int | None = None


def offer(folder: Path, version: int, rows: pd.DataFrame, terms: Terms) -> None:
    """Export a registered version beside the champion and name it as the challenger."""
    export(folder, version, rows, terms)
    bundle.point(folder, version, bundle.CHALLENGER)


def promote(folder: Path, judging: Judging, terms: Terms) -> evaluation.Verdict:
    """Judge the challenger, record the verdict, and make it champion if it has earned that.

    Both bundles answer the same rows. If the process is killed, whenever that is, the command can be run again.
    """
    champion, restored = _champion(folder, judging.rows, terms)
    if restored and registry.version_of(registry.CHALLENGER) is None:
        return evaluation.Verdict(evaluation.PROMOTED, [f"version {champion} is restored and serves again"], {})
    version = _challenger(terms.dataset_digest)
    if version == champion:  # an earlier promotion was cut short before its last step
        bundle.point(folder, None, bundle.CHALLENGER)
        registry.set_champion(version)
        return evaluation.Verdict(evaluation.PROMOTED, [f"version {version} serves already"], {})
    challenger = _offered(folder, version, judging.rows, terms)
    found = _judge(folder, champion, challenger, judging, terms)
    if found.promoted and bundle.active_version(folder) != champion:  # a rollback waits for nobody
        raise LifecycleError(f"Version {champion}, which was judged, serves no longer. Run again: {COMMAND} promote")
    why = {"reasons": found.reasons, "evidence": found.evidence, "dataset": terms.dataset_digest}
    history.add(folder, found.status, champion, version, **why)
    if found.promoted:
        bundle.activate(folder, version)
    if found.status != evaluation.UNDECIDED:
        bundle.point(folder, None, bundle.CHALLENGER)
        (registry.set_champion if found.promoted else registry.withdraw)(version)
    return found


def _judge(
    folder: Path, champion: int | None, challenger: bundle.Bundle, judging: Judging, terms: Terms
) -> evaluation.Verdict:
    answers, groups = model.answer(challenger.predictor, judging.rows), slices(judging.rows)
    if champion is None:
        found = evaluation.Verdict(**registry.load_evidence(challenger.version))
        low = verdict.below_floor(row_scores(answers), groups[terms.bounds.columns], terms.bounds.slice_floor)
        found = replace(found, status=evaluation.REFUSED if low else found.status, reasons=[*found.reasons, *low])
    else:
        serving = bundle.load(folder / f"v{champion}")
        times = latencies([serving.predictor, challenger.predictor], judging.rows, terms.seed)
        sizes = [megabytes(folder / f"v{one.version}") for one in (serving, challenger)]
        given = [model.answer(serving.predictor, judging.rows), answers]
        old, new = map(verdict.Contender, given, times, sizes)
        found = verdict.compare(new, old, groups, terms.bounds, terms.seed)
    pair = [(champion, challenger.version)] if judging.rows_from == history.TEST_SET else []
    decided = history.test_set_decided(folder, terms.dataset_digest, *pair)
    last = "judged by feedback that neither model learnt from"
    if pair:
        last = f"the test set has now decided {decided} time{'s' * (decided > 1)}"
    ground = {"rows_from": judging.rows_from, "test_set_decided": decided, "judged_until": judging.until}
    ground |= {"drivers": challenger.manifest.get("drivers", {})}
    return replace(found, reasons=[*found.reasons, last], evidence=found.evidence | ground)


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


def megabytes(folder: Path) -> float:
    """The size of a bundle."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def seen_until(folder: Path) -> int:
    """The number of the log's latest row that champion or challenger learnt from, or that decided before."""
    versions = map(registry.version_of, (registry.CHAMPION, registry.CHALLENGER))
    learnt = [int(registry.tags(version).get("log_until", 0)) for version in versions if version]
    return max([*learnt, history.judged_until(folder)])


def _challenger(dataset_digest: str) -> int:
    version = registry.version_of(registry.CHALLENGER)
    if version is None:
        raise LifecycleError(f"No challenger in the registry. Run: {COMMAND} train")
    if registry.tags(version).get("dataset") != dataset_digest:
        raise LifecycleError(f"Version {version} was trained on another split of the data. Run: {COMMAND} train")
    return version


def _offered(folder: Path, version: int, rows: pd.DataFrame, terms: Terms) -> bundle.Bundle:
    """The challenger's bundle; exported anew if it was never offered, or is not whole any more."""
    with suppress(LifecycleError):
        if bundle.pointed(folder, bundle.CHALLENGER) == version:
            return bundle.load(folder / f"v{version}")
    offer(folder, version, rows, terms)
    return bundle.load(folder / f"v{version}")


def _champion(folder: Path, rows: pd.DataFrame, terms: Terms) -> tuple[int | None, bool]:
    """The version that serves here, and whether it had to be restored: the registry's champion, exported anew."""
    try:
        version = bundle.active_version(folder)
        if version is not None:
            bundle.load(folder / f"v{version}")
            history.reference(folder, version)
            return version, False
    except LifecycleError as error:
        log.info("%s", error)
    version = registry.version_of(registry.CHAMPION)
    if version is not None:
        export(folder, version, rows, terms)
        bundle.activate(folder, version)
        log.info("version %d, champion in the registry, restored to %s", version, folder)
    return version, version is not None


def export(folder: Path, version: int, rows: pd.DataFrame, terms: Terms) -> None:
    """Leave the sealed bundle of a registered version, not yet active, if it answers these rows as the pipeline does.

    Its reference is kept beside it, so that monitoring does without the registry.
    """
    fitted = registry.load_pipeline(version)
    answers = model.predict(fitted, rows)
    made: dict[str, Any] = {"made": _now(), **registry.tags(version), "limits": terms.limits, "libraries": _libraries()}

    def fill(path: Path) -> None:
        model.export(fitted, path)
        exported = predictor.load(path)
        check_parity(model.answer(exported, rows), answers)
        made["drivers"] = explanation.importance(exported, rows, terms.seed)

    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"v{version}.reference.partial"
    registry.load_reference(version).to_parquet(partial, index=False)
    partial.replace(history.reference_path(folder, version))
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


def _libraries() -> dict[str, str]:
    """The versions of what the service stands on: Python, and the requirements of this package that are no extras."""
    required = [one for one in metadata.requires(COMMAND) or [] if "extra ==" not in one]
    names = sorted(re.split(r"[^\w.-]", one)[0] for one in required)
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
