"""Runs git, if it is installed, to get the user's name and to commit projects."""

import os
import shutil
import subprocess
from pathlib import Path

from scaffold import __version__, temporary

# The trailers of a pristine commit, a project as rendered: template and version, and the tree,
# which distinguishes it from a squashed commit with the same message.
TRAILER = "Scaffold-Template"
TREE = "Scaffold-Tree"
RUN_TRAILER = "Scaffold-Run"  # the trailer of the commit with the results of the first run

# These would point git to another repository. All others are passed on, such as the author's.
ELSEWHERE = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
}

# Our commits run no hooks, aren't signed, start no background process, and only the project's own
# .gitignore excludes files.
SETTINGS = {
    "commit.gpgSign": "false",
    "core.excludesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "init.defaultBranch": "main",
    "maintenance.auto": "false",
}


def installed() -> bool:
    return shutil.which("git") is not None


def author(folder: Path) -> str | None:
    """The author's name that git would use for a commit in this folder."""
    if not installed():
        return None
    # git's configuration may depend on the repository's location, so create one.
    settings = {"user.useConfigOnly": "true", "user.email": "author@localhost"}
    with temporary.folder_in(folder) as repository:
        run(["init", "--quiet"], repository)
        asked = run([*options(settings), "var", "GIT_AUTHOR_IDENT"], repository)
    return asked.stdout.partition(" <")[0] or None


def belongs_to_another(folder: Path, destination: Path) -> bool:
    """Whether the folder is in a repository that doesn't ignore the destination."""
    if run(["rev-parse", "--is-inside-work-tree"], folder).stdout.strip() != "true":
        return False
    ignored = run(["check-ignore", "--quiet", f"{destination.resolve()}/"], folder)
    return ignored.returncode != 0


def commit_all(folder: Path, author: str, title: str, template: str) -> str | None:
    """Turns the folder into a repository with one commit of all files on `main`.

    Returns git's error message if that fails; then no repository is left.
    """
    files = sorted(files_below(folder))
    complaint = (
        attempt(["init", "--quiet"], folder)
        or attempt(["add", "--all", "--force"], folder)
        or difference(files, folder)
    )
    if not complaint:
        tree = run(["write-tree"], folder).stdout.strip()
        message = pristine_message(title, template, tree)
        complaint = attempt(["commit", "--quiet", "--message", message], folder, author)
    if complaint:
        temporary.remove(folder / ".git")
    return complaint


def pristine_message(title: str, template: str, tree: str) -> str:
    """The message of a pristine commit: the project as this version renders it."""
    return f"{title}\n\n{TRAILER}: {template} {__version__}\n{TREE}: {tree}\n"


def commit_changes(folder: Path, author: str, message: str) -> str | None:
    """Commits all changes in the folder's repository, if there are any.

    Returns git's error message if that fails.
    """
    complaint = attempt(["add", "--all"], folder)
    if complaint or run(["diff", "--cached", "--quiet"], folder).returncode == 0:
        return complaint
    return attempt(["commit", "--quiet", "--message", message], folder, author)


def files_below(folder: Path) -> set[str]:
    """The files in the folder, as git lists them."""
    files = set()
    for path in folder.rglob("*"):
        if not path.is_dir() or path.is_symlink():
            files.add(path.relative_to(folder).as_posix())
    return files


def difference(files: list[str], folder: Path) -> str | None:
    """The problem if git's index doesn't contain exactly these files."""
    listed = run(["ls-files", "-z"], folder).stdout.split("\0")
    missing = sorted(set(files) - set(listed))
    return f"git skips {missing[0]!r}" if missing else None


def attempt(command: list[str], folder: Path, author: str | None = None) -> str | None:
    """Runs git with our settings; returns its last line of output if that fails."""
    settings = SETTINGS if author is None else SETTINGS | identity(folder, author)
    finished = run([*options(settings), *command], folder)
    if finished.returncode == 0:
        return None
    lines = finished.stderr.strip().splitlines()
    return lines[-1] if lines else f"status {finished.returncode}"


def identity(folder: Path, author: str) -> dict[str, str]:
    """Settings for missing parts of the user's identity in this repository."""
    settings = {"user.name": author}
    if not os.environ.get("EMAIL"):
        settings["user.email"] = "author@localhost"
    listed = run(["config", "--null", "--get-regexp", r"^user\.(name|email)$"], folder).stdout
    for entry in listed.split("\0"):
        key, _, value = entry.partition("\n")
        if value:
            settings.pop(key, None)
    return settings


def options(settings: dict[str, str]) -> list[str]:
    """The settings as command-line options."""
    options = []
    for key, value in settings.items():
        options += ["-c", f"{key}={value}"]
    return options


def environment() -> dict[str, str]:
    """The environment variables without those that would point git to another repository."""
    variables = dict(os.environ)
    for name in ELSEWHERE:
        variables.pop(name, None)
    return variables


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs git in the folder, ignoring variables that point to other repositories."""
    process = subprocess.Popen(  # noqa: S603  (the arguments are ours)
        ["git", *arguments],  # noqa: S607  (the git that the user would run)
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        output, complaint = process.communicate()
    except BaseException:
        # `subprocess.run` wouldn't wait, and git could keep writing while the folder is removed.
        process.terminate()
        process.wait()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, complaint)
