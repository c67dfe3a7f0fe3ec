"""The champion that a running service answers with, and the challenger: loaded once, and exchanged as a whole."""

import asyncio
import gc
import logging
import os
from pathlib import Path

from .. import bundle
from ..config import COMMAND
from ..schema import Answer, Record
from .api_errors import Problem
from .meters import Meters

log = logging.getLogger(__name__)
CHECK_SECONDS = 0.5  # a rollback is served within 2 s, of which its command takes one


class Champion:
    """The bundle that serves now; replaced as a whole when another version is activated."""

    role, pointer = "champion", bundle.POINTER
    missing: str | None = f"No champion yet. Run: {COMMAND} promote"

    def __init__(self, folder: Path, meters: Meters) -> None:
        self.folder = folder
        self.meters = meters
        self.gauge = meters.version
        self.bundle: bundle.Bundle | None = None
        self.problem: str | None = None
        self.seen: list[tuple[str, int]] = []  # the files that were looked at last

    def refresh(self) -> None:
        """Load the version that is named if it is another one; if it can't be loaded, the old one stays."""
        try:
            version = bundle.pointed(self.folder, self.pointer)
            if version is not None and (self.bundle is None or self.bundle.version != version):
                folder = self.folder / f"v{version}"
                seen, self.seen = self.seen, _files(folder)
                if self.problem and self.seen == seen:
                    return  # it was refused, and nothing has changed since
                self.bundle = bundle.load(folder)
                self.gauge.set(version)
                gc.freeze()  # a model is large and stays: walking through it costs the garbage collector 50 ms
            self.problem = None if version else self.missing
        except Exception as error:  # whatever is wrong with the new version, the old one goes on serving
            problem = str(error).replace(f"{self.folder}{os.sep}", "")  # everyone may read it
            if problem != self.problem:
                log.warning("the new %s is not served: %s", self.role, problem)
            self.problem = problem

    async def follow(self) -> None:
        """Look for another version twice a second, off the event loop."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await asyncio.to_thread(self.refresh)

    def get(self) -> bundle.Bundle:
        """The bundle, or a 503 that says why there is none."""
        if self.bundle is None:
            raise Problem(503, "No champion", self.problem or "Loading.", headers={"Retry-After": "5"})
        return self.bundle


class Challenger(Champion):
    """The bundle that is offered in the champion's place, while one is; whatever is wrong with it harms nobody."""

    role, pointer = "challenger", bundle.CHALLENGER
    missing = None

    def __init__(self, folder: Path, meters: Meters) -> None:
        super().__init__(folder, meters)
        self.gauge = meters.challenger
        self.faulty: int | None = None

    def refresh(self) -> None:
        """As for the champion; but a challenger that is withdrawn, or can't be loaded, leaves no older one behind."""
        before = self.problem
        super().refresh()
        if self.problem and self.problem != before:
            self.meters.challenger_faults.inc()
        if self.bundle and (self.problem or not (self.folder / self.pointer).exists()):
            self.bundle = None
            self.gauge.set(0)

    def beside(self, champion: bundle.Bundle) -> bundle.Bundle | None:
        """The challenger, if there is one that is not champion already."""
        offered = self.bundle
        return offered if offered and offered.version != champion.version else None

    def answer(self, offered: bundle.Bundle, records: list[Record]) -> list[Answer] | None:
        """The answers of a challenger, or None if it has none: that is counted, and said the first time."""
        try:
            answers = offered.predictor.predict(records)
            return [answer for _, answer in zip(records, answers, strict=True)]
        except Exception as error:  # whatever it is, the champion answers; the message may hold what a user sent
            if offered.version != self.faulty:
                log.warning("challenger version %d could not answer: %s", offered.version, type(error).__name__)
            self.faulty = offered.version
            self.meters.challenger_faults.inc()
            return None


def _files(folder: Path) -> list[tuple[str, int]]:
    return sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) if folder.is_dir() else []
