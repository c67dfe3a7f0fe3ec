"""Shows what was measured: record, README, model card, plots, badges, citation and the fields of other pages."""

import json
from pathlib import Path
from typing import Any

from ..config import COMMAND
from ..errors import LifecycleError
from ..record import replace_text
from . import badges, front_matter, marked_text, plots, results, results_page
from .figures import figures
from .marked_text import MARKDOWN, NOT_YET, YAML, Marks

RECORD = results.NAME
README, CARD, CITATION = "README.md", "MODEL_CARD.md", "CITATION.cff"
EMPTY = "No results yet."  # what the blocks begin with before the first run
Results = dict[str, Any]
ANEW = f"Write it anew: {COMMAND} showcase"


def pages(found: Results) -> dict[str, str]:
    """Every file that is made from the record alone, by its path."""
    return {**plots.plots(found), **{path: badges.draw(*badge) for path, badge in badges.badges(found).items()}}


def blocks(found: Results) -> list[tuple[str, Marks, str]]:
    """What stands between the markers of pages that are otherwise the owner's."""
    return [
        (README, MARKDOWN, results_page.readme(found)),
        (CARD, MARKDOWN, results_page.card(found)),
        (CARD, YAML, front_matter.front_matter(found)),
        (CITATION, YAML, front_matter.citation(found)),
    ]


def complete(found: Results) -> Results:
    """The record with the figures that fields show, and a digest of everything else that is shown."""
    shown = {path: results.digest(text) for path, text in pages(found).items()}
    more = {(path, marks): results.digest(f"\n{text}\n") for path, marks, text in blocks(found)}
    shown |= {path: digest for (path, marks), digest in more.items() if (path, marks) != (CARD, YAML)}
    return {"format": results.FORMAT, **found, "fields": figures(found), "shown": shown}


def write(root: Path, found: Results) -> list[str]:
    """Write everything that is shown; returns what changed. Before the first one is written, all pages are read."""
    texts = {**_written(root, found), **pages(found), RECORD: json.dumps(complete(found), indent=2) + "\n"}
    changed = {path: text for path, text in texts.items() if not _stands(root / path, text)}
    for path, text in changed.items():
        target = (root / path).resolve()  # a link stays a link
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_text(target, text)
        except OSError as error:
            raise LifecycleError(f"{target} can't be written ({error}). Free it, then: {COMMAND} showcase") from None
    return list(changed)


def notes(found: Results) -> list[str]:
    """What the owner should know of a project that was renamed by hand."""
    if found["name"] == COMMAND:
        return []
    return [f"pyproject.toml names this '{found['name']}', its package '{COMMAND}': the card's metadata take the first"]


def differences(root: Path, measured: Results | None) -> list[str]:
    """Where what is shown differs from what was measured, a line each.

    `measured` is what the records say, or None where there are none: then the pages are held against the record that
    was written last.
    """
    recorded = results.read(root)
    if recorded is None:
        return [f"{RECORD} is missing. {ANEW}"] if measured else _unfounded(root)
    kept = {name: recorded.get(name) for name in ("written", "latency")}  # measured then, and not measured again
    found = {**measured, **kept} if measured else recorded
    expected = _completed(found)
    lines = [
        f"{RECORD}: '{name}' is not what the records say. {ANEW}"
        for name in expected
        if recorded.get(name) != expected[name]
    ]
    return lines + _different_pages(root, expected)


def _completed(found: Results) -> Results:
    """A record that was read, completed anew. Raises LifecycleError if something is missing from it."""
    try:
        return complete({name: value for name, value in found.items() if name not in ("format", "fields", "shown")})
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise LifecycleError(f"{RECORD} is damaged ({type(error).__name__}: {error}). {ANEW}") from None


def _written(root: Path, found: Results) -> dict[str, str]:
    """The owner's pages with today's blocks and fields; those without any stay out."""
    texts = _read(root)
    for path, marks, block in blocks(found):
        if path in texts:
            texts[path] = marked_text.put(path, texts[path], marks, block)
    known = figures(found)
    return {path: marked_text.fill(path, text, _here(path, known, found)) for path, text in texts.items()}


def _read(root: Path) -> dict[str, str]:
    """Every page that may hold something measured. A citation is not everyone's: where there is none, none is made."""
    names = [README, CARD, *([CITATION] if (root / CITATION).is_file() else [])]
    more = sorted(path.relative_to(root).as_posix() for path in root.glob("docs/**/*.md"))
    return {name: marked_text.read(root / name) for name in [*names, *more]}


def _here(path: str, known: dict[str, str], found: Results) -> dict[str, str]:
    return known if "/" in path else {**known, "badges": badges.line(found)}


def _different_pages(root: Path, found: Results) -> list[str]:
    lines = []
    for path, text in pages(found).items():
        target = root / path
        if not target.is_file():
            lines.append(f"{path} is missing. {ANEW}")
        elif _differs(marked_text.read(target), text):
            lines.append(f"{path} differs from what was measured. {ANEW}")
    texts, known = _read(root), figures(found)
    for path, marks, block in blocks(found):
        if path in texts and _differs(marked_text.between(path, texts[path], marks), f"\n{block}\n"):
            lines.append(f"{path}: what stands below '{marks.start}' differs from what was measured. {ANEW}")
    for path, text in texts.items():
        here = _here(path, known, found)
        marked_text.fill(path, text, here)
        lines += [
            f"{path}: '{key}' is shown as '{value}', measured was '{here[key]}'. {ANEW}"
            for key, value in marked_text.fields(path, text)
            if value != here[key]
        ]
    return lines


def _stands(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _differs(shown: str, measured: str) -> bool:
    return results.digest(shown) != results.digest(measured)


def _unfounded(root: Path) -> list[str]:
    """Pages that show results though none are on record."""
    lines = []
    for path, text in _read(root).items():
        shown = [key for key, value in marked_text.fields(path, text) if value not in ("", NOT_YET)]
        if path in (README, CARD) and not marked_text.between(path, text, MARKDOWN).strip().startswith(EMPTY):
            shown.append("results")
        if shown:
            lines.append(f"{path} shows {', '.join(shown)}, but nothing is on record in {RECORD}. {ANEW}")
    return lines
