"""What the tool asks of git, where it is installed: the user's name and the first commit; and how to undo it."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

ATTEMPTS = 40
# The first commit runs no hook, signs nothing and leaves no process behind.
SETTINGS = {
    "commit.gpgSign": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "init.defaultBranch": "main",
    "maintenance.auto": "false",
}


@cache
def identity() -> dict[str, str]:
    """The user's settings `user.name` and `user.email`, as far as git is installed and knows them."""
    listed = run(["config", "--get-regexp", r"^user\.(name|email)$"], Path()).stdout if installed() else ""
    return dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)


def installed() -> bool:
    return shutil.which("git") is not None


def belongs_to_another(folder: Path, destination: Path) -> bool:
    """Whether a repository holds the folder, and does not ignore the destination that it will have."""
    if run(["rev-parse", "--is-inside-work-tree"], folder).stdout.strip() != "true":
        return False
    return run(["check-ignore", "--quiet", f"{destination.resolve()}/"], folder).returncode != 0


def commit_all(folder: Path, author: str, message: str) -> str | None:
    """Makes the folder a repository with one commit on `main`; gives git's complaint if that failed."""
    settings = SETTINGS | {"user.name": author, "user.email": "author@localhost"} | identity()
    configured = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", message],
    ):
        finished = run([*configured, *command], folder)
        if finished.returncode:
            remove(folder / ".git")
            return (finished.stderr.strip().splitlines() or [f"status {finished.returncode}"])[-1]
    return None


def remove(folder: Path) -> None:
    """Removes the folder, if it exists, even with what git made read-only, which Windows would keep.

    A git that was interrupted while it started may not have been ended, and adds to the folder until nothing is left.
    """
    for _ in range(ATTEMPTS):
        for path in folder.rglob("*"):
            with suppress(OSError):
                path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The finished `git`, run in the folder whatever the environment says about other repositories."""
    process = subprocess.Popen(  # noqa: S603  (the arguments are ours)
        ["git", *arguments],  # noqa: S607  (the git that the user would run)
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        output, complaint = process.communicate()
    except BaseException:
        process.kill()
        process.wait()  # `subprocess.run` wouldn't, and git would go on writing while the folder is removed
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, complaint)
