"""Who becomes champion: the offer, the verdict, and what follows from it."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from . import bundle, evaluation, export, history, model, registry, verdict
from .config import COMMAND
from .errors import LifecycleError
from .features import slices
from .metrics import row_scores

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judging:
    """The labelled records that decide, none of which a model learnt from; for feedback, up to which of the log."""

    rows: pd.DataFrame
    rows_from: str = history.TEST_SET
    until: int | None = None


def offer(folder: Path, version: int, rows: pd.DataFrame, terms: export.Terms) -> None:
    """Export a registered version beside the champion and name it as the challenger."""
    export.make(folder, version, rows, terms)
    bundle.point(folder, version, bundle.CHALLENGER)


def promote(folder: Path, judging: Judging, terms: export.Terms) -> evaluation.Verdict:
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
    folder: Path, champion: int | None, challenger: bundle.Bundle, judging: Judging, terms: export.Terms
) -> evaluation.Verdict:
    log.info("judging version %d on %d rows of %s", challenger.version, len(judging.rows), judging.rows_from)
    answers, groups = model.answer(challenger.predictor, judging.rows), slices(judging.rows)
    if champion is None:
        found = evaluation.Verdict(**registry.load_evidence(challenger.version))
        low = verdict.below_floor(row_scores(answers), groups[terms.bounds.columns], terms.bounds.slice_floor)
        found = replace(found, status=evaluation.REFUSED if low else found.status, reasons=[*found.reasons, *low])
    else:
        serving = bundle.load(folder / f"v{champion}")
        times = export.latencies([serving.predictor, challenger.predictor], judging.rows, terms.seed)
        sizes = [export.megabytes(folder / f"v{one.version}") for one in (serving, challenger)]
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


def _offered(folder: Path, version: int, rows: pd.DataFrame, terms: export.Terms) -> bundle.Bundle:
    """The challenger's bundle; exported anew if it was never offered, or is not whole any more."""
    with suppress(LifecycleError):
        if bundle.pointed(folder, bundle.CHALLENGER) == version:
            return bundle.load(folder / f"v{version}")
    offer(folder, version, rows, terms)
    return bundle.load(folder / f"v{version}")


def _champion(folder: Path, rows: pd.DataFrame, terms: export.Terms) -> tuple[int | None, bool]:
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
        export.make(folder, version, rows, terms)
        bundle.activate(folder, version)
        log.info("version %d, champion in the registry, restored to %s", version, folder)
    return version, version is not None
