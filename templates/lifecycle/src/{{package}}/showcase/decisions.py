"""The owner's decisions: a page for each in `docs/decisions/`, with prompts to answer, listed in the index."""

import datetime
import re
import unicodedata
from pathlib import Path

from ..config import COMMAND
from ..errors import LifecycleError
from ..record import replace_text

START, END = "<!-- decisions: listed by decide -->", "<!-- /decisions -->"
FOLDER, INDEX = Path("docs") / "decisions", "README.md"
LONGEST = 120  # characters of a title; a file's name may have 255 bytes
NUMBERED = re.compile(r"(\d{4})-.*\.md")
HEADING = re.compile(r"#\s*\d+\.\s*")
SECTIONS = {
    "Context": "What was the problem, for whom, and what made you choose? Two or three sentences.",
    "Options": "Which ways were there, with what speaks for and against each? Doing nothing is one of them.",
    "Decision": "What did you choose, and which figure or reason settled it?",
    "Consequences": "What gets easier, what gets harder, and what would make you change your mind?",
}
# What `showcase` fills in, by the words before it.
MEASURED = {
    "The champion": "champion",
    "The strongest baseline": "baseline",
    "Gained over it": "gain over baseline",
    "The weakest slice": "weakest slice",
    "Half of the answers come within": "latency p50",
}


def add(root: Path, title: str, day: datetime.date) -> Path:
    """Write the page of a new decision and list it in the index; returns the page. Nothing is ever overwritten.

    Raises LifecycleError for a title that can't be one or is taken, and for an index without its two markers.
    """
    folder, title = root / FOLDER, _title(title)
    index = _read(folder / INDEX)
    if index.count(START) != 1 or index.count(END) != 1 or index.index(START) > index.index(END):
        raise LifecycleError(
            f"{folder / INDEX} lacks the lines '{START}' and '{END}'. Put them around the list of decisions."
        )
    pages = [path for path in sorted(folder.iterdir()) if NUMBERED.fullmatch(path.name)]
    same = [path for path in pages if slug(HEADING.sub("", _read(path).partition("\n")[0])) == slug(_escaped(title))]
    if same:
        raise LifecycleError(f"{title!r} is decided in {same[0]}. Change that page, or choose another title.")
    number = 1 + max([int(path.name[:4]) for path in pages], default=0)
    page = folder / f"{number:04d}-{slug(title)}.md"
    with page.open("x", encoding="utf-8", newline="\n") as file:
        file.write(_page(number, title, day))
    line = f"- [{number}. {_escaped(title)}]({page.name})\n"
    replace_text(folder / INDEX, index.replace(END, line + END))
    return page


def slug(title: str) -> str:
    """A title as part of a file's name: letters and digits of any script in lower case, without Latin accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", title) if not "\u0300" <= one <= "\u036f")
    kept = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in bare.casefold())
    return unicodedata.normalize("NFC", "-".join(kept.split()))[:60].rstrip("-")


def _title(given: str) -> str:
    title = " ".join(given.split())
    if not slug(title):
        raise LifecycleError(f'{given!r} has no letter or digit. Say what was decided: {COMMAND} decide "A title"')
    if len(title) > LONGEST or not title.isprintable():
        raise LifecycleError(f"{title[:40]!r}: a title has up to {LONGEST} characters that can be printed. Shorten it.")
    return title


def _page(number: int, title: str, day: datetime.date) -> str:
    rows = "".join(
        f"| {words} | <!-- measured: {key} -->not measured yet<!-- /measured --> |\n" for words, key in MEASURED.items()
    )
    parts = "".join(f"## {name}\n\n_{prompt}_\n\n" for name, prompt in SECTIONS.items())
    head = f"# {number}. {_escaped(title)}\n\nStatus: proposed · {day.isoformat()}\n\n"
    return f"{head}{parts}## Measured\n\nWritten by `{COMMAND} showcase`.\n\n| what | value |\n|---|---|\n{rows}"


def _escaped(title: str) -> str:
    """The title in Markdown, where brackets and tags would be read as such."""
    return re.sub(r"([\[\]*_`\\])", r"\\\1", title).replace("<", "&lt;")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LifecycleError(
            f"{path} can't be read ({error}). Restore it: git checkout -- {FOLDER.as_posix()}"
        ) from None
