"""The stages as the command line and the flow call them: each gathers what its function needs from the settings."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from . import record
from .config import COMMAND, Settings
from .errors import LifecycleError

# Each stage imports what it needs itself: `--help` and `serve` would wait for MLflow otherwise.
if TYPE_CHECKING:
    from .evaluation import Verdict
    from .monitoring import Decision
    from .tracking import Plan


@dataclass(frozen=True)
class Retrained:
    """The new challenger, or None and why there is none."""

    version: int | None
    reason: str


def train(s: Settings) -> int:
    """Fit baselines and candidates; returns the version of the challenger."""
    from . import data, source, training

    connect(s)
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
    return promotion.promote(s.champion_dir, data.read(s.data_dir, *held_out), terms)


def monitor(s: Settings) -> "Decision":
    """Judge what the champion served lately, bring the page up to date, say what is alarming; returns the decision."""
    from . import alerts, data, metrics, monitoring, prediction_log, registry, report_page

    connect(s)
    version = registry.version_of(registry.CHAMPION)
    if version is None:
        raise LifecycleError(f"No champion to watch. Run: {COMMAND} promote")
    log = prediction_log.connect(s.database_url)
    served = data.with_input(prediction_log.recent(log, version, s.monitor_window))
    rules = monitoring.Rules(s.minimum_rows, s.tolerance, s.seed)
    decision = monitoring.monitor(served, registry.load_reference(version), version, s.reports_dir, rules)
    report_page.write(s.reports_dir, metrics.DECISIVE, asdict(decision))
    alerts.alert(s.reports_dir, s.alert_webhook, s.github_token)
    return decision


def retrain(s: Settings) -> Retrained:
    """Learn from the train set and the feedback; returns the new challenger, or why there is none."""
    from . import bundle, data, model, prediction_log, training

    version = bundle.active_version(s.champion_dir)
    rows = data.with_input(prediction_log.labelled(prediction_log.connect(s.database_url)))
    if version is None:
        raise LifecycleError(f"No champion to retrain. Run: {COMMAND} promote")
    if len(rows) < s.minimum_rows:
        return Retrained(None, f"{len(rows)} rows with feedback, retraining needs {s.minimum_rows}")
    connect(s)
    heldout = data.read(s.data_dir, "test", "heldout")
    champion = model.answer(bundle.load(s.champion_dir / f"v{version}").predictor, heldout)
    learnt = training.with_feedback(data.read(s.data_dir, "train"), data.from_feedback(rows), heldout)
    new = training.retrain(version, learnt, heldout, champion, _plan(s))
    return Retrained(new, f"version {new} is the challenger")


def connect(s: Settings) -> None:
    """Point MLflow at its store."""
    from . import registry

    registry.connect(s.mlflow_tracking_uri, s.root)


def records(s: Settings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was decided so far: about champions, and by monitoring."""
    return record.read(s.champion_dir / record.HISTORY), record.read(s.reports_dir / record.DECISIONS)


def _plan(s: Settings) -> "Plan":
    from . import data, tracking

    return tracking.Plan(data.describe(s.data_dir)["digest"], s.seed, s.jobs, s.folds)
