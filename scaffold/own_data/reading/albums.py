"""Reads the pictures in a folder that has one folder per label."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from scaffold.own_data.profile import Pictures
from scaffold.own_data.reading import layouts
from scaffold.own_data.reading.layouts import Layout

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")  # that a project can read
NAMES = "PNG, JPEG, WebP, BMP, GIF, TIFF"
MOST_PIXELS = 100_000_000
MOST_BYTES = 30_000_000
IGNORED = ("thumbs.db", "desktop.ini")
DECODED = 3000  # pictures that are fully decoded; of more, only every nth
SIDE = 32  # pixels per side of the thumbnail that is checked for color
GREY = "#7f7f7f"
NOISE = 12  # channel difference that JPEG may add to a gray picture
NO_FOLDER = "no folder"  # the source of a picture that isn't in a source folder


@dataclass(frozen=True)
class File:
    """A file whose path gives its label; `source` is the other level of folders, if any.

    `rest` is the path below both.
    """

    path: Path
    label: str
    source: str
    rest: str

    @property
    def place(self) -> str:
        """The path in the project: label/source/file."""
        parts = [part for part in (self.label, self.source, self.rest) if part]
        return "/".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True)
class Picture:
    """A file that could be opened as a picture, with its properties.

    `means` are brightness and contrast, from 0 to 1, then red minus green and blue minus green. If
    the picture wasn't decoded, `means` is empty and `colour` is None.
    """

    file: File
    format: str
    size: tuple[int, int]
    bytes: int
    colour: bool | None
    means: tuple[float, ...]
    digest: str

    @property
    def path(self) -> Path:
        return self.file.path

    @property
    def label(self) -> str:
        return self.file.label

    @property
    def source(self) -> str:
        return self.file.source or NO_FOLDER


@dataclass(frozen=True)
class Album:
    """The labeled pictures, the unreadable files, and `loose`, the number of unlabeled pictures."""

    pictures: list[Picture]
    unreadable: list[Path]
    loose: int
    layout: Layout


def read(folder: Path, level: str | None) -> Album:
    """Reads all pictures in the label folders; `level` is outer or inner, or None to detect it."""
    loose = sum(is_picture(path) for path in folder.iterdir() if path.is_file())
    layout = layouts.choose([path.relative_to(folder) for path in every(folder)], level)
    files = labeled(folder, layout)
    step = max(1, -(-len(files) // DECODED))

    def open_one(number: int) -> Picture | None:
        return open_picture(files[number], decode=number % step == 0)

    pictures, unreadable = [], []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        opened = threads.map(open_one, range(len(files)))
        for file, picture in zip(files, opened, strict=True):
            if picture is None:
                unreadable.append(file.path)
            else:
                pictures.append(picture)
    return Album(pictures, unreadable, loose, layout)


def every(folder: Path) -> Iterator[Path]:
    """All files in the subfolders, sorted."""
    for place in folders_in(folder):
        yield from files_in(place)


def labeled(folder: Path, layout: Layout) -> list[File]:
    """All files that have a label."""
    files = []
    for path in every(folder):
        parts = path.relative_to(folder).parts
        names = layout.names(parts)
        if names:
            files.append(File(path, *names))
    return files


def folders_in(folder: Path) -> list[Path]:
    hidden = (".", "__MACOSX")
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith(hidden)
    ]


def files_in(folder: Path) -> list[Path]:
    """All files in the folder and its subfolders, sorted, without hidden and system files."""
    paths = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in names:
            if name.lower() not in IGNORED and not name.startswith("."):
                paths.append(Path(parent) / name)
    return sorted(paths)


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in Image.registered_extensions()


def open_picture(file: File, *, decode: bool) -> Picture | None:
    """The picture, or None if the file can't be read as one; with `decode`, to its end."""
    if not file.path.is_file():
        return None
    try:
        size = file.path.stat().st_size
        if size > MOST_BYTES:
            return None
        with Image.open(file.path, formats=FORMATS) as image:
            form, sides = image.format or "unknown", image.size
            if sides[0] * sides[1] > MOST_PIXELS:
                return None
            colour: bool | None = None
            means: tuple[float, ...] = ()
            if decode:
                colour, means = look_of(image)
            else:
                image.verify()
        digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    except Exception:  # a broken file can make Pillow raise anything
        return None
    name = "jpeg" if form == "MPO" else form.lower()
    return Picture(file, name, sides, size, colour, means, digest)


def look_of(image: Image.Image) -> tuple[bool, tuple[float, ...]]:
    """Whether a thumbnail of the picture has color, and its means."""
    small = small_copy(image)
    red, green, blue = small.split()
    lightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    _, most = ImageChops.subtract(lightest, darkest).getextrema()
    grey = ImageStat.Stat(small.convert("L"))
    means = [channel / 255 for channel in ImageStat.Stat(small).mean]
    looks = (grey.mean[0] / 255, grey.stddev[0] / 255, means[0] - means[1], means[2] - means[1])
    return most > NOISE, looks  # type: ignore[operator]


def small_copy(image: Image.Image) -> Image.Image:
    """A thumbnail of 32 by 32 pixels."""
    image.draft("RGB", (SIDE, SIDE))
    return plain(image).resize((SIDE, SIDE))


def plain(image: Image.Image) -> Image.Image:
    """The picture as 8-bit RGB, as a project reads it: transparent becomes gray."""
    if image.mode.startswith("I;16"):
        image = image.convert("F").point(lambda value: value / 256)
    elif image.mode in ("I", "F"):  # scale 32-bit values by the range in use
        low, high = map(float, image.getextrema())  # type: ignore[arg-type]
        scale = 255 / (high - low or 1)
        image = image.convert("F").point(lambda value: value * scale - low * scale)
    if image.mode == "F":
        image = image.convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, GREY), image)
    return image.convert("RGB")


def describe(pictures: Sequence[Picture], layout: Layout) -> Pictures:
    """Summarizes formats, colors, sizes and sources; only decoded pictures count for colors."""
    formats = Counter(picture.format for picture in pictures)
    sources = count(picture.source for picture in pictures)
    sizes = sorted((picture.size for picture in pictures), key=area)
    return Pictures(
        formats=dict(formats.most_common()),
        colour=sum(picture.colour is True for picture in pictures),
        grey=sum(picture.colour is False for picture in pictures),
        smallest=sizes[0],
        largest=sizes[-1],
        labels=count(picture.label for picture in pictures),
        heaviest=max(picture.bytes for picture in pictures),
        uneven=sum(picture.size[0] != picture.size[1] for picture in pictures),
        sources=sources if len(sources) > 1 else {},
        level=layout.level,
        around=layout.skipped,
    )


def count(names: Iterable[str]) -> dict[str, int]:
    """How often each name occurs, sorted by name."""
    return dict(sorted(Counter(names).items()))


def digest(pictures: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of all pictures: of their paths in the project and their digests."""
    whole = hashlib.sha256()
    for place, content in sorted(pictures):
        whole.update(f"{place}\0{content}\n".encode())
    return whole.hexdigest()


def area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
