"""How a project splits its rows, and how large a monitoring window the parts allow."""

# The same shares as in source.py of templates/table and templates/text. `stream` arrives later
# and is normal, `drift` differs, `mixed` arrives after retraining and has both, `heldout` is never
# sent. With a held-back segment, USUAL are shares of the other rows, HELD_BACK of the segment.
BY_TIME = {
    "train": 0.5,
    "test": 0.148,
    "stream": 0.099,
    "drift": 0.12,
    "mixed": 0.073,
    "heldout": 0.06,
}
# Where these parts start and end, as shares of the rows in order of time.
PERIODS = {"train": (0, 0.5), "drift": (0.78, 0.9), "heldout": (0.94, 1)}
WITHOUT_DRIFT = {"train": 0.6, "test": 0.2, "stream": 0.2}
USUAL = {"train": 0.6, "test": 0.2, "stream": 0.14, "mixed": 0.06}
HELD_BACK = {"drift": 0.72, "mixed": 0.08, "heldout": 0.2}  # in order of arrival
MOST_HELD_BACK = 0.5  # of the rows
FEWEST = 100  # rows; with fewer, the parts are too small to be useful
FEWEST_OF_A_PART = 20  # that source.py requires of the train set, the test set and normal traffic
WINDOW = (20, 200)  # the smallest and the largest window, in rows
FILLED = 0.75  # of the traffic; cleaning drops some rows


def divide(rows: int, by: str, held_back: int) -> dict[str, int]:
    """Row counts of each part; `by` is how drift is chosen, `held_back` the rows of the segment."""
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
    """MINIMUM_ROWS: the size of a window that the smallest part of traffic can fill."""
    least, most = WINDOW
    smallest = min(parts[part] for part in ("stream", "drift", "mixed") if part in parts)
    return max(least, min(most, int(FILLED * smallest)))
