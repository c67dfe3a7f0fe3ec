"""Secrets that git's history holds: what was taken out of the files is still published with every commit."""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from scaffold.review import repository, secrets
from scaffold.review.published import BINARY, LARGEST_TEXT
from scaffold.review.repository import NoHistory, ask

MOST_COMMITS = 5_000
MOST_BYTES = 50_000_000  # of all contents that are read
MOST_LISTED = 20_000_000  # of the list of what was added
SECONDS = 2.0  # for all of the search
MOST_FOUND = 10
LARGE = 500_000  # bytes of what is rarely written by hand
SETTINGS = re.compile(r"(^|/)\.env(\.(?!example|sample|template)[\w.]+)?$")
# What was deleted, links, other repositories.
NO_FILES = ("000000", "120000", "160000")
APART = "\n" * 6  # lines that did not follow each other make no secret together


@dataclass(frozen=True)
class Past:
    """A secret that is in no file any more, or in a message, with the commit that brought it."""

    kind: str
    path: str
    commit: str


@dataclass(frozen=True)
class Searched:
    """How much of the history was searched, what is in it, and why it was not all, if it was not."""

    commits: int = 0
    found: tuple[Past, ...] = ()
    missing: str = ""


def search(root: Path, texts: dict[str, str], latest: float) -> Searched:
    """What every commit of every branch and tag ever added or said, without what the texts still hold."""
    until = repository.deadline(SECONDS, latest)
    try:
        place = ask(root, until, "rev-parse", "--is-shallow-repository", "--show-prefix")
        shallow, prefix = [*place.splitlines(), ""][:2]
        commits = _commits(root, until, bool(prefix))
        added, whole = _added(root, commits[:MOST_COMMITS], until)
        added |= {name: (name, "its message") for name in (*_tags(root, until, bool(prefix)), *commits[:MOST_COMMITS])}
        sizes = repository.sizes(root, list(added), until)
        held = list(_within(sorted(added, key=lambda name: sizes.get(name, 0) > LARGE), sizes))
        # The oldest first, so that a secret is told with the commit that brought it; large ones last, if time is left.
        oldest = held[::-1]
        ordered = sorted(oldest, key=lambda name: sizes[name] > LARGE)
        read, found = _found(root, ordered, added, list(texts.values()), until)
    except NoHistory as error:
        none = "not a git repository" in str(error)
        return Searched(missing="" if none else f"git's history was not searched: {error}")
    settings = {path: Past("settings of one machine", path, commit[:10]) for commit, path in added.values()}
    found += [past for path, past in settings.items() if SETTINGS.search(path) and path not in texts]
    large = sum(size > LARGEST_TEXT for size in sizes.values())
    late = time.monotonic() >= until
    limits = [
        (shallow == "true", "what a shallow clone has"),
        (len(commits) > MOST_COMMITS, f"{MOST_COMMITS:,} commits"),
        (not late and (not whole or len(held) + large < len(sizes)), f"{MOST_BYTES / 1e6:.0f} MB"),
        (large > 0, f"{LARGEST_TEXT / 1e6:.0f} MB a file ({large:,} had more)"),
        (late, f"{SECONDS:.0f} s"),
    ]
    hit = ", ".join(said for reached, said in limits if reached)
    missing = f"git's history was searched up to {hit}: {read:,} of {len(added):,} contents" if hit else ""
    return Searched(len(commits[:MOST_COMMITS]), tuple(found), missing)


def _commits(root: Path, until: float, part: bool) -> list[str]:
    """The commits, the newest first; of a folder that is part of a larger repository only those that changed it."""
    scope = ["--full-history", "--", "."] if part else ["--"]
    most = f"--max-count={MOST_COMMITS + 1}"
    return ask(root, until, "rev-list", most, "--exclude=refs/stash", "--all", *scope).split()


def _tags(root: Path, until: float, part: bool) -> list[str]:
    """The tags that have a message; none of a folder that is part of a larger repository."""
    said = "" if part else ask(root, until, "for-each-ref", "--format=%(objecttype) %(objectname)", "refs/tags")
    return [line[4:] for line in said.splitlines()[:MOST_COMMITS] if line.startswith("tag ")]


def _added(root: Path, commits: list[str], until: float) -> tuple[dict[str, tuple[str, str]], bool]:
    """Each content that a commit added, with the oldest such commit and the path; and whether these are all."""
    # diff-tree compares names of contents: it reads no attribute, so no filter, driver or converter of the repository.
    how = ("-r", "-m", "--root", "--relative", "--raw", "-z", "--no-abbrev", "--no-renames", "--always")
    with repository.answers(root, commits, until, "diff-tree", "--stdin", *how) as stream:
        listed = stream.read(MOST_LISTED)
    added: dict[str, tuple[str, str]] = {}
    commit, seen = "", set()
    parts = iter(listed.decode("utf-8", "surrogateescape").split("\0")[:-1])
    for part in parts:
        if not part.startswith(":"):
            commit = part
            seen.add(part)
            continue
        mode, name, path = part.split()[1], part.split()[3], next(parts, "")
        if mode not in NO_FILES and not path.endswith(BINARY):
            added[name] = (commit, path)
    return added, len(listed) < MOST_LISTED and len(seen) == len(commits)


def _within(names: Iterable[str], sizes: dict[str, int]) -> Iterator[str]:
    """The first of the names whose contents are no more than what is read, without those that are too large."""
    left = MOST_BYTES
    for name in names:
        if name not in sizes or sizes[name] > LARGEST_TEXT:
            continue
        left -= sizes[name]
        if left < 0:
            return
        yield name


def _found(
    root: Path, names: list[str], added: dict[str, tuple[str, str]], texts: list[str], until: float
) -> tuple[int, list[Past]]:
    """How many of the contents were read, and the secrets that are in them and in no text."""
    known: set[str] = set()  # lines that were searched: most of a content is what it was a commit before
    found: dict[str, Past] = {}
    read = 0
    for name, content in repository.blobs(root, names, until):
        commit, path = added[name]
        lines = dict.fromkeys(content.decode("utf-8", "replace").splitlines())
        new = APART.join(line for line in lines if line not in known)
        known.update(lines)
        for _, kind, value in islice(secrets.matches(new), MOST_FOUND):
            if value not in found and not any(value in text for text in texts):
                found[value] = Past(kind, path, commit[:10])
        read += 1
        if time.monotonic() >= until or len(found) >= MOST_FOUND:
            break
    return read, list(found.values())
