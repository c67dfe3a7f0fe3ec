"""Disks that are small, for what happens when they are full."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own; only root can mount one."""
    folder.mkdir()
    options = f"size={megabytes}m"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S607


def fill(folder: Path) -> Path:
    """A file that takes what is left of the disk; without it, there is room again."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        while free := shutil.disk_usage(folder).free:
            file.write(bytes(min(free, 1_000_000)))
            file.flush()
    return ballast
