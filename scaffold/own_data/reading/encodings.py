"""Detects the encoding of a text file: byte order mark, then UTF-8 if the whole file is valid, then
the encoding that fits its letters, else Windows-1252. The profile says if it is only a guess.
"""

import codecs
import re
from importlib.util import find_spec

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data.reading.files import FORMATS, HEAD, File
from scaffold.own_data.table import Fault

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FALLBACK = "cp1252"
# Chardet supports many more, some of which fit a few accents by chance.
USUAL = """
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 iso8859-2 koi8-r cp866 mac-roman
cp932 shift_jis_2004 euc_jis_2004 gb18030 big5hkscs cp949
"""
SURE = 0.08  # for tables of names and numbers; above it, 99 of 100 cp1252 files are still detected
LOOKED_AT = 1 << 22  # bytes
CONTROL = bytes([*range(9), *range(14, 27), *range(28, 32)])  # don't occur in text
MOST_CONTROL = 0.02  # of the bytes
VALID = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")
MOST_FOREIGN = 0.3  # of the letters; with more, the language isn't Western
WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")


def detect(file: File, chosen: str | None) -> str:
    """The user's encoding, or the detected one; raises DataError if the file is binary."""
    if chosen:
        return check(chosen)
    for mark, encoding in MARKS.items():
        if file.head.startswith(mark):
            return encoding
    even, odd = file.head[0:2000:2].count(0), file.head[1:2000:2].count(0)
    most = len(file.head[:2000]) // 4
    if max(even, odd) > most and min(even, odd) < most // 10 + 1:
        return "utf-16-be" if even > odd else "utf-16-le"
    kept = file.head.translate(None, CONTROL)
    if len(file.head) - len(kept) > MOST_CONTROL * len(file.head):
        raise DataError(f"{file.path.name!r} is a binary file of an unknown format. Use {FORMATS}")
    return "utf-8" if file.utf8 or mostly_utf8(file.head) else guess(file)


def guess(file: File) -> str:
    """The encoding that clearly fits the letters, or None."""
    if find_spec("chardet") is None:
        return FALLBACK
    import chardet

    with file.plain.open("rb") as source:
        start = source.read(LOOKED_AT)
    first = re.search(rb"[\x80-\xff]", start)
    place = max(0, first.start() - HEAD // 2) if first else 0
    fitting = chardet.detect(start[place : place + HEAD], include_encodings=USUAL.split())
    encoding, confidence = fitting["encoding"], fitting["confidence"] or 0
    if encoding is None or confidence < SURE:
        return FALLBACK
    return codecs.lookup(encoding).name


def words(text: str) -> list[str]:
    """The longest words with letters that depend on the encoding."""
    return sorted(set(WORD.findall(text[:200_000])), key=lambda word: (-len(word), word))[:3]


def check(encoding: str) -> str:
    """Python's name for the encoding; raises InvalidAnswerError if it is unknown."""
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise InvalidAnswerError(
            f"Unknown encoding {encoding!r}. Use a Python encoding, such as --encoding cp1252"
        ) from error


def mostly_utf8(sample: bytes) -> bool:
    """Whether nearly all non-ASCII bytes are valid UTF-8."""
    valid = sum(map(len, VALID.findall(sample)))
    outside = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    return outside > 0 and valid / outside > 0.75


def decode(sample: bytes, encoding: str, name: str) -> str:
    """Decodes the text. Invalid bytes become U+FFFD, which `faults` counts."""
    try:
        return sample.decode(encoding, "replace").replace("\0", "")
    except UnicodeError as error:
        raise DataError(f"{name!r} isn't {encoding}: {error}. Use --encoding") from error


def faults(text: str, encoding: str, chosen: str | None) -> list[Fault]:
    """Reports signs of a wrong encoding: invalid bytes, or implausible letters."""
    found = []
    broken = text.count("\ufffd")
    if broken:
        lines = broken_lines(text)
        problem = f"bytes invalid in {encoding}, replaced by \ufffd: the file may mix encodings"
        found.append(Fault(problem, broken, lines=lines, proposal="--encoding cp1252"))
    if encoding == FALLBACK and not chosen:
        letters = sum(map(str.isalpha, text[:20000]))
        foreign = sum(not c.isascii() and c.isalpha() for c in text[:20000])
        if letters and foreign / letters > MOST_FOREIGN:
            problem = f"most letters look wrong decoded as {encoding}: {', '.join(words(text))}"
            found.append(Fault(problem, foreign, proposal="--encoding cp1251"))
    return found


def broken_lines(text: str) -> tuple[int, ...]:
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if "\ufffd" in line:
            lines.append(number)
            if len(lines) == 5:
                break
    return tuple(lines)
