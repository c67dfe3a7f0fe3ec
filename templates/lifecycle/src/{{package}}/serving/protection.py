"""What stands before the application: keys, the limits of a body, security headers, and an end to every exception."""

import hashlib
import hmac
import ipaddress
import logging
import traceback
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import Settings
from ..errors import LifecycleError
from .api_errors import Problem
from .body_limits import BodyLimits
from .page_routes import FILES

LOG = logging.getLogger(__name__)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
# The pages of the documentation hold a script and style themselves; they show nothing that a user sent.
PAGES = frozenset(("/docs", "/docs/oauth2-redirect", "/redoc"))
HEADERS_OF_PAGES = (
    *HEADERS[:3],
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)
# The page to try has its scripts and style in files, shows the picture that a visitor chose, and makes HTML of no text.
# A Hugging Face Space is shown in a frame on that site; no other may hold the page.
HEADERS_OF_TRYING = (
    HEADERS[0],
    HEADERS[2],
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        b"frame-ancestors https://huggingface.co; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
)
# The page of monitoring needs its style. Evidently's reports are one file with script and style; they show what users
# sent, so they run in a sandbox: as a site of their own, which can ask nothing of this one or of any other.
MONITORING = "/monitoring/"
HEADERS_OF_MONITORING = (
    *HEADERS[:3],
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)
HEADERS_OF_REPORTS = (
    *HEADERS[:3],
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
        b"font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts",
    ),
)


def check_exposure(host: str, settings: Settings) -> None:
    """Raises LifecycleError if others can reach this address and nobody said whom to let in."""
    if not (settings.api_keys or settings.public or _is_loopback(host)):
        raise LifecycleError(f"API_HOST={host} is open to others and API_KEYS is empty. Set API_KEYS, or say --public.")


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name can lead anywhere
        return False


def asks_for_key(path: str, settings: Settings) -> bool:
    """Whether a path is answered to those alone who have a key."""
    if not settings.api_keys or path in FILES or path in settings.open_paths:
        return False
    return not path.startswith(tuple(folder for folder in settings.open_paths if folder.endswith("/")))


def source_of(request: Request, settings: Settings) -> str:
    """Who sent a request: by key, from this machine, or by address; shortened digests of keys and addresses.

    A digest of an address can be guessed by trying all of them. What a proxy passes on is not local.
    """
    client, key = request.client.host if request.client else "", _digest(_key(request.scope))
    if key in [_digest(known.encode()) for known in settings.api_keys]:  # a path may be open
        return f"key:{key.hex()[:8]}"
    passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if not (settings.public or passed_on) and _is_loopback(settings.api_host) and _is_loopback(client):
        return "local"
    return f"net:{_digest(client.encode()).hex()[:8]}"


class Protection:
    """Middleware that lets in a request with a key and a body within the limits, and lets no exception out."""

    def __init__(self, app: ASGIApp, settings: Settings, count: Callable[[str, int], None]) -> None:
        self.app = app
        self.settings = settings
        self.count = count  # of answers, by path and status
        self.within_limits = BodyLimits(app, settings)
        self.keys = [_digest(key.encode()) for key in settings.api_keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = _headers(scope["path"])
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self.count(scope["path"], message["status"])
                message = {**message, "headers": [*message.get("headers", ()), *headers]}
            await send(message)

        try:
            self._check_key(scope)
            await self.within_limits(scope, receive, answer)
        except Problem as problem:
            await problem.response()(scope, receive, answer)
        except Exception as error:  # whatever it is, nothing of it reaches the client, and its message not the log
            LOG.error("%s at %s", type(error).__qualname__, _places(error))
            if not started:
                await _unexpected().response()(scope, receive, answer)
        return None

    def _check_key(self, scope: Scope) -> None:
        if not asks_for_key(scope["path"], self.settings):
            return
        scheme = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")[0]
        given = _digest(_key(scope))
        # All keys are compared, each to its end: the time taken says neither which one was near nor how near it was.
        matches = [hmac.compare_digest(given, known) for known in self.keys]
        if scheme.lower() != b"bearer" or not any(matches):
            detail = "Send one of the keys of API_KEYS: Authorization: Bearer <key>."
            raise Problem(401, "No valid key", detail, {"WWW-Authenticate": "Bearer"})


def _key(scope: Scope) -> bytes:
    """What stands in the place of the key; nothing is known of it yet."""
    given: bytes = dict(scope["headers"]).get(b"authorization", b"")
    return given.partition(b" ")[2].strip()


def _headers(path: str) -> tuple[tuple[bytes, bytes], ...]:
    if path in PAGES:
        return HEADERS_OF_PAGES
    if path in FILES:
        return HEADERS_OF_TRYING
    if path == MONITORING:
        return HEADERS_OF_MONITORING
    return HEADERS_OF_REPORTS if path.startswith(MONITORING) and path.endswith(".html") else HEADERS


def _digest(key: bytes) -> bytes:
    """A key or an address in a form that has the same length for all of them."""
    return hashlib.sha256(key).digest()


def _places(error: Exception) -> str:
    """Where it happened, the innermost place first."""
    frames = traceback.extract_tb(error.__traceback__, limit=-20)
    return ", ".join(f"{frame.filename}:{frame.lineno} ({frame.name})" for frame in reversed(frames))


def _unexpected() -> Problem:
    return Problem(500, "Unexpected error", "The request could not be answered; the log of the service says where.")
