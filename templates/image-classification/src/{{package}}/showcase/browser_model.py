"""What a browser shows of the champion: its recorded answers to the examples. The network itself is too large."""

import base64
import json
from typing import Any

from ..explanation import explain
from ..predictor import Predictor
from ..schema import Limits, record_type

DECIMALS = 6
RECORDED = True  # whether the page has the recorded answers to examples alone
SAYS = (
    "The network is too large for this page: it shows answers that were recorded when the site was written, to "
    "pictures held back from training. A running service answers any picture."
)


def tables(predictor: Predictor, examples: list[dict[str, Any]]) -> dict[str, Any]:
    """For each example, in order, the answer and the explanation, a PNG in base64."""
    return {"answers": [_answer(predictor, example["request"]) for example in examples]}


def _answer(predictor: Predictor, request: dict[str, Any]) -> dict[str, Any]:
    record = record_type(Limits()).model_validate_json(json.dumps(request))  # as the service reads it
    answer = predictor.predict([record])[0]
    return {
        "label": answer.label,
        "probability": round(answer.probability, DECIMALS),
        "explanation": base64.b64encode(explain(predictor, record)).decode(),
    }
