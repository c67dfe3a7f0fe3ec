"""The repository that holds a project: git's commands for commits, trees and merges."""

import os
import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from scaffold import git
from scaffold.errors import GrowthError

NEEDED = (2, 38)  # the first version with `merge-tree --write-tree`
UNDER_WAY = {  # the first that is there counts
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
    "BISECT_LOG": "bisect",
}
SETTINGS = {
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "merge.directoryRenames": "true",  # new files follow a folder that the owner renamed
    "merge.renames": "true",
}


@dataclass(frozen=True)
class Entry:
    """A file of a tree, or a stage of a conflict."""

    path: str
    mode: str
    blob: str
    stage: int = 0


@dataclass(frozen=True)
class Repository:
    """The repository around a project. `prefix` is the project's place in it, '' or 'folder/'.

    `head` is the commit that was checked out at the start. New objects go to `objects`, if that is
    set.
    """

    top: Path
    prefix: str
    head: str
    objects: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def ask(self, *arguments: str, index: Path | None = None, standard_input: bytes = b"") -> bytes:
        """What git prints; raises GrowthError with git's complaint if it fails."""
        finished = self.run(*arguments, index=index, standard_input=standard_input)
        if finished.returncode:
            raise GrowthError(complaint(finished))
        return finished.stdout

    def run(
        self, *arguments: str, index: Path | None = None, standard_input: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """The finished `git`, run at the top of the work tree."""
        environment = git.environment() | self.environment | {"GIT_OPTIONAL_LOCKS": "1"}
        if index:
            environment["GIT_INDEX_FILE"] = str(index)
        return subprocess.run(  # noqa: S603  (the arguments are ours)
            ["git", *git.options(SETTINGS), *arguments],  # noqa: S607
            cwd=self.top,
            env=environment,
            input=standard_input,
            capture_output=True,
            check=False,
        )

    def line(self, *arguments: str, index: Path | None = None) -> str:
        """The one line that git prints."""
        return os.fsdecode(self.ask(*arguments, index=index)).rstrip("\n")

    def text(self, blob: str) -> str | None:
        """The text of a file, such as 'main:README.md'; None if there is none."""
        finished = self.run("cat-file", "blob", blob)
        if finished.returncode:
            return None
        return finished.stdout.decode("utf-8", "surrogateescape")

    def own(self, path: str) -> str | None:
        """The text of a file of the project as it was committed last; None if there is none."""
        return self.text(f"{self.head}:{self.prefix}{path}")

    def has(self, path: str) -> bool:
        """Whether the last commit of the repository has something at a path."""
        return self.run("cat-file", "-e", f"{self.head}:{path}").returncode == 0

    def store(self, text: str) -> str:
        """The name of a new blob of this text."""
        content = text.encode("utf-8", "surrogateescape")
        return self.ask("hash-object", "-w", "--stdin", standard_input=content).decode().strip()

    def project(self) -> str:
        """The tree of the project in the last commit."""
        return self.line("rev-parse", "--verify", f"{self.head}:{self.prefix.rstrip('/')}")

    def entries(self, tree: str, *places: str) -> list[Entry]:
        """The files of a tree, or those below the places."""
        entries = []
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", tree, "--", *places)
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            entries.append(Entry(os.fsdecode(path), mode, blob))
        return entries

    def changed(self, tree: str, entries: list[Entry], scratch: Path) -> str:
        """The tree with these entries instead of its own; those of mode '0' are taken out."""
        index = scratch / "changed.index"
        self.ask("read-tree", tree, index=index)
        self.put(entries, index)
        return self.line("write-tree", index=index)

    def put(self, entries: list[Entry], index: Path | None = None) -> None:
        """Puts the entries into the owner's index or another; those of mode '0' are taken out."""
        lines = b""
        for entry in entries:
            about = f"{entry.mode} {entry.blob} {entry.stage}\t"
            lines += about.encode() + os.fsencode(entry.path) + b"\0"
        self.ask("update-index", "-z", "--index-info", index=index, standard_input=lines)

    def removal(self, path: str) -> Entry:
        """The entry that takes a path out of an index."""
        return Entry(path, "0", "0" * len(self.head))

    def tree_of(self, folder: Path, scratch: Path) -> str:
        """The tree of all files in a folder outside of the repository."""
        index = scratch / "folder.index"
        place = (
            "--git-dir",
            self.line("rev-parse", "--absolute-git-dir"),
            "--work-tree",
            str(folder),
        )
        own = ("-c", "core.autocrlf=false", "-c", "core.safecrlf=false")
        index.unlink(missing_ok=True)
        self.ask(*place, *own, "add", "--all", "--force", str(folder), index=index)
        return self.line("write-tree", index=index)

    def check_out(self, tree: str, folder: Path, scratch: Path) -> None:
        """Writes the files of a tree into a folder."""
        index = scratch / "tree.index"
        self.ask("read-tree", tree, index=index)
        self.ask("checkout-index", "--all", f"--prefix={folder}{os.sep}", index=index)

    def commit(self, tree: str, parents: list[str], message: str, identity: dict[str, str]) -> str:
        """The name of a new commit, which no branch holds yet; signed if the identity says so."""
        command = [*git.options(identity), "commit-tree", tree]
        if identity.get("commit.gpgSign") == "true":
            command.append("-S")
        for parent in parents:
            command += ["-p", parent]
        written = self.ask(*command, standard_input=message.encode())
        return written.decode().strip()

    def places(self, names: Collection[str]) -> dict[str, Path]:
        """Where git keeps files of this work tree, such as MERGE_HEAD, by name."""
        command = ["rev-parse"]
        for name in names:
            command += ["--git-path", name]
        listed = self.line(*command).split("\n")
        return {name: self.top / path for name, path in zip(names, listed, strict=True)}


def around(project: Path, objects: Path | None = None) -> Repository:
    """The repository of the project; raises GrowthError if there is none with a commit."""
    asked = git.run(["rev-parse", "--show-toplevel", "--show-prefix"], project)
    top, _, prefix = asked.stdout.removesuffix("\n").rpartition("\n")
    if "not a git repository" in asked.stderr:
        begin = 'git init && git add --all && git commit -m "My project"'
        raise GrowthError(f"{str(project)!r} is not in a git repository. Run: {begin}")
    if asked.returncode:
        reason = " ".join(asked.stderr.split()).removeprefix("fatal: ")
        raise GrowthError(f"git can't use the repository of {str(project)!r}: {reason}")
    head = git.run(["rev-parse", "--verify", "--quiet", "HEAD"], project).stdout.rstrip("\n")
    if not head:
        step = 'git add --all && git commit -m "My project"'
        raise GrowthError(f"The repository has no commit. Run: {step}")
    environment = {}
    if objects:
        kept = git.run(["rev-parse", "--git-path", "objects"], project).stdout.rstrip("\n")
        environment["GIT_OBJECT_DIRECTORY"] = str(objects)
        path = str((project / kept).resolve()).replace("\\", "\\\\").replace('"', '\\"')
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = f'"{path}"'  # it may have a colon
    return Repository(Path(top), prefix, head, objects, environment)


def check_git() -> None:
    """Raises GrowthError unless a git is installed that can merge without a work tree."""
    needed = ".".join(map(str, NEEDED))
    if not git.installed():
        raise GrowthError(f"git is not installed. Install git {needed} or later")
    version = git.run(["--version"], Path()).stdout.strip()
    numbers = re.search(r"(\d+)\.(\d+)", version)
    if numbers and tuple(map(int, numbers.groups())) < NEEDED:
        raise GrowthError(f"{version} can't do this merge. Install git {needed} or later")


def check_ready(repository: Repository) -> None:
    """Raises GrowthError if a merge or the like is under way, or changes aren't committed."""
    for name, place in repository.places(UNDER_WAY).items():
        if place.exists():
            what = UNDER_WAY[name]
            finish = f"git {what} --continue, or undo it: git {what} --abort"
            if what == "bisect":
                finish = "git bisect reset"
            raise GrowthError(f"git {what} is in progress. Finish it: {finish}")
    if repository.run("config", "--type=bool", "core.sparseCheckout").stdout.strip() == b"true":
        raise GrowthError("The checkout is sparse. Run: git sparse-checkout disable")
    status = ("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
    changes = repository.ask(*status)
    if changes:
        path = os.fsdecode(changes.split(b"\0")[0][3:])
        raise GrowthError(
            f"{path!r} has changes that are not committed. Commit them, or run: git stash"
        )


def complaint(finished: subprocess.CompletedProcess[bytes]) -> str:
    """The first line that git wrote to its standard error, as a sentence."""
    lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
    reason = lines[0] if lines else f"status {finished.returncode}"
    return f"git: {reason.removeprefix('fatal: ').removeprefix('error: ')}"
