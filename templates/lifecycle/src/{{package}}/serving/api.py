"""The service: predict, explain, feedback, and what an operator asks. It reads the bundle and nothing that trains."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from .. import explanation, prediction_log, schema
from ..config import COMMAND, Settings, load_settings
from . import openapi, split, transport
from .api_errors import PROBLEMS, Problem, documented, install_handlers, unsupported
from .connections import end_with_sigterm
from .json_body import one_or_many
from .monitoring_routes import add_monitoring
from .page_routes import ASKED, add_page
from .protection import Protection, asks_for_key, source_of
from .service import Prediction, Service

JSON = "application/json"
PREDICTIONS = TypeAdapter(list[Prediction])
VERSION = "X-Model-Version"


class Feedback(BaseModel):
    """What turned out to be true of one prediction."""

    model_config = ConfigDict(extra="forbid")

    prediction_id: str = Field(max_length=32, pattern="^[0-9A-Za-z-]+$")
    target: schema.Target


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; uvicorn calls this once in each worker."""
    settings = settings or load_settings()
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        end_with_sigterm()
        async with service.running():
            yield

    app: FastAPI = FastAPIOffline(
        title=COMMAND, version="1", lifespan=lifespan, responses=PROBLEMS, redirect_slashes=False
    )
    install_handlers(app)
    _add_predict(app, service, settings)
    _add_feedback(app, service, settings)
    _add_operations(app, service, settings)
    add_page(app, service.champion, key_first=any(asks_for_key(path, settings) for path in ASKED))
    if settings.api_keys or not settings.public:  # reports show what users sent
        add_monitoring(app, settings.reports_dir)
    app.add_middleware(Protection, settings=settings, count=service.meters.count)
    return app


def _add_predict(app: FastAPI, service: Service, settings: Settings) -> None:
    """The two routes that compute. They are Starlette's: FastAPI's way to a body costs 50 µs a request."""
    kind = schema.record_type(settings)
    records, record = transport.records(kind, settings.max_batch), transport.record(kind)

    async def predict(request: Request) -> Response:
        """Answer one record, or several; every answer is in the log before it leaves."""
        key = split.key_of(request) if settings.split else None
        answered = await service.predict(await _content(request), records, key)
        text = PREDICTIONS.dump_json(answered.predictions)
        return Response(text if answered.many else text[1:-1], media_type=JSON)

    async def explain(request: Request) -> Response:
        """Show what moves the champion's answer to one record; `X-Model-Version` says whose. Nothing is logged."""
        version, explained = await service.explain(await _content(request), record)
        return Response(explained, headers={VERSION: f"{version}"}, media_type=explanation.MEDIA_TYPE)

    app.add_route("/predict", predict, methods=["POST"])
    app.add_route("/explain", explain, methods=["POST"])
    answer = (JSON, Prediction | list[Prediction])
    explained = (explanation.MEDIA_TYPE, dict[str, Any] if explanation.MEDIA_TYPE == JSON else bytes)
    parameters = [split.PARAMETER] if settings.split else []
    operations = [
        openapi.Operation("/predict", predict, transport.CONTENT_TYPE, records.schema, *answer, parameters),
        openapi.Operation("/explain", explain, transport.CONTENT_TYPE, record.schema, *explained),
    ]
    openapi.describe(app, operations, with_key=bool(settings.api_keys))


async def _content(request: Request) -> Any:
    if not request.headers.get("content-type", "").startswith(transport.CONTENT_TYPE):
        raise unsupported(transport.CONTENT_TYPE)
    return await transport.receive(request)


def _add_feedback(app: FastAPI, service: Service, settings: Settings) -> None:
    feedbacks: Any = one_or_many(Feedback, settings.max_batch)

    @app.post("/feedback", status_code=201, responses=documented({404: "Unknown prediction", 409: "Feedback exists"}))
    def feedback(request: Request, body: Annotated[feedbacks, Body()]) -> dict[str, int]:
        """Say what turned out to be true; once for each prediction, all of a list or none."""
        given = body if isinstance(body, list) else [body]
        targets = {one.prediction_id: one.target for one in given}
        if len(targets) < len(given):
            raise Problem(409, "Feedback twice", "A prediction id stands in the list more than once.")
        try:
            prediction_log.add_feedback(service.log, targets, source_of(request, settings))
        except prediction_log.UnknownPrediction as error:
            raise Problem(404, "Unknown prediction", f"No prediction has the id {error.args[0]!r}.") from None
        except prediction_log.FeedbackExists as error:
            raise Problem(409, "Feedback exists", f"Prediction {error.args[0]!r} has its feedback already.") from None
        service.meters.feedback.inc(len(targets))
        return {"accepted": len(targets)}


def _add_operations(app: FastAPI, service: Service, settings: Settings) -> None:
    beside = [name for name in ("shadow", "split") if getattr(settings, name)]

    @app.get("/health")
    async def health() -> dict[str, Any]:
        """Whether the process lives, which version it serves, and what is wrong if anything is."""
        serving, problem = service.champion.bundle, service.champion.problem
        return {
            "status": "degraded" if problem else "ok",
            "model_version": serving and serving.version,
            "problem": problem,
            **dict.fromkeys(beside, service.challenger.bundle and service.challenger.bundle.version),
        }

    @app.get("/ready")
    async def ready() -> dict[str, int]:
        """Whether a prediction can be answered and logged now; 503 if not."""
        version = service.champion.get().version
        await service.check_log()
        return {"model_version": version}

    @app.get("/metadata")
    async def metadata() -> dict[str, Any]:
        """What serves: version, candidate, settings, data digest, and the limits of a request."""
        manifest = {key: value for key, value in service.champion.get().manifest.items() if key != "files"}
        limits = ["max_batch", *schema.Limits.model_fields]
        return {"model": manifest, "limits": {name: getattr(settings, name) for name in limits}}

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Rate, errors, latencies, queue and log, in the format of Prometheus."""
        return Response(service.meters.text(), media_type="text/plain; version=0.0.4")
