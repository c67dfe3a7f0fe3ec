"""The page to try, at `/`: files of this package, and the examples of the version that serves."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response

from .. import history
from .api_errors import Problem
from .champion import Champion

FOLDER = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
SHARED = ("page.css", "page.js", "elements.js", "form.js")  # what also works without a service behind it
ASKED = ("/health", "/openapi.json", "/examples")  # by the page, before anyone has done anything
FILES = {"/": "index.html", **{f"/page/{name}": name for name in (*SHARED, "api.js")}}


def add_page(app: FastAPI, champion: Champion, key_first: bool) -> None:
    """Add the routes. The files are read once and hold no secret: they are given without a key, in no document.

    With `key_first` the page asks for a key before it asks the service for anything, rather than to be refused.
    """
    for path, name in FILES.items():
        content = (FOLDER / name).read_bytes()
        if key_first:
            content = content.replace(b"<body>", b"<body data-key-first>")
        app.add_route(path, _giver(content, TYPES[Path(name).suffix]), methods=["GET"], include_in_schema=False)

    @app.get("/examples")
    def examples() -> list[dict[str, Any]]:
        """Records that were held back from training, each with a label and the truth; none of an older champion."""
        serving = champion.bundle
        path = history.examples_path(champion.folder, serving.version) if serving else None
        try:
            found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path and path.is_file() else []
        except (OSError, ValueError):
            raise Problem(503, "No examples", f"{path.name if path else 'The file'} can't be read.") from None
        return found


def _giver(content: bytes, media_type: str) -> Callable[[Request], Any]:
    """A route that gives a file, or says that the browser's copy is still good."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}  # kept, but asked for whether it has changed

    async def give(request: Request) -> Response:
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    return give
