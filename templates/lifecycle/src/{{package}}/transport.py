"""How records cross the wire, at both ends: as JSON, one object or a list of them."""

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from .contracts import Given, Reader
from .json_body import REFERENCES, few_keys, one_or_many
from .schema import INPUT, Record

if TYPE_CHECKING:
    import pandas as pd

CONTENT_TYPE = "application/json"


async def receive(request: Request) -> bytes:
    """The body, once all of it has arrived. What is sent on is measured by `len`."""
    return await request.body()


def records(kind: type[Record], most: int) -> Reader:
    """Reads one record, or a list of 1 to `most`."""
    return _reader(one_or_many(kind, most))


def record(kind: type[Record]) -> Reader:
    """Reads exactly one record."""
    return _reader(few_keys(kind))


def sent(rows: "pd.DataFrame") -> dict[str, Any]:
    """What an HTTP client has to send for these rows, as keywords of `httpx.Client.post`."""
    return {"json": [Record(**row).model_dump(mode="json") for row in rows[INPUT].to_dict("records")]}


def _reader(body: Any) -> Reader:
    adapter = TypeAdapter(body)

    def read(content: bytes) -> Given:
        try:
            found = adapter.validate_json(content)
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None
        many = isinstance(found, list)
        return Given(found if many else [found], many)

    return Reader(read, adapter.json_schema(ref_template=REFERENCES))
