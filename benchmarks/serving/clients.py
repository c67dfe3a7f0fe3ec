"""Clients that count every status and keep every id that they are answered: as fast as they can, or at a rate."""

import asyncio
import json
import re
import sqlite3
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path
from typing import TextIO

from servers import Server

PATIENCE = 60  # seconds that a client waits for an answer
PAUSE = 0.05  # seconds before a connection that broke is opened again
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
BROKEN = "no answer"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Tally:
    """How often each status came, the times to an answer in ms, and a file that takes the ids."""

    ids: Path
    statuses: Counter[int | str] = field(default_factory=Counter)
    times: "array[float]" = field(default_factory=lambda: array("f"))


def load(server: Server, tally: Tally, clients: int, seconds: float, rate: float | None = None) -> None:
    """Sends requests for so many seconds, together at a rate if one is given, else each as soon as it is answered.

    At a rate, each request is due at its own time, whatever became of those before, and its answer is timed from there.
    """
    asyncio.run(_load(server, tally, clients, seconds, rate))


async def _load(server: Server, tally: Tally, clients: int, seconds: float, rate: float | None) -> None:
    start = time.perf_counter()
    with tally.ids.open("w", encoding="utf-8") as ids:
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                due = count(start + number / rate, clients / rate) if rate else iter(time.perf_counter, None)
                turns = takewhile(lambda one: max(one, time.perf_counter()) < start + seconds, due)
                group.create_task(_client(server, turns, tally, ids))


async def _client(server: Server, turns: Iterator[float], tally: Tally, ids: TextIO) -> None:
    """Asks once for each turn, at its time or as soon as the answer before is there."""
    message = _message(server)
    connection: Connection | None = None
    for due in turns:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", server.port)
            head, content = await _exchange(connection, message)
        except (OSError, asyncio.IncompleteReadError):
            tally.statuses[BROKEN] += 1
            closing = True
            await asyncio.sleep(PAUSE)
        else:
            tally.times.append((time.perf_counter() - due) * 1000)
            tally.statuses[int(head[9:12])] += 1
            if head[9:12] == b"200":
                ids.write(json.loads(content)["id"] + "\n")
            closing = CLOSING.search(head) is not None
        if closing and connection:
            connection[1].close()
            connection = None
    if connection:
        connection[1].close()


async def _exchange(connection: Connection, message: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer. Raises OSError or IncompleteReadError if there is none."""
    reader, writer = connection
    async with asyncio.timeout(PATIENCE):
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        return head, await reader.readexactly(int(length[1]) if length else 0)


def _message(server: Server) -> bytes:
    lines = [f"POST {server.path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
    lines += [f"Content-Type: {server.request.content_type}", f"Content-Length: {len(server.request.body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + server.request.body


def lost(tally: Tally, database: Path) -> int:
    """How many of the ids are not in the prediction log. Raises SystemExit if the database is damaged."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection, tally.ids.open() as ids:
        if (found := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise SystemExit(f"{database}: {found}")
        connection.execute("CREATE TEMP TABLE answered (id TEXT PRIMARY KEY)")
        connection.executemany("INSERT INTO answered VALUES (?)", ((line.strip(),) for line in ids))
        query = "SELECT count(*) FROM answered WHERE id NOT IN (SELECT id FROM predictions)"
        return int(connection.execute(query).fetchone()[0])
