"""The champion that a running service answers with: loaded once, and exchanged as a whole for a newer one."""

import asyncio
import gc
import logging
import os
from pathlib import Path

from . import bundle
from .api_errors import Problem
from .config import COMMAND
from .meters import Meters

log = logging.getLogger(__name__)
CHECK_SECONDS = 1.0


class Champion:
    """The bundle that serves now; replaced as a whole when another version is activated."""

    def __init__(self, folder: Path, meters: Meters) -> None:
        self.folder = folder
        self.meters = meters
        self.bundle: bundle.Bundle | None = None
        self.problem: str | None = None
        self.seen: list[tuple[str, int]] = []  # the files that were looked at last

    def refresh(self) -> None:
        """Load the active version if it is another one; if it can't be loaded, the old one stays."""
        try:
            version = bundle.active_version(self.folder)
            if version is not None and (self.bundle is None or self.bundle.version != version):
                folder = self.folder / f"v{version}"
                seen, self.seen = self.seen, _files(folder)
                if self.problem and self.seen == seen:
                    return  # it was refused, and nothing has changed since
                self.bundle = bundle.load(folder)
                self.meters.version.set(version)
                gc.freeze()  # a model is large and stays: walking through it costs the garbage collector 50 ms
            self.problem = None if version else f"No champion yet. Run: {COMMAND} promote"
        except Exception as error:  # whatever is wrong with the new version, the old one goes on serving
            problem = str(error).replace(f"{self.folder}{os.sep}", "")  # everyone may read it
            if problem != self.problem:
                log.warning("the new champion is not served: %s", problem)
            self.problem = problem

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


def _files(folder: Path) -> list[tuple[str, int]]:
    return sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) if folder.is_dir() else []
