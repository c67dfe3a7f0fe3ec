"""Prints how long a picture takes without a server, as JSON in milliseconds; runs in the project's own environment."""

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

WARMING = 20


def main() -> None:
    package, file, seconds = sys.argv[1:]
    extractor, pictures = (importlib.import_module(f"{package}.{name}") for name in ("extractor", "pictures"))
    content = Path(file).read_bytes()
    picture = pictures.pixels(content)
    figures = {
        "decoded and embedded": timed(lambda: extractor.embed(pictures.pixels(content)), float(seconds)),
        "embedded": timed(lambda: extractor.embed(picture), float(seconds)),
    }
    print(json.dumps(figures))


def timed(work: Callable[[], object], seconds: float) -> dict[str, float]:
    """Median and 99th percentile of calls one after another."""
    for _ in range(WARMING):
        work()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken) < 2:
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return {"calls": len(taken), "p50": statistics.median(taken), "p99": statistics.quantiles(taken, n=100)[98]}


if __name__ == "__main__":
    main()
