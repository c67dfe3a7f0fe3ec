"""What monitoring reads of the prediction log: a window by number or by time, and a sample of a large one."""

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..prediction_log import FEEDBACK, PREDICTIONS

log = logging.getLogger(__name__)
CLOCK_MINUTES = 5  # how far the clocks of two machines may differ
CHUNK = 1_000
LAG = 10  # windows by number in which late labels are looked for
DIGITS = 8  # at the end of an id; they are random, and so the same rows are in the sample at every look


@dataclass(frozen=True)
class Extent:
    """How much to look at: the latest so many rows, or those of so many days; at most about `sample` of them."""

    rows: int
    days: float | None
    sample: int


@dataclass(frozen=True)
class Window:
    """The predictions of a version in a window, how many have feedback, and a random sample of either."""

    rows: int
    labels: int
    since: str | None
    until: str | None
    served: list[dict[str, Any]]
    labelled: list[dict[str, Any]]


def read(engine: sa.Engine, version: int, extent: Extent, now: datetime) -> Window:
    """The window that ends now. Its cost grows with its rows, not with those of the log.

    Labels come later than answers: a window by number has the latest labelled rows of LAG windows.

    A window by number goes by arrival. One by time goes by the ids, which begin with the time and have an index; what
    is dated later than now, by a clock that went wrong, is left out and said.
    """
    with engine.connect() as connection:
        inside = inside_labels = _inside(connection, version, extent, now)
        joined = PREDICTIONS.outerjoin(FEEDBACK, PREDICTIONS.c.id == FEEDBACK.c.prediction_id)
        number, given = PREDICTIONS.c.number, FEEDBACK.c.prediction_id
        totals = sa.select(sa.func.count(), sa.func.count(given), sa.func.min(number), sa.func.max(number))
        rows, labels, first, last = connection.execute(totals.select_from(joined).where(inside)).one()
        ends = [end and connection.scalar(sa.select(PREDICTIONS.c.time).where(number == end)) for end in (first, last)]
        since, until = (end and _utc(end).isoformat(timespec="seconds") for end in ends)

        if extent.days is None:
            inside_labels = _latest(connection, version, LAG * extent.rows)
            newest = sa.select(number).select_from(joined).where(inside_labels, given.is_not(None))
            numbers = newest.order_by(number.desc()).limit(extent.rows).subquery()
            labels, first = connection.execute(sa.select(sa.func.count(), sa.func.min(numbers.c.number))).one()
            inside_labels = sa.and_(inside_labels, number >= (first or 0))
        answers = sa.select(number, PREDICTIONS.c.time, PREDICTIONS.c.output, FEEDBACK.c.target).select_from(joined)
        records = answers.add_columns(PREDICTIONS.c.input)
        served = _sampled(connection, records.where(inside), rows, extent.sample)
        labelled = _sampled(connection, answers.where(inside_labels, given.is_not(None)), labels, extent.sample)
    return Window(rows, labels, since, until, served, labelled)


def _inside(connection: sa.Connection, version: int, extent: Extent, now: datetime) -> sa.ColumnElement[bool]:
    """Which predictions are in the window."""
    if extent.days is None:
        return _latest(connection, version, extent.rows)
    # As a sum the version has no index, and SQLite goes by that of the ids: of one version there may be millions.
    of_version = PREDICTIONS.c.model_version + 0 == version
    start, end = _as_id(now - timedelta(days=extent.days)), _as_id(now + timedelta(minutes=CLOCK_MINUTES))
    later = sa.select(sa.func.count()).select_from(PREDICTIONS).where(PREDICTIONS.c.id >= end, of_version)
    if ahead := connection.scalar(later):
        log.warning("%d predictions are left out: they are dated after now. Set the clocks of the service.", ahead)
    return sa.and_(of_version, PREDICTIONS.c.id >= start, PREDICTIONS.c.id < end)


def _latest(connection: sa.Connection, version: int, rows: int) -> sa.ColumnElement[bool]:
    """The latest predictions of a version, so many of them."""
    of_version = PREDICTIONS.c.model_version == version
    numbers = sa.select(PREDICTIONS.c.number).where(of_version).order_by(PREDICTIONS.c.number.desc())
    latest = numbers.limit(rows).subquery()
    first = connection.scalar(sa.select(sa.func.min(latest.c.number)))
    return sa.and_(of_version, PREDICTIONS.c.number >= (first or 0))


def _utc(time: datetime) -> datetime:
    """SQLite gives back a time without its zone, PostgreSQL one in the zone of the session."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _as_id(time: datetime) -> str:
    """The beginning of the ids that were given at a time (see `prediction_log.new_id`)."""
    return f"{int(time.timestamp() * 1000):012x}"


def _sampled(connection: sa.Connection, query: Any, rows: int, sample: int) -> list[dict[str, Any]]:
    """All rows, or about so many of them: those whose id ends in a low number; in order of arrival."""
    if rows > sample:
        limit = math.ceil(sample / rows * 16**DIGITS)
        query = query.where(sa.func.substr(PREDICTIONS.c.id, 33 - DIGITS) < f"{limit:0{DIGITS}x}")
    found = connection.execution_options(yield_per=CHUNK).execute(query.order_by(PREDICTIONS.c.number)).mappings()
    return [dict(row) for row in found]
