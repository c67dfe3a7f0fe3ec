"""Builds the card of the user's own pictures and the values that the templates need."""

import math

from scaffold.card import Card
from scaffold.own_data import card as cards
from scaffold.own_data import contract, details, windows
from scaffold.own_data.card import Own
from scaffold.own_data.parts import FEWEST

WATCHED = 4  # brightness, contrast, sharpness, the embedding; saturation for color pictures
SIDE = 192  # pixels per side as stored in the project; the network uses 160
PIXELS = 16_000_000  # accepted by the contract, unless a picture in the data has more
BYTES = 4_000_000
# Pictures that the project's tests sample: in total, per label, and of the held-back source.
TESTED, OF_A_LABEL, DRIFTED = 300, 20, 35
LANDMARKS = 300  # pictures that others are compared to
SERVING = ["numpy>=2,<3", "onnxruntime>=1.23,<2", "pillow>=12,<14", "python-multipart>=0.0.20"]


def card(own: Own) -> Card:
    """Returns the card of the user's own pictures."""
    dataset = own["dataset"]
    shown = labels(own)
    table = cards.card(own)
    return {
        **table,
        "description": f"Classifies pictures from {dataset} as {shown}.",
        "predicts": f"the label of a picture ({shown}), with a probability for each",
        "kind": "pictures",
        "sample": sample(own),
        "max_body_bytes": 32_000_000,
        "scores": "every picture in a folder and its subfolders",
        "serving": SERVING,
        "dependencies": [],
        "words": {
            "record": "picture",
            "a_record": "a picture",
            "records": "pictures",
            "Record": "Picture",
            "Records": "Pictures",
        },
    }


def described(own: Own) -> Own:
    """Returns the profile plus the values derived from it."""
    shared = details.shared(own)
    minimum = shared["minimum_rows"]
    looks = own["pictures"]
    watched = WATCHED + (looks["colour"] > 0)
    texts = [own["dataset"], own["file"], *own["labels"], *looks["sources"]]
    return {
        **own,
        **shared,
        "of_folder": own.get("of_folder"),
        "longest_side": own.get("longest_side"),
        "original": None,
        "colour": looks["colour"] > 0,
        "side": SIDE,
        "max_pixels": contract.literal(limit(looks["largest"][0] * looks["largest"][1], PIXELS)),
        "max_bytes": contract.literal(limit(looks["heaviest"], BYTES)),
        "megabytes": math.ceil(6 * limit(looks["largest"][0] * looks["largest"][1], PIXELS) / 1e8)
        * 100,
        "sources": len(looks["sources"]) > 1,
        "landmarks": max(20, min(LANDMARKS, own["rows"] // 5)),
        "limits": windows.output_limits(own, minimum, watched),
        "tests_minimum": min(50, windows.minimum_rows(own, sample(own))),
        "formats": formats(looks["formats"]),
        "time": None,
        "group": None,
        "left_out": [],
        "repeating": False,
        "exotic": any(not text.isascii() for text in texts),
        "wide": max(map(len, texts)) > 38,
    }


def sample(own: Own) -> int:
    """How many pictures the project's tests sample."""
    rows = int(own["rows"])
    later: int = own["pictures"]["sources"].get(own["drift"]["value"], rows)
    fewest = max(TESTED, OF_A_LABEL * len(own["labels"]), math.ceil(DRIFTED * rows / later))
    return min(max(rows, FEWEST), fewest)


def limit(observed: int, least: int) -> int:
    """The limit in the contract: the largest observed value, rounded up."""
    unit = int(10 ** (len(str(observed)) - 1))
    return max(least, math.ceil(observed / unit) * unit)


def labels(own: Own) -> str:
    """The first labels, as part of a sentence."""
    names = own["labels"]
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def formats(counts: dict[str, int]) -> str:
    """The formats of the files: '30 PNG, 20 JPEG'."""
    return ", ".join(f"{count:,} {name.upper()}" for name, count in counts.items())
