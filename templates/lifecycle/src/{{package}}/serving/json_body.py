"""JSON bodies that are one object or a list of them, with errors that name the branch that was meant."""

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

REFERENCES = "#/components/schemas/{model}"  # where OpenAPI keeps what a schema refers to


def one_or_many(kind: type[BaseModel], most: int) -> Any:
    """A body that is one object or a list of 1 to `most`; the tag keeps error messages to the branch that was meant."""
    one = few_keys(kind)
    many = Annotated[list[one], Field(min_length=1, max_length=most)]  # type: ignore[valid-type]
    tag = Discriminator(lambda body: "list" if isinstance(body, list) else "object")
    return Annotated[Annotated[one, Tag("object")] | Annotated[many, Tag("list")], tag]


def few_keys(kind: type[BaseModel]) -> Any:
    """The type, with an object of too many keys refused at once: each would become an error of its own."""

    def check(body: Any, most: int) -> Any:
        if isinstance(body, dict) and len(body) > most:
            raise PydanticCustomError("too_many_keys", "Object should have at most {most} keys", {"most": most})
        return body

    return Annotated[kind, BeforeValidator(partial(check, most=len(kind.model_fields) + 10))]
