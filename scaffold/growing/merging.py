"""Merges the rendered project into the user's, with git's three-way merge.

Names and measured results never conflict. A file that one side deleted stays deleted only if the
user deleted it.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffold.errors import GrowthError
from scaffold.growing.repository import Entry, Repository, complaint

MEASURED = ("README.md", "MODEL_CARD.md")  # pages with a block written by `report`
BLOCK = re.compile(r"(<!-- results -->\n).*?(\n<!-- /results -->)", re.DOTALL)
NOBODY = {"user.name": "scaffold", "user.email": "scaffold@localhost"}  # not on any branch
BASE, OURS, THEIRS = 1, 2, 3  # git's stages of a conflict
LABELS = {"<<<<<<<": "yours", "|||||||": "the template before", ">>>>>>>": "the template now"}
WHOLE_LENGTH = 8000  # bytes that git searches for NUL to detect binary files


@dataclass
class Merged:
    """The tree of a merge, its conflicts by stage, and notes about automatic decisions."""

    tree: str
    conflicts: list[Entry]
    notes: list[str] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The files in conflict."""
        return sorted({entry.path for entry in self.conflicts})


def merge(repository: Repository, base: str, ours: str, theirs: str, scratch: Path) -> Merged:
    """The merge of three trees of a project."""
    rendered, measured = blocks(repository, base), blocks(repository, ours)
    for page, block in rendered.items():
        if measured.get(page) == block:
            del measured[page]  # nothing was measured, so the newer template may replace the text
    plain = with_blocks(repository, ours, rendered, measured, scratch)
    merged = merge_trees(repository, base, plain, theirs)
    settle(repository, merged, scratch)
    merged.tree = with_blocks(repository, merged.tree, measured, measured, scratch)
    merged.tree = with_labels(repository, merged, scratch)
    restore_ours(repository, merged, ours)
    return merged


def merge_trees(repository: Repository, base: str, ours: str, theirs: str) -> Merged:
    """Merges the trees with git, as commits that aren't on any branch."""
    start = repository.commit(base, [], "base", NOBODY)
    sides = []
    for tree in (ours, theirs):
        sides.append(repository.commit(tree, [start], "side", NOBODY))
    finished = repository.run("merge-tree", "--write-tree", "--no-messages", "-z", *sides)
    if finished.returncode not in (0, 1):
        raise GrowthError(complaint(finished))
    written, *stages = finished.stdout.split(b"\0")
    conflicts = []
    for line in filter(None, stages):
        about, _, path = line.partition(b"\t")
        mode, blob, stage = about.decode().split(" ")
        conflicts.append(Entry(os.fsdecode(path), mode, blob, int(stage)))
    return Merged(written.decode(), conflicts)


def settle(repository: Repository, merged: Merged, scratch: Path) -> None:
    """Resolves conflicts of deleted files and of binary files."""
    changes: list[Entry] = []
    for path in merged.paths:
        stages = {entry.stage: entry for entry in merged.conflicts if entry.path == path}
        if set(stages) == {BASE, THEIRS}:
            changes.append(repository.removal(path))
            merged.notes.append(f"{path} stays deleted; the template changed it")
        elif set(stages) == {BASE, OURS}:
            changes.append(at(path, stages[OURS]))
            merged.notes.append(f"{path} is kept as you changed it; the template deleted it")
        elif {OURS, THEIRS} <= set(stages) and not all(
            is_text(repository, stages[side].blob) for side in (OURS, THEIRS)
        ):
            changes.append(at(path, stages[OURS]))
            changes.append(at(f"{path}.new", stages[THEIRS]))
            merged.notes.append(f"{path} is kept as you changed it; the template's is {path}.new")
        else:
            continue
        merged.conflicts = [entry for entry in merged.conflicts if entry.path != path]
    if changes:
        merged.tree = repository.changed(merged.tree, changes, scratch)


def at(path: str, entry: Entry) -> Entry:
    """The file of a stage as a file of a tree."""
    return Entry(path, entry.mode, entry.blob)


def is_text(repository: Repository, blob: str) -> bool:
    return b"\0" not in repository.ask("cat-file", "blob", blob)[:WHOLE_LENGTH]


def blocks(repository: Repository, tree: str) -> dict[str, str]:
    """The block of measured results of each page that has exactly one."""
    texts = {}
    for page in MEASURED:
        matches = list(BLOCK.finditer(repository.text(f"{tree}:{page}") or ""))
        if len(matches) == 1:
            texts[page] = matches[0][0]
    return texts


def with_blocks(
    repository: Repository, tree: str, new: dict[str, str], pages: Collection[str], scratch: Path
) -> str:
    """The tree with the blocks of these pages replaced."""
    present = blocks(repository, tree)
    changes = []
    for entry in repository.entries(tree, *pages) if pages else []:
        if entry.path in new and entry.path in present:
            text = repository.text(f"{tree}:{entry.path}") or ""
            blob = repository.store(text.replace(present[entry.path], new[entry.path]))
            changes.append(Entry(entry.path, entry.mode, blob))
    return repository.changed(tree, changes, scratch) if changes else tree


def with_labels(repository: Repository, merged: Merged, scratch: Path) -> str:
    """The tree with readable labels at conflicts, instead of hashes of commits on no branch."""
    changes = []
    for entry in repository.entries(merged.tree, *merged.paths) if merged.paths else []:
        if not entry.mode.startswith("100"):  # a link or a submodule
            continue
        text = repository.text(entry.blob) or ""
        for marker, side in LABELS.items():
            start = rf"(?m)^{re.escape(marker)} [0-9a-f]{{40,64}}(:.*)?$"
            text = re.sub(start, f"{marker} {side}", text)
        changes.append(Entry(entry.path, entry.mode, repository.store(text)))
    return repository.changed(merged.tree, changes, scratch) if changes else merged.tree


def restore_ours(repository: Repository, merged: Merged, ours: str) -> None:
    """Restores the user's original file as our side of each page in conflict."""
    before = {entry.path: entry for entry in repository.entries(ours, *MEASURED)}
    conflicts = []
    for entry in merged.conflicts:
        if entry.stage == OURS and entry.path in before:
            entry = replace(before[entry.path], stage=OURS)
        conflicts.append(entry)
    merged.conflicts = conflicts
