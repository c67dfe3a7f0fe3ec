"""Checks that a tag may be released.

    python scripts/release.py v0.2.0

The tag must match the package's version, and the changelog must have a dated section for it. Prints
the text of that section, for the release page.
"""

import re
import sys

from scaffold import __version__, changes


def main() -> None:
    """Prints the changes, or the reason why the tag can't be released."""
    tag = sys.argv[1]
    text = changes.changelog().read_text("utf-8")
    complaint = objection(tag, __version__, text)
    if complaint:
        sys.exit(f"error: {complaint}")
    print(changes.sections(text)[__version__])


def objection(tag: str, version: str, changelog: str) -> str | None:
    """The reason why this tag can't be released, or None."""
    if tag != f"v{version}":
        return f"the tag is {tag!r}, the package's version {version!r}. Tag it v{version}"
    if not changes.sections(changelog).get(version):
        return f"CHANGELOG.md has no section for {version!r}. Add one"
    heading = re.search(rf"^## \[?{re.escape(version)}\b.*$", changelog, re.MULTILINE)
    if heading is None or not re.search(r"\d{4}-\d{2}-\d{2}$", heading[0]):
        return f"the heading of {version!r} in CHANGELOG.md has no date. Add: - 2026-12-31"
    return None


if __name__ == "__main__":
    main()
