"""Reads the pictures in a folder that has a folder for each label."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from scaffold.own_data.profile import Pictures

IGNORED = ("thumbs.db", "desktop.ini")
PARTS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}
DECODED = 3000  # pictures that are decoded as a whole; of more, only some are
SIDE = 32  # pixels of the small copy in which colour is looked for
NOISE = 12  # difference of channels that JPEG may add to a grey picture


@dataclass(frozen=True)
class Picture:
    """A file that could be opened; `colour` is None if it wasn't decoded."""

    path: Path
    label: str
    format: str
    size: tuple[int, int]
    colour: bool | None
    digest: str


@dataclass(frozen=True)
class Album:
    """The pictures with a label, the files that are none, and how many pictures have no label."""

    pictures: list[Picture]
    unreadable: list[Path]
    loose: int


def read(folder: Path) -> Album:
    """All pictures in the folders of labels."""
    loose = sum(is_picture(path) for path in folder.iterdir() if path.is_file())
    files = []
    for label, place in label_folders(folder):
        files += [(label, path) for path in files_in(place)]
    step = max(1, len(files) // DECODED)
    found, unreadable = [], []
    for number, (label, path) in enumerate(files):
        picture = open_picture(path, label, decode=number % step == 0)
        if picture is None:
            unreadable.append(path)
        else:
            found.append(picture)
    return Album(found, unreadable, loose)


def label_folders(folder: Path) -> list[tuple[str, Path]]:
    """The folder of each label and the label, which may stand below one for train and test."""
    places = folders_in(folder)
    below = [inner for place in places for inner in folders_in(place)]
    parted = all(place.name.lower() in PARTS for place in places)
    wrapped = len(places) == 1 and len(below) > 1
    if below and (parted or wrapped):
        places = below
    return [(place.name, place) for place in places]


def folders_in(folder: Path) -> list[Path]:
    hidden = (".", "__MACOSX")
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith(hidden)
    ]


def files_in(folder: Path) -> list[Path]:
    """All files below the folder, in order, but for what systems add."""
    paths = []
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.lower() not in IGNORED and not name.startswith("."):
                paths.append(Path(parent) / name)
    return sorted(paths)


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in Image.registered_extensions()


def open_picture(path: Path, label: str, *, decode: bool) -> Picture | None:
    """The picture, if its file can be read as one: to its end if it is decoded."""
    try:
        with Image.open(path) as image:
            form, size = image.format or "unknown", image.size
            colour = None
            if decode:
                colour = has_colour(image)
            else:
                image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Picture(path, label, form.lower(), size, colour, digest)


def has_colour(image: Image.Image) -> bool:
    """Whether the channels of a small copy differ by more than compression explains."""
    image.draft("RGB", (SIDE, SIDE))
    small = image.convert("RGB").resize((SIDE, SIDE))
    red, green, blue = (channel.tobytes() for channel in small.split())
    for r, g, b in zip(red, green, blue, strict=True):
        if max(r, g, b) - min(r, g, b) > NOISE:
            return True
    return False


def describe(pictures: Sequence[Picture]) -> Pictures:
    """Formats, colours and sizes; the colours are those of what was decoded."""
    formats: dict[str, int] = {}
    for picture in pictures:
        formats[picture.format] = formats.get(picture.format, 0) + 1
    sizes = sorted((picture.size for picture in pictures), key=area)
    return Pictures(
        formats=dict(sorted(formats.items(), key=lambda pair: -pair[1])),
        colour=sum(picture.colour is True for picture in pictures),
        grey=sum(picture.colour is False for picture in pictures),
        smallest=sizes[0],
        largest=sizes[-1],
    )


def area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
