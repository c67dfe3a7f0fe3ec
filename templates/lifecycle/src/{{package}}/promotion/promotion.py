"""Who becomes champion: the offer, the verdict, and what follows from it."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .. import bundle, evaluation, history, model, record
from ..config import COMMAND
from ..errors import LifecycleError
from ..features import slices
from ..metrics import row_scores
from ..training import feedback, registry
from . import export, verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judging:
    """Labelled records that no model learnt from: what was held out, and feedback up to a number of the log.

    Feedback decides alone where it is as much as what was held out, which then guards what the champion can do
    already. Less of it stands among `rows`: both decide together.
    """

    rows: pd.DataFrame
    feedback: pd.DataFrame | None = None
    until: int | None = None

    @property
    def rows_from(self) -> str:
        if self.feedback is not None:
            return history.FEEDBACK
        return history.TEST_SET if self.until is None else history.BOTH


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
        return evaluation.Verdict(record.PROMOTED, [f"version {champion} is restored and serves again"], {})
    version = _challenger(terms.dataset_digest)
    if version == champion:  # an earlier promotion was cut short before its last step
        bundle.point(folder, None, bundle.CHALLENGER)
        registry.set_champion(version)
        return evaluation.Verdict(record.PROMOTED, [f"version {version} serves already"], {})
    if standing := history.refusal(folder, champion, version):  # cut short before the registry was told
        _withdraw(folder, version)
        return evaluation.Verdict(record.REFUSED, standing["reasons"], {})
    challenger = _offered(folder, version, judging.rows, terms)
    found = _judge(folder, champion, challenger, judging, terms)
    if found.promoted and bundle.active_version(folder) != champion:  # a rollback waits for nobody
        raise LifecycleError(f"Version {champion}, which was judged, serves no longer. Run again: {COMMAND} promote")
    why = {"reasons": found.reasons, "evidence": found.evidence, "dataset": terms.dataset_digest}
    history.add(folder, found.status, champion, version, **why)
    if found.promoted:
        bundle.activate(folder, version)
        bundle.point(folder, None, bundle.CHALLENGER)
        registry.set_champion(version)
    elif found.status == record.REFUSED:
        _withdraw(folder, version)
    return found


def _withdraw(folder: Path, version: int) -> None:
    bundle.point(folder, None, bundle.CHALLENGER)
    registry.withdraw(version)


def _judge(
    folder: Path, champion: int | None, challenger: bundle.Bundle, judging: Judging, terms: export.Terms
) -> evaluation.Verdict:
    log.info("judging version %d by %s", challenger.version, judging.rows_from)
    if champion is None:
        answers, groups = model.answer(challenger.predictor, judging.rows), slices(judging.rows)
        found = evaluation.Verdict(**registry.load_evidence(challenger.version))
        low = verdict.below_floor(row_scores(answers), groups[terms.bounds.columns], terms.bounds.slice_floor)
        found = replace(found, status=record.REFUSED if low else found.status, reasons=[*found.reasons, *low])
    else:
        found = _compare(folder, bundle.load(folder / f"v{champion}"), challenger, judging, terms)
    pair = [(champion, challenger.version)] if judging.feedback is None else []
    decided = history.test_set_decided(folder, terms.dataset_digest, *pair)
    last = "feedback decided that neither model learnt from"
    if pair:
        last = f"the test set has now decided {decided} time{'s' * (decided > 1)}"
    ground = {"rows_from": judging.rows_from, "test_set_decided": decided, "judged_until": judging.until}
    ground |= {"drivers": challenger.manifest.get("drivers", {})}
    return replace(found, reasons=[*found.reasons, last], evidence=found.evidence | ground)


def _compare(
    folder: Path, champion: bundle.Bundle, challenger: bundle.Bundle, judging: Judging, terms: export.Terms
) -> evaluation.Verdict:
    both = [champion, challenger]
    times = export.latencies([one.predictor for one in both], judging.rows, terms.seed)
    sizes = [bundle.megabytes(folder / f"v{one.version}") for one in both]

    def compared(rows: pd.DataFrame) -> evaluation.Verdict:
        given = [model.answer(one.predictor, rows) for one in both]
        old, new = map(verdict.Contender, given, times, sizes)
        return verdict.compare(new, old, slices(rows), terms.bounds, terms.seed)

    found = compared(judging.rows)
    if champion.manifest.get("dataset") != terms.dataset_digest:
        found.reasons.append(f"version {champion.version} was trained on another split: it may know the test set")
    if judging.feedback is None:
        return found
    decisive, guards = compared(judging.feedback), found.reasons[1:]
    status = record.REFUSED if found.guarded else decisive.status
    reasons = list(dict.fromkeys([*decisive.reasons, *guards]))
    return evaluation.Verdict(status, reasons, found.evidence | {"feedback": decisive.evidence}, found.guarded)


def unseen(folder: Path, rows: list[dict[str, Any]]) -> list[bool]:
    """Of each row of the log whether neither champion nor challenger learnt from it, and it has decided nothing yet."""
    versions = map(registry.version_of, (registry.CHAMPION, registry.CHALLENGER))
    tags = [registry.tags(version) for version in versions if version]
    learnt, kept_from = (max(int(one.get(name, 0)) for one in tags) for name in ("log_until", "kept_from"))
    judged = history.judged_until(folder)
    kept = feedback.kept(rows)
    return [row["number"] > max(judged, kept_from if one else learnt) for row, one in zip(rows, kept, strict=True)]


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
