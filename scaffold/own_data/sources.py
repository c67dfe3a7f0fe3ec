"""Proposes a source of pictures to hold back as drift: the one that differs most clearly."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Decision, Drift
from scaffold.own_data.proposal.judging import FEWEST_OF_A_LABEL
from scaffold.own_data.proposal.splits import LEAST_ROWS, LEAST_SHARE, MOST_SHARE
from scaffold.own_data.reading.albums import Picture

NAME = "source"
OPTION = '--drift "source=NAME"'
LOOKS = ("brightness", "contrast", "color", "color")


def drift(pictures: Sequence[Picture], options: Options) -> tuple[Drift, int, Decision]:
    """Returns the drift, the number of held-back pictures, and the decision about it."""
    if options.drift is not None and options.drift.lower() == "none":
        chosen = Drift("none", why="--drift none")
        return chosen, 0, Decision("drift", "none", "", OPTION, assumed=False)
    counts = Counter(picture.source for picture in pictures)
    segment = options.drift_segment()
    if segment:
        return said(segment, counts)
    best: tuple[float, str, str] | None = None
    for name in sorted(counts):
        if not can_be_held_back(name, pictures):
            continue
        difference, what = apart(name, pictures)
        surely = difference * math.sqrt(counts[name])
        if best is None or surely > best[0]:
            best = surely, name, f"{what} differs by {difference:.1f} standard deviations"
    if best is None:
        why = "the label folders contain no source folders"
        if len(counts) > 1:
            why = f"no source has {LEAST_ROWS} pictures of labels that other sources also have"
        return Drift("none", why=why), 0, Decision("drift", "none", why, OPTION)
    _, name, differing = best
    rows = counts[name]
    why = f"{rows:,} pictures are held back; their {differing}"
    shown = Decision("drift", f"source={name}", why, OPTION)
    return Drift(NAME, NAME, name, why, rows / len(pictures)), rows, shown


def said(segment: tuple[str, str], counts: Counter[str]) -> tuple[Drift, int, Decision]:
    """The same for a source chosen by the user; raises InvalidAnswerError if it doesn't exist."""
    column, name = segment
    there = ", ".join(map(repr, sorted(counts)[:8]))
    if column.lower() != NAME:
        raise InvalidAnswerError(
            f"--drift: pictures have no column {column!r}. Use {OPTION} with one of: {there}"
        )
    if name not in counts:
        raise InvalidAnswerError(f"--drift: there is no source {name!r}. Available: {there}")
    if len(counts) < 2:
        raise InvalidAnswerError(
            f"--drift: all pictures are from source {name!r}. Use --drift none"
        )
    why = f"{counts[name]:,} pictures are held back"
    shown = Decision("drift", f"source={name}", why, OPTION, assumed=False)
    share = counts[name] / counts.total()
    return Drift(NAME, NAME, name, why, share), counts[name], shown


def can_be_held_back(name: str, pictures: Sequence[Picture]) -> bool:
    """Whether the source has enough pictures with labels that the other sources also have."""
    learnt: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for picture in pictures:
        (later if picture.source == name else learnt)[picture.label] += 1
    usable = 0
    for label, rows in later.items():
        if learnt[label] >= FEWEST_OF_A_LABEL:
            usable += rows
    share = usable / len(pictures)
    return len(later) > 1 and usable >= LEAST_ROWS and LEAST_SHARE <= share <= MOST_SHARE


def apart(name: str, pictures: Sequence[Picture]) -> tuple[float, str]:
    """How far the source differs in standard deviations, and in which measure.

    The mean of its label is subtracted from each value, so a different mix of labels doesn't count.
    """
    means: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for picture in pictures:
        if picture.means:
            means[picture.label].append(picture.means)
    best = 0.0, LOOKS[0]
    for column, what in enumerate(LOOKS):
        inside: list[float] = []
        outside: list[float] = []
        centres = {label: mean([row[column] for row in rows]) for label, rows in means.items()}
        for picture in pictures:
            if picture.means:
                value = picture.means[column] - centres[picture.label]
                (inside if picture.source == name else outside).append(value)
        spread = math.sqrt(mean([value**2 for value in inside + outside]))
        if inside and outside and spread:
            best = max(best, (abs(mean(inside) - mean(outside)) / spread, what))
    return best


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
