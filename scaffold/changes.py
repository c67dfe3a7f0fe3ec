"""Reads the changelog: what changed for users in each version."""

import re
from pathlib import Path

from packaging.version import Version

HEADING = re.compile(r"^## \[?(\d[^\s\]]*)\]?.*$", re.MULTILINE)
NEXT = re.compile(r"^## ", re.MULTILINE)


def since(version: str) -> list[tuple[str, str]]:
    """The later versions with the text of their sections, newest first.

    Raises ValueError if `version` is not a valid version.
    """
    earlier = Version(version)
    later = []
    for name, text in sections(changelog().read_text("utf-8")).items():
        if Version(name) > earlier:
            later.append((name, text))
    return sorted(later, key=lambda section: Version(section[0]), reverse=True)


def sections(text: str) -> dict[str, str]:
    """The text below the heading of each version, such as `## [0.2.0] - 2026-12-01`.

    Sections without a version in the heading are skipped.
    """
    texts = {}
    for heading in HEADING.finditer(text):
        rest = text[heading.end() :]
        following = NEXT.search(rest)
        end = following.start() if following else len(rest)
        texts[heading[1]] = rest[:end].strip()
    return texts


def changelog() -> Path:
    """The changelog in the installed package or the checkout."""
    installed = Path(__file__).with_name("CHANGELOG.md")
    return installed if installed.is_file() else Path(__file__).parents[1] / "CHANGELOG.md"
