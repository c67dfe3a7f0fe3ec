"""What only the owner can say is counted by a review until words are in its place."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import reviewed
from profiles import write
from reviewed import commit, findings, level, points
from sharing import once
from test_own_data_command import RENTS

NEW = [sys.executable, "-m", "scaffold", "new", "my-rents", "--data", "rents.csv"]
STATED = ("--origin", "the city's office", "--data-licence", "CC BY 4.0")
ANSWER = (
    "Landlords in Bern want to know which rent others take for a flat like theirs, before they"
    " write an advertisement; a wrong figure leaves the flat empty for weeks."
)
PAGES = ("README.md", "MODEL_CARD.md", "docs/data.md")


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a project of own data as the tool leaves it, in git."""

    def make(folder: Path) -> None:
        write(folder / "rents.csv", RENTS)
        subprocess.run([*NEW, "--defaults"], cwd=folder, check=True, capture_output=True)

    folder = once(tmp_path_factory, "prompts", make)
    return Path(shutil.copytree(folder / "my-rents", tmp_path / "my-rents"))


def places(project: Path) -> list[str]:
    """Where a review sees something to be written."""
    return [finding.where for finding in findings(project, "written")]


def change(project: Path, answer: Callable[[str], str]) -> None:
    """Puts an answer in place of each prompt."""
    for page in PAGES:
        text = (project / page).read_text("utf-8")
        prompt = r"TO WRITE(:.*?(?=\. |$))?"
        changed = re.sub(prompt, lambda match: answer(match[0]), text, flags=re.MULTILINE)
        reviewed.write(project / page, changed)


def test_each_prompt_is_found_by_file_and_line(project: Path) -> None:
    marked = []
    for page in PAGES:
        for number, line in enumerate((project / page).read_text("utf-8").splitlines(), 1):
            if "TO WRITE" in line:
                marked.append(f"{page}:{number}")

    prompts = findings(project, "written")
    says = "".join(finding.says for finding in prompts)
    (columns,) = re.findall(r"; (\d+) lines", says)

    assert {finding.where for finding in prompts} <= set(marked)
    assert len(prompts) - 1 + int(columns) == len(marked) > 8
    assert "license under which" in says
    assert "where you have it from" in says


def test_own_data_is_named_and_its_problem_earns_points_when_it_is_written(project: Path) -> None:
    assert reviewed.judge(project).made_from.endswith("own data")
    assert level(project, "data") == "good"
    assert points(project, "problem description") == 0

    page = project / "README.md"
    text = page.read_text("utf-8")
    reviewed.write(page, re.sub(r"TO WRITE: who.*", ANSWER, text))

    assert points(project, "problem description") == 2


@pytest.mark.parametrize("committed", [True, False])
def test_answers_satisfy_a_review(project: Path, committed: bool) -> None:
    change(project, lambda prompt: ANSWER if ":" in prompt else "Square metres")
    if committed:
        commit(project)

    assert level(project, "written") == "good"


@pytest.mark.parametrize("committed", [True, False])
def test_prompts_that_were_only_deleted_still_count(project: Path, committed: bool) -> None:
    change(project, lambda _: "")
    if committed:
        commit(project)

    assert sorted(places(project)) == sorted(PAGES)
    assert level(project, "written") == "fix"


def test_a_page_that_is_gone_leaves_its_prompts_unanswered(project: Path) -> None:
    (project / "MODEL_CARD.md").unlink()
    commit(project)

    (finding,) = [item for item in findings(project, "written") if item.where == "MODEL_CARD.md"]
    assert finding.says.startswith("prompts deleted: 3;")


def test_an_own_page_in_other_words_is_an_answer(project: Path) -> None:
    mine = f"# Rents\n\n## What it is for\n\n{ANSWER} {'It asks for size and city. ' * 9}\n"
    reviewed.write(project / "README.md", mine)

    assert not [place for place in places(project) if place.startswith("README.md")]


def test_what_the_answers_say_is_no_prompt(tmp_path: Path) -> None:
    write(tmp_path / "rents.csv", RENTS)
    subprocess.run([*NEW, *STATED, "--defaults"], cwd=tmp_path, check=True, capture_output=True)

    text = "".join(finding.says for finding in findings(tmp_path / "my-rents", "written"))
    assert "licence" not in text
    assert "where you have it from" not in text


def test_without_history_the_prompts_in_the_pages_count(project: Path) -> None:
    before = places(project)
    shutil.rmtree(project / ".git")

    assert places(project) == before
