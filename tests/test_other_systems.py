"""What other systems and newer Pythons lack is not used, as far as one can tell without them.

The workflow `ci` runs each template there; these checks run everywhere.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uv
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
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NEWEST = PYTHONS[-1]
MACOS = "14.0"  # ONNX Runtime has no wheel for an older one and Python 3.14
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
    assert_ruff_finds_nothing(sources, "--preview", "--select=PLW1514")


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


@pytest.fixture(params=["the tool", *catalog.names()])
def folder(request: pytest.FixtureRequest, rendered: Callable[[str], Project]) -> Path:
    """The folder with the pyproject.toml of the tool, or of a project."""
    if request.param == "the tool":
        return ROOT
    return rendered(request.param).folder


@pytest.mark.slow
@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_a_wheel_there(
    folder: Path, tmp_path: Path, python: str, system: str
) -> None:
    """Those of all extras too, and what they depend on: nobody needs a compiler."""
    command = [uv.find_uv_bin(), "pip", "compile", "--quiet", "--all-extras", "--no-header"]
    command += ["--python-version", python, "--python-platform", system]
    command += ["--only-binary", ":all:", "--output-file", str(tmp_path / "pins.txt")]
    finished = subprocess.run(
        [*command, str(folder / "pyproject.toml")],
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": MACOS},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert "==" in (tmp_path / "pins.txt").read_text("utf-8")


def test_nothing_is_written_for_an_older_python(sources: Path) -> None:
    """Ruff knows what the newest Python no longer has, or has another way."""
    target = f"--target-version=py{NEWEST.replace('.', '')}"
    assert_ruff_finds_nothing(sources, "--select=UP,F", "--ignore=UP037", target)  # UP037: quotes


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS[1:])
def test_the_types_of_the_tool_fit_newer_pythons(tmp_path: Path, python: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "mypy", "--python-version", python, "--cache-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.returncode == 0, finished.stdout


def assert_ruff_finds_nothing(sources: Path, *options: str) -> None:
    """Ruff with these options alone, whatever the project's own settings are."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    finished = subprocess.run(
        [*command, *options, str(sources)], capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 0, finished.stdout


def nodes(sources: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of the code, with the path of its file."""
    for path in sorted(sources.rglob("*.py")):
        place = path.relative_to(sources.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield place, node
