"""Opens the user's file: detects its type from the first bytes and decompresses it."""

import bz2
import gzip
import hashlib
import lzma
import re
import shutil
import zipfile
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from scaffold.errors import DataError, InvalidAnswerError

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
FORMATS = "CSV, Excel, Parquet or JSON Lines"
ENDINGS = re.compile(r"(\.(csv|tsv|txt|xlsx?|ods|parquet|jsonl?|ndjson|gz|zip|bz2|xz))+$", re.I)


@dataclass(frozen=True)
class File:
    """A file that was scanned completely; `plain` is the decompressed file.

    `line_ends` has the number of line ends in each chunk of CHUNK bytes. `utf8` is True if the
    whole file is valid UTF-8. `member` is the chosen file in a zip, `others` its other tables.
    """

    path: Path
    plain: Path
    compression: str | None
    digest: str
    size: int
    head: bytes
    line_ends: tuple[int, ...]
    utf8: bool
    member: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unpacked:
    """The decompressed file, the kind of compression, and the chosen file in a zip."""

    plain: Path
    compression: str | None = None
    member: str | None = None
    others: tuple[str, ...] = ()


def locate(path: Path) -> Path:
    """The resolved path; raises DataError if there is no such file or folder."""
    expanded = named(path)
    if not expanded.exists():
        raise DataError(f"No such file or folder: {str(path)!r}. Check the path")
    if not (expanded.is_file() or expanded.is_dir()):
        raise DataError(f"{str(path)!r} is neither a file nor a folder. Save the data as a file")
    return expanded


def named(path: Path) -> Path:
    """The path with `~` expanded, and a final `.` or `..` resolved to a name."""
    expanded = path.expanduser()
    return expanded if expanded.name not in ("", "..") else expanded.resolve()


def open_file(path: Path, scratch: Path, wanted: str | None = None) -> File:
    """Opens the file, decompressed into `scratch` if needed.

    `wanted` names one file in a zip with several. Raises DataError if it isn't a table.
    """
    unpacked = decompressed(path, scratch, wanted)
    plain, compression = unpacked.plain, unpacked.compression
    digest, size, line_ends, utf8 = scan(plain)
    if compression:
        digest = scan(path)[0]
    with plain.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise DataError(f"{path.name!r} is empty. Use a file with column names and rows")
    for magic, what in UNREADABLE.items():
        if head.startswith(magic):
            raise DataError(f"{path.name!r} is {what}. Use {FORMATS}")
    if (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")[:15]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml"))
    ):
        raise DataError(
            f"{path.name!r} is a web page or XML, perhaps a login page. "
            f"Download the data as {FORMATS}"
        )
    ends = tuple(line_ends)
    member, others = unpacked.member, unpacked.others
    return File(path, plain, compression, digest, size, head, ends, utf8, member, others)


def decompressed(path: Path, scratch: Path, wanted: str | None) -> Unpacked:
    """The file itself, or if it is compressed, its contents decompressed into `scratch`."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(ZIP) and not is_workbook(path):
        return unzipped(path, scratch, wanted)
    for magic, (name, opener) in COMPRESSED.items():
        if head.startswith(magic):
            plain = scratch / "plain"
            try:
                with opener(path) as source, plain.open("wb") as target:
                    shutil.copyfileobj(source, target, CHUNK)
            except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
                raise DataError(f"{path.name!r} is corrupt: {error}. Download it again") from error
            return Unpacked(plain, name)
    return Unpacked(path)


def is_workbook(path: Path) -> bool:
    """Whether a zip is an Excel or OpenDocument file; raises DataError if it is corrupt."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise DataError(f"{path.name!r} is a corrupt zip: {error}. Download it again") from error
    return "[Content_Types].xml" in names or "content.xml" in names


def unzipped(path: Path, scratch: Path, wanted: str | None) -> Unpacked:
    """Extracts the table from a zip, by name if there are several."""
    plain = scratch / "plain"
    with zipfile.ZipFile(path) as archive:
        inside = tables(archive)
        if not inside:
            raise DataError(
                f"{path.name!r} contains no table. Unpack it and give one file, or the folder of "
                "pictures"
            )
        chosen = choose(inside, wanted)
        try:
            with archive.open(chosen) as source, plain.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
        except NotImplementedError as error:
            problem = "uses a compression method that Python doesn't support"
            raise DataError(f"{path.name!r} {problem}. Unpack it and give the file") from error
        except RuntimeError as error:
            raise DataError(f"{path.name!r} is password-protected. Unpack it first") from error
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
            raise DataError(f"{path.name!r} is corrupt: {error}. Download it again") from error
        alone = len(archive.namelist()) == 1
    others = tuple(name for name in inside if name != chosen)
    return Unpacked(plain, "zip", None if alone else chosen, others)


def tables(archive: zipfile.ZipFile) -> dict[str, int]:
    """The sizes of files in the zip that may be tables, without macOS and Windows metadata."""
    inside = {}
    for entry in archive.infolist():
        name = PurePosixPath(entry.filename)
        hidden = name.parts[:1] == ("__MACOSX",) or name.name in (".DS_Store", "Thumbs.db")
        if not entry.is_dir() and not hidden:
            inside[entry.filename] = entry.file_size
    named = {name: size for name, size in inside.items() if ENDINGS.search(name)}
    return named or (inside if len(inside) == 1 else {})


def choose(inside: dict[str, int], wanted: str | None) -> str:
    """The file that the user chose, or else one named 'train', or else the largest."""
    if len(inside) == 1:
        return next(iter(inside))
    if wanted is not None:
        for name in inside:
            if wanted in (name, PurePosixPath(name).name):
                return name
        there = ", ".join(map(repr, inside))
        raise InvalidAnswerError(f"The zip contains no file {wanted!r}. Use one of: {there}")
    for name in inside:
        if PurePosixPath(name).stem.lower() == "train":
            return name
    return max(inside, key=lambda name: inside[name])


def scan(path: Path) -> tuple[str, int, list[int], bool]:
    """The SHA-256, size in bytes, line ends per chunk, and whether it is valid UTF-8."""
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
