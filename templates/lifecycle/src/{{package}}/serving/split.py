"""Which share of the traffic the challenger answers: the same keys as long as it is offered, others the next time."""

import hashlib
from typing import Any

from fastapi import Request

from .api_errors import Problem

HEADER = "X-Request-Key"
LONGEST = 200  # characters
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Says who or what the request is about, such as a user: the same key is answered by the same model",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}


def key_of(request: Request) -> str | None:
    """The key in a request's headers. Raises a problem with status 422 if it is too long, or empty."""
    key = request.headers.get(HEADER)
    if key is not None and not 0 < len(key) <= LONGEST:
        reason = f"The header {HEADER} should have 1 to {LONGEST} characters."
        fault = {"field": HEADER, "reason": reason, "limit": {"max_length": LONGEST}}
        raise Problem(422, "Invalid request", reason, errors=[fault])
    return key


def chosen(key: str | None, content: Any, version: int, percent: int) -> bool:
    """Whether a version answers a request, by its key or else by what it holds, which is bytes or a list of them."""
    digest = hashlib.blake2b(digest_size=8, salt=version.to_bytes(16, "big"))
    pieces = [key.encode()] if key is not None else [content] if isinstance(content, bytes) else content
    for piece in pieces:
        digest.update(piece)
    return int.from_bytes(digest.digest(), "big") % 100 < percent
