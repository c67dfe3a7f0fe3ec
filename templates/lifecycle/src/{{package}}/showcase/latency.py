"""How long the service takes to answer one record over HTTP, measured against the real thing."""

import os
import platform
import statistics
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from .. import data
from ..config import Settings
from ..errors import LifecycleError
from ..local_service import running
from ..serving import transport
from . import results

WARM_UP, REQUESTS = 20, 200


def of(s: Settings, champion: dict[str, Any]) -> dict[str, Any]:
    """What was measured of this champion when it was first shown, or else now: the same one is shown as it was."""
    with suppress(LifecycleError):  # a damaged record is about to be written anew
        recorded = results.read(s.root) or {}
        before = recorded.get("champion", {})
        if recorded.get("latency") and all(before.get(name) == champion[name] for name in ("version", "since")):
            return dict(recorded["latency"])
    return measure(s)


def measure(s: Settings) -> dict[str, Any]:
    """Median and 95th percentile in ms of requests of one held-back record each, one at a time, over one connection.

    The service logs them to a database of its own: nobody asked these questions, and monitoring must not see them.
    """
    records = data.read(s.data_dir, "test").head(REQUESTS)
    with tempfile.TemporaryDirectory(prefix="latency-", dir=s.data_dir) as folder:
        log = {"DATABASE_URL": f"sqlite:///{(Path(folder) / 'predictions.db').as_posix()}"}
        with running(s, log) as url:
            spent = _times(url, records, s.api_keys[0] if s.api_keys else None)
    return {
        "p50_ms": round(statistics.median(spent), 2),
        "p95_ms": round(statistics.quantiles(spent, n=20)[-1], 2),
        "requests": len(spent),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
    }


def _times(url: str, records: pd.DataFrame, key: str | None) -> list[float]:
    bodies = [transport.sent(records.iloc[[number]]) for number in range(len(records))]
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    spent = []
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
        for body in [*bodies[:WARM_UP], *bodies]:
            start = time.perf_counter()
            response = client.post("/predict", **body)
            spent.append(1000 * (time.perf_counter() - start))
            if response.is_error:
                raise LifecycleError(f"/predict answered {response.status_code}: {response.text[:200]}")
    return spent[len(bodies[:WARM_UP]) :]
