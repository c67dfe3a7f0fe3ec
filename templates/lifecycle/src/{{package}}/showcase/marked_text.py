"""What showcase writes into the owner's pages: blocks between two markers, fields in a line; no other byte changes."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..config import COMMAND
from ..errors import LifecycleError

NOT_YET = "not measured yet"
FIELD = re.compile(r"(?<!`)<!-- measured: (.+?) -->([^<\r\n]*)<!-- /measured -->")
OPENING, CLOSING = "<!-- measured:", "<!-- /measured -->"


@dataclass(frozen=True)
class Marks:
    """The two lines that a block stands between, each of them once in a page."""

    start: str
    end: str


MARKDOWN = Marks("<!-- results: written by showcase -->", "<!-- /results -->")
YAML = Marks("# results: written by showcase", "# /results")


def read(path: Path) -> str:
    """A page as it stands: its line ends and a byte order mark too. Raises LifecycleError if it is not UTF-8 text."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise LifecycleError(f"{path} is missing. Bring it back: git checkout -- {path.name}") from None
    except UnicodeDecodeError:
        raise LifecycleError(f"{path} is not in UTF-8. Save it as UTF-8, then run: {COMMAND} showcase") from None


def between(name: str, page: str, marks: Marks) -> str:
    """What stands between the two markers. Raises LifecycleError if one of them is missing or doubled."""
    return _parts(name, page, marks)[1]


def put(name: str, page: str, marks: Marks, block: str) -> str:
    """The page with another block, in the page's own line ends."""
    before, old, after = _parts(name, page, marks)
    end = "\r\n" if old.startswith("\r\n") else "\n"
    return before + marks.start + f"\n{block}\n".replace("\n", end) + marks.end + after


def fields(name: str, page: str) -> list[tuple[str, str]]:
    """Key and value of every field in a page. Raises LifecycleError if one of them has no end in its line."""
    found = FIELD.findall(page)
    openings = len(re.findall(rf"(?<!`){OPENING}", page))
    closings = len(re.findall(rf"(?<!`){CLOSING}", page))
    if not len(found) == openings == closings:
        line = _broken_line(page)
        raise LifecycleError(f"{name}, line {line}: a field is not whole. Write: {OPENING} champion -->{CLOSING}")
    return found


def fill(name: str, page: str, values: dict[str, str]) -> str:
    """The page with these values in its fields. Raises LifecycleError for a field that nothing is measured for."""
    for key, _ in fields(name, page):
        if key not in values:
            known = ", ".join(values)
            raise LifecycleError(f"{name}: no figure '{key}' to fill in. There are: {known}")
    return FIELD.sub(lambda field: f"{OPENING} {field[1]} -->{values[field[1]]}{CLOSING}", page)


def _broken_line(page: str) -> int:
    """The first line whose fields are not whole."""
    for number, line in enumerate(page.splitlines(), 1):
        rest = FIELD.sub("", line).replace(f"`{OPENING}", "").replace(f"`{CLOSING}", "")
        if OPENING in rest or CLOSING in rest:
            return number
    return 1


def _parts(name: str, page: str, marks: Marks) -> tuple[str, str, str]:
    counts = [page.count(mark) for mark in (marks.start, marks.end)]
    if counts != [1, 1] or page.index(marks.start) > page.index(marks.end):
        stand = "the second before the first" if counts == [1, 1] else f"{counts[0]} and {counts[1]} times"
        raise LifecycleError(
            f"{name}: the lines '{marks.start}' and '{marks.end}' stand there {stand}."
            " Put each of them once where the results belong."
        )
    before, rest = page.split(marks.start)
    block, after = rest.split(marks.end)
    return before, block, after
