"""Decides which level of nested folders is the labels: outer or inner."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.own_data.columns.identifiers import separated, words_of
from scaffold.own_data.proposal.splits import OWNERS, SOURCES

PARTS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}
PLACES = SOURCES | OWNERS | words_of("camera scanner microscope lab session day year photographer")
OUTER, INNER = "outer", "inner"
MOST = 0.9  # of the files must be in inner folders, if those are the labels


@dataclass(frozen=True)
class Layout:
    """`level` is the level of the labels, the other is the sources; `skipped` counts levels above.

    `crossed` is True if several outer folders have the same inner folders: either may be meant.
    """

    level: str = OUTER
    skipped: int = 0
    crossed: bool = False
    why: str = "the names of the folders"

    def names(self, parts: tuple[str, ...]) -> tuple[str, str, str] | None:
        """The label, the source and the rest of the path; None if the path has no label."""
        around, inside, name = parts[: self.skipped], parts[self.skipped : -1], parts[-1]
        if len(inside) < (2 if self.level == INNER else 1):
            return None
        label, *others = inside
        source = others.pop(0) if others else ""
        if self.level == INNER:
            label, source = source, label
        return label, source, "/".join([*others, "_".join([*around, name])])


def choose(places: Sequence[Path], level: str | None) -> Layout:
    """The layout of files with these paths; the level is proposed unless it is set."""
    inner: dict[str, set[str]] = {}
    deep = 0
    for place in places:
        if len(place.parts) > 2:
            inner.setdefault(place.parts[1], set()).add(place.parts[0])
            deep += 1
    outer = {place.parts[0] for place in places}
    if level == INNER:
        return Layout(INNER, why="")
    if inner and all(name.lower() in PARTS for name in outer):
        return Layout(skipped=1, why=f"the folders in {', '.join(sorted(outer))}")
    if len(outer) == 1 and len(inner) > 1:
        return Layout(skipped=1, why=f"the folders in {outer.pop()}")
    if level is not None:
        return Layout(level, why="")
    repeated = [name for name, around in inner.items() if len(around) > 1]
    crossed = len(outer) > 1 and deep >= MOST * len(places) and 2 * len(repeated) > len(inner)
    if not crossed:
        return Layout()
    shown = f"folders such as {min(repeated)!r} are in several others"
    if are_places(outer) and not are_places(inner):
        return Layout(INNER, crossed=True, why=f"{shown}, which look like sources")
    return Layout(
        OUTER, crossed=True, why=f"{shown}: the first are assumed to be labels, the second sources"
    )


def are_places(names: Collection[str]) -> bool:
    """Whether the names are places or times, not labels: 'camera 1', 'camera 2', '2024'."""
    numbered = [re.fullmatch(r"(\D+)\d+|(?:19|20)\d\d", name) for name in names]
    stems = {match[1] for match in numbered if match}
    if all(numbered) and len(stems) == 1:
        return True
    telling = sum(bool(words_of(separated(name)) & PLACES) for name in names)
    return 2 * telling > len(names)
