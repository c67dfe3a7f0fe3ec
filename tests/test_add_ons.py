"""Every add-on, alone and with all others, on every template that it fits."""

import re
from collections.abc import Callable
from pathlib import Path

import budget
import pytest
from checks import TEMPLATES
from conftest import Installed, run_uv
from projects import Project, assert_ruff_is_content, assert_workflows_are_valid, cloned, copied
from sharing import once
from test_projects import LEFT, foreign, texts

from scaffold import catalog

NAMES = catalog.add_on_names()
SETS: list[tuple[str, ...]] = [(name,) for name in NAMES]
if len(NAMES) > 1:
    SETS.append(tuple(NAMES))
MOST_LINES = 300  # of Python, tests included
FREE = {"files", "lines of tests", "words of Markdown", "modules", "lines of README.md"}


def fitting(template: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The add-ons of these that a project of the template can have."""
    kind = catalog.find(template).card["kind"]
    return tuple(name for name in names if kind in catalog.find_add_on(name).card["kinds"])


@pytest.fixture(params=SETS, ids="+".join)
def names(request: pytest.FixtureRequest) -> tuple[str, ...]:
    chosen: tuple[str, ...] = request.param
    return chosen


@pytest.fixture
def with_add_ons(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory, names: tuple[str, ...]
) -> Callable[[str], Project]:
    """Gives the project of a template with these add-ons, as it is rendered; no test may change it.

    The test is skipped if none of them fits.
    """

    def make(template: str) -> Project:
        chosen = fitting(template, names)
        if not chosen:
            pytest.skip("the add-on does not fit this template")
        name = catalog.find(template).card["name"]
        command = ["new", template, name, "--no-git", "--add", ",".join(chosen)]

        def render(folder: Path) -> None:
            finished = installed.run(*command, cwd=folder)
            assert finished.returncode == 0, finished.stderr

        folder = once(tmp_path_factory, f"{template} with {'+'.join(chosen)}", render)
        return Project(template, folder / name, installed.environment)

    return make


@pytest.fixture(params=TEMPLATES)
def project(with_add_ons: Callable[[str], Project], request: pytest.FixtureRequest) -> Project:
    """A project with these add-ons, of each template."""
    return with_add_ons(request.param)


def added(project: Project, rendered: Callable[[str], Project], folder: str) -> int:
    """Lines of Python in a folder of the project that it has because of its add-ons."""
    before = rendered(project.template)
    return lines(project.folder / folder) - lines(before.folder / folder)


def lines(folder: Path) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py"))


def test_a_project_with_add_ons_is_clean(project: Project) -> None:
    assert_ruff_is_content(project.folder)


def test_the_workflows_of_add_ons_follow_their_schema_and_are_safe(project: Project) -> None:
    assert_workflows_are_valid(project.folder)


def test_no_foreign_word_is_in_a_project_with_add_ons(project: Project) -> None:
    others = foreign(project)
    for place, text in texts(project).items():
        for number, line in enumerate(text.splitlines(), 1):
            assert not LEFT.search(line), f"{place}:{number}: {line}"
            assert place.startswith("src/") or not others.search(line), f"{place}:{number}: {line}"


def test_no_placeholder_is_left_in_a_page(project: Project) -> None:
    for place, text in texts(project).items():
        if place.endswith(".md"):
            words = re.sub(r"(?ms)^```.*?^```|`[^`]*`", "", text)
            assert not re.search(r"\b[A-Z]{2,}_[A-Z_]+\b(?!\.md)", words), place


def test_what_add_ons_bring_is_written_as_the_rest(project: Project) -> None:
    """Only what grows with each add-on is free."""
    for figure in budget.figures(project.folder):
        if figure.name in FREE or figure.name.endswith("in src"):
            continue
        assert figure.value <= figure.most, figure


def test_a_card_counts_the_lines_that_its_add_on_adds_at_most(
    with_add_ons: Callable[[str], Project],
    rendered: Callable[[str], Project],
    names: tuple[str, ...],
) -> None:
    counted = sum(catalog.find_add_on(name).card["lines"] for name in names)
    sources = []
    for template in TEMPLATES:
        if chosen := fitting(template, names):
            project = with_add_ons(template)
            source, tests = added(project, rendered, "src"), added(project, rendered, "tests")
            assert source + tests <= MOST_LINES * len(chosen)
            sources.append(source)

    assert max(sources) == counted or (len(names) > 1 and max(sources) < counted)


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_finished_project_grows_by_all_of_them_and_passes_its_tests(
    made: Callable[[str], Project], installed: Installed, tmp_path: Path, template: str
) -> None:
    project = cloned(made(template), tmp_path / made(template).name)
    (project.folder / ".venv").unlink()
    chosen = fitting(template, tuple(NAMES))
    order = chosen if template == TEMPLATES[0] else chosen[::-1]

    for name in order:
        finished = installed.run("add", name, cwd=project.folder)
        assert finished.returncode == 0, finished.stdout + finished.stderr

    assert project.git("status", "--porcelain") == ""
    run_uv("sync", "--quiet", "--all-extras", "--project", str(project.folder))
    for command in (["ruff", "check"], ["mypy"], ["pytest", "-q"]):
        finished = project.call(*command)
        assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_alone_passes_its_own_tests(
    made: Callable[[str], Project], installed: Installed, tmp_path: Path, name: str
) -> None:
    template = next(item for item in TEMPLATES if fitting(item, (name,)))
    project = cloned(made(template), tmp_path / made(template).name)
    (project.folder / ".venv").unlink()
    installed.run("add", name, cwd=project.folder)
    tests = project.git("diff", "--name-only", "--diff-filter=A", "HEAD^", "--", "tests")
    own = [path for path in tests.split() if Path(path).name.startswith("test_")]

    run_uv("sync", "--quiet", "--all-extras", "--project", str(project.folder))

    assert own
    assert project.call("mypy").returncode == 0
    finished = project.call("pytest", "-q", *own)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.slow
def test_the_morning_check_runs_beside_a_proxy_that_is_gone(
    made: Callable[[str], Project], installed: Installed, tmp_path: Path
) -> None:
    """Prefect's server is on this machine: requests to it need no proxy."""
    project = copied(made("sentiment"), tmp_path / made("sentiment").name, [".venv"])
    (project.folder / ".venv").unlink()
    added = installed.run("add", "prefect", cwd=project.folder)
    assert added.returncode == 0, added.stderr
    run_uv("sync", "--quiet", "--all-extras", "--project", str(project.folder))
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")

    finished = project.call("python", "-m", f"{project.package}.flow", "--once", **nowhere)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Morning check finished: healthy" in finished.stdout + finished.stderr
