"""Errors that a user can correct."""

import re


class UserError(Exception):
    """Shown as one line: value, reason, next command."""


def masked(text: str) -> str:
    """The text as one line, without passwords in addresses."""
    return re.sub(r"//\S*@", "//...@", " ".join(text.split()))
