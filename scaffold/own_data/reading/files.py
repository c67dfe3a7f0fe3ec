"""Opens the user's file: what it is by its first bytes, and its bytes without compression."""

import bz2
import gzip
import hashlib
import lzma
import shutil
import zipfile
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from scaffold.errors import DataError

CHUNK = 1 << 22
HEAD = 1 << 16
COMPRESSED: dict[bytes, tuple[str, Callable[[Path], IO[bytes]]]] = {
    b"\x1f\x8b": ("gzip", lambda path: cast(IO[bytes], gzip.open(path))),  # noqa: SIM115
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ": ("xz", lzma.open),
}
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UNREADABLE = {
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"\x93NUMPY": "a NumPy array",
    b"ARROW1": "an Arrow file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
FORMATS = "CSV, Excel, Parquet or JSON lines"


@dataclass(frozen=True)
class File:
    """A file that was read once from end to end; `plain` is the same without compression.

    `line_ends` counts those in each chunk of CHUNK bytes. `utf8` says whether all of it is UTF-8.
    """

    path: Path
    plain: Path
    compression: str | None
    digest: str
    size: int
    head: bytes
    line_ends: tuple[int, ...]
    utf8: bool


def locate(path: Path) -> Path:
    """The path with `~` resolved; raises DataError if nothing is there."""
    expanded = path.expanduser()
    if not expanded.exists():
        raise DataError(f"There is no file or folder {str(path)!r}. Give the path of your data")
    if not (expanded.is_file() or expanded.is_dir()):
        raise DataError(f"{str(path)!r} is neither a file nor a folder. Save the data as a file")
    return expanded


def open_file(path: Path, scratch: Path) -> File:
    """The file, decompressed into `scratch` if need be; raises DataError if it holds no table."""
    plain, compression = decompressed(path, scratch)
    digest, size, line_ends, utf8 = scan(plain)
    if compression:
        digest = scan(path)[0]
    with plain.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise DataError(f"{path.name!r} is empty. Give a file with a row of names and rows of data")
    for magic, what in UNREADABLE.items():
        if head.startswith(magic):
            raise DataError(f"{path.name!r} is {what}. Give {FORMATS}")
    if (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")[:15]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml"))
    ):
        raise DataError(
            f"{path.name!r} is a web page or XML, perhaps of a log-in. "
            f"Download the data as {FORMATS}"
        )
    return File(path, plain, compression, digest, size, head, tuple(line_ends), utf8)


def decompressed(path: Path, scratch: Path) -> tuple[Path, str | None]:
    """The path of the plain bytes, and how they were compressed."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(ZIP) and not is_workbook(path):
        return unzipped(path, scratch), "zip"
    for magic, (name, opener) in COMPRESSED.items():
        if head.startswith(magic):
            plain = scratch / "plain"
            try:
                with opener(path) as source, plain.open("wb") as target:
                    shutil.copyfileobj(source, target, CHUNK)
            except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
                raise DataError(f"{path.name!r} is damaged: {error}. Download it again") from error
            return plain, name
    return path, None


def is_workbook(path: Path) -> bool:
    """Whether a zip is an Excel or OpenDocument file; raises DataError if it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise DataError(f"{path.name!r} is a damaged zip: {error}. Download it again") from error
    return "[Content_Types].xml" in names or "content.xml" in names


def unzipped(path: Path, scratch: Path) -> Path:
    """The one file in the zip; what macOS and Windows add doesn't count."""
    plain = scratch / "plain"
    with zipfile.ZipFile(path) as archive:
        inside = []
        for name in archive.namelist():
            hidden = name.startswith("__MACOSX/") or Path(name).name in (".DS_Store", "Thumbs.db")
            if not name.endswith("/") and not hidden:
                inside.append(name)
        if len(inside) != 1:
            names = ", ".join(map(repr, inside[:3])) or "none"
            more = ", …" if len(inside) > 3 else ""
            raise DataError(
                f"{path.name!r} holds {len(inside)} files ({names}{more}), not one. "
                "Unpack it and give one file, or the folder of pictures"
            )
        try:
            with archive.open(inside[0]) as source, plain.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
        except RuntimeError as error:
            raise DataError(f"{path.name!r} needs a password. Unpack it first") from error
        except (zipfile.BadZipFile, zlib.error) as error:
            raise DataError(f"{path.name!r} is damaged: {error}. Download it again") from error
    return plain


def scan(path: Path) -> tuple[str, int, list[int], bool]:
    """SHA-256, size, line ends in each chunk, and whether all of it is UTF-8."""
    digest = hashlib.sha256()
    decoder = getincrementaldecoder("utf-8")()
    size, utf8 = 0, True
    line_ends = []
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            line_ends.append(chunk.count(b"\n"))
            if utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
        if utf8:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                utf8 = False
    return digest.hexdigest(), size, line_ends, utf8
