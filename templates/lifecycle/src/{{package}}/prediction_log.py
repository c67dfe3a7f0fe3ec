"""The database of predictions and feedback: SQLite by default, PostgreSQL by URL."""

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DisconnectionError, IntegrityError, SQLAlchemyError

from .errors import LifecycleError, Unreachable

PATIENCE = 2  # seconds that a write waits for a lock or a connection
CHUNK = 1_000  # rows of one statement

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
    sqlite_autoincrement=True,  # a number says what was learnt from: none is given twice, also after a purge
)
FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("prediction_id", sa.String(32), sa.ForeignKey("predictions.id"), primary_key=True),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("target", sa.JSON, nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
)
SHADOWS = sa.Table(
    "shadows",
    METADATA,
    sa.Column("prediction_id", sa.String(32), sa.ForeignKey("predictions.id"), primary_key=True),
    sa.Column("model_version", sa.Integer, nullable=False),
    sa.Column("output", sa.JSON, nullable=False),
    sa.Column("latency_ms", sa.Float, nullable=False),
)


class UnknownPrediction(KeyError):
    """Feedback names a prediction that was never logged."""


class FeedbackExists(ValueError):
    """The prediction has its feedback already; the first one counts."""


@dataclass(frozen=True)
class Row:
    """One answered prediction; input and output as JSON."""

    id: str
    model_version: int
    input: str
    output: str
    latency_ms: float


@dataclass(frozen=True)
class ShadowRow:
    """What the challenger would have answered to a prediction that is in the log; the output as JSON."""

    prediction_id: str
    model_version: int
    output: str
    latency_ms: float


def new_id() -> str:
    """32 hexadecimal digits that nobody can guess and that grow with time (UUID version 7, RFC 9562).

    The database appends such ids to the end of its index; random ones would touch a page each.
    """
    milliseconds, noise = time.time_ns() // 1_000_000, secrets.randbits(74)
    return f"{milliseconds:012x}{0x7000 | noise >> 62:04x}{0x8 << 60 | noise & ((1 << 62) - 1):016x}"


def connect(database_url: str, impatient: bool = False) -> sa.Engine:
    """An engine with the tables in place. Raises LifecycleError if there is no such database.

    The service is impatient: a statement on PostgreSQL fails after PATIENCE, while monitoring may read for longer.
    """
    try:
        engine = _engine(sa.make_url(database_url), impatient)
        _create_tables(engine)
    except (ArgumentError, ImportError, SQLAlchemyError) as error:
        kind: type[LifecycleError] = Unreachable
        advice = "Start it, or correct the URL."
        if isinstance(error, ImportError):
            kind = LifecycleError
            advice = "For PostgreSQL, install the extra 'postgres' and begin the URL with postgresql+psycopg://"
        raise kind(f"DATABASE_URL: no database there ({str(error).splitlines()[0]}). {advice}") from None
    return engine


def _create_tables(engine: sa.Engine) -> None:
    """Make the tables unless they are there; another worker may be one table ahead at each attempt."""
    for _ in METADATA.tables:
        with suppress(SQLAlchemyError):
            return METADATA.create_all(engine)
    return METADATA.create_all(engine)


def _engine(url: sa.URL, impatient: bool) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": PATIENCE})
        sa.event.listen(engine, "connect", _durable_and_concurrent)
        sa.event.listen(engine, "connect", lambda _, entry: entry.info.update(file=file_id(engine)))
        sa.event.listen(engine, "checkout", lambda _, entry, __: _check_file(engine, entry.info["file"]))
        return engine
    timeouts: dict[str, Any] = {"connect_timeout": PATIENCE, "tcp_user_timeout": 1000 * PATIENCE}
    if impatient:
        timeouts["options"] = f"-c statement_timeout={1000 * PATIENCE} -c lock_timeout={1000 * PATIENCE}"
    # A server may have been started anew since the last use of a connection: ask it first.
    return sa.create_engine(url, connect_args=timeouts, pool_pre_ping=True)


