"""How records cross the wire, at both ends: as JSON, one object or a list of them."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request

from ..contracts import Given, Reader
from ..schema import INPUT, Record
from .json_body import REFERENCES, few_keys, one_or_many

if TYPE_CHECKING:
    import pandas as pd

CONTENT_TYPE = "application/json"


async def receive(request: Request) -> bytes:
    """The body, once all of it has arrived."""
    return await request.body()


def weight(content: bytes) -> int:
    """How much work a body may be: its bytes, and what each record costs besides."""
    return len(content) + 1_000 * content.count(b"{")


def records(kind: type[Record], most: int) -> Reader:
    """Reads one record, or a list of 1 to `most`; of a list with faults, those of the first wrong record are told."""
    one: Any = few_keys(kind)
    single = TypeAdapter(one)
    several: Any = TypeAdapter(Annotated[list[one], Field(min_length=1, max_length=most, fail_fast=True)])

    def read(content: bytes) -> Given:
        many = content.lstrip(b" \t\r\n").startswith(b"[")
        found = _validated(several if many else single, content)
        return Given(found if many else [found], many)

    return Reader(read, TypeAdapter(one_or_many(kind, most)).json_schema(ref_template=REFERENCES))


def record(kind: type[Record]) -> Reader:
    """Reads exactly one record."""
    adapter: TypeAdapter[Record] = TypeAdapter(few_keys(kind))
    schema = adapter.json_schema(ref_template=REFERENCES)
    return Reader(lambda content: Given([_validated(adapter, content)], many=False), schema)


def sent(rows: "pd.DataFrame") -> dict[str, Any]:
    """What an HTTP client has to send for these rows, as keywords of `httpx.Client.post`."""
    return {"json": as_json(rows)}


def as_json(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """The records of these rows as JSON holds them."""
    return [Record(**row).model_dump(mode="json") for row in rows[INPUT].to_dict("records")]


def _validated(adapter: TypeAdapter[Any], content: bytes) -> Any:
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None
