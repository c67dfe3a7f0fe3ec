"""An error that the user can fix."""

import re


class UserError(Exception):
    """Shown as one line: value, reason, next command."""


def masked(text: str) -> str:
    """The text as one line, with credentials in URLs masked."""
    return re.sub(r"//\S*@", "//...@", " ".join(text.split()))
