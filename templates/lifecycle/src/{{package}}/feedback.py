"""What of the feedback may be learnt from, or judged by."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import data
from .config import Settings


@dataclass(frozen=True)
class Usable:
    """Records with their labels, one row each; None if the feedback is refused. The reason says what was found."""

    rows: pd.DataFrame | None
    reason: str


def usable(rows: list[dict[str, Any]], known: pd.DataFrame, s: Settings, after: int = 0) -> Usable:
    """Rows of the prediction log that have feedback, as records."""
    return Usable(data.from_feedback(rows).assign(certainty="not given"), f"{len(rows)} rows with feedback")
