"""What users notice of each version: the sections of the changelog."""

import re
from pathlib import Path

from packaging.version import Version

HEADING = re.compile(r"^## \[?(\d[^\s\]]*)\]?.*$", re.MULTILINE)
NEXT = re.compile(r"^## ", re.MULTILINE)


def since(version: str) -> list[tuple[str, str]]:
    """Each version later than this one with the text of its section, the newest first.

    Raises ValueError if `version` is none.
    """
    earlier = Version(version)
    later = []
    for name, text in sections(changelog().read_text("utf-8")).items():
        if Version(name) > earlier:
            later.append((name, text))
    return sorted(later, key=lambda section: Version(section[0]), reverse=True)


def sections(text: str) -> dict[str, str]:
    """The text below the heading of each version, such as `## [0.2.0] - 2026-12-01`.

    What is not released yet has a version in its heading, too, or is left out.
    """
    texts = {}
    for heading in HEADING.finditer(text):
        rest = text[heading.end() :]
        following = NEXT.search(rest)
        end = following.start() if following else len(rest)
        texts[heading[1]] = rest[:end].strip()
    return texts


def changelog() -> Path:
    """The file of the installed package, or that of a checkout."""
    installed = Path(__file__).with_name("CHANGELOG.md")
    return installed if installed.is_file() else Path(__file__).parents[1] / "CHANGELOG.md"
