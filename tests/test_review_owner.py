"""What a review says of the owner's part, of secrets and leftovers, and of what a visitor looks for."""

import json
import re
import shutil
from pathlib import Path

import pytest
from reviewed import append, finish, found, git, level, write_text

CI = ".github/workflows/ci.yml"


def test_what_was_changed_is_unknown_without_history(project: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(project), "origin.git")
    append(project / "LICENSE", "\n")
    git(project, "commit", "--quiet", "--all", "--message", "more")
    git(tmp_path, "clone", "--quiet", "--depth", "1", project.as_uri(), "shallow")
    assert "the clone is shallow" in found(tmp_path / "shallow", "history")[0]
    assert level(tmp_path / "shallow", "tested") == "unknown"

    shutil.rmtree(project / ".git")
    assert "not a git repository" in found(project, "history")[0]
    assert level(project, "own_code") == "unknown"

    git(project, "init", "--quiet")
    assert "the repository has no commit" in found(project, "history")[0]

    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Everything at once")
    assert level(project, "history") == "good"
    assert level(project, "tested") == "unknown"


def test_name_description_and_author_should_be_the_owners(project: Path) -> None:
    package_file = project / "pyproject.toml"
    text = package_file.read_text("utf-8")
    assert level(project, "named") == "improve"
    assert found(project, "described") == ["improve pyproject.toml:8: the description is the template's"]

    write_text(package_file, text.replace("Ada Lovelace", "root"))
    assert "the author is 'root'" in found(project, "described")[1]

    description = next(line for line in text.splitlines() if line.startswith("description"))
    write_text(package_file, text.replace(description, 'description = "Which games do players love?"'))
    assert level(project, "described") == "good"


def test_a_project_renamed_by_hand_in_one_place_only_is_found(project: Path) -> None:
    package_file = project / "pyproject.toml"
    text = package_file.read_text("utf-8")

    write_text(package_file, text.replace('name = "my-reviews"', 'name = "game-mood"', 1))
    assert found(project, "named") == [
        "mend pyproject.toml: the project is 'game-mood', its command 'my-reviews', its package 'my_reviews'"
    ]

    (project / "src" / "my_reviews").rename(project / "src" / "game_mood")
    write_text(package_file, text.replace("my-reviews", "game-mood").replace("my_reviews", "game_mood"))
    assert found(project, "named")[0].startswith("improve .template.yml: renamed from 'my-reviews'")

    finish(project)
    assert level(project, "named") == "good"

    write_text(package_file, text)
    (project / "src" / "game_mood").rename(project / "src" / "my_reviews")
    assert found(project, "named")[0].startswith("improve docs/results.json: renamed from 'game-mood'")


def test_the_problem_should_be_told_in_the_owners_words(project: Path) -> None:
    readme = project / "README.md"
    assert re.match(r"improve README\.md:\d+: ", found(project, "problem")[0])

    write_text(readme, readme.read_text("utf-8").replace("A site that collects film reviews", "A shop of games"))

    assert level(project, "problem") == "good"


def test_a_decision_of_the_owners_is_a_page_that_the_template_does_not_have(project: Path) -> None:
    assert level(project, "decided") == "improve"

    page = project / "docs" / "decisions" / "0006-games.md"
    write_text(page, "# Games\n\n_What was the problem, for whom, and what made you choose? Two or three sentences._\n")
    assert found(project, "decided")[0].startswith("improve docs/decisions/0006-games.md:3: ")

    write_text(page, "# Games\n\n_Short_ ones.\n")
    assert found(project, "decided") == ["good docs/decisions/0006-games.md: decisions of your own: 1"]


def test_exercises_begin_with_a_change_of_the_code(project: Path) -> None:
    shutil.rmtree(project / "exercises", ignore_errors=True)
    assert found(project, "exercises") == ["good : there are none"]

    write_text(project / "exercises" / "test_02_slice.py", "\n")
    assert level(project, "exercises") == "improve"

    append(project / "src" / "my_reviews" / "features.py", "\nANOTHER = 'slice'\n")
    assert level(project, "exercises") == "unknown"


