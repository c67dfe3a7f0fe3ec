"""The project is written whole or not at all, the same each time, without network and git."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CARD, Installed, write_template
from projects import Project

from scaffold import catalog, rendering

# Refuses every connection and every program but the one that `platform` asks for the processor.
ISOLATED = """
import sys

def refuse(event, arguments):
    connects = event in ("socket.connect", "socket.getaddrinfo")
    calls = event == "subprocess.Popen" and "uname" not in arguments[1]
    if connects or calls:
        raise AssertionError((event, arguments))

sys.addaudithook(refuse)
from scaffold.__main__ import main
main()
"""


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of each file below the folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_answers_give_the_same_bytes(installed: Installed, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        installed.run("new", "sentiment", "--no-git", cwd=tmp_path / folder)

    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert "my-reviews/pyproject.toml" in tree(tmp_path / "one")


def test_rendering_opens_no_connection_and_calls_no_git(
    installed: Installed, tmp_path: Path
) -> None:
    arguments = ["new", "sentiment", "--no-git", "--author", "Ada"]

    finished = subprocess.run(
        [installed.python, "-c", ISOLATED, *arguments],
        cwd=tmp_path,
        env=installed.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "my-reviews" / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    "text", ["\"Ada\" 'L' \\ {{ name }} {% raw %} 100 %", "Zoë 李 ${HOME} $(id) `id`", "# [x] = ,"]
)
def test_answers_come_through_intact(tiny: Installed, tmp_path: Path, text: str) -> None:
    finished = tiny.run("new", "tiny", "--author", text, "--description", text, cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    project = tmp_path / "tiny-loop"
    package = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert package["description"] == text
    assert package["authors"] == [{"name": text}]
    assert text in (project / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "BSD-3-Clause", "none"])
def test_nothing_of_the_template_is_left_in_the_project(
    installed: Installed, tmp_path: Path, licence: str
) -> None:
    installed.run(
        "new", "sentiment", "--licence", licence, "--author", "Ada", "--no-git", cwd=tmp_path
    )

    files = tree(tmp_path / "my-reviews")
    assert "LICENSE" in files
    for name, (_, content) in files.items():
        assert not re.search(r"\.jinja$|[{}]|__pycache__|\.py[co]$|card\.toml|copier\.yml", name)
        assert not re.search(rb"(?<!\$)\{\{ \w|\{%|scaffold|copier", content, re.IGNORECASE), name


@pytest.mark.parametrize("destination", [".", "../empty", "./"])
def test_an_empty_folder_is_filled(tiny: Installed, tmp_path: Path, destination: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    finished = tiny.run("new", "tiny", destination, "--name", "mood", cwd=folder)

    assert finished.returncode == 0, finished.stderr
    assert {"pyproject.toml", "LICENSE", ".git"} <= {path.name for path in folder.iterdir()}
    assert not list(folder.glob(".new-project-*"))


def test_a_folder_that_is_not_empty_stays_as_it_is(tiny: Installed, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")

    finished = tiny.run("new", "tiny", "mine", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr == "error: 'mine' is not empty. Choose another destination\n"
    assert list(tree(tmp_path)) == ["mine/notes.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="no name there has a quote")
@pytest.mark.parametrize("folder", ["a%20b", "100% a", "a 'b' \"c\""])
def test_a_place_whose_models_mlflow_would_not_find_again_is_refused(
    tiny: Installed, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / folder
    place.mkdir()

    finished = tiny.run("new", "tiny", "mine", cwd=place)

    assert finished.returncode == 1
    assert "MLflow doesn't support paths with '%'" in finished.stderr
    assert finished.stderr.endswith("Choose another destination\n")
    assert not list(place.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="no name there has a line break")
@pytest.mark.parametrize("folder", ["a\nb", "a\r", "a\u2028b"])
def test_a_path_with_a_line_break_is_refused(tiny: Installed, tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    expected = f": {rendering.LINE_BREAK}. Choose another destination\n"

    for here, destination in ((tmp_path, f"{folder}/mine"), (place, "mine")):
        finished = tiny.run("new", "tiny", destination, cwd=here)

        assert finished.returncode == 1
        assert finished.stderr == f"error: {destination!r}{expected}"
        assert not list(place.iterdir())


@pytest.mark.parametrize("destination", ["file", "file/below", "x" * 300])
def test_a_place_that_cannot_be_written_is_refused(
    tiny: Installed, tmp_path: Path, destination: str
) -> None:
    (tmp_path / "file").write_text("keep me")

    finished = tiny.run("new", "tiny", destination, "--name", "mood", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert repr(str(Path(destination)))[1:-1] in finished.stderr
    assert list(tree(tmp_path)) == ["file"]


def test_the_later_layer_wins(tool: Installed, tmp_path: Path) -> None:
    templates = write_template(tmp_path).parent
    (templates / "classification" / "README.md").write_text("as it is: {{ name }}", "utf-8")
    (templates / "lifecycle" / "LICENSE").write_text("plain", "utf-8")
    (templates / "tiny" / "LICENSE.jinja").write_text("of {{ card.words.records }}", "utf-8")
    (templates / "lifecycle" / "LICENSE.jinja").unlink()

    finished = tool.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    project = tmp_path / "tiny-loop"
    assert (project / "README.md").read_text("utf-8") == "as it is: {{ name }}"
    assert (project / "LICENSE").read_text("utf-8") == "of grains"


def test_a_layer_that_the_card_does_not_name_is_left_out(tool: Installed, tmp_path: Path) -> None:
    template = write_template(tmp_path)
    card = CARD.replace('["lifecycle", "classification"]', '["lifecycle"]')
    (template / "card.toml").write_text(card, "utf-8")
    (template / "src" / "{{package}}" / "metrics.py").write_text("own", "utf-8")
    (template.parent / "classification" / "other.py").touch()

    finished = tool.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert not (tmp_path / "tiny-loop" / "other.py").exists()


def test_a_template_that_cannot_be_rendered_leaves_nothing(tool: Installed, tmp_path: Path) -> None:
    template = write_template(tmp_path)
    (template / "README.md.jinja").write_text("{{ card.words.recrods }}", "utf-8")

    finished = tool.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr.startswith("error: The template 'tiny' is broken: ")
    assert finished.stderr.count("\n") == 1
    assert not (tmp_path / "tiny-loop").exists()


def test_a_file_may_extend_the_one_that_it_takes_the_place_of(
    tool: Installed, tmp_path: Path
) -> None:
    template = write_template(tmp_path)
    shared = template.with_name("classification") / "docs" / "page.md.jinja"
    for path, text in (
        (shared, "of {% block whom %}anybody{% endblock %}\n"),
        (
            template / "docs" / "page.md.jinja",
            '{% extends "replaced/docs/page.md.jinja" %}{% block whom %}{{ name }}{% endblock %}',
        ),
    ):
        path.parent.mkdir()
        path.write_text(text, "utf-8")

    finished = tool.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    project = tmp_path / "tiny-loop"
    assert (project / "docs" / "page.md").read_text("utf-8") == "of tiny-loop\n"
    assert not (project / "replaced").exists()


@pytest.mark.parametrize("template", catalog.names())
def test_the_page_for_agents_is_short_and_names_what_ci_runs(
    rendered: Callable[[str], Project], template: str
) -> None:
    project = rendered(template)
    page = project.text("AGENTS.md")
    workflow = project.text(".github/workflows/ci.yml")

    lines = page.splitlines()
    assert len(lines) <= 30
    commands = [line.removeprefix("uv run ") for line in lines if line.startswith("uv run ")]
    assert commands == re.findall(r"- run: (ruff.*|mypy|pytest)\n", workflow)
    for path in re.findall(r"`([\w/]+\.(?:py|md|toml))`", page):
        places = ("", "tests", f"src/{project.package}")
        assert any((project.folder / place / path).is_file() for place in places), path
    readme = set(project.text("README.md").splitlines())
    written = {line for line in lines if line.strip("`") and not line.startswith("uv run ")}
    assert not written & readme
