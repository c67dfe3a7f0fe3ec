"""One interruption ends the command, even where Python swallows it."""

import signal
from types import FrameType

received: list[int] = []


def interrupt(number: int, frame: FrameType | None) -> None:
    """Ends the command; a second signal can't interrupt the tidying up."""
    signal.signal(number, signal.SIG_IGN)
    received.append(number)
    raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt again if one was swallowed."""
    if received:
        raise KeyboardInterrupt
