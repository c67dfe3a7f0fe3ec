"""What counts as a change of the owner's: what means something else, and a test that says so."""

import re
from pathlib import Path

import pytest
from reviewed import append, found, git, level, write_text

MODEL, TEST = "src/my_reviews/model.py", "tests/test_model.py"


def test_a_changed_module_needs_a_test_of_what_is_new(project: Path) -> None:
    assert level(project, "own_code") == "mend"

    append(project / MODEL, "\nLARGEST = 3\n")
    assert level(project, "own_code") == "good"
    assert found(project, "tested") == [f"improve {MODEL}: changed, and {TEST} tests nothing new"]

    append(project / TEST, "\n\ndef test_the_largest() -> None:\n    assert model.LARGEST == 3\n")
    git(project, "commit", "--quiet", "--all", "--message", "A larger model")
    assert found(project, "tested") == ["good : modules changed, each with its test: 1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\Z", "\n# mine\n"),
        (r'\A("""[^"]+"""\n)?', '"""My own words."""\n'),
        (r"\Z", "\n\n\n"),
    ],
)
def test_words_about_the_code_are_no_change_of_it(project: Path, old: str, new: str) -> None:
    for path in (MODEL, TEST):
        text = (project / path).read_text("utf-8")
        words = re.sub(old, lambda _: new, text, count=1)
        assert words != text
        write_text(project / path, words)

    said = "src and tests are as the template made them, but for the comments, docstrings or format of 2"
    assert found(project, "own_code") == [f"mend src/: {said}"]
    assert found(project, "tested") == ["good : modules changed, each with its test: 0"]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("# another test\n", "improve"),
        ("LARGEST = 3\n", "improve"),
        ("def test_one() -> None:\n    assert True\n", "improve"),
        ("def test_one() -> None:\n    model.candidates()\n", "improve"),
        ("def test_one(:\n", "improve"),
        ("def test_one() -> None:\n    assert model.LARGEST\n", "good"),
        ("def test_one() -> None:\n    with pytest.raises(ValueError):\n        model.fail()\n", "good"),
        ("def test_one() -> None:\n    np.testing.assert_allclose(model.LARGEST, 3)\n", "good"),
        ("def is_three(x):\n    assert x == 3\n\n\ndef test_one() -> None:\n    is_three(model.LARGEST)\n", "good"),
    ],
)
def test_a_test_counts_if_it_can_fail(project: Path, test: str, expected: str) -> None:
    append(project / MODEL, "\nLARGEST = 3\n")

    append(project / TEST, f"\n\n{test}")

    assert level(project, "tested") == expected


FIRST = """import pytest

from my_reviews import data


@pytest.mark.parametrize("rows", [1, 2])
def test_rows(rows: int) -> None:
    \"\"\"Rows are counted.\"\"\"
    assert data.count(rows) == rows
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("== rows", ">= rows", "good"),
        ("[1, 2]", "[1, 2, 3]", "good"),
        ("test_rows", "test_lines", "improve"),
        ("Rows are counted.", "Lines are counted.", "improve"),
        ("import pytest\n", "import os\n\nimport pytest\n", "improve"),
    ],
)
def test_another_assertion_or_case_is_a_test_and_another_name_is_none(
    project: Path, old: str, new: str, expected: str
) -> None:
    write_text(project / "src" / "my_reviews" / "emoji.py", "FOUND = 1\n")
    write_text(project / "tests" / "test_emoji.py", FIRST)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--amend", "--no-edit")
    assert found(project, "tested") == ["good : modules changed, each with its test: 0"]

    write_text(project / "src" / "my_reviews" / "emoji.py", "FOUND = 2\n")
    write_text(project / "tests" / "test_emoji.py", FIRST.replace(old, new))

    assert level(project, "tested") == expected


@pytest.mark.parametrize("folder", ["", "words/"])
def test_a_new_module_needs_a_test_of_its_own(project: Path, folder: str) -> None:
    path, test = f"src/my_reviews/{folder}emoji.py", f"tests/{folder}test_emoji.py"
    write_text(project / path, "FOUND = 1\n")
    said = f"changed, and there is no {test}, nor a new test that imports it"
    assert found(project, "tested") == [f"improve {path}: {said}"]

    write_text(project / test, "def test_one() -> None:\n    assert emoji.FOUND == 1\n")
    assert level(project, "tested") == "good"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from my_reviews.words import emoji", "good"),
        ("from my_reviews.words.emoji import FOUND as emoji", "good"),
        ("import my_reviews.words.emoji as emoji", "good"),
        ("from my_reviews import emoji", "improve"),
        ("from my_reviews.words import emojis as emoji", "improve"),
    ],
)
def test_a_module_may_be_tested_by_another_modules_test_that_imports_it(
    project: Path, line: str, expected: str
) -> None:
    write_text(project / "src" / "my_reviews" / "words" / "emoji.py", "FOUND = 1\n")

    append(project / TEST, f"\n\ndef test_one() -> None:\n    {line}\n\n    assert emoji\n")
    assert level(project, "tested") == expected

    text = (project / TEST).read_text("utf-8")
    write_text(project / TEST, text.replace("assert emoji\n", "emoji\n"))
    assert level(project, "tested") == "improve"


def test_another_name_of_the_package_is_no_change_of_each_module(project: Path) -> None:
    (project / "src" / "my_reviews").rename(project / "src" / "game_mood")
    for path in (*project.glob("src/**/*.py"), *project.glob("tests/**/*.py")):
        text = path.read_text("utf-8")
        write_text(path, text.replace("my_reviews", "game_mood").replace("my-reviews", "game-mood"))
    assert found(project, "tested") == ["good : modules changed, each with its test: 0"]

    append(project / "src" / "game_mood" / "model.py", "\nLARGEST = 3\n")

    assert found(project, "tested") == [f"improve src/game_mood/model.py: changed, and {TEST} tests nothing new"]


def test_a_package_of_one_word_may_be_renamed_too(project: Path) -> None:
    first, second = project / "src" / "my_reviews", project / "src" / "reviews"
    first.rename(second)
    write_text(second / "words.py", "from reviews import data\n\nreviews = data.clean('reviews', 'reviewsed')\n")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--amend", "--no-edit")
    assert found(project, "tested") == ["good : modules changed, each with its test: 0"]

    second.rename(project / "src" / "film_mood")
    words = project / "src" / "film_mood" / "words.py"
    write_text(words, "from film_mood import data\n\nreviews = data.clean('film-mood', 'reviewsed')\n")
    assert found(project, "tested") == ["good : modules changed, each with its test: 0"]

    write_text(words, words.read_text("utf-8").replace("reviewsed", "film-mooded"))
    assert level(project, "tested") == "improve"


@pytest.mark.parametrize(
    "text",
    ["(" * 50_000, "-" * 90_000 + "1", "a" + ".b" * 45_000, "1" + "+1" * 45_000, "x = '" + "\\d" * 40_000 + "'", "\0"],
)
def test_code_that_no_parser_takes_is_a_change(project: Path, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    write_text(project / MODEL, text)

    assert found(project, "tested") == [f"improve {MODEL}: changed, and {TEST} tests nothing new"]
    assert capfd.readouterr().err == ""
