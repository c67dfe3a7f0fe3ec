"""The image-classification project, its figures held to targets."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from projects import Project, request

BOUNDARY = "here"


@pytest.fixture(scope="session")
def project(made: Any) -> Project:
    finished: Project = made("image-classification")
    return finished


@pytest.fixture(scope="session")
def cell(project: Project) -> bytes:
    """The picture that the README's line takes out of the package."""
    code = re.findall(r'^uv run python -c "(.*)"$', project.readme, re.MULTILINE)[0]
    finished = project.run("python", "-c", code)
    assert finished.returncode == 0, finished.stderr
    path = project.folder / "cell.png"
    content = path.read_bytes()
    path.unlink()
    return content


def form(*files: bytes) -> bytes:
    """The body that `curl -F file=@...` sends."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="cell.png"\r\n\r\n'.encode()
    return b"".join(head + file + b"\r\n" for file in files) + f"--{BOUNDARY}--\r\n".encode()


def send(url: str, *files: bytes) -> Any:
    return request(url, form(*files), f"multipart/form-data; boundary={BOUNDARY}")


def test_the_chosen_model_is_right_on_86_of_100_cells_and_the_honest_figure_stands_beside_it(project: Project) -> None:
    protocols = project.promotions()[0]["evidence"]["protocols"]
    flattering, honest = (next(v for k, v in protocols.items() if word in k) for word in ("flattering", "honest"))

    assert flattering["accuracy"] >= 0.86
    assert flattering["auc"] >= 0.91
    assert 0.77 < honest["accuracy"] < flattering["accuracy"] - 0.03
    assert "honest" in project.readme.split("<!-- results")[1]


def test_the_first_champion_knows_one_type_of_cell_and_fails_on_the_other(project: Project) -> None:
    first, second = project.promotions()
    before = {name: pair["champion"]["value"] for name, pair in second["evidence"]["slices"].items()}

    assert first["evidence"]["score"]["value"] >= 0.85
    assert first["evidence"]["score"]["value"] > first["evidence"]["baselines"]["intensity statistics"]["value"]
    assert before["cell type: monocrystalline"] >= 0.85
    assert before["cell type: polycrystalline"] < 0.55


def test_the_other_type_is_told_apart_before_any_label_is_known(project: Project) -> None:
    quiet, fired, _ = project.decisions()

    assert max(quiet["drift"].values()) < 0.3
    assert fired["questions"]["input"]["answer"] == "changed"
    assert fired["drift"]["embedding"] > 2


def test_retraining_mends_one_type_and_keeps_the_other(project: Project) -> None:
    evidence = project.promotions()[1]["evidence"]
    after = {name: pair["challenger"]["value"] for name, pair in evidence["slices"].items()}

    assert evidence["score"]["value"] >= 0.84
    assert after["cell type: monocrystalline"] >= 0.84
    assert after["cell type: polycrystalline"] >= 0.84


def test_every_level_of_the_annotators_certainty_is_a_slice(project: Project) -> None:
    levels = [name for name in project.promotions()[1]["evidence"]["slices"] if name.startswith("certainty: ")]

    assert len(levels) == 4


def test_the_requests_of_the_readme_are_answered(project: Project, cell: bytes) -> None:
    shown = project.readme
    with project.serving() as url:
        answer = send(f"{url}/predict", cell)
        feedback = json.dumps({"prediction_id": answer["id"], "target": "defective"})
        accepted = request(f"{url}/feedback", feedback)
        several = send(f"{url}/predict", cell, cell)
        explanation = send(f"{url}/explain", cell)

    assert all(f'curl http://127.0.0.1:8000{path} -F "file=@cell.png"' in shown for path in ("/predict", "/explain"))
    assert answer["label"] == "defective"
    assert accepted == {"accepted": 1}
    assert [one["probability"] for one in several] == [answer["probability"]] * 2
    assert explanation.startswith(b"\x89PNG")


def test_what_is_no_picture_is_refused_with_the_reason(project: Project, cell: bytes) -> None:
    bomb = cell[:16] + (60_000).to_bytes(4, "big") * 2 + cell[24:]
    refused = []
    with project.serving() as url:
        for content in (b"", b"text", cell[:5_000], bomb, b"x" * 4_000_001):
            with pytest.raises(HTTPError) as error:
                send(f"{url}/predict", content)
            refused.append((error.value.code, json.loads(error.value.read())["errors"][0]["reason"]))

    assert {status for status, _ in refused} == {422}
    assert "at most 4000000 bytes" in refused[-1][1]


def test_score_walks_a_folder(project: Project, cell: bytes, tmp_path: Path) -> None:
    for name in ("a.png", "deep/b.png", "deep/er/c.png"):
        (tmp_path / "cells" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cells" / name).write_bytes(cell if name != "a.png" else b"no picture")

    finished = project.run(project.name, "score", str(tmp_path / "cells"), str(tmp_path / "scored.csv"))

    assert finished.returncode == 0, finished.stderr
    assert re.search(r"2 rows answered by version \d, 1 refused", finished.stdout)


def test_the_licence_of_the_pictures_is_stated_wherever_they_are_named(project: Project) -> None:
    card = (project.folder / "MODEL_CARD.md").read_text("utf-8")

    for page in (project.readme, card):
        assert "CC BY-NC-SA 4.0" in page
        assert "Deitsch" in page


def test_neither_training_nor_serving_needs_torch(project: Project) -> None:
    installed = " ".join(path.name for path in project.folder.joinpath(".venv").rglob("*.dist-info"))

    assert "onnxruntime-" in installed
    assert "torch-" not in installed
