"""What a review says: one finding of one check, and how much it weighs."""

from dataclasses import dataclass

MEND, IMPROVE, UNKNOWN, GOOD = "mend", "improve", "unknown", "good"
LEVELS = (MEND, IMPROVE, UNKNOWN, GOOD)  # the gravest first
MOST_SHOWN = 10  # findings of one check


@dataclass(frozen=True)
class Finding:
    """`where` is a file, with its line if one is meant; `step` what to do next, if anything is to be done."""

    level: str
    says: str
    where: str = ""
    step: str = ""


def good(says: str, where: str = "") -> list[Finding]:
    """Nothing to do."""
    return [Finding(GOOD, says, where)]


def mend(says: str, where: str, step: str) -> list[Finding]:
    """What must not be published."""
    return [Finding(MEND, says, where, step)]


def improve(says: str, where: str, step: str) -> list[Finding]:
    """What a reader will hold against the project."""
    return [Finding(IMPROVE, says, where, step)]


def unknown(says: str, where: str = "", step: str = "") -> list[Finding]:
    """What the files alone don't tell."""
    return [Finding(UNKNOWN, says, where, step)]
