"""What a project shows of itself, held against the validators of those who read it: Hugging Face, CFF, XML, Git."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from huggingface_hub import ModelCard
from projects import Project

from scaffold.catalog import templates

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session", params=sorted(templates()))
def shown(made: Callable[[str], Project], request: pytest.FixtureRequest) -> Project:
    """A project that shows what is on record by now: other tests may have rolled its champion back."""
    project = made(request.param)
    written = project.run(project.name, "showcase")
    assert written.returncode == 0, written.stderr
    return project


def record(project: Project) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((project.folder / "docs" / "results.json").read_text("utf-8"))
    return recorded


def test_the_model_card_has_metadata_that_the_hugging_face_hub_reads(shown: Project) -> None:
    card = ModelCard.load(shown.folder / "MODEL_CARD.md")

    champion = record(shown)["champion"]
    assert card.data.pipeline_tag == card.data.eval_results[0].task_type
    assert {one.metric_type for one in card.data.eval_results} == {name.lower() for name in champion["measures"]}
    assert champion["score"]["value"] in [one.metric_value for one in card.data.eval_results]
    assert "drift" in card.data.tags


def test_the_citation_follows_its_schema(shown: Project) -> None:
    schema = ["--builtin-schema", "vendor.citation-file-format", shown.folder / "CITATION.cff"]

    finished = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema], capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 0, finished.stdout
    assert f"date-released: {record(shown)['champion']['since'][:10]}" in shown_text(shown, "CITATION.cff")


def test_every_picture_in_readme_and_card_is_well_formed_and_named(shown: Project) -> None:
    pictures = sorted((shown.folder / "docs" / "results").iterdir())

    pages = shown.readme + shown_text(shown, "MODEL_CARD.md")
    for picture in pictures:
        root = ElementTree.fromstring(picture.read_bytes())  # noqa: S314  (made by the project)
        assert root.findtext(f"{SVG}title")
        assert f"](docs/results/{picture.name})" in pages
    assert len(pictures) == 8


def test_the_check_agrees_after_a_run_and_names_an_edited_figure(shown: Project) -> None:
    readme = shown.folder / "README.md"
    before = readme.read_bytes()
    score = f"{record(shown)['first']['score']['value']:.3f}".encode()

    fresh = shown.run(shown.name, "showcase", "--check")
    readme.write_bytes(before.replace(score, b"0.999"))
    edited = shown.run(shown.name, "showcase", "--check")
    readme.write_bytes(before)

    assert (fresh.returncode, edited.returncode) == (0, 1), fresh.stdout + fresh.stderr
    assert "README.md: what stands below" in edited.stdout


def test_a_clone_is_checked_without_its_records(shown: Project, tmp_path: Path) -> None:
    commit = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "Results"]
    clone = tmp_path / "clone"
    for command in (["add", "--all"], commit, ["clone", "--quiet", ".", str(clone)], ["reset", "--quiet", "HEAD~1"]):
        subprocess.run(["git", *command], cwd=shown.folder, check=True)  # noqa: S607  (the git that the user would run)

    checked = subprocess.run(
        [shown.command(shown.name), "showcase", "--check"],
        cwd=clone,
        env=shown.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "no promotion is on record here" in checked.stdout
    assert not (clone / "mlflow.db").exists()


def shown_text(project: Project, name: str) -> str:
    return (project.folder / name).read_text("utf-8")
