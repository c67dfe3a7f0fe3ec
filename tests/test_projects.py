"""What every generated project has to be as it is written, before anything runs."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import budget
import pytest
from checks import CHECKS, TEMPLATES
from conftest import ROOT, Installed
from projects import Project, assert_ruff_is_content, assert_workflows_are_valid

from scaffold import catalog

# The page is built in the browser from the API's document, whatever that describes.
PAGE = ("page.js", "page.css", "index.html")
LEFT = re.compile(r"(?<!\$)\{\{|\{%|%\}|\bTODO\b|\bcopier\b|\bscaffold\b", re.IGNORECASE)

# What a framework calls or reads, and no line of the project.
ENTRIES = """
model_config cls  # pydantic
fit transform  # scikit-learn
should_exit  # uvicorn
raiseExceptions  # logging
intra_op_num_threads inter_op_num_threads  # ONNX Runtime
repeated drift  # written to decisions.jsonl
"""
DECORATORS = "@app.command,@router.*,@field_*,@model_*"


@pytest.fixture(params=TEMPLATES)
def project(rendered: Callable[[str], Project], request: pytest.FixtureRequest) -> Project:
    return rendered(request.param)


def texts(project: Project) -> dict[str, str]:
    """Every text file of the project, by its place in it."""
    contents = {}
    for path in sorted(project.folder.rglob("*")):
        try:
            if path.is_file():
                contents[path.relative_to(project.folder).as_posix()] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return contents


def test_each_template_is_checked() -> None:
    assert sorted(TEMPLATES) == catalog.names()


def test_the_project_keeps_to_its_budget(project: Project) -> None:
    over = [str(figure) for figure in budget.figures(project.folder) if figure.value > figure.most]

    assert not over, "\n".join(over)


def test_no_word_of_another_template_is_in_any_file(project: Project) -> None:
    pattern = foreign(project)
    lines = []
    for place, text in texts(project).items():
        if place.endswith(PAGE):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                lines.append(f"{place}:{number}: {line.strip()}")

    assert not lines, "\n".join(lines)


def foreign(project: Project) -> re.Pattern[str]:
    """What only projects of other templates may say."""
    others = [checks.words for name, checks in CHECKS.items() if name != project.template]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(others)})(?![\w-])", re.IGNORECASE)


def test_nothing_of_the_template_or_the_tool_is_left(project: Project) -> None:
    lines = []
    for place, text in texts(project).items():
        for number, line in enumerate(text.splitlines(), 1):
            if LEFT.search(line):
                lines.append(f"{place}:{number}: {line.strip()}")

    assert not lines, "\n".join(lines)


def test_every_name_is_used(project: Project) -> None:
    """A name that only another template needs shows up here."""
    names = [word for line in ENTRIES.splitlines() for word in line.split("#")[0].split()]
    command = [sys.executable, "-m", "vulture", "--min-confidence", "60"]
    command += ["--ignore-names", ",".join([*names, *fields(project)])]
    command += ["--ignore-decorators", DECORATORS, str(project.source)]
    unused = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    assert unused.returncode == 0, unused.stdout + unused.stderr


def fields(project: Project) -> set[str]:
    """Names that the contract declares, which requests and answers use."""
    text = project.text(f"src/{project.package}/schema.py")
    return set(re.findall(r"^    (\w+): ", text, re.MULTILINE))


@pytest.mark.parametrize("template", TEMPLATES)
def test_lint_formatting_and_types_are_clean(made: Callable[[str], Project], template: str) -> None:
    project = made(template)

    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        finished = project.call(*command)
        assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", ["a", "a-name-of-forty-letters-which-is-longest"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_code_is_clean_whatever_the_project_is_called(
    installed: Installed, tmp_path: Path, template: str, name: str
) -> None:
    made = installed.run("new", template, name, "--licence", "none", "--no-git", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    assert_ruff_is_content(tmp_path / name)


def test_the_workflows_follow_their_schema_and_are_safe(project: Project) -> None:
    workflows = sorted(project.folder.glob(".github/workflows/*.yml"))

    assert [path.name for path in workflows] == ["ci.yml", "monitor.yml"]
    assert_workflows_are_valid(project.folder)


def test_the_licence_of_the_data_stands_in_the_readme(project: Project) -> None:
    assert project.card["data_licence"] in project.text("README.md")


def test_what_the_pages_link_to_is_there(project: Project) -> None:
    missing = []
    for page in project.folder.rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8")):
            is_written = link.endswith((".png", "results.md"))  # by `report`
            if not is_written and not (page.parent / link).exists():
                missing.append(f"{page.name}: {link}")

    assert missing == []


def test_the_readme_names_every_module_and_no_other(project: Project) -> None:
    tree = project.text("README.md").split("## Project layout")[1].split("\n## ")[0]
    named = set(re.findall(r"\b(\w+)\.py\b", tree))

    modules = {path.stem for path in project.source.glob("*.py")}
    assert named == modules - {"__init__", "__main__"}


def template_files() -> list[Path]:
    paths = sorted((ROOT / "templates").rglob("*"))
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def test_no_file_of_the_templates_is_the_copy_of_another() -> None:
    first: dict[str, Path] = {}
    copies = []
    for path in template_files():
        content = path.read_bytes()
        original = first.setdefault(hashlib.sha256(content).hexdigest(), path)
        if content and original != path and path.parent.name != "efficientnet_lite0":  # its licence
            copies.append(f"{path} is {original}")

    assert copies == []


def test_files_that_layers_have_in_common_are_written_once() -> None:
    """Of two files with the same place in two layers, most lines have to be different."""
    lines: dict[Path, list[str]] = {}
    repeated = []
    for path in template_files():
        place = Path(*path.relative_to(ROOT / "templates").parts[1:])
        if path.suffix not in (".py", ".jinja", ".md"):
            continue
        mine = [line.strip() for line in path.read_text("utf-8").splitlines() if len(line) > 12]
        other = lines.setdefault(place, mine)
        shared = [line for line in mine if line in other]
        if other is not mine and len(mine) > 20 and len(shared) > 0.7 * len(mine):
            repeated.append(f"{path}: {len(shared)} of {len(mine)} lines are in another layer")

    assert repeated == []


def test_the_page_to_try_has_at_most_350_lines(project: Project) -> None:
    page = [project.text(f"src/{project.package}/page/{name}") for name in PAGE]

    assert sum(len(text.splitlines()) for text in page) <= 350


def test_each_template_has_what_contributing_says_that_one_has_to_bring(project: Project) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Add a template")[1]
    modules = dict(re.findall(r"^ *\| `(\w+)` \| (.+) \|$", page, re.MULTILINE))
    constants = re.findall(r"`([A-Z_]{6,})`", page.split("`tests/examples.py` with")[1])

    assert list(modules) == ["schema", "source", "features", "model", "predictor"]
    for module, names in modules.items():
        for name in set(re.findall(r"`(\w+)`", names)) - {"Review", "labels"}:
            assert re.search(rf"\b{name}\b", project.text(f"src/{project.package}/{module}.py")), (
                f"{module} has no {name}"
            )
    for name in re.findall(r"`(test_\w+\.py)`", page):
        assert (project.folder / "tests" / name).is_file()
    for name in constants:
        assert f"{name} = " in project.text("tests/examples.py")
