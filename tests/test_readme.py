"""README and documentation: the lines to install work, links and reference are up to date."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import uv
from conftest import ROOT, Installed

README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
REFERENCE = runpy.run_path(str(ROOT / "scripts" / "reference.py"))
SVG = "{http://www.w3.org/2000/svg}"
WRITE = "Run: python scripts/reference.py"


def test_the_lines_for_uv_work_in_a_clone(installed: Installed, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    leave = shutil.ignore_patterns(".git", *(pattern.strip("/") for pattern in ignored))
    shutil.copytree(ROOT, clone, ignore=leave)
    folder = Path(uv.find_uv_bin()).parent
    new, test = re.findall(r"^    (uvx? .+)$", README, re.MULTILINE)
    new = new.removesuffix(" --run")  # test_loop runs the loop

    for line in (f"{new} --no-git", f"{test} --version"):
        command, *arguments = line.split()
        finished = subprocess.run(
            [folder / command, *arguments],
            cwd=clone,
            env=installed.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stderr

    assert (clone / "my-reviews" / "pyproject.toml").is_file()


def test_the_lines_for_pip_are_the_ones_that_ci_and_the_other_tests_run() -> None:
    run = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "pip install . && scaffold new sentiment my-reviews --run" in README
    assert 'pip install ".[test]" && pytest' in README
    assert 'pip install --quiet ".[test]"\n' in run
    assert "\npytest -rs\n" in run


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    finished = subprocess.run(
        [*command, tmp_path], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 0, finished.stderr
    page = (tmp_path / "tutorial" / "first-project" / "index.html").read_text("utf-8")
    assert "fonts.googleapis.com" not in page


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.stem
)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_of_the_site_is_in_its_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text("utf-8")

    named = re.findall(r": ([\w/-]+\.md)$", configuration, re.MULTILINE)
    assert sorted(named) == sorted(page.relative_to(DOCS).as_posix() for page in PAGES)


def test_the_reference_is_what_the_commands_and_cards_say() -> None:
    for name, text in (("commands", "command_page"), ("add-ons", "add_on_page")):
        page = DOCS / "reference" / f"{name}.md"
        assert page.read_text("utf-8") == REFERENCE[text](), WRITE


def test_every_command_says_its_exit_status() -> None:
    silent = [
        name
        for name, command in REFERENCE["public"]().items()
        if "Exit status: 0" not in " ".join((command.help or "").split())
    ]
    assert silent == []


def test_the_recording_is_of_the_first_line_and_needs_no_script() -> None:
    picture = (DOCS / "pictures" / "recording.svg").read_bytes()
    svg = ElementTree.fromstring(picture)  # noqa: S314  (our own file)

    names = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert names == {"svg", "title", "style", "rect", "circle", "text", "g"}
    texts = ["".join(element.itertext()) for element in svg.iter(f"{SVG}text")]
    assert "$ scaffold new sentiment my-reviews --run" in texts
    assert f"pip install . && {texts[1].removeprefix('$ ')}" in README
    stages = [text for text in texts if text.startswith("== ")]
    assert len(stages) == 13  # with environment and summary
    assert b"prefers-reduced-motion" in picture
    assert len(picture) < 60_000
