"""The error that a user can put right."""

import re


class UserError(Exception):
    """The value, the reason and the next command; shown as one line."""


def masked(text: str) -> str:
    """The text as one line, without passwords in addresses."""
    return re.sub(r"//[^/\s]*@", "//...@", " ".join(text.split()))
