"""The prediction log as the service writes it: all rows that wait go into one transaction, a group commit."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from .. import prediction_log
from ..prediction_log import Row, ShadowRow
from .meters import Meters

log = logging.getLogger(__name__)
IN_ORDER = "is written"
WAIT = 3.0 * prediction_log.PATIENCE  # seconds for the transaction before this one, and for this one
PAUSE = 5.0  # seconds without an attempt after a failure, where answers don't depend on the log


class LogWriter:
    """Writes rows one transaction after the other; what arrives in the meantime waits for the next.

    A commit to a disk costs the same for one row as for a hundred: waiting together, requests share that cost.
    """

    def __init__(self, engine: sa.Engine, meters: Meters, required: bool) -> None:
        self.engine = engine
        self.meters = meters
        self.required = required
        self.waiting: list[tuple[list[Row], asyncio.Future[None]]] = []
        self.arrived = asyncio.Event()
        self.thread = ThreadPoolExecutor(1, "prediction-log")
        self.connection: sa.Connection | None = None
        self.file = prediction_log.file_id(engine)
        self.state = IN_ORDER
        self.paused_until = 0.0

    async def write(self, rows: list[Row]) -> bool:
        """True, when the rows are durable. Raises SQLAlchemyError if they can't be written.

        Where the log is not required, rows that can't be written are counted as lost instead, and it is False.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((rows, done))
        self.arrived.set()
        try:
            async with asyncio.timeout(WAIT):
                await done
            self.meters.logged.inc(len(rows))
            return True
        except Exception as error:  # whatever it is, the row may not be there
            if self.required:
                raise error if isinstance(error, SQLAlchemyError) else SQLAlchemyError(type(error).__name__) from None
            self.meters.lost.inc(len(rows))
            return False

    def write_shadows(self, rows: list[ShadowRow]) -> None:
        """Return when the rows are written, between two groups of answers; for a thread, which may wait.

        On a connection of its own, it would hold the lock of SQLite against the answers. Raises SQLAlchemyError.
        """
        self.thread.submit(self._commit_shadows, rows).result()

    def start(self) -> asyncio.Task[None]:
        """Commit group after group, until the task is cancelled."""
        self.arrived = asyncio.Event()  # belongs to the loop that is running now
        return asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self.arrived.wait()
            self.arrived.clear()
            group, self.waiting = self.waiting, []
            try:
                faults = await loop.run_in_executor(self.thread, self._commit, [rows for rows, _ in group])
            except Exception as error:  # whatever it is, nobody may wait forever
                faults = [error] * len(group)
            for (_, done), fault in zip(group, faults, strict=True):
                if done.done():  # the request was cancelled
                    continue
                done.set_exception(fault) if fault else done.set_result(None)

    def _commit(self, group: list[list[Row]]) -> list[Exception | None]:
        """Write all requests' rows at once; returns what went wrong with each request's."""
        if time.monotonic() < self.paused_until:
            return [SQLAlchemyError("paused after a failure")] * len(group)
        rows = [row for rows in group for row in rows]
        try:
            self._record(partial(prediction_log.record, rows=rows))
        except Exception as error:  # whatever it is, nobody may wait forever
            fault_of_log = error.orig if isinstance(error, OperationalError) else None
            # The database may say what is wrong with itself; of a row it could say what a user sent.
            self._say(f"can't be written: {fault_of_log or type(error).__name__}")
            if len(group) > 1 and not fault_of_log:  # one request's rows, perhaps
                return [fault for rows in group for fault in self._commit([rows])]
            if fault_of_log and not self.required:
                self.paused_until = time.monotonic() + PAUSE
            return [error] * len(group)
        self._say(IN_ORDER)
        self.meters.commit_rows.observe(len(rows))
        return [None] * len(group)

    def _commit_shadows(self, rows: list[ShadowRow]) -> None:
        if self.state != IN_ORDER:
            raise SQLAlchemyError("answers come first")
        self._record(partial(prediction_log.record_shadows, rows=rows))

    def _say(self, state: str) -> None:
        """Log what is new; under load, the same fault comes a hundred times a second."""
        if state != self.state:
            log.warning("the prediction log %s", " ".join(state.split()))
        self.state = state

    def _record(self, write: Callable[[sa.Connection], None]) -> None:
        """Write on the connection that is kept; after a failure, the next attempt opens another one."""
        file = prediction_log.file_id(self.engine)
        if file != self.file:  # commits to a SQLite file that was deleted would succeed, and be lost
            self._disconnect()
            prediction_log.reopen(self.engine)
            self.file = prediction_log.file_id(self.engine)
        used_before = self.connection is not None
        self.connection = self.connection or prediction_log.writer(self.engine)
        try:
            write(self.connection)
        except Exception as error:
            self._disconnect()
            if not (used_before and getattr(error, "connection_invalidated", False)):
                raise
            self._record(write)  # the server was started anew in between

    def _disconnect(self) -> None:
        if self.connection:
            self.connection.invalidate()
            self.connection.close()
        self.connection = None
