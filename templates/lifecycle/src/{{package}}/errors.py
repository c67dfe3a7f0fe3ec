"""The error that a user can put right, and the guard that keeps passwords out of messages."""

import re


class LifecycleError(Exception):
    """The value, the reason and the next command; shown as one line, without a traceback."""


def masked(text: str) -> str:
    """The text as one line, without the user and password of any address in it."""
    one_line = " ".join(text.split())
    return re.sub(r"//[^/\s]*@", "//...@", one_line)
