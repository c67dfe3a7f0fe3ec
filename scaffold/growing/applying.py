"""Writes a merge to the user's work tree, in the state that `git merge` would leave."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scaffold import git
from scaffold.errors import GrowthError
from scaffold.growing.merging import Merged
from scaffold.growing.repository import Entry, Repository, complaint


def apply(repository: Repository, merged: Merged, theirs: str, title: str, scratch: Path) -> None:
    """Writes the merged files and marks a merge with `theirs` as in progress.

    Changes nothing if an untracked file is in the way.
    """
    tree = whole(repository, merged.tree, scratch)
    check_free(repository, tree)
    records = {
        "MERGE_HEAD": f"{theirs}\n",
        "MERGE_MSG": f"{title}\n",
        "MERGE_MODE": "no-ff",
    }
    repository.ask("update-ref", "ORIG_HEAD", repository.head)
    places = repository.places(records)
    for name, text in records.items():  # first, so that `git merge --abort` works from now on
        places[name].write_text(text, "utf-8", newline="\n")
    finished = repository.run("read-tree", "-m", "-u", repository.head, tree)
    if finished.returncode:
        for place in places.values():
            place.unlink(missing_ok=True)
        raise GrowthError(f"{complaint(finished)}. Fix the cause and try again. See: git status")
    stages: list[Entry] = []
    for path in merged.paths:
        stages.append(repository.removal(repository.prefix + path))
    for entry in merged.conflicts:
        stages.append(replace(entry, path=repository.prefix + entry.path))
    if stages:
        repository.put(stages)


def check_free(repository: Repository, tree: str) -> None:
    """Raises GrowthError if an untracked file is where the merge adds one.

    git itself would overwrite ignored files.
    """
    added = ("diff-tree", "-r", "-z", "--no-renames", "--name-only", "--diff-filter=A")
    listed = repository.ask(*added, repository.head, tree)
    for path in filter(None, listed.split(b"\0")):
        place = PurePosixPath(os.fsdecode(path))
        for part in (place, *place.parents[:-1]):
            file = repository.top / part
            is_folder = part != place and file.is_dir() and not file.is_symlink()
            if os.path.lexists(file) and not is_folder and not repository.has(str(part)):
                raise GrowthError(
                    f"{str(part)!r} is in the way: the template adds a file there, and git doesn't"
                    " track yours. Move it away, or commit it, and try again"
                )


def whole(repository: Repository, tree: str, scratch: Path) -> str:
    """The tree of the whole repository, with this tree in place of the project's."""
    if not repository.prefix:
        return tree
    index = scratch / "whole.index"
    repository.ask("read-tree", repository.head, index=index)
    repository.ask("rm", "-r", "--cached", "--quiet", "--", repository.prefix, index=index)
    repository.ask("read-tree", f"--prefix={repository.prefix}", tree, index=index)
    return repository.line("write-tree", index=index)


def commit(repository: Repository, author: str) -> None:
    """Commits the merge; if a hook rejects it, raises GrowthError and leaves it in progress."""
    settings = git.options(git.identity(repository.top, author))
    finished = repository.run(*settings, "commit", "--quiet", "--no-edit")
    if finished.returncode:
        undo = "git commit. To undo it: git merge --abort"
        reason = " ".join(finished.stderr.decode("utf-8", "replace").split())
        raise GrowthError(f"The merge couldn't be committed ({reason}). To finish it: {undo}")
