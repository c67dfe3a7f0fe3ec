"""How records cross the wire, at both ends: as files of a form, in its field `file`, which may be repeated."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from ..contracts import Given, Reader
from ..pictures import area, jpeg
from ..schema import Record

if TYPE_CHECKING:
    import pandas as pd

CONTENT_TYPE = "multipart/form-data"
MOST_PIXELS = 25_000_000  # of all pictures of a request together
PICTURE = {"type": "string", "contentMediaType": "application/octet-stream", "description": "A PNG or JPEG file"}


async def receive(request: Request) -> list[bytes]:
    """The files of the form, once all of it has arrived."""
    async with request.form() as form:
        return [await file.read() for file in form.getlist("file") if isinstance(file, UploadFile)]


def weight(files: list[bytes]) -> int:
    """How much work a form may be: the bytes of its files."""
    return sum(map(len, files))


def records(kind: type[Record], most: int) -> Reader:
    """Reads 1 to `most` files."""

    def read(files: list[bytes]) -> Given:
        if not files:
            raise _fault("missing", "Field required: a file", {})
        if len(files) > most:
            raise _fault("too_long", f"There should be at most {most} files", {"max_length": most})
        return Given(_checked(kind, files), many=len(files) > 1)

    several = {"type": "array", "items": PICTURE, "minItems": 1, "maxItems": most}
    return Reader(read, {"type": "object", "properties": {"file": several}, "required": ["file"]})


def record(kind: type[Record]) -> Reader:
    """Reads exactly one file."""
    return records(kind, 1)


def sent(rows: "pd.DataFrame") -> dict[str, Any]:
    """What an HTTP client has to send for these rows, as keywords of `httpx.Client.post`."""
    return {"files": [("file", ("cell.png", image, "image/png")) for image in rows["image"]]}


def as_json(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """The records of these rows as JSON holds them: small files in base64."""
    return [{"image": b64encode(jpeg(image)).decode()} for image in rows["image"]]


def _checked(kind: type[Record], files: list[bytes]) -> list[Record]:
    """The files as records. Raises RequestValidationError with what is wrong with each of them."""
    if len(files) > 1 and sum(map(area, files)) > MOST_PIXELS:
        reason = f"Pictures of a request should have at most {MOST_PIXELS} pixels together"
        raise _fault("too_many_pixels", reason, {"max_pixels": MOST_PIXELS})
    found, faults = [], []
    for number, content in enumerate(files):
        try:
            found.append(kind(image=content))
        except ValidationError as error:
            name = f"{number}.file" if len(files) > 1 else "file"
            faults += [{**fault, "loc": ("body", name)} for fault in error.errors(include_input=False)]
    if faults:
        raise RequestValidationError(faults)
    return found


def _fault(kind: str, reason: str, limit: dict[str, int]) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", "file"), "msg": reason, "ctx": limit}])
