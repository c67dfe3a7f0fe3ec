"""Extracts words and figures from a page, and compares figures to recorded values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"[^\W\d_]+")
FIGURE = re.compile(r"(?<![\w.,])(\d*\.\d+)( ?%)?(?!\w|\.\d)")
RUN = 4  # words


@dataclass(frozen=True)
class Figure:
    """A decimal number as written on a page."""

    digits: str
    percent: bool

    @property
    def text(self) -> str:
        return self.digits + " %" * self.percent

    @property
    def places(self) -> int:
        return len(self.digits.partition(".")[2])

    def is_one_of(self, values: Iterable[float]) -> bool:
        """Whether it equals one of these values, rounded to the same number of decimals."""
        written = float(self.digits)
        scale = 100 if self.percent else 1
        return any(round(scale * abs(value), self.places) == written for value in values)


def figures(text: str) -> list[Figure]:
    """The numbers with at least two decimals, or one and a percent sign."""
    written = [Figure(digits, bool(percent)) for digits, percent in FIGURE.findall(text)]
    return [figure for figure in written if figure.percent or figure.places > 1]


def numbers(record: Any) -> Iterator[float]:
    """All numbers in a record, including those in its text."""
    if isinstance(record, dict):
        record = list(record.values())
    if isinstance(record, list):
        for value in record:
            yield from numbers(value)
    elif isinstance(record, str):
        for digits, _ in FIGURE.findall(record):
            yield float(digits)
    elif isinstance(record, int | float):
        yield float(record)


def runs(text: str) -> set[tuple[str, ...]]:
    """All sequences of four words, so that repeated sentences count once."""
    words = WORD.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
