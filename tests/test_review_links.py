"""A link to try the project: of a place that serves, of this project, and never asked."""

import time
from pathlib import Path

import pytest
from reviewed import append, found, level, points, write_text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Try it: https://ada-film-mood.hf.space", "good"),
        ("Try it: https://huggingface.co/spaces/ada/film-mood", "good"),
        ("Read it: https://ada.github.io/film-mood/", "good"),
        ("Try it: http://127.0.0.1:8000", "improve"),
        ("Try it: https://OWNER.github.io/film-mood/", "improve"),
        ("As in `https://ada.github.io/film-mood/`", "improve"),
        ("Code: https://github.com/ada/film-mood", "improve"),
        ("Try it: https://huggingface.co/spaces/", "improve"),
        ("Try it: https://huggingface.co/spaces/OWNER/NAME", "improve"),
        ("Try it: https://huggingface.co/spaces/your-name/mood", "improve"),
        ("Try it: https://user.github.io/mood/", "improve"),
        ("Try it: https://mood.hf.space.elsewhere.com", "improve"),
        ("Try it: https://hf.space", "improve"),
        ("Try it: https://downtowner-mood.hf.space", "good"),
        ("Read it: https://todorov.github.io/mood/", "good"),
        ("Try it: https://exampleton-mood.hf.space", "good"),
        ("Try it: https://user-friendly-mood.fly.dev", "good"),
        ("Try it: https://yourself.fly.dev", "good"),
        ("Try it: https://yourname-mood.hf.space", "improve"),
        ("Try it: https://my-example.fly.dev", "improve"),
    ],
)
def test_a_link_to_try_it_is_an_address_of_a_place_that_serves(project: Path, line: str, expected: str) -> None:
    append(project / "README.md", f"\n{line}\n")

    assert level(project, "live") == expected


def test_an_address_that_does_not_count_is_named_with_the_reason(project: Path) -> None:
    append(project / "README.md", "\nTry it: https://OWNER.github.io/film-mood/\n")

    assert found(project, "live")[0].endswith(": https://OWNER.github.io/film-mood/: 'OWNER' stands for a name")


def test_a_link_may_stand_in_the_package_file(project: Path) -> None:
    append(project / "pyproject.toml", '\n[project.urls]\nDemo = "https://mood.ada.dev"\n')

    said = found(project, "live")[0]
    assert said.startswith("good pyproject.toml:")
    assert said.endswith("https://mood.ada.dev (not asked whether it answers)")


@pytest.mark.parametrize(
    "address",
    ["https://example.com", "https://mood.test/", "https://mood.invalid", "https://localhost", "https://10.0.0.1"],
)
def test_a_domain_kept_for_examples_is_no_place(project: Path, address: str) -> None:
    append(project / "pyproject.toml", f'\n[project.urls]\nDemo = "{address}"\n')

    assert level(project, "live") == "improve"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://huggingface.co/spaces/ada/film-mood", "good"),
        ("https://ada-film-mood.hf.space", "good"),
        ("https://huggingface.co/spaces/bob/film-mood", "improve"),
        ("https://bob-film-mood.hf.space", "improve"),
    ],
)
@pytest.mark.parametrize("line", ["SPACE: ada/film-mood", "- run: hf upload ada/film-mood space . --type space"])
def test_a_space_is_the_one_that_the_workflow_publishes(project: Path, line: str, link: str, expected: str) -> None:
    append(project / "README.md", f"\nTry it: {link}\n")
    assert level(project, "live") == "good"

    write_text(project / ".github" / "workflows" / "mine.yml", f"{line}\n")

    assert level(project, "live") == expected
    assert points(project, "cloud")[0] == (2 if expected == "good" else 0)


def test_a_space_is_the_one_that_the_package_file_names(project: Path) -> None:
    append(project / "README.md", "\nTry it: https://bob-film-mood.hf.space\n")

    append(project / "pyproject.toml", '\n[project.urls]\nDemo = "https://huggingface.co/spaces/ada/film-mood"\n')

    assert found(project, "live")[0].startswith("good pyproject.toml:")
    assert "ada/film-mood (not asked whether it answers)" in points(project, "cloud")[1]


def test_a_page_is_of_the_owner_on_github(project: Path) -> None:
    append(project / "pyproject.toml", '\n[project.urls]\nSource = "https://github.com/ada/film-mood"\n')
    append(project / "README.md", "\nSee https://bob.github.io/film-mood/\n")
    said = "https://bob.github.io/film-mood/: the project is ada's on GitHub"
    assert found(project, "live")[0].endswith(said)

    append(project / "README.md", "\nSee https://ada.github.io/film-mood/\n")

    assert level(project, "live") == "good"


def test_what_a_workflow_publishes_is_looked_for_once(project: Path) -> None:
    append(project / "README.md", "\n" + "Try it: https://bob-film-mood.hf.space\n" * 50)
    write_text(project / ".github" / "workflows" / "long.yml", "SPACE: ada/mood\n" + "hf upload a/b " * 200_000)
    started = time.monotonic()

    assert level(project, "live") == "improve"

    assert time.monotonic() - started < 10
