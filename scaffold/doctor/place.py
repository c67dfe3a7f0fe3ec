"""Checks a project's location: its path, its disk, and the folders around it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scaffold import environment, rendering, shell, workspace
from scaffold.doctor.finding import Finding

NEEDED = 3  # gigabytes, for the environment, uv's cache and a run
LONGEST = 100  # characters of a path on Windows; files in .venv have up to 160 more
REMOTE = ("9p", "afs", "cifs", "drvfs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs")


def check(project: Path) -> list[Finding]:
    """Returns all problems with the location."""
    place = project.resolve()
    return [*path(place), *disk(place), *cache(), *filesystem(place), *above(place)]


def path(place: Path) -> list[Finding]:
    findings = []
    if os.pathsep in str(place):
        problem = f"{str(place)!r} contains {os.pathsep!r}, so Python can't create a .venv there"
        findings.append(Finding(problem, "Move the project to another folder"))
    if not rendering.one_line(str(place)):
        problem = f"{str(place)!r}: {rendering.LINE_BREAK}"
        findings.append(Finding(problem, "Move the project to another folder"))
    if not rendering.mlflow_accepts(str(place)):
        problem = f"{str(place)!r}: {rendering.MLFLOW_REFUSES}"
        findings.append(Finding(problem, "Move the project to another folder"))
    if sys.platform == "win32" and len(str(place)) > LONGEST:
        length = len(str(place))
        problem = f"{str(place)!r} ({length} characters) puts .venv over Windows' limit of 260"
        fix = "Move the project to a shorter path, or enable long paths in Windows and git"
        findings.append(Finding(problem, fix))
    return findings


def disk(place: Path) -> list[Finding]:
    if (place / ".venv").exists():
        return []
    free = shutil.disk_usage(place).free / 1e9
    if free > NEEDED:
        return []
    problem = f"The disk of {str(place)!r} has only {free:.1f} GB free; a run needs {NEEDED} GB"
    return [Finding(problem, "Free some space, or run: uv cache prune")]


def cache() -> list[Finding]:
    """Checks that uv is installed and can write to its cache."""
    uv = environment.find_uv()
    if uv is None:
        return [Finding("uv is not installed", "pip install uv")]
    asked = subprocess.run(  # noqa: S603  (uv came with the tool)
        [uv, "cache", "dir"], capture_output=True, encoding="utf-8", check=False
    )
    folder = Path(asked.stdout.strip())
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if os.access(existing, os.W_OK):
        return []
    problem = f"uv can't write to its cache {str(folder)!r}"
    return [Finding(problem, shell.export("UV_CACHE_DIR", "FOLDER"))]


def filesystem(place: Path, mounts: Path = Path("/proc/mounts")) -> list[Finding]:
    """Checks for a network file system, where SQLite's write-ahead log isn't safe."""
    if not mounts.is_file():
        return []
    kinds = {}
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _, mounted, kind, *_ = line.split(" ")
        kinds[Path(mounted.replace("\\040", " "))] = kind
    for folder in (place, *place.parents):
        if folder in kinds:
            if kinds[folder] not in REMOTE:
                return []
            problem = f"{str(folder)!r} is a network or shared drive ({kinds[folder]})"
            fix = "Move the project to a local disk"
            return [Finding(f"{problem}, on which SQLite can lose data", fix)]
    return []


def above(place: Path) -> list[Finding]:
    """Checks for a uv workspace that includes the project."""
    root = workspace.workspace_of(place)
    if root is None:
        return []
    problem = f"The uv workspace in {str(root)!r} includes the project and shares its .venv"
    member = place.relative_to(root).as_posix()
    fix = f"Add to [tool.uv.workspace] in {str(root / 'pyproject.toml')!r}: exclude"
    return [Finding(problem, f'{fix} = ["{member}"]')]
