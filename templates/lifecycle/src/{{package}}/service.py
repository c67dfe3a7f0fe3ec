"""What the service is made of: the champion that it follows, its prediction log and its meters."""

import asyncio
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from . import bundle, prediction_log
from .api_errors import Problem
from .config import COMMAND, Settings

CHECK_SECONDS = 1.0


class Champion:
    """The bundle that serves now; replaced as a whole when another version is activated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bundle: bundle.Bundle | None = None
        self.problem: str | None = None

    def refresh(self) -> None:
        """Load the active version if it is another one; if it can't be loaded, the old one stays."""
        try:
            version = bundle.active_version(self.folder)
            if version is not None and (self.bundle is None or self.bundle.version != version):
                self.bundle = bundle.load(self.folder / f"v{version}")
            self.problem = None if version else f"No champion yet. Run: {COMMAND} promote"
        except Exception as error:  # whatever is wrong with the new version, the old one goes on serving
            self.problem = str(error)

    async def follow(self) -> None:
        """Look for another version every second, off the event loop."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await asyncio.to_thread(self.refresh)

    def get(self) -> bundle.Bundle:
        """The bundle, or a 503 that says why there is none."""
        if self.bundle is None:
            raise Problem(503, "No champion", self.problem or "Loading.", headers={"Retry-After": "5"})
        return self.bundle


class Service:
    """The parts that the routes share; the meters are what an operator watches, for Prometheus."""

    def __init__(self, settings: Settings) -> None:
        self.champion = Champion(settings.champion_dir)
        self.log = prediction_log.connect(settings.database_url)
        self.meters = CollectorRegistry()
        self.predictions = Counter("predictions", "Answered predictions", ["model_version"], registry=self.meters)
        self.feedback = Counter("feedback", "Received feedback", registry=self.meters)
        self.errors = Counter("request_errors", "Refused or failed requests", ["status"], registry=self.meters)
        self.latency = Histogram("predict_seconds", "Time from request to logged answer", registry=self.meters)
        self.version = Gauge("model_version", "Version that serves", registry=self.meters)
