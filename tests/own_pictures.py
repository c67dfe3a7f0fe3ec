"""Public pictures as their owners would have them: folders of labels, in any format and size."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from conftest import run_uv
from own_tables import Own
from PIL import Image

ICONS = ("diagrams==0.25.1", "resources")  # of cloud services, made by five vendors
FORMATS = ("png", "webp", "bmp", "tiff", "gif")


@dataclass(frozen=True)
class OwnPictures(Own):
    """A folder that `fill` fills; `level` says which folders are the labels."""

    level: str | None = None
    usual: ClassVar[tuple[str, ...]] = ("pictures?", "pixels?", "photos?", r"jpe?g")

    @property
    def drift(self) -> dict[str, str | None]:
        return {"by": "source" if self.segment else "none", "column": None, "value": None}

    @property
    def options(self) -> list[str]:
        """What `scaffold new` is told."""
        options = ["--defaults", "--data-licence", "MIT", "--origin", "a package of the index"]
        options += ["--target", self.level] if self.level else []
        return [*options, "--drift", "=".join(self.segment) if self.segment else "none"]

    def fill(self, folder: Path) -> Path:
        """The folder of pictures, written into this one."""
        data = folder / f"{self.name} é"
        fillers[self.name](folder, data)
        return data


def icons(folder: Path, data: Path) -> None:
    """Five labels in colour, on clear backgrounds, of three vendors: one has a colour for each."""
    for vendor, kind, path in of_vendors(folder, "aws", "azure", "oci"):
        place = data / f"{vendor} & co" / kind / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)


def months(folder: Path, data: Path) -> None:
    """Whose they are, in folders of months, in several formats, and flat."""
    for number, (vendor, _, path) in enumerate(of_vendors(folder, "aws", "azure", "gcp")):
        suffix = FORMATS[number % len(FORMATS)]
        place = data / f"month {1 + number % 3}" / vendor / f"{number}.{suffix}"
        place.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as picture:
            flat = picture.convert("RGBA").resize((picture.width, 40 + number % 99))
        white = Image.new("RGBA", flat.size, "white")
        Image.alpha_composite(white, flat).convert("RGB").save(place)


def of_vendors(folder: Path, *vendors: str) -> list[tuple[str, str, Path]]:
    """Icons, each with its vendor and what the service is for."""
    package, place = ICONS
    target = folder / "packages"
    run_uv("pip", "install", "--quiet", "--no-deps", "--target", str(target), package)
    chosen = []
    for vendor in vendors:
        for kind in ("compute", "database", "network", "security", "storage"):
            for path in sorted((target / place / vendor / kind).glob("*.png")):
                chosen.append((vendor, kind, path))
    return chosen


def digits(_: Path, data: Path) -> None:
    """Ten labels, grey, of eight by eight points, in 12 bits or so of a TIFF."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    for number, (image, digit) in enumerate(zip(bunch.images, bunch.target, strict=True)):
        place = data / str(digit) / f"{number}.tif"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 4095).astype("uint16")).save(place)


def scenes(_: Path, data: Path) -> None:
    """Two labels, one of them rare: pieces of two photos, in JPEG, of any sides."""
    from sklearn.datasets import load_sample_images

    for label, image in zip(("temple", "blossom"), load_sample_images().images, strict=True):
        (data / label).mkdir(parents=True)
        photo = Image.fromarray(image)
        for number in range(300 if label == "temple" else 50):
            left, top = 7 * number % 400, 11 * number % 240
            sides = (left, top, left + 60 + number % 180, top + 60 + 5 * number % 120)
            photo.crop(sides).save(data / label / f"{number} 1.jpg", quality=80)


fillers: dict[str, Callable[[Path, Path], None]] = {
    "icons": icons,
    "months": months,
    "digits": digits,
    "scenes": scenes,
}
NOT_USED: dict[str, Any] = {"read": lambda _: [], "target": "label", "task": "classification"}
PICTURES = [
    OwnPictures(
        "icons",
        metric="accuracy",
        beats=0.6,
        segment=("source", "azure & co"),
        level="inner",
        **NOT_USED,
    ),
]
SLOW = [
    OwnPictures("months", metric="macro F1", beats=0.6, **NOT_USED),
    OwnPictures("digits", metric="accuracy", beats=0.9, **NOT_USED),
]
# Its windows hold too few of the rare label for one of the project's own tests of monitoring.
NOT_YET = [OwnPictures("scenes", metric="average precision", beats=0.8, **NOT_USED)]
