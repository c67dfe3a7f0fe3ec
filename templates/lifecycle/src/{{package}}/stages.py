"""The stages as the command line and the flow call them: each gathers what its function needs from the settings."""

import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from . import lock, record
from .config import COMMAND, Settings
from .errors import LifecycleError

# Each stage imports what it needs itself: `--help` and `serve` would wait for MLflow otherwise.
if TYPE_CHECKING:
    from .evaluation import Verdict
    from .monitoring.monitoring import Decision
    from .promotion.export import Terms
    from .promotion.promotion import Judging
    from .training.feedback import Usable
    from .training.tracking import Plan

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retrained:
    """The challenger, or None and why there is none; and the verdict on it, if one was given already and stands."""

    version: int | None
    reason: str
    verdict: str | None = None


def train(s: Settings) -> int:
    """Fit baselines and candidates; returns the version of the challenger."""
    from . import data, source
    from .promotion import promotion
    from .training import registry, training

    with lock.exclusive(s.champion_dir):
        connect(s)
        registry.end_interrupted(s.root)
        protocols = source.protocols(data.read(s.data_dir, *data.PARTS), s.seed) if s.protocols else {}
        train_set, test_set = data.read(s.data_dir, "train"), data.read(s.data_dir, "test")
        version = training.train(train_set, test_set, protocols, _plan(s))
        promotion.offer(s.champion_dir, version, test_set, _terms(s))
        return version


def promote(s: Settings) -> "Verdict":
    """Judge the challenger; returns the verdict."""
    from .promotion import promotion

    with lock.exclusive(s.champion_dir):
        connect(s)
        return promotion.promote(s.champion_dir, _judging(s), _terms(s))


def monitor(s: Settings) -> "Decision":
    """Judge what the champion served lately, bring the page up to date, say what is alarming; returns the decision."""
    from datetime import UTC, datetime

    from . import bundle, history, metrics, prediction_log
    from .monitoring import alerts, monitoring, report_page, window

    version = bundle.active_version(s.champion_dir)
    if version is None:
        raise LifecycleError(f"No champion to watch. Run: {COMMAND} promote")
    if not s.monitor_days and s.monitor_window < s.minimum_rows:
        raise LifecycleError(
            f"MONITOR_WINDOW={s.monitor_window} never has MINIMUM_ROWS={s.minimum_rows}. Set it higher, or that lower."
        )
    extent = window.Extent(s.monitor_window, s.monitor_days, s.monitor_sample)
    log = prediction_log.connect(s.database_url)
    rules = monitoring.Rules(s.minimum_rows, s.tolerance, s.seed)
    served = window.read(log, version, extent, datetime.now(UTC))
    reference = history.reference(s.champion_dir, version)
    decision = monitoring.monitor(served, reference, version, s.reports_dir, rules)
    report_page.write(s.reports_dir, metrics.DECISIVE, asdict(decision))
    alerts.alert(s.reports_dir, s.alert_webhook, s.github_token)
    return decision


def retrain(s: Settings) -> Retrained:
    """Learn from the train set and the feedback; returns the new challenger, or why there is none.

    The same champion, rows and seed give no second version: where an earlier run was cut short, this one goes on.
    """
    from . import bundle, data, model, prediction_log
    from .promotion import promotion
    from .training import registry, tracking, training

    version = bundle.active_version(s.champion_dir)
    if version is None:
        raise LifecycleError(f"No champion to retrain. Run: {COMMAND} promote")
    with lock.exclusive(s.champion_dir):
        rows = data.with_input(prediction_log.labelled(prediction_log.connect(s.database_url)))
        connect(s)
        registry.end_interrupted(s.root)
        train_set, heldout = data.read(s.data_dir, "train"), data.read(s.data_dir, "test", "heldout")
        to_learn, kept_from = _to_learn(rows, version, s.minimum_rows)
        fed_back = _usable(to_learn, version, s)
        if fed_back.rows is None:
            return Retrained(None, fed_back.reason)
        log.info("%s", fed_back.reason)
        learnt = training.with_feedback(train_set, fed_back.rows, heldout, s.new_share)
        made = registry.made_like(version, {"train_digest": tracking.digest(learnt), "seed": str(s.seed)})
        verdict = made and _verdict(made, s)
        if made and verdict:
            return Retrained(made, f"version {made} has learnt from the same rows already: {verdict}", verdict)
        if made is None:
            counts = {"old_rows": len(train_set), "new_rows": len(learnt) - len(train_set)}
            plan = replace(
                _plan(s), origin={"parent": version, "log_until": rows[-1]["number"], "kept_from": kept_from, **counts}
            )
            answers = model.answer(bundle.load(s.champion_dir / f"v{version}").predictor, heldout)
            made = training.retrain(version, learnt, heldout, answers, plan)
        registry.set_challenger(made)
        promotion.offer(s.champion_dir, made, heldout, _terms(s))
        return Retrained(made, f"version {made} is the challenger")


def connect(s: Settings) -> None:
    """Point MLflow at its store, and let it know who serves."""
    from . import bundle, history
    from .training import registry

    registry.connect(s.mlflow_tracking_uri, s.root)
    active = None
    with suppress(LifecycleError):  # `promote` restores what can't be read
        active = bundle.active_version(s.champion_dir)
    if not active:
        return
    registry.check(active)
    known = history.ever_champion(s.champion_dir) if history.rolled_back(s.champion_dir) else []
    if (champion := registry.version_of(registry.CHAMPION)) != active and champion in known:
        registry.set_champion(active)  # it could not be told of the rollback; another machine's champion stays


