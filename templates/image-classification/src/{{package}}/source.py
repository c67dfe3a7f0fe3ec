"""Where the pictures come from: 2,624 solar cells of 44 modules, in the package `elpv-dataset`."""

import hashlib
import logging
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError
from sklearn.model_selection import train_test_split

from .batches import paths
from .config import COMMAND
from .errors import LifecycleError
from .pictures import SIDE, pixels
from .schema import NEGATIVE, POSITIVE, TARGET, Limits, record_type

log = logging.getLogger(__name__)
NAME = "elpv-dataset 1.0.0.post1 (electroluminescence pictures of solar cells)"
# What arrives after retraining.
MIXED = "both types of cell, in the proportion of the rows that it was judged by"
TYPES = {"mono": "monocrystalline", "poly": "polycrystalline"}
CERTAINTY = {0: "surely sound", 1: "perhaps sound", 2: "perhaps defective", 3: "surely defective"}
ROWS_NEEDED = 50
SAME = 0.6
REPETITIONS = 5
Pairs = list[tuple[pd.DataFrame, pd.DataFrame]]


def load(own_data: Path | None) -> pd.DataFrame:
    """Columns `image` (a file's bytes), `label`, `certainty`, `source` and `file` (its name).

    A folder of your own needs the folders `sound` and `defective`. Folders within them name where a picture comes
    from, the first by name being the usual source and every other one the drift.
    """
    return _own(own_data) if own_data else _package(Path(str(files("elpv_dataset") / "data")))


def _package(folder: Path) -> pd.DataFrame:
    """Every cell with the probability of a defect that annotators gave it, in thirds; two thirds count as defective."""
    cells = pd.read_csv(folder / "labels.csv", sep=r"\s+", names=["path", "probability", "type"])
    thirds = (cells["probability"] * 3).round().astype(int)
    return pd.DataFrame(
        {
            "image": [(folder / path).read_bytes() for path in cells["path"]],
            TARGET: np.where(thirds >= 2, POSITIVE, NEGATIVE),
            "certainty": thirds.map(CERTAINTY),
            "source": cells["type"].map(TYPES),
            "file": [Path(path).name for path in cells["path"]],
        }
    )


def _own(folder: Path) -> pd.DataFrame:
    rows = [row for label in (NEGATIVE, POSITIVE) for row in _labelled(folder, label)]
    frame = pd.DataFrame(rows, columns=["image", TARGET, "certainty", "source", "file"])
    return frame.sort_values(["source", "file"], ignore_index=True)


def _labelled(folder: Path, label: str) -> Iterator[tuple[bytes, str, str, str, str]]:
    if not (folder / label).is_dir():
        raise LifecycleError(f"OWN_DATA={folder}: no folder '{label}'. It needs two: {NEGATIVE}, {POSITIVE}.")
    for path in paths(folder / label):
        inner = path.relative_to(folder / label).parts
        source = inner[0] if len(inner) > 1 else "own data"
        yield path.read_bytes(), label, "not given", source, path.relative_to(folder).as_posix()


def clean(raw: pd.DataFrame, limits: Limits) -> tuple[pd.DataFrame, dict[str, int]]:
    """The pictures in their canonical form, without those that break the limits and duplicates; what was dropped."""
    record = record_type(limits)

    def checked(name: str, image: bytes) -> bytes | None:
        try:
            return record(image=image).image
        except ValidationError as error:
            log.info("%s is dropped: %s", name, error.errors()[0]["msg"])
            return None

    images = [checked(name, image) for name, image in zip(raw["file"], raw["image"], strict=True)]
    cells = raw.assign(image=images).dropna(subset="image")
    repeated = cells["image"].duplicated()
    return cells[~repeated], {"unreadable picture": len(raw) - len(cells), "duplicate": int(repeated.sum())}


def split(cells: pd.DataFrame, seed: int) -> dict[str, pd.DataFrame]:
    """Train, test, two portions of usual traffic, and the drift: what will be fed back and what stays held out.

    `mixed` is what arrives after retraining, both sources in the proportion of test and held-out rows.
    """
    sources = cells["source"].unique().tolist() or ["the folder"]
    wanted = pd.MultiIndex.from_product([sources, [NEGATIVE, POSITIVE]])
    counts = cells.groupby(["source", TARGET]).size().reindex(wanted, fill_value=0)
    if counts.min() < ROWS_NEEDED:
        source, label = counts.idxmin()
        raise LifecycleError(
            f"Of '{source}' there are only {counts.min()} usable pictures that are {label}, {ROWS_NEEDED} are needed."
            f" Add some, then run: {COMMAND} prepare"
        )
    usual = cells[cells["source"] == cells["source"].iloc[0]]
    other = cells[cells["source"] != cells["source"].iloc[0]]
    train, test, stream, mixed = _cut(usual, [0.20, 0.21, 0.067], seed)
    drift, heldout, late = _cut(other, [0.32, 0.107], seed) if len(other) else (other, other, other)
    mixed = pd.concat([mixed, late]).sample(frac=1, random_state=seed)
    return {"train": train, "test": test, "stream": stream, "drift": drift, "mixed": mixed, "heldout": heldout}


