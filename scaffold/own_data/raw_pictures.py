"""Copies pictures into the project: all, or a sample balanced over the labels."""

import hashlib
import io
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image, ImageOps

from scaffold.own_data.raw import LARGEST
from scaffold.own_data.reading import albums, files
from scaffold.own_data.reading.albums import File, Picture
from scaffold.own_data.reading.layouts import Layout

FEWEST = 500  # pictures in a sample; if fewer fit, they are resized
SHRUNK = 320  # pixels of the longer side of a resized picture
FULL = 0.98  # of LARGEST
BATCH = 64
Files = dict[str, bytes]  # by their path in the project


def take(folder: Path, own: dict[str, Any]) -> tuple[Files, dict[str, Any]]:
    """Returns the pictures for the project by path, and the answers with their digest and counts.

    In the project, source folders are inside label folders, whatever the original layout.
    """
    folder = files.named(folder)
    looks = dict(own["pictures"])
    labeled = albums.labeled(folder, Layout(looks.pop("level", "outer"), looks.pop("around", 0)))
    size = sum(file.path.stat().st_size for file in labeled if file.path.is_file())
    contents: Files = {}
    if size <= LARGEST:
        for picture in opened(labeled):
            contents[f"{own['file']}/{picture.file.place}"] = picture.path.read_bytes()
        return contents, {**own, "pictures": looks}
    shrink = LARGEST * len(labeled) < FEWEST * size
    chosen = []
    left = LARGEST
    for picture in opened(evenly(labeled)):
        place, content = picture.file.place, picture.path.read_bytes()
        if shrink:
            place, content = shrunk(place, content)
        if left < (1 - FULL) * LARGEST:
            break
        if len(content) > left:
            continue  # a smaller picture may still fit
        left -= len(content)
        contents[f"{own['file']}/{place}"] = content
        chosen.append((place, content, picture))
    looks["sources"] = albums.count(picture.source for *_, picture in chosen)
    looks["labels"] = albums.count(picture.label for *_, picture in chosen)
    drift = dict(own["drift"])
    if drift.get("value"):
        drift["share"] = round(looks["sources"].get(drift["value"], 0) / max(len(chosen), 1), 4)
    changed = {
        "drift": drift,
        "rows": len(chosen),
        "digest": albums.digest((place, digest(content)) for place, content, _ in chosen),
        "of_folder": own["rows"],
        "longest_side": SHRUNK if shrink else None,
        "pictures": looks,
    }
    return contents, {**own, **changed}


def opened(files: Sequence[File]) -> Iterator[Picture]:
    """The files that can be decoded completely, in order."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for start in range(0, len(files), BATCH):
            for picture in threads.map(open_whole, files[start : start + BATCH]):
                if picture is not None:
                    yield picture


def open_whole(file: File) -> Picture | None:
    return albums.open_picture(file, decode=True)


def evenly(files: Sequence[File]) -> list[File]:
    """Orders the files so that any first n of them are balanced over labels and sources."""
    by_label: dict[str, dict[str, list[File]]] = {}
    for file in sorted(files, key=lambda file: digest(file.place.encode())):
        by_label.setdefault(file.label, {}).setdefault(file.source, []).append(file)
    return in_turn([in_turn(list(sources.values())) for sources in by_label.values()])


def in_turn(lists: Sequence[Sequence[File]]) -> list[File]:
    """Takes one item from each list in turn until all are used up."""
    waiting = deque(deque(items) for items in lists)
    ordered = []
    while waiting:
        items = waiting.popleft()
        ordered.append(items.popleft())
        if items:
            waiting.append(items)
    return ordered


def shrunk(place: str, content: bytes) -> tuple[str, bytes]:
    """The picture as a JPEG with a longer side of at most SHRUNK pixels, and its path."""
    with Image.open(io.BytesIO(content), formats=albums.FORMATS) as image:
        image.draft("RGB", (SHRUNK, SHRUNK))
        small = albums.plain(ImageOps.exif_transpose(image))
    small.thumbnail((SHRUNK, SHRUNK))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=85)
    if PurePosixPath(place).suffix.lower() not in (".jpg", ".jpeg"):
        place += ".jpg"
    return place, file.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