def records(s: Settings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was decided so far: about champions, and by monitoring."""
    return record.read(s.champion_dir / record.HISTORY), record.read(s.reports_dir / record.DECISIONS)


def promoted(s: Settings) -> bool:
    """Whether a promotion is on record here; a fresh clone has none."""
    return any(entry["event"] == record.PROMOTED for entry in records(s)[0])


def measured(s: Settings) -> dict[str, Any]:
    """All that showcase shows but the latency, for which a service has to run."""
    from datetime import UTC, datetime

    from . import bundle, data
    from .showcase import results

    history, decisions = records(s)
    results.promotions(history)  # before the data: a fresh clone has neither, and it is `run` that makes both
    found = results.gather(history, decisions, data.describe(s.data_dir))
    found["champion"] |= bundle.describe(s.champion_dir / f"v{found['champion']['version']}")
    files = [s.champion_dir / record.HISTORY, s.reports_dir / record.DECISIONS, s.data_dir / "dataset.json"]
    present = [path for path in files if path.is_file()]
    sources = {f"{path.parent.name}/{path.name}": results.digest(path.read_text("utf-8")) for path in present}
    written = datetime.now(UTC).isoformat(timespec="seconds")
    return {**results.project(s.root), "written": written, **found, "latency": None, "sources": sources}


def _to_learn(rows: list[dict[str, Any]], champion: int, enough: int) -> tuple[list[dict[str, Any]], int]:
    """The rows with feedback that may be learnt from, and the number of the log above which some are kept to judge.

    Where those that are kept are too few to judge by, all are learnt from.
    """
    from .training import feedback, registry

    since = int(registry.tags(champion).get("kept_from", 0))
    kept = [one and row["number"] > since for row, one in zip(rows, feedback.kept(rows), strict=True)]
    if sum(kept) < enough:
        return rows, rows[-1]["number"] if rows else 0
    return [row for row, one in zip(rows, kept, strict=True) if not one], since


def _usable(rows: list[dict[str, Any]], champion: int, s: Settings) -> "Usable":
    """What of the feedback may be learnt from, if it is enough."""
    from . import data
    from .training import feedback, registry

    known = data.read(s.data_dir, "train", "test", "heldout")
    usable = feedback.usable(rows, known, s, after=int(registry.tags(champion).get("log_until", 0)))
    if usable.rows is None or len(usable.rows) >= s.minimum_rows:
        return usable
    return feedback.Usable(None, f"{usable.reason}; {len(usable.rows)} can be used, retraining needs {s.minimum_rows}")


def _verdict(version: int, s: Settings) -> str | None:
    """The verdict on a version that stands; None if there is none yet, or a promotion was cut short."""
    from . import bundle
    from .training import registry

    verdict = None
    for entry in record.read(s.champion_dir / record.HISTORY):
        if entry["event"] == record.AGAIN and entry["from_version"] == version:
            verdict = "rolled back"
        elif entry["to_version"] == version:
            verdict = entry["event"]
    if verdict in (record.REFUSED, "rolled back"):
        return verdict
    serves = bundle.active_version(s.champion_dir) == registry.version_of(registry.CHAMPION) == version
    return record.PROMOTED if serves else None


def _plan(s: Settings) -> "Plan":
    from . import data
    from .training import tracking

    return tracking.Plan(data.describe(s.data_dir)["digest"], s.seed, s.jobs, s.folds)


def _terms(s: Settings) -> "Terms":
    from . import data, features, schema
    from .promotion import export, verdict

    bounds = verdict.Bounds(features.GUARDED, s.tolerance, s.minimum_gain, s.slice_floor, s.latency_limit, s.size_limit)
    limits = {name: str(getattr(s, name)) for name in schema.Limits.model_fields}
    return export.Terms(data.describe(s.data_dir)["digest"], bounds, s.seed, limits)


def _judging(s: Settings) -> "Judging":
    """What was held out from the start, and the feedback that neither model learnt from, if there is enough."""
    import pandas as pd

    from . import data, history, prediction_log, source
    from .promotion import promotion
    from .training import feedback, registry

    if not history.champions_so_far(s.champion_dir) and registry.version_of(registry.CHAMPION) is None:
        return promotion.Judging(data.read(s.data_dir, "test"))
    heldout = data.read(s.data_dir, "test", "heldout")
    served = prediction_log.labelled(prediction_log.connect(s.database_url))
    kept = feedback.holding(served, s)
    unseen = promotion.unseen(s.champion_dir, kept)
    newer, older = ([row for row, one in zip(kept, unseen, strict=True) if one == new] for new in (True, False))
    if len(newer) >= s.minimum_rows:
        known = pd.concat([data.read(s.data_dir, "train"), heldout])
        usable = feedback.usable(newer, known, s)
        rows = heldout[:0] if usable.rows is None else usable.rows
        earlier = [data.from_feedback(older)] if older else []
        fresh = rows[~source.among(rows, pd.concat([known, *earlier]))]
        if len(fresh) >= s.minimum_rows:
            fresh, until = fresh.reset_index(drop=True), newer[-1]["number"]
            if len(fresh) >= len(heldout):
                return promotion.Judging(heldout, fresh, until)
            return promotion.Judging(pd.concat([heldout, fresh], ignore_index=True), None, until)
        log.info("the latest feedback does not decide: %d rows that are new, %s", len(fresh), usable.reason)
    return promotion.Judging(heldout)
