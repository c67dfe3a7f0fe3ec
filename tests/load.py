"""A load of many clients, each sending request after request, with a record of how every one of them ended."""

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal
from urllib.parse import urlsplit

PATIENCE = 30.0
PAUSE = 0.05  # before a client comes again that was refused or asked to wait

Outcome = Literal["answered", "refused", "closed", "cut", "timeout"]
Body = Callable[[], bytes]


@dataclass(frozen=True)
class Sent:
    """A request and how it ended.

    `answered`: the whole answer came. `refused`: there was no connection. `closed`: the connection ended before any
    byte of an answer; `reused` says if it had carried an answer before. `cut`: it ended within an answer. `timeout`:
    the answer took longer than PATIENCE seconds.
    """

    outcome: Outcome
    begun: float
    ended: float
    reused: bool = False
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.ended - self.begun

    @property
    def ids(self) -> list[str]:
        return [answer["id"] for answer in self.answers]

    @property
    def versions(self) -> set[int]:
        return {answer["model_version"] for answer in self.answers}


def ids(sent: list[Sent]) -> set[str]:
    """Every id that a client received in a whole answer."""
    return {name for one in sent for name in one.ids}


def percentile(sent: list[Sent], share: float) -> float:
    """How many seconds that share of the answers took at most."""
    seconds = sorted(one.seconds for one in sent if one.outcome == "answered")
    return seconds[min(int(share * len(seconds)), len(seconds) - 1)]


def mixed() -> Body:
    """Reviews, each of them another one: mostly one a request, sometimes 2 to 16."""
    number, choice = count(), random.Random(7)  # noqa: S311

    def body() -> bytes:
        if choice.random() < 0.7:
            return json.dumps(review(next(number))).encode()
        return json.dumps([review(next(number)) for _ in range(choice.randint(2, 16))]).encode()

    return body


def batches(rows: int) -> Body:
    """Reviews, so many a request."""
    number = count()
    return lambda: json.dumps([review(next(number)) for _ in range(rows)]).encode()


def review(number: int) -> dict[str, str]:
    return {"text": f"Number {number}: a warm, clever film that I would gladly see again!"}


@contextmanager
def load(url: str, connections: int, body: Body | None = None) -> Iterator[list[Sent]]:
    """What the clients have sent to /predict so far; at the end of the block they wait for their last answers."""
    sent: list[Sent] = []
    stop = threading.Event()
    address = urlsplit(url)
    given = body or mixed()

    async def clients() -> None:
        client = Client(str(address.hostname), int(address.port or 80), given, sent, stop)
        await asyncio.gather(*(client.run() for _ in range(connections)))

    thread = threading.Thread(target=lambda: asyncio.run(clients()))
    thread.start()
    try:
        yield sent
    finally:
        stop.set()
        thread.join()


@dataclass(frozen=True)
class Client:
    """One of many; it connects again when the service has closed its connection."""

    host: str
    port: int
    body: Body
    sent: list[Sent]
    stop: threading.Event

    async def run(self) -> None:
        while not self.stop.is_set():
            begun = time.monotonic()
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                self.sent.append(Sent("refused", begun, time.monotonic()))
                await asyncio.sleep(PAUSE)
                continue
            try:
                await self.converse(reader, writer)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reused = False
        while not self.stop.is_set():
            writer.write(request(self.body()))
            one = await answer(reader, reused)
            self.sent.append(one)
            if one.outcome != "answered" or one.headers.get("connection") == "close":
                return
            if one.status == 503:
                await asyncio.sleep(PAUSE)
            reused = True


def request(body: bytes, path: str = "/predict") -> bytes:
    """A request as it stands on the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader: asyncio.StreamReader, reused: bool = False) -> Sent:
    """How the request ended whose answer is read here."""
    begun, came = time.monotonic(), b""

    def ended(outcome: Outcome, **more: Any) -> Sent:
        return Sent(outcome, begun, time.monotonic(), reused, **more)

    try:
        async with asyncio.timeout(PATIENCE):
            came = await reader.readuntil(b"\r\n\r\n")
            status, headers = _head(came)
            text = await reader.readexactly(int(headers["content-length"]))
    except TimeoutError:
        return ended("timeout")
    except asyncio.IncompleteReadError as error:
        return ended("cut" if came or error.partial else "closed")
    except OSError:
        return ended("cut" if came else "closed")
    said = json.loads(text) if status == 200 else []
    return ended("answered", status=status, headers=headers, answers=said if isinstance(said, list) else [said])


def _head(came: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = came.decode("latin-1").strip().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, value in pairs}
