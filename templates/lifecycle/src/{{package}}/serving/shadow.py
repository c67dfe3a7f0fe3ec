"""The challenger in shadow: what the champion has answered, it answers too, afterwards, and only the log sees it."""

import math
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from ..bundle import Bundle
from ..prediction_log import PATIENCE, Row, ShadowRow
from ..schema import Record
from .champion import Challenger
from .log_writer import LogWriter
from .meters import Meters

MOST = 16_000_000  # weight of what may wait, by `transport.weight`: a few seconds of work
ROWS, SECONDS = 500, 0.5  # that are written at once, and that the first of them waits
LAST = 5.0  # seconds that a stop waits for what is left


@dataclass(frozen=True)
class Work:
    """What was answered: the records, their rows in the log, and how many ms it took to read them."""

    challenger: Bundle
    records: list[Record]
    rows: list[Row]
    read_ms: float
    weight: int


class Shadow:
    """A thread that nobody waits for: behind with its work, it leaves out and counts what comes."""

    def __init__(self, challenger: Challenger, writer: LogWriter, meters: Meters) -> None:
        self.challenger = challenger
        self.writer = writer
        self.meters = meters
        self.queue: SimpleQueue[Work | None] = SimpleQueue()
        self.taken = self.done = 0  # weight; each is changed by one thread alone
        self.deadline = math.inf
        self.thread = Thread(target=self._run, name="shadow", daemon=True)

    def start(self) -> None:
        """Begin; from now on, threads that compute give way ten times as often, or answers would wait for this one."""
        sys.setswitchinterval(0.0005)
        self.thread.start()

    def add(self, work: Work) -> None:
        """Have this answered in shadow, unless too much waits already."""
        if self.taken - self.done + work.weight > MOST:
            self.meters.shadow_dropped.inc(len(work.rows))
        else:
            self.taken += work.weight
            self.queue.put(work)

    def stop(self) -> None:
        """Answer and write what waits, within LAST seconds."""
        self.deadline = time.monotonic() + LAST
        self.queue.put(None)
        self.thread.join(LAST + PATIENCE)

    def _run(self) -> None:
        group: list[ShadowRow] = []
        written, work = time.monotonic(), None
        stopped = False
        while not stopped:
            with suppress(Empty):
                work = self.queue.get(timeout=SECONDS)
                stopped = work is None
                group += self._answer(work) if work else []
            if stopped or len(group) >= ROWS or time.monotonic() > written + SECONDS:
                self._write(group)
                group, written = [], time.monotonic()

    def _answer(self, work: Work) -> list[ShadowRow]:
        start = time.perf_counter()
        in_time = time.monotonic() < self.deadline
        answers = self.challenger.answer(work.challenger, work.records) if in_time else None
        latency_ms = work.read_ms + 1000 * (time.perf_counter() - start)
        self.done += work.weight
        if answers is None:
            self.meters.shadow_dropped.inc(len(work.rows))
            return []
        version = work.challenger.version
        return [
            ShadowRow(row.id, version, answer.model_dump_json(), latency_ms)
            for row, answer in zip(work.rows, answers, strict=True)
        ]

    def _write(self, rows: list[ShadowRow]) -> None:
        try:
            if rows:
                self.writer.write_shadows(rows)
                self.meters.shadow_logged.inc(len(rows))
        except Exception:  # the log is not in order, which its writer says; or a prediction was purged meanwhile
            self.meters.shadow_dropped.inc(len(rows))
