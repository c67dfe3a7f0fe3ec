"""How a request's body becomes logged answers: in its place, off the event loop if it is large, and durable."""

import asyncio
import hashlib
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

from . import explanation, prediction_log, schema, transport
from .api_errors import Problem
from .bundle import Bundle
from .champion import Champion
from .config import Settings
from .contracts import Reader
from .log_writer import LogWriter
from .meters import MULTIPROCESS, Meters
from .prediction_log import Row
from .predictor import INLINE

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
        self.log = prediction_log.connect(settings.database_url, impatient=True)
        self.writer = LogWriter(self.log, self.meters, settings.prediction_log == "required")
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
        if MULTIPROCESS in os.environ:
            tasks.append(asyncio.create_task(_end_with(os.getppid())))
        yield
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

    async def predict(self, content: Any, reader: Reader) -> Answered:
        """Check what a request holds and answer it; every answer is in the log when this returns."""
        start, loop = time.perf_counter(), asyncio.get_running_loop()
        serving = self.champion.get()
        with self.places.taken():
            task = partial(_answer, content, reader, serving, self.settings.log_inputs)
            # To hand small work to a thread would cost more than to do it.
            answered = task() if transport.weight(content) <= INLINE else await loop.run_in_executor(self.threads, task)
            await self.writer.write(answered.rows)
        self.meters.seconds.observe(time.perf_counter() - start)
        self.meters.predictions.labels(serving.version).inc(len(answered.predictions))
        return answered

    async def explain(self, content: Any, reader: Reader) -> bytes:
        """Check what a request holds and explain the answer to it."""
        serving = self.champion.get()
        with self.explanations.taken():
            task = partial(_explain, content, reader, serving)
            return await asyncio.get_running_loop().run_in_executor(self.explaining, task)


async def _end_with(parent: int) -> None:
    """End this worker in good order when the process that started it is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    signal.raise_signal(signal.SIGTERM)


def _answer(content: Any, reader: Reader, serving: Bundle, log_inputs: str) -> Answered:
    start = time.perf_counter()
    given = reader.read(content)
    answers = serving.predictor.predict(given.records)
    latency_ms = 1000 * (time.perf_counter() - start)
    predictions, rows = [], []
    for record, answer in zip(given.records, answers, strict=True):
        name = prediction_log.new_id()
        predictions.append(Prediction(**vars(answer), id=name, model_version=serving.version))
        rows.append(Row(name, serving.version, _kept(record, log_inputs), answer.model_dump_json(), latency_ms))
    return Answered(predictions, rows, given.many)


def _explain(content: Any, reader: Reader, serving: Bundle) -> bytes:
    return explanation.explain(serving.predictor, reader.read(content).records[0])


def _kept(record: BaseModel, log_inputs: str) -> str:
    """As much of a record as the log may keep, as JSON."""
    if log_inputs == "none":
        return "{}"
    text = record.model_dump_json()
    return text if log_inputs == "full" else f'{{"sha256":"{hashlib.sha256(text.encode()).hexdigest()}"}}'
