"""The stages as the command line and the flow call them: each gathers what its function needs from the settings."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import lock, record
from .config import COMMAND, Settings
from .errors import LifecycleError

# Each stage imports what it needs itself: `--help` and `serve` would wait for MLflow otherwise.
if TYPE_CHECKING:
    from .evaluation import Verdict
    from .feedback import Usable
    from .monitoring import Decision
    from .tracking import Plan

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retrained:
    """The challenger, or None and why there is none; and the verdict on it, if one was given already and stands."""

    version: int | None
    reason: str
    verdict: str | None = None


def train(s: Settings) -> int:
    """Fit baselines and candidates; returns the version of the challenger."""
    from . import data, registry, source, training

    with lock.exclusive(s.champion_dir):
        connect(s)
        registry.end_interrupted(s.root)
        protocols = source.protocols(data.read(s.data_dir, *data.PARTS), s.seed) if s.protocols else {}
        return training.train(data.read(s.data_dir, "train"), data.read(s.data_dir, "test"), protocols, _plan(s))


def promote(s: Settings) -> "Verdict":
    """Judge the challenger; returns the verdict."""
    from . import data, promotion, schema

    connect(s)
    digest = data.describe(s.data_dir)["digest"]
    held_out = ["test", "heldout"] if promotion.champions_so_far(s.champion_dir) else ["test"]
    limits = {name: str(getattr(s, name)) for name in schema.Limits.model_fields}
    terms = promotion.Terms(digest, s.tolerance, s.seed, limits)
    with lock.exclusive(s.champion_dir):
        return promotion.promote(s.champion_dir, data.read(s.data_dir, *held_out), terms)


def monitor(s: Settings) -> "Decision":
    """Judge what the champion served lately; returns the decision."""
    from . import data, monitoring, prediction_log, registry

    connect(s)
    version = registry.version_of(registry.CHAMPION)
    if version is None:
        raise LifecycleError(f"No champion to watch. Run: {COMMAND} promote")
    log = prediction_log.connect(s.database_url)
    served = data.with_input(prediction_log.recent(log, version, s.monitor_window))
    rules = monitoring.Rules(s.minimum_rows, s.tolerance, s.seed)
    return monitoring.monitor(served, registry.load_reference(version), version, s.reports_dir, rules)


def retrain(s: Settings) -> Retrained:
    """Learn from the train set and the feedback; returns the new challenger, or why there is none.

    The same champion, rows and seed give no second version: where an earlier run was cut short, this one goes on.
    """
    from . import bundle, data, model, prediction_log, registry, tracking, training

    version = bundle.active_version(s.champion_dir)
    if version is None:
        raise LifecycleError(f"No champion to retrain. Run: {COMMAND} promote")
    with lock.exclusive(s.champion_dir):
        rows = data.with_input(prediction_log.labelled(prediction_log.connect(s.database_url)))
        connect(s)
        registry.end_interrupted(s.root)
        train_set, heldout = data.read(s.data_dir, "train"), data.read(s.data_dir, "test", "heldout")
        fed_back = _usable(rows, version, s)
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
            plan = replace(_plan(s), origin={"parent": version, "log_until": rows[-1]["number"], **counts})
            answers = model.answer(bundle.load(s.champion_dir / f"v{version}").predictor, heldout)
            made = training.retrain(version, learnt, heldout, answers, plan)
        registry.set_challenger(made)
        return Retrained(made, f"version {made} is the challenger")


def connect(s: Settings) -> None:
    """Point MLflow at its store."""
    from . import registry

    registry.connect(s.mlflow_tracking_uri, s.root)


def records(s: Settings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was decided so far: about champions, and by monitoring."""
    return record.read(s.champion_dir / record.HISTORY), record.read(s.reports_dir / record.DECISIONS)


def _usable(rows: list[dict[str, Any]], champion: int, s: Settings) -> "Usable":
    """What of the feedback may be learnt from, if it is enough."""
    from . import data, feedback, registry

    known = data.read(s.data_dir, "train", "test", "heldout")
    usable = feedback.usable(rows, known, s, after=int(registry.tags(champion).get("log_until", 0)))
    if usable.rows is None or len(usable.rows) >= s.minimum_rows:
        return usable
    return feedback.Usable(None, f"{usable.reason}; {len(usable.rows)} can be used, retraining needs {s.minimum_rows}")


def _verdict(version: int, s: Settings) -> str | None:
    """The verdict on a version that stands; None if there is none yet, or a promotion was cut short."""
    from . import bundle, registry

    verdict = None
    for entry in record.read(s.champion_dir / record.HISTORY):
        if entry["event"] == "serves again" and entry["from_version"] == version:
            verdict = "rolled back"
        elif entry["to_version"] == version:
            verdict = entry["event"]
    if verdict in ("refused", "rolled back"):
        return verdict
    serves = bundle.active_version(s.champion_dir) == registry.version_of(registry.CHAMPION) == version
    return "promoted" if serves else None


def _plan(s: Settings) -> "Plan":
    from . import data, tracking

    return tracking.Plan(data.describe(s.data_dir)["digest"], s.seed, s.jobs, s.folds)
