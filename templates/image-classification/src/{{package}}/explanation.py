"""What moved an answer: places of the picture are covered, and it is shown where that changes the answer."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .pictures import SIDE, pixels, png
from .predictor import Predictor
from .schema import Record

MEDIA_TYPE = "image/png"
HALF, SOFT, STEP = 35, 10, 30  # pixels: half a cover's side, its soft edge, from one cover to the next
MARGIN = 10
FOOT = 60
RED, BLUE = (214, 39, 40), (31, 119, 180)


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
    opposites = picture[:, ::-1], picture[::-1]
    fall, covered = np.zeros(picture.shape), np.zeros(picture.shape)
    for row, column in product(range(STEP // 2, SIDE, STEP), repeat=2):
        opacity = _opacity(row)[:, np.newaxis] * _opacity(column)
        blended = [picture * (1 - opacity) + other * opacity for other in opposites]
        fall += opacity * (whole - np.mean([predictor.log_odds(one.round().astype(np.uint8)) for one in blended]))
        covered += opacity
    return fall / covered


def _opacity(centre: int) -> NDArray[np.float64]:
    """1 up to HALF pixels from the centre of a cover, then falling to 0."""
    opacity: NDArray[np.float64] = np.clip((HALF + SOFT - np.abs(np.arange(SIDE) - centre)) / SOFT, 0, 1)
    return opacity


def _overlay(picture: NDArray[np.uint8], evidence: NDArray[np.float64]) -> Image.Image:
    """Red and blue over grey: the more the place matters, the more of it; none if no place matters."""
    strength = (np.abs(evidence) / max(np.abs(evidence).max(), 0.5))[..., np.newaxis] * 0.7
    colour = np.where(evidence[..., np.newaxis] > 0, RED, BLUE)
    grey = np.repeat(picture[..., np.newaxis], 3, axis=2)
    return Image.fromarray((grey * (1 - strength) + colour * strength).astype(np.uint8))
