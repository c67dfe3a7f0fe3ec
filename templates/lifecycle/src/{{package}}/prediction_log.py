"""The database of predictions and feedback: SQLite by default, PostgreSQL by URL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from .errors import LifecycleError

METADATA = sa.MetaData()
PREDICTIONS = sa.Table(
    "predictions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("model_version", sa.Integer, nullable=False, index=True),
    sa.Column("input", sa.JSON, nullable=False),
    sa.Column("output", sa.JSON, nullable=False),
    sa.Column("latency_ms", sa.Float, nullable=False),
)
FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("prediction_id", sa.String(32), sa.ForeignKey("predictions.id"), primary_key=True),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("target", sa.JSON, nullable=False),
)


class UnknownPrediction(KeyError):
    """Feedback names a prediction that was never logged."""


class FeedbackExists(ValueError):
    """The prediction has its feedback already; the first one counts."""


@dataclass(frozen=True)
class Row:
    """One answered prediction."""

    id: str
    model_version: int
    input: dict[str, Any]
    output: dict[str, Any]
    latency_ms: float


def connect(database_url: str) -> sa.Engine:
    """An engine with the two tables in place. Raises LifecycleError if there is no such database."""
    try:
        engine = sa.create_engine(database_url, json_serializer=lambda value: json.dumps(value, ensure_ascii=False))
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _durable_and_concurrent)
        METADATA.create_all(engine)
    except (ArgumentError, ImportError, SQLAlchemyError) as error:
        driver_missing = isinstance(error, ImportError)
        reason = "the extra 'postgres' is not installed" if driver_missing else str(error).splitlines()[0]
        raise LifecycleError(f"DATABASE_URL: no database there ({reason}). Start it, or correct the URL.") from None
    return engine


def _durable_and_concurrent(connection: Any, _: Any) -> None:
    """A write-ahead log lets monitoring read while the API writes; FULL makes a commit outlive a power cut."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def record(engine: sa.Engine, rows: Sequence[Row]) -> None:
    """Write answered predictions; they are durable when this returns."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(sa.insert(PREDICTIONS), [{"time": now, **vars(row)} for row in rows])


def add_feedback(engine: sa.Engine, targets: dict[str, Any]) -> None:
    """Write what turned out to be true, by prediction id: all of it or nothing.

    Raises UnknownPrediction or FeedbackExists with the first id at fault.
    """
    with engine.begin() as connection:
        known = set(connection.scalars(sa.select(PREDICTIONS.c.id).where(PREDICTIONS.c.id.in_(targets))))
        if unknown := [name for name in targets if name not in known]:
            raise UnknownPrediction(unknown[0])
        given = FEEDBACK.c.prediction_id
        answered = set(connection.scalars(sa.select(given).where(given.in_(targets))))
        if answered:
            raise FeedbackExists(next(name for name in targets if name in answered))
        now = datetime.now(UTC)
        rows = [{"prediction_id": name, "time": now, "target": target} for name, target in targets.items()]
        try:
            connection.execute(sa.insert(FEEDBACK), rows)
        except IntegrityError:  # the same feedback arrived twice at once
            raise FeedbackExists(next(iter(targets))) from None


def recent(engine: sa.Engine, model_version: int, rows: int) -> list[dict[str, Any]]:
    """The latest predictions of a version, newest first; `target` is None where there is no feedback yet."""
    of_version = _joined().where(PREDICTIONS.c.model_version == model_version)
    query = of_version.order_by(PREDICTIONS.c.number.desc()).limit(rows)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def labelled(engine: sa.Engine) -> list[dict[str, Any]]:
    """Every prediction that has feedback, oldest first."""
    query = _joined().where(FEEDBACK.c.prediction_id.is_not(None)).order_by(PREDICTIONS.c.number)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def counts(engine: sa.Engine) -> tuple[int, int]:
    """How many predictions and how much feedback are logged."""
    with engine.connect() as connection:
        predictions = connection.scalar(sa.select(sa.func.count()).select_from(PREDICTIONS))
        feedback = connection.scalar(sa.select(sa.func.count()).select_from(FEEDBACK))
    return int(predictions or 0), int(feedback or 0)


def _joined() -> Any:
    return sa.select(PREDICTIONS, FEEDBACK.c.target).select_from(
        PREDICTIONS.outerjoin(FEEDBACK, PREDICTIONS.c.id == FEEDBACK.c.prediction_id)
    )
