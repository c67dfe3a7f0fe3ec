"""What Windows and macOS lack is not used, as far as reading the code can tell.

The workflow `ci` runs each template there; these checks run everywhere.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from projects import Project

from scaffold import catalog

RESERVED = {
    "aux",
    "con",
    "nul",
    "prn",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
FORBIDDEN = '<>:"|?*\\'
LONGEST = 120  # characters of a path in a project; Windows allows 260, and users have folders
POSIX_FOLDERS = ("/bin/", "/dev/", "/etc/", "/proc/", "/tmp", "/usr/", "/var/")  # noqa: S108
ALLOWED = {
    "scaffold/doctor/place.py": {"/proc/mounts"},  # looks whether it is there
    "scaffold/doctor/state.py": {"/bin/sh"},  # in the first line of a script
}
WITHOUT_WINDOWS = ("add_signal_handler", "remove_signal_handler")


@pytest.fixture(params=["the tool", *catalog.names()])
def sources(request: pytest.FixtureRequest, rendered: Callable[[str], Project]) -> Path:
    """The folder with the code of the tool, or of a project."""
    if request.param == "the tool":
        return ROOT / "scaffold"
    return rendered(request.param).source


@pytest.mark.parametrize("platform", ["win32", pytest.param("darwin", marks=pytest.mark.slow)])
def test_every_call_exists_there(sources: Path, platform: str, tmp_path: Path) -> None:
    command = ["mypy", "--config-file=", f"--platform={platform}", f"--cache-dir={tmp_path}"]
    command += ["--no-site-packages", "--ignore-missing-imports", "--check-untyped-defs"]
    command += ["--disable-error-code=no-redef", "--disable-error-code=unused-ignore"]
    finished = subprocess.run(
        [sys.executable, "-m", *command, str(sources)],
        cwd=sources.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    errors = [line for line in finished.stdout.splitlines() if "Module has no attribute" in line]
    assert errors == []
    assert finished.returncode in (0, 1), finished.stdout + finished.stderr


def test_that_check_finds_what_windows_lacks(tmp_path: Path) -> None:
    module = tmp_path / "package" / "module.py"
    module.parent.mkdir()
    module.write_text("import os, signal\n\nos.kill(os.fork(), signal.SIGKILL)\n", "utf-8")

    with pytest.raises(AssertionError, match="fork"):
        test_every_call_exists_there(module.parent, "win32", tmp_path / "cache")
    test_every_call_exists_there(module.parent, "darwin", tmp_path / "cache")


def test_every_file_is_opened_with_its_encoding(sources: Path) -> None:
    command = ["ruff", "check", "--isolated", "--no-cache", "--preview", "--select=PLW1514"]
    finished = subprocess.run(
        [sys.executable, "-m", *command, str(sources)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.returncode == 0, finished.stdout


def test_no_path_or_format_is_of_posix_alone(sources: Path) -> None:
    faults = []
    for place, node in nodes(sources):
        allowed = ALLOWED.get(place, set())
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.startswith(POSIX_FOLDERS) and text not in allowed:
                faults.append(f"{place}: {text!r}")
            if "%-d" in text or "%-m" in text or "%-H" in text:
                faults.append(f"{place}: the format {text!r} is glibc's")
        if isinstance(node, ast.Attribute) and node.attr in WITHOUT_WINDOWS:
            faults.append(f"{place}: {node.attr}")
    assert faults == []


@pytest.mark.parametrize("template", catalog.names())
def test_every_file_of_a_project_can_have_its_name_there(
    rendered: Callable[[str], Project], template: str
) -> None:
    folder = rendered(template).folder
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]

    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name) <= LONGEST, name
        for part in name.split("/"):
            assert part.split(".")[0].casefold() not in RESERVED, name
            assert not set(part) & set(FORBIDDEN), name
            assert part == part.rstrip(". "), name


def nodes(sources: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of the code, with the path of its file."""
    for path in sorted(sources.rglob("*.py")):
        place = path.relative_to(sources.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield place, node
