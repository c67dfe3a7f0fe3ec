"""Reads the text of a file: all of it, or evenly spaced pieces of a large file."""

import codecs
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import IO

from scaffold.errors import DataError
from scaffold.own_data.reading import encodings, files
from scaffold.own_data.reading.files import CHUNK, FORMATS, File

WHOLE = 1 << 25  # bytes; up to this size, the whole file is read
PIECES = 48
PIECE = 1 << 18


@dataclass(frozen=True)
class Piece:
    """A part of the text that consists of whole lines; `line` is the number of its first."""

    text: str
    line: int


@dataclass(frozen=True)
class Sample:
    """The pieces; `scale` is the size of the file divided by theirs."""

    pieces: tuple[Piece, ...]
    scale: float

    @property
    def sampled(self) -> bool:
        return self.scale > 1


def take(file: File, encoding: str, scratch: Path) -> Sample:
    """Decodes the file's text; of a large file, only evenly spaced pieces."""
    if file.size <= WHOLE:
        text = encodings.decode(file.plain.read_bytes(), encoding, file.path.name)
        return Sample((Piece(text, 1),), 1.0)
    if encoding.startswith("utf-16") or not any(file.line_ends):
        file = as_utf8(file, encoding, scratch)
        encoding = "utf-8"
    before = [0, *accumulate(file.line_ends)]
    pieces = []
    taken = 0
    with file.plain.open("rb") as source:
        for number in range(PIECES):
            start = number * (file.size - PIECE) // (PIECES - 1)
            source.seek(start)
            data = source.read(PIECE)
            first = data.find(b"\n") + 1 if number else 0
            last = data.rfind(b"\n") + 1
            if last <= first:
                continue
            line = count_lines(source, before, start + first)
            text = encodings.decode(data[first:last], encoding, file.path.name)
            pieces.append(Piece(text, line))
            taken += last - first
    if not pieces:
        raise DataError(
            f"{file.path.name!r} has no line breaks, or its lines are too long. Use {FORMATS}"
        )
    return Sample(tuple(pieces), file.size / taken)


def count_lines(source: IO[bytes], before: list[int], position: int) -> int:
    """The 1-based number of the line that starts at the position."""
    chunk = position // CHUNK
    source.seek(chunk * CHUNK)
    return before[chunk] + source.read(position - chunk * CHUNK).count(b"\n") + 1


def as_utf8(file: File, encoding: str, scratch: Path) -> File:
    """Converts the file to UTF-8, where a line end is one byte and never part of a character.

    CR line ends become LF.
    """
    plain = scratch / "utf8"
    lines = any(file.line_ends)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with file.plain.open("rb") as source, plain.open("wb") as target:
        while chunk := source.read(CHUNK):
            text = decoder.decode(chunk)
            target.write((text if lines else text.replace("\r", "\n")).encode("utf-8", "replace"))
    _, size, line_ends, _ = files.scan(plain)
    return replace(file, plain=plain, size=size, line_ends=tuple(line_ends))
