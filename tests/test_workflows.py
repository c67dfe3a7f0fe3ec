"""The workflows do what they say, as far as that can be tried outside of GitHub."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from packaging.specifiers import SpecifierSet
from projects import Project
from services import service_of

from scaffold import __version__, catalog

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NEWEST = ROOT / ".github" / "workflows" / "newest.yml"
SCRIPT = ROOT / "scripts" / "release.py"
CHANGELOG = """# Changelog

## [1.10.0] - 2027-01-02

- Ten.

## 1.1.0 (unreleased)

- One.

## 1.0.0 - 2026-12-31
"""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_name_their_version(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        if "uses:" in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_a_job_says_more(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {"contents": "read"}


def test_every_template_runs_on_windows_and_macos_with_the_sample_of_its_card() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]
    matrix = jobs["projects"]["strategy"]["matrix"]

    assert matrix["os"] == ["windows-latest", "macos-latest"]
    assert matrix["template"] == catalog.names()
    samples = {entry["template"]: entry["sample"] for entry in matrix["include"]}
    assert samples == {name: catalog.find(name).card["sample"] for name in catalog.names()}
    lowest = yaml.safe_load(NEWEST.read_text("utf-8"))["jobs"]["lowest"]
    assert lowest["strategy"]["matrix"]["template"] == catalog.names()


def test_the_schedule_tries_every_python_that_the_package_takes() -> None:
    jobs = yaml.safe_load(NEWEST.read_text("utf-8"))["jobs"]
    versions = jobs["tests"]["strategy"]["matrix"]["python"]

    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    required = re.search(r'requires-python = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert required
    assert all(version in SpecifierSet(required[1]) for version in versions)
    assert "3.10" not in SpecifierSet(required[1])


def test_the_image_is_asked_what_a_service_answers_so(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    workflow = NEWEST.read_text("utf-8")
    request = re.search(r"--data '(.+)' http://127.0.0.1:8000(/\w+) ", workflow)
    expected = re.search(r"'\.label == \"(\w+)\"'", workflow)
    assert request
    assert expected

    with service_of(made("sentiment"), tmp_path / "service") as service:
        service.start()
        status, answer = service.post(request[2], json.loads(request[1]))

    assert status == 200
    assert json.loads(answer)["label"] == expected[1]


@pytest.mark.parametrize(
    ("tag", "version", "reason"),
    [
        ("v1.10.0", "1.10.0", None),
        ("1.10.0", "1.10.0", "the tag is '1.10.0', the package's version '1.10.0'. Tag it v1.10.0"),
        ("v1.10.1", "1.10.0", "the tag is 'v1.10.1', the package's version '1.10.0'."),
        ("v1.1.0", "1.1.0", "the heading of '1.1.0' in CHANGELOG.md has no date."),
        ("v1.0.0", "1.0.0", "CHANGELOG.md has no section for '1.0.0'."),
        ("v1.1.1", "1.1.1", "CHANGELOG.md has no section for '1.1.1'."),
    ],
)
def test_a_tag_is_released_with_its_version_and_a_dated_section(
    tag: str, version: str, reason: str | None
) -> None:
    objection = runpy.run_path(str(SCRIPT))["objection"](tag, version, CHANGELOG)

    if reason is None:
        assert objection is None
    else:
        assert objection.startswith(reason)


def test_a_tag_of_another_version_ends_the_release_with_one_line() -> None:
    finished = subprocess.run(
        [sys.executable, SCRIPT, "v0.0.0"], capture_output=True, encoding="utf-8", check=False
    )

    reason = f"the tag is 'v0.0.0', the package's version {__version__!r}"
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr == f"error: {reason}. Tag it v{__version__}\n"
