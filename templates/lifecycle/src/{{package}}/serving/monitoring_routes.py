"""The routes that show what monitoring decided: its page, Evidently's reports, the decisions as JSON."""

import re
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from .. import record
from ..config import COMMAND
from ..monitoring.report_page import NAME, REPORT
from .api_errors import Problem, documented

LATEST = 100
MISSING = documented({404: "There is none"})


def add_monitoring(app: FastAPI, folder: Path) -> None:
    """Add the routes. They are no coroutines, so that reading a file holds up no other request."""

    @app.get("/monitoring", status_code=307, response_class=RedirectResponse)
    def to_page() -> RedirectResponse:
        """Where the page is: a folder above its reports, so that its links hold here and on the disk."""
        return RedirectResponse("monitoring/")

    @app.get("/monitoring/", response_class=HTMLResponse, responses=MISSING)
    def page() -> HTMLResponse:
        """What monitoring decided so far, as a page."""
        if not (folder / NAME).is_file():
            raise Problem(404, "No report yet", f"Monitoring has not looked yet. Run: {COMMAND} monitor")
        return HTMLResponse((folder / NAME).read_text("utf-8"))

    @app.get("/monitoring/decisions")
    def decisions() -> list[dict[str, Any]]:
        """The latest decisions, newest first, a hundred at most."""
        return record.read(folder / record.DECISIONS)[: -LATEST - 1 : -1]

    @app.get("/monitoring/{report}", response_class=HTMLResponse, responses=MISSING)
    def report(report: str) -> FileResponse:
        """A report of Evidently, by the name that a decision gives it."""
        if not (re.match(REPORT, report) and (folder / report).is_file()):
            raise Problem(404, "No such report", f"No report has the name {report!r}.")
        return FileResponse(folder / report, media_type="text/html")