SECRETS = {
    "AWS access key": "AK" + "IAQ3EGTP7LZ2MDNKXW",
    "GitHub token": "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6",
    "Hugging Face token": "hf" + "_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    "Slack token or webhook": "xo" + "xb-1234567890-abcdefghij",
    "private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "password in an address": "postgresql://ada:" + "S3cr3tPa55w" + "@db.host/x",
    "password or key in an assignment": 'API_KEY = "' + "9fK2mQx7TzL4vR8wB1nH" + '"',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_by_its_line_and_not_repeated(project: Path, kind: str) -> None:
    assert level(project, "no_secrets") == "good"

    write_text(project / "notes.txt", f"one\n{SECRETS[kind]}\n")

    assert found(project, "no_secrets") == [f"mend notes.txt:2: it looks like a secret: {kind}"]


@pytest.mark.parametrize(
    "line",
    [
        'API_KEY = os.environ["MY_SERVICE_KEY_2"]',
        "DATABASE_URL=postgresql://user:password@localhost/x",
        "API_KEYS: ${API_KEYS:?run python operations/make_env.py}",
        'token = "example-token-0123456789abcdef"',
        'digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
        "password: ${{ secrets.REGISTRY_PASSWORD_2 }}",
    ],
)
def test_what_only_looks_like_a_secret_is_none(project: Path, line: str) -> None:
    write_text(project / "notes.txt", line + "\n")

    assert level(project, "no_secrets") == "good"


def test_settings_that_are_ignored_stay_at_home_unless_they_were_added_by_force(project: Path) -> None:
    write_text(project / ".env", "DEBUG=1\n")
    assert level(project, "no_secrets") == "good"

    git(project, "add", "--force", ".env")
    assert found(project, "no_secrets") == ["mend .env: it holds settings and secrets of one machine"]


def test_a_large_file_is_found_unless_it_is_ignored(project: Path) -> None:
    for path in ("weights.bin", "data/weights.bin"):
        write_text(project / path, "")
        with (project / path).open("wb") as file:
            file.truncate(60_000_000)

    assert found(project, "sizes") == ["mend weights.bin: 60 MB"]

    with (project / "weights.bin").open("wb") as file:
        file.truncate(20_000_000)
    assert found(project, "sizes") == ["improve weights.bin: 20 MB"]

    (project / "weights.bin").unlink()
    assert level(project, "sizes") == "good"


def test_a_notebook_with_output_is_found(project: Path) -> None:
    notebook = project / "look.ipynb"

    write_text(notebook, json.dumps({"cells": [{"cell_type": "code", "outputs": [{"text": "1"}]}]}))
    assert found(project, "notebooks") == ["improve look.ipynb: cells with output: 1"]

    write_text(notebook, json.dumps({"cells": [{"cell_type": "code", "outputs": []}]}))
    assert found(project, "notebooks") == ["good : notebooks: 1"]

    write_text(notebook, "{")
    assert level(project, "notebooks") == "mend"


@pytest.mark.parametrize("path", ["/home/ada/reviews.csv", "/Users/ada/reviews.csv", r"C:\Users\ada\reviews.csv"])
def test_a_path_of_somebodys_home_is_found(project: Path, path: str) -> None:
    write_text(project / "src" / "my_reviews" / "own.py", f'\nPATH = r"{path}"\n')

    assert found(project, "paths_of_one_machine")[0].startswith("improve src/my_reviews/own.py:2: it names '")


@pytest.mark.parametrize("template", ["sentiment", "price-prediction", "image-classification"])
def test_nothing_that_the_templates_hold_is_a_false_alarm(rendered, template: str) -> None:  # type: ignore[no-untyped-def]
    for check in ("no_secrets", "sizes", "notebooks", "paths_of_one_machine", "typed", "readable", "continuous"):
        assert level(rendered(template), check) == "good", found(rendered(template), check)


def test_a_licence_is_missed(project: Path) -> None:
    assert found(project, "licensed") == ["good LICENSE: MIT License"]

    (project / "LICENSE").unlink()

    assert level(project, "licensed") == "improve"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("- run: pytest\n", "- run: pytest || true\n", "it lets a failure pass: || true"),
        ("- run: pytest\n", "- run: pytest\n        continue-on-error: true\n", "continue-on-error"),
        ("    name: lint, types, tests\n", "    continue-on-error: true\n", "continue-on-error"),
        ("- run: pytest\n", "- run: pytest\n        if: false\n", "if: false"),
        ("- run: pytest\n", "- run: pytest --collect-only\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: python -m pytest --version\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: uv run pytest --help\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: pytest -q || (exit 0)\n", "it lets a failure pass: || (exit 0)"),
        ("- run: pytest\n", "- run: |\n          set +e\n          pytest\n          date\n", "pass: set +e"),
        ("- run: pytest\n", "- run: uv run --with pytest mypy\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: uv tool install pytest\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: make build\n", "no workflow runs the tests"),
        ("- run: pytest\n", "- run: echo tests\n", "no workflow runs the tests"),
        ("jobs:\n", "jobs: [\n", "GitHub can't run it"),
        ("jobs:\n", "job:\n", "it has no jobs"),
    ],
)
def test_a_ci_that_can_not_fail_is_none(project: Path, old: str, new: str, says: str) -> None:
    text = (project / CI).read_text("utf-8")
    assert old in text

    write_text(project / CI, text.replace(old, new))

    assert level(project, "continuous") == "mend"
    assert says in found(project, "continuous")[0]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("uv run --frozen pytest", "good"),
        ("uv run --extra dev --with pytest-cov pytest --cov", "good"),
        ("python3 -m pytest", "good"),
        (".venv/bin/pytest -q", "good"),
        ("uv sync && uv run pytest", "good"),
        ("cd service && pytest", "good"),
        ("uvx pytest", "good"),
        ("CI=1 coverage run --source=src -m pytest", "good"),
        ("pytest || (cat logs; exit 1)", "good"),
        ("|\n          pip uninstall -y x || true\n          pytest", "good"),
        ("|\n          pytest --version\n          pytest \\\n            -q", "good"),
        ("|\n          set +e\n          date\n          set -e\n          pytest\n          date", "good"),
        ("|\n          set +e\n          pytest\n          code=$?\n          exit $code", "good"),
        ("make test", "unknown"),
        ("nox -s tests", "unknown"),
        ("uv run tox", "unknown"),
        ("./scripts/ci.sh", "unknown"),
        ("docker compose run app pytest", "unknown"),
    ],
)
def test_each_way_to_run_the_tests_is_known(project: Path, command: str, expected: str) -> None:
    text = (project / CI).read_text("utf-8")

    write_text(project / CI, text.replace("- run: pytest\n", f"- run: {command}\n"))

    assert level(project, "continuous") == expected, found(project, "continuous")


def test_a_ci_is_found_by_its_line_and_missed(project: Path) -> None:
    text = (project / CI).read_text("utf-8").splitlines()
    line = text.index("      - run: pytest") + 1
    assert found(project, "continuous") == [f"good {CI}:{line}: pytest with every pull_request and push"]

    shutil.rmtree(project / ".github")

    assert level(project, "continuous") == "mend"
