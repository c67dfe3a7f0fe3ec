"""What an operator watches, in the format of Prometheus; with several workers, the sum over all of them."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OPERATIONS = {"/health", "/ready", "/metadata", "/metrics"}
ROUTES = {"/predict", "/explain", "/feedback", "/examples", "/monitoring", "/", *OPERATIONS}
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Meters:
    """Counters of one service; two services in one process don't share them."""

    def __init__(self) -> None:
        self.registry = known = CollectorRegistry()
        self.requests = Counter("requests", "Answered requests", ["path", "status"], registry=known)
        self.seconds = Histogram(
            "predict_seconds", "Time from a request's body to its answer", buckets=SECONDS, registry=known
        )
        self.predictions = Counter("predictions", "Answered predictions", ["model_version"], registry=known)
        self.feedback = Counter("feedback", "Received feedback", registry=known)
        self.version = Gauge("model_version", "Version that serves", multiprocess_mode="mostrecent", registry=known)
        self.challenger = Gauge(
            "challenger_version", "Version offered in its place", multiprocess_mode="mostrecent", registry=known
        )
        self.challenger_faults = Counter(
            "challenger_faults", "Times that a challenger could not be loaded, or could not answer", registry=known
        )
        self.shadow_logged = Counter("shadow_logged", "Answers in shadow written to the log", registry=known)
        self.shadow_dropped = Counter("shadow_dropped", "Predictions not answered or logged in shadow", registry=known)
        self.waiting = Gauge("requests_waiting", "Requests in work", multiprocess_mode="livesum", registry=known)
        self.shed = Counter("requests_shed", "Requests refused because too many waited", registry=known)
        self.commit_rows = Histogram("log_batch_rows", "Rows written in one transaction", buckets=ROWS, registry=known)
        self.logged = Counter("rows_logged", "Predictions written to the log", registry=known)
        self.lost = Counter("rows_lost", "Predictions answered without being logged", registry=known)

    def count(self, path: str, status: int) -> None:
        """Count an answer; all below `/monitoring/` counts as that, paths that are no route count as one."""
        route = "/monitoring" if path.startswith("/monitoring/") else path
        self.requests.labels(route if route in ROUTES else "other", status).inc()

    def text(self) -> bytes:
        """All of them, for `/metrics`."""
        if MULTIPROCESS not in os.environ:
            return generate_latest(self.registry)
        for file in Path(os.environ[MULTIPROCESS]).glob("gauge_livesum_*.db"):
            pid = int(file.stem.split("_")[-1])
            if os.name == "posix" and not _lives(pid):
                mark_process_dead(pid)  # type: ignore[no-untyped-call]
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def _lives(pid: int) -> bool:
    """Whether there is such a process. Only on POSIX: elsewhere, the same call would interrupt it."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
