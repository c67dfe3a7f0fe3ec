"""The body of a request, taken in before the application runs, with the limits of size and time."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import Settings
from .api_errors import Problem

SMALL = 65_536  # bytes that the body of any route may have
ARRIVED = "body_arrived"  # in the scope, if the server knows that the whole body is there: then no timer is needed


class BodyLimits:
    """Middleware that gives the application a body that is whole and within the limits, in one message.

    Raises Problem for any other. Reading here, and not while the application reads, keeps every limit in one place.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.largest = dict.fromkeys(("/predict", "/explain"), settings.max_body_bytes)
        self.max_buffered_bytes = settings.max_buffered_bytes
        self.body_seconds = settings.body_seconds
        self.buffered = 0  # bytes of all bodies in progress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, self.largest.get(scope["path"], SMALL))
        self._check_length(dict(scope["headers"]).get(b"content-length", b"0"), body.most)
        try:
            if ARRIVED in scope:
                await self._take(body)
            else:
                await self._take_in_time(body)
            if body.whole:
                await self.app(scope, body.replay, send)
        finally:
            self.buffered -= body.size

    def _check_length(self, declared: bytes, most: int) -> None:
        if not declared.isdigit():
            raise Problem(400, "Invalid length", "Content-Length is no number.", {"Connection": "close"})
        if len(declared) > 18 or int(declared) > most:  # Python refuses to read thousands of digits
            raise _too_large(most)

    async def _take_in_time(self, body: "_Body") -> None:
        try:
            async with asyncio.timeout(self.body_seconds):
                await self._take(body)
        except TimeoutError:
            reason = f"The body must arrive within {self.body_seconds:g} seconds."
            raise _beyond(408, "Body too slow", reason, "body_seconds", self.body_seconds) from None

    async def _take(self, body: "_Body") -> None:
        """Take the body in, piece by piece; it stays a part if the client leaves."""
        while not body.whole:
            piece = await body.next_piece()
            if piece is None:
                return
            self.buffered += len(piece)
            if body.size > body.most:
                raise _too_large(body.most)
            if self.buffered > self.max_buffered_bytes and body.size > SMALL:  # a small one is no danger, nor blocked
                detail = "The bodies of all requests together are too large now. Try again."
                raise Problem(503, "Too much at once", detail, {"Retry-After": "1"})


class _Body:
    """The pieces that have come so far."""

    __slots__ = ("most", "pieces", "receive", "size", "whole")

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive = receive
        self.most = most
        self.pieces: list[bytes] = []
        self.size = 0
        self.whole = False

    async def next_piece(self) -> bytes | None:
        """Wait for the next piece; None if the client left."""
        message = await self.receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        self.pieces.append(piece)
        self.size += len(piece)
        self.whole = not message.get("more_body", False)
        return piece

    async def replay(self) -> Message:
        """What the application receives: the whole body, then what the server says, which is when the client leaves."""
        if not self.pieces:
            return await self.receive()
        body = b"".join(self.pieces)
        self.pieces.clear()  # the application has it now
        return {"type": "http.request", "body": body, "more_body": False}


def _too_large(most: int) -> Problem:
    reason = f"The body may have {most} bytes at most."
    return _beyond(413, "Body too large", reason, "max_body_bytes", most)


def _beyond(status: int, title: str, reason: str, name: str, limit: float) -> Problem:
    headers = {"Connection": "close"} if status == 408 else None  # what is still to come would be read as a request
    return Problem(status, title, reason, headers, errors=[{"field": "body", "reason": reason, "limit": {name: limit}}])
