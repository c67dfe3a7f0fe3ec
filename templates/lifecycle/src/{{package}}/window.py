"""What monitoring reads of the prediction log: a window by number or by time, and a sample of a large one."""

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .prediction_log import FEEDBACK, PREDICTIONS

log = logging.getLogger(__name__)
CLOCK_MINUTES = 5  # how far the clocks of two machines may differ
CHUNK = 1_000
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

    A window by number goes by arrival. One by time goes by the ids, which begin with the time and have an index; what
    is dated later than now, by a clock that went wrong, is left out and said.
    """
    with engine.connect() as connection:
        inside = _inside(connection, version, extent, now)
        joined = PREDICTIONS.outerjoin(FEEDBACK, PREDICTIONS.c.id == FEEDBACK.c.prediction_id)
        number, given = PREDICTIONS.c.number, FEEDBACK.c.prediction_id
        totals = sa.select(sa.func.count(), sa.func.count(given), sa.func.min(number), sa.func.max(number))
        rows, labels, first, last = connection.execute(totals.select_from(joined).where(inside)).one()
        ends = [end and connection.scalar(sa.select(PREDICTIONS.c.time).where(number == end)) for end in (first, last)]
        since, until = (None if end is None else end.replace(tzinfo=UTC).isoformat(timespec="seconds") for end in ends)

        answers = sa.select(number, PREDICTIONS.c.time, PREDICTIONS.c.output, FEEDBACK.c.target).select_from(joined)
        records = answers.add_columns(PREDICTIONS.c.input)
        served = _sampled(connection, records.where(inside), rows, extent.sample)
        labelled = _sampled(connection, answers.where(inside, given.is_not(None)), labels, extent.sample)
    return Window(rows, labels, since, until, served, labelled)


def _inside(connection: sa.Connection, version: int, extent: Extent, now: datetime) -> sa.ColumnElement[bool]:
    """Which predictions are in the window."""
    if extent.days is None:
        of_version = PREDICTIONS.c.model_version == version
        numbers = sa.select(PREDICTIONS.c.number).where(of_version).order_by(PREDICTIONS.c.number.desc())
        latest = numbers.limit(extent.rows).subquery()
        first = connection.scalar(sa.select(sa.func.min(latest.c.number)))
        return sa.and_(of_version, PREDICTIONS.c.number >= (first or 0))
    # As a sum the version has no index, and SQLite goes by that of the ids: of one version there may be millions.
    of_version = PREDICTIONS.c.model_version + 0 == version
    start, end = _as_id(now - timedelta(days=extent.days)), _as_id(now + timedelta(minutes=CLOCK_MINUTES))
    later = sa.select(sa.func.count()).select_from(PREDICTIONS).where(PREDICTIONS.c.id >= end, of_version)
    if ahead := connection.scalar(later):
        log.warning("%d predictions are left out: they are dated after now. Set the clocks of the service.", ahead)
    return sa.and_(of_version, PREDICTIONS.c.id >= start, PREDICTIONS.c.id < end)


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