def _durable_and_concurrent(connection: Any, _: Any) -> None:
    """A write-ahead log lets monitoring read while the API writes; FULL makes a commit outlive a power cut."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def writer(engine: sa.Engine) -> sa.Connection:
    """A connection for `record`, on which every statement is a transaction of its own."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def record(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Write answered predictions; they are durable when this returns. Raises SQLAlchemyError if they are not.

    One statement for many rows, in the driver's own form: the database works on it without Python, whose interpreter
    the event loop needs meanwhile. SQLAlchemy's insert would come back to Python for every row. A row that is there
    already is left: a commit may succeed although the connection breaks before it says so.
    """
    now = datetime.now(UTC).isoformat(" ", "microseconds")
    columns = ("time", *Row.__dataclass_fields__)
    _insert(connection, PREDICTIONS, columns, [(now, *vars(row).values()) for row in rows])


def record_shadows(connection: sa.Connection, rows: Sequence[ShadowRow]) -> None:
    """Write what the challenger would have answered, as `record` writes; the predictions have to be there."""
    _insert(connection, SHADOWS, tuple(ShadowRow.__dataclass_fields__), [tuple(vars(row).values()) for row in rows])


def _insert(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], values: list[tuple[Any, ...]]
) -> None:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    insert, places = f"INSERT INTO {table.name} ({', '.join(columns)})", f"({', '.join([mark] * len(columns))})"
    if len(values) > CHUNK:
        connection.exec_driver_sql("BEGIN")
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        statement = f"{insert} VALUES {', '.join([places] * len(part))} ON CONFLICT DO NOTHING"
        connection.exec_driver_sql(statement, tuple(value for row in part for value in row))
    if len(values) > CHUNK:
        connection.exec_driver_sql("COMMIT")


def file_id(engine: sa.Engine) -> int | None:
    """What tells a SQLite file from another one at the same place; None if there is none, or for a server."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or not Path(path).exists():
        return None
    return Path(path).stat().st_ino


def _check_file(engine: sa.Engine, opened: int | None) -> None:
    """Feedback for a file that was deleted would be taken, and be lost; the pool opens another connection instead."""
    if opened != file_id(engine):
        raise DisconnectionError("the file was replaced")


def reopen(engine: sa.Engine) -> None:
    """Let go of a file that was deleted or replaced, and open the one that is there now, with its tables in place."""
    engine.dispose()
    _create_tables(engine)


def purge(engine: sa.Engine, days: float) -> int:
    """Delete predictions older than so many days, with all that refers to them; returns how many predictions."""
    old = PREDICTIONS.c.time < datetime.now(UTC) - timedelta(days=days)
    deleted = 0
    while True:
        with engine.begin() as connection:
            ids = connection.scalars(sa.select(PREDICTIONS.c.id).where(old).limit(CHUNK)).all()
            for table in (FEEDBACK, SHADOWS):
                connection.execute(sa.delete(table).where(table.c.prediction_id.in_(ids)))
            connection.execute(sa.delete(PREDICTIONS).where(PREDICTIONS.c.id.in_(ids)))
        deleted += len(ids)
        if len(ids) < CHUNK:
            break
    if engine.dialect.name == "sqlite":  # what was deleted is still in the write-ahead log until that is emptied
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return deleted


def add_feedback(engine: sa.Engine, targets: dict[str, Any], source: str = "local") -> None:
    """Write what turned out to be true, by prediction id, and who said so: all of it or nothing.

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
        rows = [
            {"prediction_id": name, "time": now, "target": target, "source": source} for name, target in targets.items()
        ]
        try:
            connection.execute(sa.insert(FEEDBACK), rows)
        except IntegrityError:  # the same feedback arrived twice at once
            raise FeedbackExists(next(iter(targets))) from None


def labelled(engine: sa.Engine, after: int = 0) -> list[dict[str, Any]]:
    """Every prediction that has feedback and a higher number than `after`, oldest first."""
    given = sa.select(PREDICTIONS, FEEDBACK.c.target, FEEDBACK.c.source)
    joined = given.join(FEEDBACK, PREDICTIONS.c.id == FEEDBACK.c.prediction_id)
    query = joined.where(PREDICTIONS.c.number > after).order_by(PREDICTIONS.c.number)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def check(engine: sa.Engine) -> None:
    """Raises SQLAlchemyError if the log can't be reached."""
    with engine.connect() as connection:
        connection.execute(sa.select(PREDICTIONS.c.number).limit(1))


def counts(engine: sa.Engine) -> tuple[int, int]:
    """How many predictions and how much feedback are logged."""
    with engine.connect() as connection:
        predictions = connection.scalar(sa.select(sa.func.count()).select_from(PREDICTIONS))
        feedback = connection.scalar(sa.select(sa.func.count()).select_from(FEEDBACK))
    return int(predictions or 0), int(feedback or 0)
