"""What moved an answer, and what moves the model: places of a picture are covered, and the answer changes or not."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .pictures import SIDE, pixels, png
from .predictor import Predictor
from .schema import Record

if TYPE_CHECKING:  # the service explains as well, and has no pandas
    import pandas as pd

MEDIA_TYPE = "image/png"
HALF, SOFT, STEP = 35, 10, 30  # pixels: half a cover's side, its soft edge, from one cover to the next
MARGIN = 10
FOOT = 60
RED, BLUE = (214, 39, 40), (31, 119, 180)
CELLS = 40  # of which the drivers of the whole model are told
THIRD = SIDE // 3
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "centre", "right")
PLACES = {  # and their centres
    f"{ROWS[row]} {COLUMNS[column]}": (THIRD * row + THIRD // 2, THIRD * column + THIRD // 2)
    for row, column in product(range(3), repeat=2)
}
IMPORTANCE = (
    "By how much the log-odds of a defect change, up or down, when this ninth of the cell is covered with what lies"
    " opposite; the mean over a sample of cells. Opposite the middle row or column lies that row or column itself,"
    " mirrored: these places look smaller than they are."
)


def explain(predictor: Predictor, record: Record) -> bytes:
    """The picture, and beside it what speaks for a defect (red) and against one (blue), as a PNG.

    Occlusion, after Zeiler and Fergus (2014), "Visualizing and Understanding Convolutional Networks".
    """
    picture = pixels(record.image)
    answer = predictor.predict([record])[0]
    evidence = occlusion(predictor, picture)
    strongest = evidence.flat[np.abs(evidence).argmax()]
    page = Image.new("RGB", (2 * SIDE + 3 * MARGIN, SIDE + MARGIN + FOOT), "white")
    page.paste(Image.fromarray(picture), (MARGIN, MARGIN))
    page.paste(_overlay(picture, evidence), (2 * MARGIN + SIDE, MARGIN))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    said = f"{answer.label}: probability of a defect {answer.probability:.2f}"
    draw.text((MARGIN, SIDE + 2 * MARGIN), said, "black", font)
    draw.text((MARGIN, SIDE + 2 * MARGIN + 18), f"strongest place: {strongest:+.2f} log-odds", "black", font)
    draw.text((2 * MARGIN + SIDE, SIDE + 2 * MARGIN), "speaks for a defect", RED, font)
    draw.text((2 * MARGIN + SIDE, SIDE + 2 * MARGIN + 18), "speaks against one", BLUE, font)
    return png(page)


def occlusion(predictor: Predictor, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """For each pixel how much the log-odds of a defect fall, on average, when a place around it is covered.

    The cover is what lies opposite, once left to right and once top to bottom: a cell looks much the same there, while
    a patch of grey would be a defect of its own.
    """
    whole = predictor.log_odds(picture)
    fall, covered = np.zeros(picture.shape), np.zeros(picture.shape)
    for row, column in product(range(STEP // 2, SIDE, STEP), repeat=2):
        opacity = _opacity(row, HALF)[:, np.newaxis] * _opacity(column, HALF)
        fall += opacity * (whole - _covered(predictor, picture, opacity))
        covered += opacity
    return fall / covered


def importance(predictor: Predictor, rows: "pd.DataFrame", seed: int) -> dict[str, float]:
    """How much each of nine places of a cell matters, most first, as IMPORTANCE says; of a sample of the cells."""
    sample = rows.sample(min(CELLS, len(rows)), random_state=seed)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the network works outside of Python
        changes = np.array(list(pool.map(lambda image: _changes(predictor, pixels(image)), sample["image"])))
    means = zip(PLACES, np.abs(changes).mean(axis=0).tolist(), strict=True)
    return dict(sorted(means, key=lambda place: -place[1]))


def _changes(predictor: Predictor, picture: NDArray[np.uint8]) -> list[float]:
    """By how much the log-odds of a defect fall when each of PLACES is covered."""
    whole = predictor.log_odds(picture)
    opacities = [
        _opacity(row, THIRD // 2)[:, np.newaxis] * _opacity(column, THIRD // 2) for row, column in PLACES.values()
    ]
    return [whole - _covered(predictor, picture, opacity) for opacity in opacities]


def _covered(predictor: Predictor, picture: NDArray[np.uint8], opacity: NDArray[np.float64]) -> float:
    """The log-odds of a defect where what lies opposite covers the picture; the mean of both ways."""
    blended = [picture * (1 - opacity) + other * opacity for other in (picture[:, ::-1], picture[::-1])]
    return float(np.mean([predictor.log_odds(one.round().astype(np.uint8)) for one in blended]))


def _opacity(centre: int, half: int) -> NDArray[np.float64]:
    """1 up to so many pixels from the centre of a cover, then falling to 0."""
    opacity: NDArray[np.float64] = np.clip((half + SOFT - np.abs(np.arange(SIDE) - centre)) / SOFT, 0, 1)
    return opacity


def _overlay(picture: NDArray[np.uint8], evidence: NDArray[np.float64]) -> Image.Image:
    """Red and blue over grey: the more the place matters, the more of it; none if no place matters."""
    strength = (np.abs(evidence) / max(np.abs(evidence).max(), 0.5))[..., np.newaxis] * 0.7
    colour = np.where(evidence[..., np.newaxis] > 0, RED, BLUE)
    grey = np.repeat(picture[..., np.newaxis], 3, axis=2)
    return Image.fromarray((grey * (1 - strength) + colour * strength).astype(np.uint8))
