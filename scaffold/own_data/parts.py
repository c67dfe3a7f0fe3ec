"""The parts that a project divides its rows into, and the window of monitoring that they allow."""

# As templates/table and templates/text divide them in source.py. `stream` arrives later and is as
# usual, `drift` differs, `mixed` comes after retraining and has both, `heldout` is never sent. Of
# a segment that is held back, the first shares are of the other rows, the second its own.
BY_TIME = {
    "train": 0.5,
    "test": 0.148,
    "stream": 0.099,
    "drift": 0.12,
    "mixed": 0.073,
    "heldout": 0.06,
}
# From which share of the rows, in the order of time, these parts are, and up to which.
PERIODS = {"train": (0, 0.5), "drift": (0.78, 0.9), "heldout": (0.94, 1)}
WITHOUT_DRIFT = {"train": 0.6, "test": 0.2, "stream": 0.2}
USUAL = {"train": 0.6, "test": 0.2, "stream": 0.14, "mixed": 0.06}
HELD_BACK = {"drift": 0.72, "mixed": 0.08, "heldout": 0.2}  # in the order of their arrival
MOST_HELD_BACK = 0.5  # of the rows
FEWEST = 100  # rows; with less, no part shows anything
FEWEST_OF_A_PART = 20  # as source.py asks of the train set, the test set and usual traffic
WINDOW = (20, 200)  # rows that monitoring needs at least, and at most
FILLED = 0.75  # of the traffic, since cleaning drops rows


def divide(rows: int, by: str, held_back: int) -> dict[str, int]:
    """The rows of each part, if the drift is by time, a part that is held back, or none."""
    if by in ("time", "none"):
        shares = BY_TIME if by == "time" else WITHOUT_DRIFT
        parts = {part: int(share * rows) for part, share in shares.items()}
    else:
        parts = {part: int(share * (rows - held_back)) for part, share in USUAL.items()}
        for part, share in HELD_BACK.items():
            parts[part] = parts.pop(part, 0) + int(share * held_back)
    parts["train"] += rows - sum(parts.values())
    return parts


def minimum_rows(parts: dict[str, int]) -> int:
    """MINIMUM_ROWS: what the smallest window of traffic can fill."""
    least, most = WINDOW
    smallest = min(parts[part] for part in ("stream", "drift", "mixed") if part in parts)
    return max(least, min(most, int(FILLED * smallest)))
