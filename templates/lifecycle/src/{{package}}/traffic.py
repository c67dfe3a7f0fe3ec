"""Replays held-back data against the API, as its users would send it, and reports what turned out to be true."""

from dataclasses import dataclass
from typing import Any

import httpx
import pandas as pd

from .config import COMMAND, LOOPBACK
from .errors import LifecycleError
from .metrics import DECISIVE, row_scores
from .schema import TARGET
from .serving import transport


@dataclass(frozen=True)
class Replayed:
    """How much was sent and answered, by which versions, and how well."""

    rows: int
    score: float
    versions: list[int]

    def __str__(self) -> str:
        versions = ", ".join(map(str, self.versions))
        return f"{self.rows:,} predictions by version {versions}, {DECISIVE} {self.score:.3f}"


def replay(url: str, records: pd.DataFrame, batch: int, key: str | None = None) -> Replayed:
    """Send labelled records in batches to `/predict`, then their targets to `/feedback`."""
    answers: list[dict[str, Any]] = []
    proxied = httpx.URL(url).host not in LOOPBACK  # a company's proxy knows nothing of this machine
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=proxied) as client:
        for start in range(0, len(records), batch):
            part = records.iloc[start : start + batch]
            given = _post(client, "/predict", transport.sent(part))
            given = given if isinstance(given, list) else [given]
            known = [
                {"prediction_id": answer["id"], "target": target}
                for answer, target in zip(given, part[TARGET].tolist(), strict=True)
            ]
            _post(client, "/feedback", {"json": known})
            answers += given
    scored = pd.DataFrame(answers).assign(target=records[TARGET].tolist())
    scored["prediction"] = scored[TARGET]
    versions = sorted({answer["model_version"] for answer in answers})
    return Replayed(len(records), float(row_scores(scored).mean()), versions)


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    try:
        response = client.post(path, **body)
    except httpx.TransportError as error:
        raise LifecycleError(f"No answer from {client.base_url}{path} ({error}). Run: {COMMAND} serve") from None
    if response.is_error:
        raise LifecycleError(f"{path} answered {response.status_code}: {response.text[:200]}")
    return response.json()