def shown(cells: pd.DataFrame) -> pd.DataFrame:
    """The pictures in an order by chance, the same each time, with a title that does not tell the label."""
    title = cells["source"] + ", " + cells["file"].map(lambda name: Path(name).stem)
    return cells.assign(title=title).sort_values("file").sample(frac=1, random_state=0)


def _cut(cells: pd.DataFrame, shares: list[float], seed: int) -> list[pd.DataFrame]:
    """What remains first, then a portion for each share of all rows; labels and certainty in equal proportion."""
    portions, rest = [], cells
    for share in shares:
        strata = rest[TARGET] + rest["certainty"]
        rest, portion = train_test_split(rest, test_size=round(share * len(cells)), random_state=seed, stratify=strata)
        portions.append(portion)
    return [rest, *portions]


def identity(cells: pd.DataFrame) -> pd.Series:
    """What makes two pictures the same: their pixels, in the canonical form, whatever file they came in."""
    return cells["image"].map(lambda image: hashlib.sha256(pixels(image).tobytes()).hexdigest())


question = identity  # what has one true answer


def among(cells: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Whether each is the same picture as one of the others, also if it was compressed or scaled in between.

    Their thumbnails then differ by less than SAME grey levels (root mean square): after JPEG of quality 30 by 0.48, the
    nearest two of the package's cells by 0.97.
    """
    mine, theirs = _thumbnails(cells), _thumbnails(others)
    nearest = [((theirs - one) ** 2).mean(axis=1).min(initial=np.inf) for one in mine]
    return pd.Series(nearest, cells.index, dtype=np.float64) < SAME**2


def _thumbnails(cells: pd.DataFrame) -> NDArray[np.float32]:
    """Brightness of 15 by 15 squares, of shape (cells, 225)."""
    squares = [pixels(image).reshape(15, SIDE // 15, 15, SIDE // 15).mean(axis=(1, 3)) for image in cells["image"]]
    return np.array(squares, dtype=np.float32).reshape(-1, 225)


def fed_back(cells: pd.DataFrame) -> pd.DataFrame:
    """Pictures from feedback, with the columns that the slices go by."""
    return cells.assign(source="feedback", certainty="not given")


def protocols(cells: pd.DataFrame, seed: int) -> dict[str, Pairs]:
    """Other ways to evaluate the chosen model, besides the test set: a flattering one, an honest one, and the drift."""
    usual = cells["source"] == cells["source"].iloc[0]
    named = {
        "a random quarter of all cells (flattering: neighbours in one module on both sides)": _random(cells, seed),
        "contiguous fifths of all cells (honest: hardly a module on both sides)": _contiguous(cells),
    }
    if not usual.all():
        named["the other type of cell, after training on all of one"] = [(cells[usual], cells[~usual])]
    return {name: pairs for name, pairs in named.items() if pairs}


def _random(cells: pd.DataFrame, seed: int) -> Pairs:
    strata = cells["source"] + cells[TARGET] + cells["certainty"]
    return [
        train_test_split(cells, test_size=0.25, random_state=seed + number, stratify=strata)
        for number in range(REPETITIONS)
    ]


def _contiguous(cells: pd.DataFrame) -> Pairs:
    """Files are numbered module by module: a fifth of them in a row shares no more than two modules with the rest.

    Of your own pictures the names within a label's folder tell the order.
    """
    names = cells["file"].str.removeprefix(f"{NEGATIVE}/").str.removeprefix(f"{POSITIVE}/")
    in_order = cells.assign(name=names).sort_values("name", ignore_index=True)
    block = in_order.index * REPETITIONS // len(in_order)
    pairs = [(in_order[block != number], in_order[block == number]) for number in range(REPETITIONS)]
    return [(train, test) for train, test in pairs if train[TARGET].nunique() == test[TARGET].nunique() == 2]
