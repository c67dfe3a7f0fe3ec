"""Checks whether uv would treat a project as a member of a workspace around it."""

import os
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

from scaffold.errors import DestinationError


def check(project: Path) -> None:
    """Raises DestinationError if the project would be a member of a uv workspace."""
    path = Path(os.path.abspath(project))  # noqa: PTH100  (uv doesn't follow links either)
    root = workspace_of(path)
    if root:
        place = path.relative_to(root).as_posix()
        raise DestinationError(
            f"{str(project)!r} belongs to the uv workspace in {str(root)!r}, which would own its"
            " .venv and uv.lock. Choose another destination, or add to pyproject.toml there, under"
            f' [tool.uv.workspace]: exclude = ["{place}"]'
        )


def workspace_of(project: Path) -> Path | None:
    """The workspace that includes the folder, found in a parent's pyproject.toml, as uv does."""
    for folder in project.parents:
        package_file = folder / "pyproject.toml"
        if package_file.is_file():
            table = workspace_table(package_file)
            return folder if is_member(project.relative_to(folder), table) else None
    return None


def workspace_table(package_file: Path) -> dict[str, Any]:
    """The file's table `tool.uv.workspace`; empty if there is none or the file can't be read."""
    try:
        package = tomllib.loads(package_file.read_text("utf-8"))
        return dict(package["tool"]["uv"]["workspace"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def is_member(place: PurePath, table: dict[str, Any]) -> bool:
    """Whether the workspace's `members` include the place and `exclude` doesn't."""
    for pattern in patterns(table, "exclude"):
        if fnmatchcase(place.as_posix(), pattern):
            return False
    for pattern in patterns(table, "members"):
        if matches(place.parts, PurePath(pattern).parts):
            return True
    return False


def patterns(table: dict[str, Any], key: str) -> list[str]:
    values = table.get(key)
    return list(map(str, values)) if isinstance(values, list) else []


def matches(names: tuple[str, ...], globs: tuple[str, ...]) -> bool:
    """Whether each name matches its glob; `**` matches any number of names."""
    if not globs:
        return not names
    if globs[0] == "**" and matches(names, globs[1:]):
        return True
    if not names:
        return False
    if globs[0] == "**":
        return matches(names[1:], globs)
    return fnmatchcase(names[0], globs[0]) and matches(names[1:], globs[1:])
