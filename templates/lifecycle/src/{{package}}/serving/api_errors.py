"""How the service says no: one form for every error, with the field and the limit, and nothing of its insides."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

INSIDE = {"class_name", "field_type", "actual_length"}  # what Pydantic says besides the limit


class Problem(Exception):
    """An answer with status 4xx or 5xx, as problem details of RFC 9457."""

    def __init__(
        self, status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = {"title": title, "status": status, "detail": detail, **more}

    def response(self) -> JSONResponse:
        """The problem as a response."""
        return JSONResponse(self.body, self.status, self.headers, media_type="application/problem+json")


class ProblemDetails(BaseModel):
    """What an answer with status 4xx or 5xx holds."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] = []


def documented(reasons: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of answers with these statuses, by FastAPI's parameter `responses`."""
    content = {"application/problem+json": {"schema": ProblemDetails.model_json_schema()}}
    return {status: {"description": reason, "content": content} for status, reason in reasons.items()}


PROBLEMS = documented(
    {
        400: "The request can't be read",
        401: "No valid key",
        408: "The body came too slowly",
        413: "The body is too large",
        415: "The body is of another type",
        422: "The request breaks the contract",
        500: "An unexpected error",
        503: "No champion, no prediction log, or too much at once",
    }
)


def install_handlers(app: FastAPI) -> None:
    """Answer every error as problem details; in coroutines, so that no refusal waits for a thread."""

    @app.exception_handler(Problem)
    async def known(_: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # FastAPI's own routes find faults in a body of any type; the others have looked at the type before.
        by_fastapi = isinstance(request.scope.get("route"), APIRoute)
        if by_fastapi and "json" not in request.headers.get("content-type", ""):
            return unsupported("application/json").response()
        faults = [_fault(fault) for fault in error.errors()[:20]]
        detail = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults[:3])
        return Problem(422, "Invalid request", detail, errors=faults).response()

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        detail = "The body can't be read as what it declares." if error.status_code == 400 else str(error.detail)
        return Problem(error.status_code, "Request refused", detail, dict(error.headers or {})).response()

    @app.exception_handler(SQLAlchemyError)
    async def log_unavailable(_: Request, __: SQLAlchemyError) -> JSONResponse:
        detail = "The prediction log can't be used now."
        return Problem(503, "Log unavailable", detail, {"Retry-After": "5"}).response()


def unsupported(content_type: str) -> Problem:
    """A body of another type than the one that is read here."""
    return Problem(415, "Unsupported body", f"Send the header Content-Type: {content_type}.")


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    """Field, reason and limit of a fault; never the value, which may be long or private."""
    parts = [str(part)[:64] for part in fault["loc"] if part not in ("body", "list", "object")]
    field = ".".join(parts) or "body"
    if fault["type"] == "json_invalid":  # its context is a sentence, not a limit
        return {"field": "body", "reason": fault["msg"], "limit": {}}
    context = fault.get("ctx", {}).items()
    limit = {key: value for key, value in context if isinstance(value, int | float | str) and key not in INSIDE}
    return {"field": field, "reason": fault["msg"], "limit": limit}
