"""A project gets an environment of its own, even where a uv workspace lies above it."""

import subprocess
from pathlib import Path

import pytest
import uv
from conftest import Installed

from scaffold.workspace import workspace_of

PACKAGE = """
[project]
name = "NAME"
version = "1"
requires-python = ">=3.11"

[tool.uv]
package = false
"""


@pytest.mark.parametrize(
    "workspace",
    [
        'members = ["projects/*"]',
        'members = ["projects/tiny"]',
        'members = ["*/t?n[xy]"]',
        'members = ["./projects/*"]',
        'members = ["*"]',
        'members = ["other/*"]',
        "members = []",
        "",
        'members = ["projects/*"]\nexclude = ["projects/tiny"]',
        'members = ["projects/*"]\nexclude = ["projects*"]',
        'members = ["projects/*"]\nexclude = ["*/x"]',
    ],
)
def test_a_workspace_is_where_uv_puts_the_lock(tmp_path: Path, workspace: str) -> None:
    project = tmp_path / "projects" / "tiny"
    project.mkdir(parents=True)
    package = PACKAGE.replace("NAME", "root")
    table = f"[tool.uv.workspace]\n{workspace}\n"
    (tmp_path / "pyproject.toml").write_text(package + table, "utf-8")
    (project / "pyproject.toml").write_text(PACKAGE.replace("NAME", "tiny"), "utf-8")

    subprocess.run([uv.find_uv_bin(), "lock", "--quiet", "--offline"], cwd=project, check=True)

    expected = tmp_path if (tmp_path / "uv.lock").exists() else None
    assert (project / "uv.lock").exists() == (expected is None)
    assert workspace_of(project) == expected


@pytest.mark.parametrize(
    "text", ["", "[tool]\nuv = 1\n", "[tool.uv.workspace]\nmembers = 1\n", "["]
)
def test_any_other_package_around_a_project_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")

    assert workspace_of(tmp_path / "project") is None


@pytest.mark.parametrize("start", [".", "packages"])
def test_a_project_in_a_workspace_is_refused_with_the_way_out(
    tiny: Installed, tmp_path: Path, start: str
) -> None:
    package_file = tmp_path / "pyproject.toml"
    package_file.write_text('[tool.uv.workspace]\nmembers = ["packages/*"]\n', "utf-8")
    (tmp_path / "packages").mkdir()
    destination = "packages/tiny-loop" if start == "." else "tiny-loop"

    refused = tiny.run("new", "tiny", destination, cwd=tmp_path / start)
    way_out = refused.stderr.rstrip().rpartition(": ")[2]
    package_file.write_text(package_file.read_text("utf-8") + way_out, "utf-8")
    accepted = tiny.run("new", "tiny", destination, cwd=tmp_path / start)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert way_out == 'exclude = ["packages/tiny-loop"]'
    assert accepted.returncode == 0, accepted.stderr
    assert (tmp_path / "packages" / "tiny-loop" / "pyproject.toml").is_file()
