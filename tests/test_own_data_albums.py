"""Pictures with any labels become a whole project, as tables and texts do."""

# ruff: noqa: F401

import hashlib
import json
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from conftest import Installed
from own_pictures import PICTURES, SLOW, OwnPictures
from PIL import Image
from projects import Project, made_once
from test_own_data_tables import (
    check,
    test_no_word_of_a_demonstration_is_left,
    test_the_loop_ends_well_and_its_own_tests_pass,
    test_the_project_is_written_as_by_hand,
)

from scaffold import catalog
from scaffold.own_data import looking
from scaffold.own_data.options import Options

ALL = [*PICTURES, *(pytest.param(own, marks=pytest.mark.slow) for own in SLOW)]


@pytest.fixture(params=ALL, ids=lambda own: str(own.name))
def own(request: pytest.FixtureRequest) -> OwnPictures:
    pictures: OwnPictures = request.param
    return pictures


@pytest.fixture
def written(
    own: OwnPictures, installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Project]:
    """Gives the project of the pictures; with `run`, its whole loop has run."""

    def make(run: bool) -> Project:
        project = Project("pictures", Path(f"my-{own.name}"), installed.environment)

        def command(folder: Path) -> list[str]:
            arguments = [sys.executable, "-m", "scaffold", "new", project.name, *own.options]
            option = "--run" if run else "--no-git"
            return [*arguments, "--data", own.fill(folder).name, option]

        return made_once(tmp_path_factory, f"pictures {own.name} {run}", project, command)

    return make


def test_all_answers_and_the_pictures_are_in_the_project(
    own: OwnPictures, written: Callable[[bool], Project]
) -> None:
    project = written(False)
    data = project.folder.parent / f"{own.name} é"
    kept = yaml.safe_load(project.text(".template.yml"))["own"]

    profile = looking.look(data, Options(target=own.level))
    assert kept["rows"] == profile.rows
    assert kept["licence"] == "MIT"
    if "of_folder" not in kept:  # all of them, as they are
        assert kept["digest"] == profile.digest
        assert digests(project.folder / kept["file"]) == digests(data)
    again = catalog.of_own_data(kept, project.folder / kept["file"])
    assert again.profile == kept
    assert set(again.raw) == {
        path.relative_to(project.folder).as_posix()
        for path in (project.folder / "raw").rglob("*")
        if path.is_file()
    }


def digests(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)


def test_the_service_answers_pictures_of_any_format_and_shape(
    own: OwnPictures, written: Callable[[bool], Project], tmp_path: Path
) -> None:
    from services import service_of

    project = written(True)
    kept = yaml.safe_load(project.text(".template.yml"))["own"]
    path = max((project.folder / kept["file"]).rglob("*.*"))

    with service_of(project, tmp_path / "service") as service, Image.open(path) as picture:
        service.start()
        status, text = service.upload("/predict", path.read_bytes())
        assert status == 200, text
        check(own, json.loads(text))
        for form in ("WEBP", "GIF", "TIFF", "BMP", "JPEG"):
            file = BytesIO()
            picture.convert("RGB").resize((300, 100)).save(file, form)
            status, text = service.upload("/predict", file.getvalue())
            assert status == 200, text
        assert service.upload("/predict", b"none")[0] == 422
        parts = json.loads(service.upload("/explain", path.read_bytes())[1])["parts"]
        assert len(parts) == 36
