"""A load of many clients, each sending request after request, with a record of how each ended."""

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal
from urllib.parse import urlsplit

PATIENCE = 30.0
PAUSE = 0.05  # before a client comes again that was refused or asked to wait

Outcome = Literal["answered", "refused", "closed", "cut", "timeout"]
Message = tuple[str, bytes]  # path and body
JSON = "Content-Type: application/json"


@dataclass(frozen=True)
class Sent:
    """A request and how it ended.

    `answered`: the whole answer came. `refused`: there was no connection. `closed`: the
    connection ended before any byte of an answer. `cut`: it ended within an answer. `timeout`:
    the answer took longer than PATIENCE seconds.
    """

    outcome: Outcome
    begun: float
    ended: float
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
    return {name for request in sent for name in request.ids}


def percentile(sent: list[Sent], share: float) -> float:
    """How many seconds that share of the answers took at most."""
    seconds = sorted(request.seconds for request in sent if request.outcome == "answered")
    return seconds[min(int(share * len(seconds)), len(seconds) - 1)]


def mixed() -> Callable[[], Message]:
    """Reviews, each of them another: mostly a single one in a request, sometimes 2 to 16."""
    number, choice = count(), random.Random(7)  # noqa: S311

    def message() -> Message:
        if choice.random() < 0.7:
            return "/predict", json.dumps(review(next(number))).encode()
        batch = [review(next(number)) for _ in range(choice.randint(2, 16))]
        return "/predict/batch", json.dumps(batch).encode()

    return message


def batches(rows: int) -> Callable[[], Message]:
    """Reviews, so many in a request."""
    number = count()

    def message() -> Message:
        batch = [review(next(number)) for _ in range(rows)]
        return "/predict/batch", json.dumps(batch).encode()

    return message


def review(number: int) -> dict[str, str]:
    return {"text": f"Number {number}: a warm, clever film that I would gladly see again!"}


@contextmanager
def load(
    url: str,
    connections: int,
    messages: Callable[[], Message] | None = None,
    headers: Sequence[str] = (JSON,),
) -> Iterator[list[Sent]]:
    """What the clients have sent so far; at the end they wait for their last answers."""
    sent: list[Sent] = []
    stop = threading.Event()
    address = urlsplit(url)
    place = str(address.hostname), int(address.port or 80)
    client = Client(*place, messages or mixed(), tuple(headers), sent, stop)

    async def clients() -> None:
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
    messages: Callable[[], Message]
    headers: tuple[str, ...]
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
        while not self.stop.is_set():
            writer.write(request(*self.messages(), *self.headers))
            sent = await answer(reader)
            self.sent.append(sent)
            if sent.outcome != "answered" or sent.headers.get("connection") == "close":
                return
            if sent.status == 503:
                await asyncio.sleep(PAUSE)


def request(path: str, body: bytes, *headers: str) -> bytes:
    """A request as it stands on the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def answer(reader: asyncio.StreamReader) -> Sent:
    """How the request ended whose answer is read here."""
    begun, came = time.monotonic(), b""

    def ended(outcome: Outcome, **more: Any) -> Sent:
        return Sent(outcome, begun, time.monotonic(), **more)

    try:
        async with asyncio.timeout(PATIENCE):
            came = await reader.readuntil(b"\r\n\r\n")
            status, headers = parse_head(came)
            text = await reader.readexactly(int(headers["content-length"]))
    except TimeoutError:
        return ended("timeout")
    except asyncio.IncompleteReadError as error:
        return ended("cut" if came or error.partial else "closed")
    except OSError:
        return ended("cut" if came else "closed")
    said = json.loads(text) if status == 200 else []
    answers = said if isinstance(said, list) else [said]
    return ended("answered", status=status, headers=headers, answers=answers)


def parse_head(came: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers."""
    first, *lines = came.decode("latin-1").strip().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, value in pairs}
