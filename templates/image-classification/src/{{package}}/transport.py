"""How records cross the wire, at both ends: as files of a form, in its field `file`, which may be repeated."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, File, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from .contracts import Given
from .pictures import area
from .schema import Record

if TYPE_CHECKING:
    import pandas as pd

CONTENT_TYPE = "multipart/form-data"
MOST_PIXELS = 25_000_000  # of all pictures of a request together
PICTURE = "A PNG or JPEG file, grey or colour"


def records(kind: type[Record], most: int) -> Any:
    """The type of a parameter that takes 1 to `most` files; the endpoint gets them as `Given`."""

    def given(file: Annotated[list[UploadFile], File(min_length=1, max_length=most, description=PICTURE)]) -> Given:
        many = len(file) > 1
        named = [(f"{number}.file" if many else "file", one.file.read()) for number, one in enumerate(file)]
        return Given(_checked(kind, named), many)

    return Annotated[Given, Depends(given)]


def record(kind: type[Record]) -> Any:
    """The type of a parameter that takes exactly one file."""

    def given(file: Annotated[list[UploadFile], File(min_length=1, max_length=1, description=PICTURE)]) -> Record:
        return _checked(kind, [("file", file[0].file.read())])[0]

    return Annotated[Record, Depends(given)]


def sent(rows: "pd.DataFrame") -> dict[str, Any]:
    """What an HTTP client has to send for these rows, as keywords of `httpx.Client.post`."""
    return {"files": [("file", ("cell.png", image, "image/png")) for image in rows["image"]]}


def _checked(kind: type[Record], files: list[tuple[str, bytes]]) -> list[Record]:
    """The files as records. Raises RequestValidationError with what is wrong with each of them."""
    if len(files) > 1 and sum(area(content) for _, content in files) > MOST_PIXELS:
        reason = f"Pictures of a request should have at most {MOST_PIXELS} pixels together"
        fault = {"type": "too_many_pixels", "loc": ("body", "file"), "msg": reason, "ctx": {"max_pixels": MOST_PIXELS}}
        raise RequestValidationError([fault])
    found, faults = [], []
    for name, content in files:
        try:
            found.append(kind(image=content))
        except ValidationError as error:
            faults += [{**fault, "loc": ("body", name)} for fault in error.errors(include_input=False)]
    if faults:
        raise RequestValidationError(faults)
    return found
