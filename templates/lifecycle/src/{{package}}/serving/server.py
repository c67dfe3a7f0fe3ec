"""How the service runs: where it listens, in how many processes, and who may reach it."""

import errno
import math
import os
import signal
import socket
import sys
import tempfile

import uvicorn

from .. import prediction_log
from ..config import Settings
from ..errors import LifecycleError
from .connections import ImpatientProtocol
from .meters import MULTIPROCESS
from .protection import check_exposure


def check(settings: Settings) -> None:
    """Raises LifecycleError if the settings contradict each other, or the address is taken, or there is no database.

    One of several workers that finds the last out would be started again and again.
    """
    check_exposure(settings.api_host, settings)
    if settings.shadow and settings.split:
        raise LifecycleError("SHADOW and SPLIT exclude each other: nobody sees the challenger's answers, or some do.")
    if settings.workers > 1:
        prediction_log.connect(settings.database_url).dispose()
    try:
        family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
        socket.create_server((settings.api_host, settings.api_port), family=family).close()
    except OSError as error:
        advice = "Try: --port 8001" if error.errno == errno.EADDRINUSE else "Correct API_HOST, or --host."
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise LifecycleError(
            f"Can't listen on {settings.api_host}, port {settings.api_port} ({reason}). {advice}"
        ) from None


def serve(settings: Settings, log_level: str) -> None:
    """Answer until stopped; then no new connections are accepted, and requests in work get their time to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again when it has ended in good order
    with tempfile.TemporaryDirectory() as folder:
        if settings.workers > 1:
            os.environ[MULTIPROCESS] = folder
        uvicorn.run(
            f"{__package__}.api:create_app",
            factory=True,
            host=settings.api_host,
            port=settings.api_port,
            workers=settings.workers,
            loop="asyncio",
            http=ImpatientProtocol,
            ws="none",
            backlog=256,  # connections that wait; as many are accepted at once, each of which takes a file descriptor
            timeout_keep_alive=math.ceil(settings.body_seconds),
            timeout_graceful_shutdown=settings.drain_seconds,
            log_level=log_level,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
