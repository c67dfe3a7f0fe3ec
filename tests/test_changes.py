"""The changelog is read by version, in a checkout and from the wheel."""

import subprocess
from pathlib import Path

import pytest
from conftest import Installed

from scaffold import changes
from scaffold.changes import sections

CHANGELOG = """# Changelog

What users notice.

## [Unreleased]

- Not yet.

## [0.10.0] - 2027-01-02

### Added

- Ten.

## 0.2.0 - 2026-12-01

- Two.

## 0.1.0 (unreleased)

- One.
"""


def test_each_version_has_the_text_below_its_heading() -> None:
    assert sections(CHANGELOG) == {
        "0.10.0": "### Added\n\n- Ten.",
        "0.2.0": "- Two.",
        "0.1.0": "- One.",
    }


def test_a_changelog_without_a_version_has_no_sections() -> None:
    assert sections("# Changelog\n\n## Unreleased\n\n- Not yet.\n") == {}


def test_later_versions_come_as_numbers_and_the_newest_first(
    installed: Installed, tmp_path: Path
) -> None:
    package = tmp_path / "scaffold"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "changes.py").write_text(Path(changes.__file__).read_text("utf-8"), "utf-8")
    (package / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")

    assert versions(installed, "0.1.0", PYTHONPATH=str(tmp_path)) == ["0.10.0", "0.2.0"]
    assert versions(installed, "0.2.0rc1", PYTHONPATH=str(tmp_path)) == ["0.10.0", "0.2.0"]
    assert versions(installed, "0.10.0", PYTHONPATH=str(tmp_path)) == []


def test_the_wheel_brings_the_changelog_of_the_checkout(installed: Installed) -> None:
    expected = [version for version, _ in changes.since("0.0.1")]

    assert expected
    assert versions(installed, "0.0.1") == expected


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="'latest'"):
        changes.since("latest")


def versions(installed: Installed, version: str, **environment: str) -> list[str]:
    """What another process, which imports the installed package, finds since this version."""
    code = f"from scaffold.changes import since; print(*[v for v, _ in since({version!r})])"
    finished = subprocess.run(
        [installed.python, "-c", code],
        env=installed.environment | environment,
        cwd=installed.environment["HOME"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return finished.stdout.split()
