"""The card of the user's own pictures, and what the templates write about them."""

import math

from scaffold.card import Card
from scaffold.own_data import card as cards
from scaffold.own_data import contract, details, windows
from scaffold.own_data.card import Own
from scaffold.own_data.parts import FEWEST

WATCHED = 4  # brightness, contrast, sharpness, the embedding; with colour, saturation, too
SIDE = 192  # pixels of a picture as the project keeps it; the network sees 160
PIXELS = 16_000_000  # that the contract accepts, unless a picture of the data has more
BYTES = 4_000_000
# Pictures that the project's tests sample: at least, of each label, and of the held-back source.
TESTED, OF_A_LABEL, DRIFTED = 300, 20, 35
LANDMARKS = 300  # pictures that others are compared with
SERVING = ["numpy>=2,<3", "onnxruntime>=1.23,<2", "pillow>=12,<14", "python-multipart>=0.0.20"]


def card(own: Own) -> Card:
    """What `card.toml` says of a template, of the user's own pictures."""
    dataset = own["dataset"]
    shown = labels(own)
    table = cards.card(own)
    return {
        **table,
        "description": f"Tells {shown} apart in pictures, from {dataset}.",
        "predicts": f"which label a picture has ({shown}), with a probability of each",
        "kind": "pictures",
        "sample": sample(own),
        "max_body_bytes": 32_000_000,
        "scores": "every picture below a folder",
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
    """The profile with what follows from it: what the templates write."""
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
    """What the contract accepts: what was observed, with room."""
    unit = int(10 ** (len(str(observed)) - 1))
    return max(least, math.ceil(observed / unit) * unit)


def labels(own: Own) -> str:
    """The first labels, as a sentence has them."""
    names = own["labels"]
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def formats(counts: dict[str, int]) -> str:
    """The formats of the files: '30 PNG, 20 JPEG'."""
    return ", ".join(f"{count:,} {name.upper()}" for name, count in counts.items())
