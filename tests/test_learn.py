"""`scaffold learn` lists and shows exercises, and asks questions with the project's own figures."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import learning
import pytest
import reviewed
from checks import TEMPLATES
from conftest import Installed
from profiles import write
from projects import Project
from sharing import once
from test_own_data_command import RENTS

from scaffold.catalog import find
from scaffold.learn import checks, exercises, interview
from scaffold.learn import project as projects

ANSWER = "Tenants in Bern asked us which rent their neighbours pay for such a flat."
Make = Callable[..., Path]


@pytest.fixture
def new(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Gives a copy of a project as the tool leaves it, in git; nothing has run."""

    def make(*arguments: str) -> Path:
        def render(folder: Path) -> None:
            write(folder / "rents.csv", RENTS)
            command = [sys.executable, "-m", "scaffold", "new", *arguments, "--defaults"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)

        name = next(word for word in arguments if word.startswith("my-"))
        folder = once(tmp_path_factory, f"learn {name}", render)
        return Path(shutil.copytree(folder / name, tmp_path / name))

    return make


@pytest.fixture
def fresh(new: Make) -> Path:
    return new("sentiment", "my-reviews")


def test_a_fresh_project_has_every_exercise_before_it(installed: Installed, fresh: Path) -> None:
    finished = installed.run("learn", cwd=fresh / "src")  # below the project's folder

    lines = re.findall(r"^ +(\d+)  .* min  (?:easy|medium|hard) +(.+)$", finished.stdout, re.M)
    assert (finished.returncode, "0 of 9 done" in finished.stdout) == (0, True)
    assert lines == [(str(number), "not done") for number in range(1, 10)]


def test_each_exercise_names_the_files_of_the_project_and_has_a_check(fresh: Path) -> None:
    project = projects.find(fresh)

    listed = exercises.exercises()

    assert {exercise.name for exercise in listed} == set(checks.CHECKS)
    for exercise in listed:
        page = exercise.page(project)
        assert f"# {exercise.number}. {exercise.title}" in page
        assert f"scaffold learn {exercise.number} --check" in page
        assert re.search(r"^Done", page, re.MULTILINE)
        assert "{" not in page
        for place in re.findall(r"`(src/\S+\.py|tests/\S+\.py)`", page):
            assert (fresh / place).is_file(), place


def test_what_can_not_be_shown_is_one_line_with_the_next_step(
    installed: Installed, fresh: Path, tmp_path: Path
) -> None:
    elsewhere = installed.run("learn", cwd=tmp_path)
    unknown = installed.run("learn", "10", cwd=fresh)
    number = installed.run("learn", "--check", cwd=fresh)
    learning.name_a_rule(fresh / "src/my_reviews/schema.py")
    environment = installed.run("learn", "2", "--check", cwd=fresh)
    shutil.rmtree(fresh / ".git")
    no_git = installed.run("learn", "2", "--check", cwd=fresh)

    for finished, says in [
        (elsewhere, "Change to a project's folder"),
        (unknown, "There is no exercise 10, only 1 to 9. List them with: scaffold learn"),
        (number, "scaffold learn 1 --check"),
        (environment, "no environment (.venv). Run: cd "),
        (no_git, "git init && git add --all"),
    ]:
        assert (finished.returncode, finished.stdout) == (2, ""), finished.stdout
        assert finished.stderr.count("\n") == 1
        assert says in finished.stderr


@pytest.mark.parametrize("template", TEMPLATES)
def test_without_a_run_questions_have_no_figures_and_places_exist(new: Make, template: str) -> None:
    check_questions(new(template, find(template).card["name"]))


def test_questions_fit_own_data(new: Make) -> None:
    check_questions(new("my-rents", "--data", "rents.csv"))


def check_questions(folder: Path) -> None:
    asked = interview.questions(projects.find(folder))

    assert 15 <= len(asked) <= 20
    for question in asked:
        assert not re.search(r"\d|[{}]", question.asks), question.asks
        assert question.read
        for place in question.read:
            path, _, line = place.partition(":")
            text = (folder / path).read_text("utf-8")
            if line:
                number, name = re.fullmatch(r"(\d+) \((\w+)\)", line).groups()  # type: ignore[union-attr]
                assert re.search(rf"(def|class) {name}\b", text.splitlines()[int(number) - 1])
            else:
                assert not place.startswith("src/") or place.endswith("schema.py"), place


def test_a_place_follows_the_code(fresh: Path) -> None:
    module = fresh / "src/my_reviews/evaluation.py"

    def place() -> str:
        return interview.place_of(projects.find(fresh), "evaluation.compare")

    before = place()
    module.write_text("# One line more.\n" + module.read_text("utf-8"), "utf-8")
    after = place()
    reviewed.replace(module, "def compare(", "def weigh(")
    renamed = place()

    lines = [int(shown.partition(":")[2].split()[0]) for shown in (before, after)]
    assert lines[1] == lines[0] + 1
    assert renamed == "src/my_reviews/evaluation.py"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_on_a_terminal_questions_come_one_at_a_time(installed: Installed, fresh: Path) -> None:
    from terminals import converse

    command = [str(installed.command), "learn", "--interview"]
    status, screen = converse(command, fresh, "\nq\n", installed.environment)

    assert status == 0
    assert re.findall(r"(\d+) of \d+, ", screen) == ["1", "2"]


def test_own_data_is_done_with_a_champion_and_no_prompt_left(fresh: Path, new: Make) -> None:
    folder = new("my-rents", "--data", "rents.csv")
    reviewed.record(folder)
    prompted = checks.missing("own-data", projects.find(folder))
    for page in folder.rglob("*.md"):
        text = page.read_text("utf-8")
        answered = re.sub(r"TO WRITE(:.*?(?=\. |$))?", ANSWER, text, flags=re.MULTILINE)
        reviewed.write(page, answered)

    assert checks.missing("own-data", projects.find(folder)) == []
    assert "to be written" in prompted[0]

    evidence = reviewed.EVIDENCE | {"baselines": {"most frequent": {"value": 0.95}}}
    reviewed.record(folder, tested=reviewed.PROMOTED | {"evidence": evidence})
    assert "baseline 0.95" in checks.missing("own-data", projects.find(folder))[0]
    (folder / "docs/results.json").unlink()
    assert "Run: my-rents run" in checks.missing("own-data", projects.find(folder))[0]
    assert "scaffold new NAME --data" in checks.missing("own-data", projects.find(fresh))[0]


@pytest.mark.parametrize("template", TEMPLATES)
def test_questions_have_no_figure_but_the_records(
    made: Callable[[str], Project], template: str
) -> None:
    project = made(template)

    asked = interview.questions(projects.find(project.folder))

    records = project.text("docs/results.json")
    values = {float(number) for number in re.findall(r"-?\d+\.\d+|\d+", records)}
    rounded = {f"{abs(value):.3f}" for value in values} | {f"{value:.0f}" for value in values}
    lengths = map(len, (project.history(), project.decisions()))
    known = rounded | {str(count) for length in lengths for count in range(length + 1)}
    figures = []
    for question in asked:
        text = re.sub(r"'[^']*'|\{.*?\}|(?<=\d),(?=\d)", "", question.asks)  # names, parameters
        figures += re.findall(r"\d+(?:\.\d+)?", text)
    assert len(figures) > 10
    assert [figure for figure in figures if figure not in known] == []
