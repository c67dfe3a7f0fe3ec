"""The server's end of a connection: uvicorn's own, with an end to waiting for a client that neither sends nor reads."""

import asyncio
import signal
import socket
import threading
from functools import cache
from types import FrameType
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .api_errors import Problem
from .body_limits import ARRIVED
from .protection import HEADERS

try:
    import resource
except ImportError:  # Windows sets no such limit
    resource = None  # type: ignore[assignment]

MOST_HEADER_BYTES = 65_536
LAST_REQUEST_SECONDS = 1.0


@cache
def most_connections() -> int:
    """Two thirds of the files that the process may open: the rest is for the database and the model."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 2 // 3 if resource else 1_000


class ImpatientProtocol(HttpToolsProtocol):
    """Ends a connection on which a client keeps the server waiting for longer than `timeout_keep_alive`.

    uvicorn ends one that is idle after an answer, but waits for ever for the first request, for the rest of its
    headers or of a body that nobody reads, and for a client to take its answer. A body may take twice as long, so
    that the application can refuse a slow one first. One timer looks at a deadline that every event moves, which
    costs a request less than timers of its own.
    """

    stopping = False  # of all connections of this process

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.deadline: float | None = None  # None while the server is at work
        self.timer: asyncio.TimerHandle | None = None
        self.in_headers = False
        self.header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        if len(self.connections) > most_connections():  # before the process has no descriptor left for anything else
            transport.abort()
            return
        # asyncio does this for sockets of its own alone. Without it, an answer by one of several workers takes 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timer:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Refuse headers without end, which the parser would keep; what comes in one piece is short enough."""
        was_in_headers = self.in_headers
        super().data_received(data)
        if was_in_headers and self.in_headers and not self.transport.is_closing():
            self.header_bytes += len(data)
            if self.header_bytes > MOST_HEADER_BYTES:
                self.send_400_response(f"The headers may have {MOST_HEADER_BYTES} bytes at most.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_headers = True
        self.header_bytes = 0

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.in_headers = False
        if self.stopping:
            self.cycle.keep_alive = False
        self._wait()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.scope[ARRIVED] = True  # type: ignore[literal-required]  # ours, not one of ASGI's
        self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wait()

    def shutdown(self) -> None:
        """Close after the next answer, since a request may be on its way; if none comes, in a second.

        uvicorn closes at once what is idle, and a client that sends in this moment loses its request.
        """
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LAST_REQUEST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP in the form of all errors; there is no request that the application could refuse."""
        response = Problem(400, "Invalid request", msg).response()
        headers = [*response.raw_headers, *HEADERS, (b"connection", b"close")]
        lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers), b"", response.body]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def _wait(self) -> None:
        """Set the deadline anew, by what is waited for."""
        answering = self.cycle is not None and not self.cycle.response_complete
        in_body = answering and self.cycle.more_body
        at_work = answering and not in_body and not self.flow.write_paused
        self.deadline = None if at_work else self.loop.time() + self.timeout_keep_alive * (2 if in_body else 1)

    def _look(self) -> None:
        if self.deadline is not None and self.loop.time() > self.deadline:
            if self.cycle is not None:
                self.cycle.disconnected = True  # before the transport wakes what waits to write
            self.transport.abort()
        else:
            self.timer = self.loop.call_later(self.timeout_keep_alive / 4, self._look)


def end_with_sigterm() -> None:
    """Make every answer after SIGTERM the last of its connection.

    uvicorn tells this to the connections that it knows when it stops, but not to those that are being accepted then:
    such a client would be served on and on, while the others wait for the end.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # signals are for the main thread, and a test's application is not in it
    uvicorn = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        ImpatientProtocol.stopping = True
        if callable(uvicorn):
            uvicorn(number, frame)

    signal.signal(signal.SIGTERM, stop)
