"""Reads the pictures in a folder that has a folder for each label."""

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

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")  # that a project reads
NAMES = "PNG, JPEG, WebP, BMP, GIF, TIFF"
MOST_PIXELS = 100_000_000
MOST_BYTES = 30_000_000
IGNORED = ("thumbs.db", "desktop.ini")
DECODED = 3000  # pictures that are decoded as a whole; of more, only some are
SIDE = 32  # pixels of the small copy in which colour is looked for
GREY = "#7f7f7f"
NOISE = 12  # difference of channels that JPEG may add to a grey picture
NO_FOLDER = "no folder"  # the source of a picture that lies beside the folders of sources


@dataclass(frozen=True)
class File:
    """A file that has a label by its place; `source` is the other level of folders, if any.

    `rest` is its path below both.
    """

    path: Path
    label: str
    source: str
    rest: str

    @property
    def place(self) -> str:
        """Its path in a project: label, source, file."""
        parts = [part for part in (self.label, self.source, self.rest) if part]
        return "/".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True)
class Picture:
    """A file that could be opened, and how it looks.

    `colour` is None, and `means` are empty, if it wasn't decoded: brightness and contrast, then
    red and blue against green, each from 0 to 1.
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
    """The pictures with a label, the files that are none, and how many pictures have no label."""

    pictures: list[Picture]
    unreadable: list[Path]
    loose: int
    layout: Layout


def read(folder: Path, level: str | None) -> Album:
    """All pictures in the folders of labels; `level` says which folders those are."""
    loose = sum(is_picture(path) for path in folder.iterdir() if path.is_file())
    layout = layouts.choose([path.relative_to(folder) for path in every(folder)], level)
    files = labelled(folder, layout)
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
    """All files below the folders in the folder, in order."""
    for place in folders_in(folder):
        yield from files_in(place)


def labelled(folder: Path, layout: Layout) -> list[File]:
    """All files that have a label, with it."""
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
    """All files below the folder, in order, but for what systems add."""
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
    """The picture, if its file can be read as one: to its end if it is decoded."""
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
    except Exception:  # whatever a broken file makes Pillow raise
        return None
    name = "jpeg" if form == "MPO" else form.lower()
    return Picture(file, name, sides, size, colour, means, digest)


def look_of(image: Image.Image) -> tuple[bool, tuple[float, ...]]:
    """Whether it has colours, and the means; of a small copy."""
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
    """The picture in 32 by 32 pixels."""
    image.draft("RGB", (SIDE, SIDE))
    return plain(image).resize((SIDE, SIDE))


def plain(image: Image.Image) -> Image.Image:
    """The picture in red, green and blue of 8 bits, as a project sees it: clear is grey."""
    if image.mode.startswith("I;16"):
        image = image.convert("F").point(lambda value: value / 256)
    elif image.mode in ("I", "F"):  # of 32 bits, the range that is used
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
    """Formats, colours, sizes and sources; the colours are those of what was decoded."""
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
    """How often each name occurs, by name."""
    return dict(sorted(Counter(names).items()))


def digest(pictures: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of all pictures: of their places in a project, and their digests."""
    whole = hashlib.sha256()
    for place, content in sorted(pictures):
        whole.update(f"{place}\0{content}\n".encode())
    return whole.hexdigest()


def area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
