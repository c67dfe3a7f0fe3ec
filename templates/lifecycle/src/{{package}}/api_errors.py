"""How the service says no: one form for every error, with the field and the limit, and nothing of its insides."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException


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


def install_handlers(app: FastAPI, content_types: dict[str, str], count: Callable[[int], None]) -> None:
    """Answer every error as problem details, and count it by status; `content_types` says what a path takes.

    The handlers are coroutines: under overload, no refusal waits for a thread.
    """

    def expected(request: Request) -> str:
        return content_types.get(request.url.path, "application/json")

    def answer(problem: Problem) -> JSONResponse:
        count(problem.status)
        return problem.response()

    @app.exception_handler(Problem)
    async def known(_: Request, problem: Problem) -> JSONResponse:
        return answer(problem)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        if not request.headers.get("content-type", "").startswith(expected(request)):
            return answer(Problem(415, "Unsupported body", f"Send the header Content-Type: {expected(request)}."))
        faults = [_fault(fault) for fault in error.errors()[:20]]
        detail = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults[:3])
        return answer(Problem(422, "Invalid request", detail, errors=faults))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        unreadable = error.status_code == 400
        detail = f"The body can't be read: send {expected(request)} in UTF-8." if unreadable else str(error.detail)
        return answer(Problem(error.status_code, "Request refused", detail, dict(error.headers or {})))

    @app.exception_handler(SQLAlchemyError)
    async def log_unavailable(_: Request, __: SQLAlchemyError) -> JSONResponse:
        problem = Problem(503, "Log unavailable", "The prediction log can't be written now.", {"Retry-After": "5"})
        return answer(problem)


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    """Field, reason and limit of a fault; never the value, which may be long or private."""
    if fault["type"] == "json_invalid":
        reason = f"no JSON at character {fault['loc'][-1]}: {fault['ctx']['error']}"
        return {"field": "body", "reason": reason, "limit": {}}
    parts = [str(part)[:64] for part in fault["loc"] if part not in ("body", "list", "object")]
    limit = {key: value for key, value in fault.get("ctx", {}).items() if isinstance(value, int | float | str)}
    return {"field": ".".join(parts) or "body", "reason": fault["msg"], "limit": limit}
