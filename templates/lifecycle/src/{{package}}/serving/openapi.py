"""What OpenAPI says of the two routes that are not FastAPI's own: the body, the answer, and the ways to say no."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from .api_errors import PROBLEMS
from .json_body import REFERENCES

FILE = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Operation:
    """A `POST` route; `answer` is the type of a JSON answer, or bytes for a file."""

    path: str
    endpoint: Callable[..., Any]
    content_type: str
    body: dict[str, Any]
    media_type: str
    answer: Any
    parameters: list[dict[str, Any]] = field(default_factory=list)


def describe(app: FastAPI, operations: list[Operation], with_key: bool) -> None:
    """Add the operations, and the key if one is asked for, to the OpenAPI document when it is first read."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            components = document.setdefault("components", {}).setdefault("schemas", {})
            for operation in operations:
                document["paths"][operation.path] = {"post": _described(operation, components)}
            if with_key:
                document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
                document["security"] = [{"key": []}]
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _described(operation: Operation, components: dict[str, Any]) -> dict[str, Any]:
    summary = operation.endpoint.__name__
    answer = _schema(operation.answer, components) if operation.answer is not bytes else FILE
    body = {key: value for key, value in operation.body.items() if key != "$defs"}
    components.update(operation.body.get("$defs", {}))
    return {
        "summary": summary.capitalize(),
        "description": inspect.getdoc(operation.endpoint),
        "operationId": summary,
        "parameters": operation.parameters,
        "requestBody": {"required": True, "content": {operation.content_type: {"schema": body}}},
        "responses": {
            "200": {"description": "The answer", "content": {operation.media_type: {"schema": answer}}},
            **{str(status): problem for status, problem in PROBLEMS.items()},
        },
    }


def _schema(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template=REFERENCES)
    components.update(schema.pop("$defs", {}))
    return schema
