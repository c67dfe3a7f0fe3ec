"""Own data with other labels, from the raw file to the report: three of text, ten of pictures."""

import base64
import csv
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import violations, visit
from playwright.sync_api import Browser, expect
from projects import Project, cloned
from services import service_of

# Run by the project's Python, which has what draws these.
DIGITS = """
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
random = np.random.default_rng(7)
images, labels = load_digits(return_X_y=True)
for number, (image, label) in enumerate(zip(images, labels)):
    folder = Path(sys.argv[1]) / str(label)
    folder.mkdir(parents=True, exist_ok=True)
    if len(list(folder.iterdir())) < int(sys.argv[2]):
        page = np.zeros((20, 20), np.uint8)
        top, left = random.integers(0, 12, 2)
        page[top : top + 8, left : left + 8] = image.reshape(8, 8) * 15
        picture = Image.fromarray(page).resize((300, 300), Image.Resampling.BILINEAR)
        picture.save(folder / f"{number}.png")
"""
ORDERS = [
    ("send", "send back now"),
    ("take back", "back now send"),
    ("neither", "now send back"),
]
LOOP = ["prepare", "train", "promote", "replay", "monitor", "retrain", "report"]


def write_orders(path: Path) -> None:
    """Requests in which the order of two words decides: a baseline that counts words fails."""
    choice = random.Random(7)  # noqa: S311
    words = [
        "please",
        "the",
        "parcel",
        "letter",
        "box",
        "today",
        "again",
        "with",
        "number",
        "green",
        "large",
        "from",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label", "source"])
        for number in range(1600):
            label, pair = choice.choice(ORDERS)
            around = choice.choices(words, k=12 if number < 1200 else 5)
            around.insert(choice.randrange(5), pair)
            text = f"{' '.join(around)} {number}"
            rows.writerow([text, label, "mail" if number < 1200 else "chat"])


def run_loop(project: Project, **settings: object) -> str:
    """What the whole loop prints."""
    finished = project.run("run", **project.settings(folds=2, minimum_rows=50, **settings))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return str(finished.stdout)


def check_results(project: Project, labels: set[str], printed: str) -> None:
    """What has to be true of any labels."""
    first = project.history()[0]
    reference = project.call(
        "python",
        "-c",
        "import pyarrow.parquet as pq; "
        "reference = pq.read_table('champion/v1.reference.parquet').to_pandas(); "
        "print(*reference['label'].unique(), sep='\\n')",
    )

    assert first["event"] == "promoted"
    assert set(reference.stdout.splitlines()) == labels
    assert all(f"== {stage} " in printed for stage in LOOP)
    assert project.decisions()
    assert project.run("report", "--check").returncode == 0
    for page in ("README.md", "docs/results.md", "MODEL_CARD.md"):
        assert str(project.folder.parent) not in project.text(page)


def check_answer(answer: dict[str, Any], labels: set[str]) -> None:
    shares = answer["probabilities"]
    assert set(shares) == labels
    assert sum(shares.values()) == pytest.approx(1)
    assert answer["label"] == max(shares, key=shares.__getitem__)


def test_three_labels_of_text_go_all_the_way_round(
    made: Callable[[str], Project], browser: Browser, tmp_path: Path
) -> None:
    labels = {label for label, _ in ORDERS}
    file = tmp_path / "own data é.csv"
    write_orders(file)
    project = cloned(made("sentiment"), tmp_path / "my-reviews")

    printed = run_loop(project, own_data=file, sample_rows=1600)

    check_results(project, labels, printed)
    assert "own data é.csv" in project.text("docs/results.md")
    with service_of(project, tmp_path / "service") as service:
        service.start()
        status, text = service.post("/predict", {"text": "please send back now"})
        answer = json.loads(text)
        assert status == 200
        check_answer(answer, labels)
        explained = json.loads(service.post("/explain", {"text": "please back now send"})[1])
        assert len(re.findall(r"'[\w ]+'", explained["unit"])) == 2
        wrong = {"prediction_id": answer["id"], "label": "no such label"}
        right = {"prediction_id": answer["id"], "label": "take back"}
        assert service.post("/feedback", [wrong])[0] == 422
        assert service.post("/feedback", [right])[0] == 201
        with visit(browser, service.url) as page:
            page.locator("#examples button").first.click()
            expect(page.get_by_text("Explanation")).to_be_visible()
            assert page.locator("#answer select option").count() == 2
            assert violations(page) == []
    scored = project.folder / "scored.csv"
    assert project.run("score", str(file), str(scored)).returncode == 0
    with scored.open(encoding="utf-8") as rows:
        assert {row["prediction"] for row in csv.DictReader(rows)} == labels


def test_ten_labels_of_pictures_go_all_the_way_round(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    labels = set("0123456789")
    folder = tmp_path / "digits"
    drawn = made("image-classification").call("python", "-c", DIGITS, str(folder), "60")
    assert drawn.returncode == 0, drawn.stderr
    project = cloned(made("image-classification"), tmp_path / "my-solar-cells")

    printed = run_loop(project, own_data=folder, sample_rows=600)

    check_results(project, labels, printed)
    with service_of(project, tmp_path / "service") as service:
        service.start()
        example = json.loads(service.get("/examples")[1])[0]
        status, text = service.upload("/predict", base64.b64decode(example["request"]["image"]))
        assert status == 200
        check_answer(json.loads(text), labels)
        right = {"prediction_id": json.loads(text)["id"], "label": "7"}
        assert service.post("/feedback", [right])[0] == 201
