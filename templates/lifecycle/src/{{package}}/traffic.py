"""Replays held-back data against the API, as its users would send it, and reports what turned out to be true."""

from dataclasses import dataclass
from typing import Any

import httpx
import pandas as pd

from .config import COMMAND
from .errors import LifecycleError
from .schema import INPUT, TARGET


@dataclass(frozen=True)
class Replayed:
    """How much was sent and answered, and how often the answer was right."""

    rows: int
    right: float
    versions: list[int]


def replay(url: str, records: pd.DataFrame, batch: int) -> Replayed:
    """Send labelled records in batches to `/predict`, then their targets to `/feedback`."""
    right = 0
    versions: set[int] = set()
    with httpx.Client(base_url=url, timeout=60) as client:
        for start in range(0, len(records), batch):
            part = records.iloc[start : start + batch]
            answers = _post(client, "/predict", part[INPUT].to_dict("records"))
            known = list(zip(answers, part[TARGET].tolist(), strict=True))
            _post(client, "/feedback", [{"prediction_id": answer["id"], "target": target} for answer, target in known])
            right += sum(answer[TARGET] == target for answer, target in known)
            versions |= {a["model_version"] for a in answers}
    return Replayed(len(records), right / len(records), sorted(versions))


def _post(client: httpx.Client, path: str, body: list[Any]) -> Any:
    try:
        response = client.post(path, json=body)
    except httpx.TransportError as error:
        raise LifecycleError(f"No answer from {client.base_url}{path} ({error}). Run: {COMMAND} serve") from None
    if response.is_error:
        raise LifecycleError(f"{path} answered {response.status_code}: {response.text[:200]}")
    return response.json()
