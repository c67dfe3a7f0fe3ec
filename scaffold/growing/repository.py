"""The git repository of a project, with commands for commits, trees and merges."""

import os
import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from scaffold import git
from scaffold.errors import GrowthError

NEEDED = (2, 38)  # the first version with `merge-tree --write-tree`
UNDER_WAY = {  # the first that exists counts
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
    "merge.directoryRenames": "true",  # new files follow a folder that the user renamed
    "merge.renames": "true",
}


@dataclass(frozen=True)
class Entry:
    """A file in a tree, or a stage of a conflict."""

    path: str
    mode: str
    blob: str
    stage: int = 0


@dataclass(frozen=True)
class Repository:
    """The repository of a project. `prefix` is the project's path in it: '' or 'folder/'.

    `head` is the commit that was checked out at the start. New objects are written to `objects`, if
    set.
    """

    top: Path
    prefix: str
    head: str
    objects: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def ask(self, *arguments: str, index: Path | None = None, standard_input: bytes = b"") -> bytes:
        """git's output; raises GrowthError with git's error message if it fails."""
        finished = self.run(*arguments, index=index, standard_input=standard_input)
        if finished.returncode:
            raise GrowthError(complaint(finished))
        return finished.stdout

    def run(
        self, *arguments: str, index: Path | None = None, standard_input: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs git at the top of the work tree; doesn't check the exit status."""
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
        """git's output, which is a single line."""
        return os.fsdecode(self.ask(*arguments, index=index)).rstrip("\n")

    def text(self, blob: str) -> str | None:
        """The text of a file, such as 'main:README.md'; None if it doesn't exist."""
        finished = self.run("cat-file", "blob", blob)
        if finished.returncode:
            return None
        return finished.stdout.decode("utf-8", "surrogateescape")

    def own(self, path: str) -> str | None:
        """The text of a project file in the last commit; None if it doesn't exist."""
        return self.text(f"{self.head}:{self.prefix}{path}")

    def has(self, path: str) -> bool:
        """Whether the path exists in the last commit."""
        return self.run("cat-file", "-e", f"{self.head}:{path}").returncode == 0

    def store(self, text: str) -> str:
        """Writes the text as a blob and returns its hash."""
        content = text.encode("utf-8", "surrogateescape")
        return self.ask("hash-object", "-w", "--stdin", standard_input=content).decode().strip()

    def project(self) -> str:
        """The project's tree in the last commit."""
        return self.line("rev-parse", "--verify", f"{self.head}:{self.prefix.rstrip('/')}")

    def entries(self, tree: str, *places: str) -> list[Entry]:
        """The files in a tree, or only those in the given places."""
        entries = []
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", tree, "--", *places)
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            entries.append(Entry(os.fsdecode(path), mode, blob))
        return entries

    def changed(self, tree: str, entries: list[Entry], scratch: Path) -> str:
        """The tree with these entries replaced; entries of mode '0' are removed."""
        index = scratch / "changed.index"
        self.ask("read-tree", tree, index=index)
        self.put(entries, index)
        return self.line("write-tree", index=index)

    def put(self, entries: list[Entry], index: Path | None = None) -> None:
        """Writes the entries to an index; entries of mode '0' are removed."""
        lines = b""
        for entry in entries:
            about = f"{entry.mode} {entry.blob} {entry.stage}\t"
            lines += about.encode() + os.fsencode(entry.path) + b"\0"
        self.ask("update-index", "-z", "--index-info", index=index, standard_input=lines)

    def removal(self, path: str) -> Entry:
        """The entry that removes a path from an index."""
        return Entry(path, "0", "0" * len(self.head))

    def tree_of(self, folder: Path, scratch: Path) -> str:
        """Writes all files in a folder outside the repository as a tree."""
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
        """Writes the files in a tree to a folder."""
        index = scratch / "tree.index"
        self.ask("read-tree", tree, index=index)
        self.ask("checkout-index", "--all", f"--prefix={folder}{os.sep}", index=index)

    def commit(self, tree: str, parents: list[str], message: str, identity: dict[str, str]) -> str:
        """Creates a commit that isn't on any branch and returns its hash; signed if configured."""
        command = [*git.options(identity), "commit-tree", tree]
        if identity.get("commit.gpgSign") == "true":
            command.append("-S")
        for parent in parents:
            command += ["-p", parent]
        written = self.ask(*command, standard_input=message.encode())
        return written.decode().strip()

    def places(self, names: Collection[str]) -> dict[str, Path]:
        """The paths of git's files for this work tree, such as MERGE_HEAD, by name."""
        command = ["rev-parse"]
        for name in names:
            command += ["--git-path", name]
        listed = self.line(*command).split("\n")
        return {name: self.top / path for name, path in zip(names, listed, strict=True)}


def around(project: Path, objects: Path | None = None) -> Repository:
    """The project's repository; raises GrowthError if there is none, or it has no commits."""
    asked = git.run(["rev-parse", "--show-toplevel", "--show-prefix"], project)
    top, _, prefix = asked.stdout.removesuffix("\n").rpartition("\n")
    if "not a git repository" in asked.stderr:
        begin = 'git init && git add --all && git commit -m "My project"'
        raise GrowthError(f"{str(project)!r} isn't in a git repository. Run: {begin}")
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
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = f'"{path}"'  # the path may have a colon
    return Repository(Path(top), prefix, head, objects, environment)


def check_git() -> None:
    """Raises GrowthError unless the installed git can merge without a work tree."""
    needed = ".".join(map(str, NEEDED))
    if not git.installed():
        raise GrowthError(f"git is not installed. Install git {needed} or later")
    version = git.run(["--version"], Path()).stdout.strip()
    numbers = re.search(r"(\d+)\.(\d+)", version)
    if numbers and tuple(map(int, numbers.groups())) < NEEDED:
        raise GrowthError(f"{version} is too old for this merge. Install git {needed} or later")


def check_ready(repository: Repository) -> None:
    """Raises GrowthError if a merge or similar is in progress, or there are uncommitted changes."""
    for name, place in repository.places(UNDER_WAY).items():
        if place.exists():
            what = UNDER_WAY[name]
            finish = f"git {what} --continue. To undo it: git {what} --abort"
            if what == "bisect":
                finish = "git bisect reset"
            raise GrowthError(f"git {what} is in progress. To finish it: {finish}")
    if repository.run("config", "--type=bool", "core.sparseCheckout").stdout.strip() == b"true":
        raise GrowthError("The checkout is sparse. Run: git sparse-checkout disable")
    status = ("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
    changes = repository.ask(*status)
    if changes:
        path = os.fsdecode(changes.split(b"\0")[0][3:])
        raise GrowthError(f"{path!r} has uncommitted changes. Commit them, or run: git stash")


def complaint(finished: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of git's standard error, as a sentence."""
    lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
    reason = lines[0] if lines else f"status {finished.returncode}"
    return f"git: {reason.removeprefix('fatal: ').removeprefix('error: ')}"
