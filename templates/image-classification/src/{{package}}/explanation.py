"""What moved an answer: parts of the picture are covered, and it is shown where that changes the answer."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .pictures import SIDE, pixels, png
from .predictor import Predictor
from .schema import Record

MEDIA_TYPE = "image/png"
RADIUS = 20  # of a cover, in pixels, with soft edges: hard ones would look like cracks
STEP = 25
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
    page = Image.new("RGB", (2 * SIDE + 3 * MARGIN, SIDE + MARGIN + FOOT), "white")
    page.paste(Image.fromarray(picture), (MARGIN, MARGIN))
    page.paste(_overlay(picture, evidence), (2 * MARGIN + SIDE, MARGIN))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    said = f"{answer.label}: probability of a defect {answer.probability:.2f}"
    draw.text((MARGIN, SIDE + 2 * MARGIN), said, "black", font)
    draw.text((2 * MARGIN + SIDE, SIDE + 2 * MARGIN), "speaks for a defect", RED, font)
    draw.text((2 * MARGIN + SIDE, SIDE + 2 * MARGIN + 18), "speaks against one", BLUE, font)
    return png(page)


def occlusion(predictor: Predictor, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """For each pixel how much the log-odds of a defect fall, on average, when a place near it is covered.

    The cover is the median of each row of pixels, so that what runs across a cell, like its wires, goes on.
    """
    whole, cover = predictor.log_odds(picture), np.median(picture, axis=1, keepdims=True)
    fall, covered = np.zeros(picture.shape), np.zeros(picture.shape)
    centres = range(STEP // 2, SIDE, STEP)
    for row, column in product(centres, centres):
        opacity = _bell(row)[:, np.newaxis] * _bell(column)
        changed = (picture + (cover - picture) * opacity).round().astype(np.uint8)
        fall += opacity * (whole - predictor.log_odds(changed))
        covered += opacity
    return fall / covered


def _bell(centre: int) -> NDArray[np.float64]:
    bell: NDArray[np.float64] = np.exp(-(((np.arange(SIDE) - centre) / RADIUS) ** 2) / 2)
    return bell


def _overlay(picture: NDArray[np.uint8], evidence: NDArray[np.float64]) -> Image.Image:
    """Red and blue over grey, the more of it the more the place matters; the strongest place has most."""
    strength = (np.abs(evidence) / max(np.abs(evidence).max(), 1e-9))[..., np.newaxis] * 0.7
    colour = np.where(evidence[..., np.newaxis] > 0, RED, BLUE)
    grey = np.repeat(picture[..., np.newaxis], 3, axis=2)
    return Image.fromarray((grey * (1 - strength) + colour * strength).astype(np.uint8))
