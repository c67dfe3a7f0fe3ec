"""How records cross the wire, at both ends: as JSON, one object or a list of them."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body, Depends

from .contracts import Given
from .json_body import few_keys, one_or_many
from .schema import INPUT, Record

if TYPE_CHECKING:
    import pandas as pd

CONTENT_TYPE = "application/json"


def records(kind: type[Record], most: int) -> Any:
    """The type of a parameter that takes one record or a list of 1 to `most`; the endpoint gets them as `Given`."""
    body: Any = one_or_many(kind, most)

    async def given(body: Annotated[body, Body()]) -> Given:
        many = isinstance(body, list)
        return Given(body if many else [body], many)

    return Annotated[Given, Depends(given)]


def record(kind: type[Record]) -> Any:
    """The type of a parameter that takes exactly one record."""
    return Annotated[few_keys(kind), Body()]


def sent(rows: "pd.DataFrame") -> dict[str, Any]:
    """What an HTTP client has to send for these rows, as keywords of `httpx.Client.post`."""
    return {"json": [Record(**row).model_dump(mode="json") for row in rows[INPUT].to_dict("records")]}
