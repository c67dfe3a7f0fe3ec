"""Makes sure that one Ctrl-C ends the command, even if Python swallows it."""

import signal
from types import FrameType

received: list[int] = []


def interrupt(number: int, frame: FrameType | None) -> None:
    """Ends the command; a second signal can't interrupt the cleanup."""
    signal.signal(number, signal.SIG_IGN)
    received.append(number)
    raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt if an earlier one was swallowed."""
    if received:
        raise KeyboardInterrupt
