"""How a request's body becomes logged answers: in its place, off the event loop if it is large, and durable."""

import asyncio
import hashlib
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel

from .. import explanation, prediction_log, schema
from ..bundle import Bundle
from ..config import Settings
from ..contracts import Reader
from ..prediction_log import Row
from ..predictor import INLINE
from ..schema import Record
from . import split, transport
from .api_errors import Problem
from .champion import Challenger, Champion
from .log_writer import LogWriter
from .meters import MULTIPROCESS, Meters
from .shadow import Shadow, Work

log = logging.getLogger(__name__)
EXPLANATIONS = 8  # that may wait; one takes up to a second


class Prediction(schema.Answer):
    """An answer, the version that gave it, and the id that feedback refers to."""

    id: str
    model_version: int


@dataclass(frozen=True)
class Answered:
    """What a request is answered with, and the rows of the log that say so."""

    predictions: list[Prediction]
    rows: list[Row]
    many: bool
    records: list[Record]
    read_ms: float


class Places:
    """So many requests may be in work; one more is refused."""

    def __init__(self, most: int, meters: Meters) -> None:
        self.most = most
        self.meters = meters
        self.count = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place. Raises a problem with status 503 if all are taken."""
        if self.count >= self.most:
            self.meters.shed.inc()
            raise Problem(503, "Busy", "Too many requests wait already.", headers={"Retry-After": "1"})
        self.count += 1
        self.meters.waiting.inc()
        try:
            yield
        finally:
            self.count -= 1
            self.meters.waiting.dec()


class Service:
    """The parts of one worker."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.meters = Meters()
        self.champion = Champion(settings.champion_dir, self.meters)
        self.challenger = Challenger(settings.champion_dir, self.meters)
        self.log = prediction_log.connect(settings.database_url, impatient=True)
        self.writer = LogWriter(self.log, self.meters, settings.prediction_log == "required")
        self.shadow = Shadow(self.challenger, self.writer, self.meters) if settings.shadow else None
        self.threads = ThreadPoolExecutor(os.cpu_count(), "prediction")
        self.explaining = ThreadPoolExecutor(1, "explanation")
        self.places = Places(settings.max_waiting, self.meters)
        self.explanations = Places(EXPLANATIONS, self.meters)
        self.checking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load the champion, follow it, and write the log. When this ends, no request is in work any more."""
        await asyncio.to_thread(self.champion.refresh)
        tasks = [asyncio.create_task(self.champion.follow()), self.writer.start()]
        if self.settings.shadow or self.settings.split:
            await asyncio.to_thread(self._await_challenger)
            tasks.append(asyncio.create_task(self.challenger.follow()))
        if MULTIPROCESS in os.environ:
            tasks.append(asyncio.create_task(_end_with(os.getppid())))
        yield
        if self.shadow:
            await asyncio.to_thread(self.shadow.stop)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.log.dispose()

    async def check_log(self) -> None:
        """Raises a problem with status 503 if the log does not answer in time; whoever asks meanwhile waits with us."""
        if self.checking is None or self.checking.done():
            self.checking = asyncio.create_task(asyncio.to_thread(prediction_log.check, self.log))
        try:
            async with asyncio.timeout(prediction_log.PATIENCE):
                await asyncio.shield(self.checking)
        except TimeoutError:
            raise Problem(503, "Log unavailable", "The prediction log does not answer.", {"Retry-After": "5"}) from None

    async def predict(self, content: Any, reader: Reader, key: str | None = None) -> Answered:
        """Check what a request holds and answer it; every answer is in the log when this returns."""
        start, loop = time.perf_counter(), asyncio.get_running_loop()
        serving = self.champion.get()
        offered = self.challenger.bundle and self.challenger.beside(serving)
        with self.places.taken():
            weight = transport.weight(content)
            task = partial(self._answer, content, reader, serving, self._chosen(offered, key, content))
            # To hand small work to a thread would cost more than to do it.
            answered = task() if weight <= INLINE else await loop.run_in_executor(self.threads, task)
            logged = await self.writer.write(answered.rows)
        self.meters.seconds.observe(time.perf_counter() - start)
        self.meters.predictions.labels(answered.rows[0].model_version).inc(len(answered.rows))
        if self.shadow and offered and logged:
            work = Work(offered, answered.records, answered.rows, answered.read_ms, weight)
            loop.call_soon(self.shadow.add, work)  # when the answer is on its way
        return answered

    async def explain(self, content: Any, reader: Reader) -> tuple[int, bytes]:
        """Check what a request holds and explain the champion's answer to it; its version, and the explanation."""
        serving = self.champion.get()
        with self.explanations.taken():
            task = partial(_explain, content, reader, serving)
            return serving.version, await asyncio.get_running_loop().run_in_executor(self.explaining, task)

    def _await_challenger(self) -> None:
        self.challenger.refresh()
        if not (self.challenger.bundle or self.challenger.problem):
            log.warning("there is no challenger yet: until there is one, the champion answers alone")
        if self.shadow:
            self.shadow.start()

    def _chosen(self, offered: Bundle | None, key: str | None, content: Any) -> Bundle | None:
        """The challenger, if this request is one of its share of the traffic."""
        percent = self.settings.split
        return offered if offered and percent and split.chosen(key, content, offered.version, percent) else None

    def _answer(self, content: Any, reader: Reader, serving: Bundle, chosen: Bundle | None) -> Answered:
        """The answers of the challenger where it is chosen and has any, else of the champion."""
        start = time.perf_counter()
        given = reader.read(content)
        read = time.perf_counter()
        answers = self.challenger.answer(chosen, given.records) if chosen else None
        version = chosen.version if chosen and answers is not None else serving.version
        answers = serving.predictor.predict(given.records) if answers is None else answers
        latency_ms = 1000 * (time.perf_counter() - start)
        predictions, rows = [], []
        for record, answer in zip(given.records, answers, strict=True):
            name, kept = prediction_log.new_id(), _kept(record, self.settings.log_inputs)
            predictions.append(Prediction(**vars(answer), id=name, model_version=version))
            rows.append(Row(name, version, kept, answer.model_dump_json(), latency_ms))
        return Answered(predictions, rows, given.many, given.records, 1000 * (read - start))


async def _end_with(parent: int) -> None:
    """End this worker in good order when the process that started it is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    signal.raise_signal(signal.SIGTERM)


def _explain(content: Any, reader: Reader, serving: Bundle) -> bytes:
    return explanation.explain(serving.predictor, reader.read(content).records[0])


def _kept(record: BaseModel, log_inputs: str) -> str:
    """As much of a record as the log may keep, as JSON."""
    if log_inputs == "none":
        return "{}"
    text = record.model_dump_json()
    return text if log_inputs == "full" else f'{{"sha256":"{hashlib.sha256(text.encode()).hexdigest()}"}}'
