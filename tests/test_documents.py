"""The pages in `docs/` of a generated project: places in the code, figures that showcase knows, links that lead."""

import ast
import re
from pathlib import Path

import pytest

from scaffold.catalog import find, templates
from scaffold.questions import Answers
from scaffold.rendering import render

KEYS = {
    *(
        "metric",
        "unit",
        "first",
        "first version",
        "champion",
        "champion version",
        "champion rows",
        "baseline",
        "gain over baseline",
    ),
    *("weakest slice", "before the drift", "under drift", "after retraining", "bias before the drift"),
    *("bias under drift", "bias after retraining", "train rows", "test rows", "latency p50", "latency p95"),
    *("bundle size", "candidates", "promotions", "refusals", "test set decided", "monitoring decisions", "alarms"),
    *("protocols", "data digest", "sureness", "drivers", "candidate scores"),
}
FIELD = re.compile(r"<!-- measured: (.+?) -->not measured yet<!-- /measured -->")
SHOWN = re.compile(r"Shown by: .*`(?:\w+/)?test_\w+\.py`, `test_\w+`")
PLACE = re.compile(r"`([\w/]+\.py)`(?:, | \()`([\w.]+)`")


@pytest.fixture(scope="module", params=sorted(templates()))
def folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The files of a project in which nothing has run."""
    folder = tmp_path_factory.mktemp("files")
    render(find(request.param), Answers(name="it", author="Ada", description="?", licence="MIT"), 2026, folder)
    return folder


def test_each_of_twenty_questions_has_a_place_in_the_code_and_a_figure_or_a_test(folder: Path) -> None:
    text = (folder / "docs" / "interview.md").read_text("utf-8")
    questions = re.findall(r"^### (\d+)\. [^\n]+\?\n\n(.+?)(?=\n##|\Z)", text, re.MULTILINE | re.DOTALL)

    assert [int(number) for number, _ in questions] == list(range(1, 21))
    for number, answer in questions:
        last = answer.strip().splitlines()[-1]
        assert re.match(r"Code: .* · (?:Measured|Shown by): ", last), number
        assert PLACE.search(last.partition(" · ")[0]), number
        assert ("Measured: " in last) == bool(FIELD.search(last)), number
        assert ("Shown by: " in last) == bool(SHOWN.search(last)), number


def test_every_place_in_code_and_tests_that_a_page_names_exists(folder: Path) -> None:
    for page in pages(folder):
        for file, name in PLACE.findall(page.read_text("utf-8")):
            module = folder / ("tests" if "test_" in file else "src/it") / file
            assert name in names(module), f"{page.name}: {file} has no {name}"


def test_every_decision_is_listed_and_has_context_options_decision_and_consequences(folder: Path) -> None:
    decisions = sorted((folder / "docs" / "decisions").glob("0*.md"))
    index = (folder / "docs" / "decisions" / "README.md").read_text("utf-8")

    listed = re.findall(r"^- \[(\d)\. (.+)\]\((.+)\)$", index, re.MULTILINE)
    assert [name for _, _, name in listed] == [path.name for path in decisions]
    for (number, title, _), path in zip(listed, decisions, strict=True):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number}. {title}\n\nStatus: accepted · made by the template\n")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            *("Context", "Options", "Decision", "Consequences", "Measured"),
        ]
        assert FIELD.search(text)


def test_every_figure_in_a_page_is_a_field_that_showcase_knows(folder: Path) -> None:
    for page in pages(folder):
        text = page.read_text("utf-8")
        assert set(FIELD.findall(text)) <= KEYS
        assert text.count("<!-- measured:") == text.count("<!-- /measured -->") == len(FIELD.findall(text))


def test_every_link_between_the_pages_leads_to_a_file(folder: Path) -> None:
    for page in pages(folder):
        for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert not target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_nothing_of_a_page_was_left_to_fill_in(folder: Path) -> None:
    for page in pages(folder):
        assert not re.search(r"\{%|\{\{|%\}|\n\n\n", page.read_text("utf-8")), page.name


def pages(folder: Path) -> list[Path]:
    """The pages that say how the project was made and what can be made of it."""
    docs = folder / "docs"
    return [*docs.glob("decisions/*.md"), *(docs / name for name in ("interview.md", "make-it-yours.md", "publish.md"))]


def names(module: Path) -> set[str]:
    """The functions, classes, methods and constants of a module; a method as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def test_what_the_site_tells_of_the_readme_asks_a_visitor_to_set_nothing(folder: Path) -> None:
    readme = (folder / "README.md").read_text("utf-8")
    settings = set(re.findall(r"`([A-Z_]+)`", readme.split("\n## Settings\n")[1].split("\n## ")[0]))
    code = "".join(path.read_text("utf-8") for path in (folder / "src").rglob("*.py"))
    told = re.findall(r'told\("(.+?)"\)', code)

    assert {"OWN_DATA", "SLICE_FLOOR"} < settings
    assert {"Problem", "Data"} < set(told)
    for heading in told:
        (section,) = re.findall(rf"^##+ {heading}\n(.+?)(?=^##)", readme, re.MULTILINE | re.DOTALL)
        assert settings & set(re.findall(r"`([A-Z_]+)`", section)) == set()
