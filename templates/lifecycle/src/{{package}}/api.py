"""The service: predict, explain, feedback, health, metadata, metrics. It reads the bundle and nothing that trains."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

from fastapi import Body, FastAPI, Response
from fastapi_offline import FastAPIOffline
from prometheus_client import generate_latest
from pydantic import BaseModel, ConfigDict, Field

from . import explanation, prediction_log, schema, transport
from .api_errors import BodyLimit, Problem, ProblemDetails, install_handlers
from .config import COMMAND, Settings, load_settings
from .json_body import one_or_many
from .service import Service

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails, "description": reason}
    for status, reason in {422: "The request breaks the contract", 503: "No champion, or no prediction log"}.items()
}


class Prediction(schema.Answer):
    """An answer, the version that gave it, and the id that feedback refers to."""

    id: str
    model_version: int


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
        await asyncio.to_thread(service.champion.refresh)
        follower = asyncio.create_task(service.champion.follow())
        yield
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower
        service.log.dispose()

    app: FastAPI = FastAPIOffline(title=COMMAND, version="1", lifespan=lifespan, responses=PROBLEMS)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    content_types = dict.fromkeys(("/predict", "/explain"), transport.CONTENT_TYPE)
    install_handlers(app, content_types, lambda status: service.errors.labels(status).inc())
    _add_predict(app, service, settings)
    _add_feedback(app, service, settings)
    _add_operations(app, service, settings)
    return app


def _add_predict(app: FastAPI, service: Service, settings: Settings) -> None:
    record = schema.record_type(settings)
    given_records: Any = transport.records(record, settings.max_batch)
    given_record: Any = transport.record(record)

    @app.post("/predict")
    def predict(given: given_records) -> Prediction | list[Prediction]:
        """Answer one record, or several; every answer is in the log before it leaves."""
        start = time.perf_counter()
        serving = service.champion.get()
        predictions = [
            Prediction(**answer.model_dump(), id=uuid.uuid4().hex, model_version=serving.version)
            for answer in serving.predictor.predict(given.records)
        ]
        latency = (time.perf_counter() - start) * 1000
        rows = [_log_row(one, said, latency) for one, said in zip(given.records, predictions, strict=True)]
        prediction_log.record(service.log, rows)
        service.latency.observe(time.perf_counter() - start)
        service.predictions.labels(serving.version).inc(len(predictions))
        return predictions if given.many else predictions[0]

    @app.post("/explain", response_class=Response, responses={200: {"content": {explanation.MEDIA_TYPE: {}}}})
    def explain(given: given_record) -> Response:
        """Show what moved the answer to one record; nothing is logged."""
        explained = explanation.explain(service.champion.get().predictor, given)
        return Response(explained, media_type=explanation.MEDIA_TYPE)


def _add_feedback(app: FastAPI, service: Service, settings: Settings) -> None:
    feedbacks: Any = one_or_many(Feedback, settings.max_batch)

    @app.post("/feedback", status_code=201)
    def feedback(body: Annotated[feedbacks, Body()]) -> dict[str, int]:
        """Say what turned out to be true; once for each prediction, all of a list or none."""
        given = body if isinstance(body, list) else [body]
        targets = {one.prediction_id: one.target for one in given}
        if len(targets) < len(given):
            raise Problem(409, "Feedback twice", "A prediction id stands in the list more than once.")
        try:
            prediction_log.add_feedback(service.log, targets)
        except prediction_log.UnknownPrediction as error:
            raise Problem(404, "Unknown prediction", f"No prediction has the id {error.args[0]!r}.") from None
        except prediction_log.FeedbackExists as error:
            raise Problem(409, "Feedback exists", f"Prediction {error.args[0]!r} has its feedback already.") from None
        service.feedback.inc(len(targets))
        return {"accepted": len(targets)}


def _add_operations(app: FastAPI, service: Service, settings: Settings) -> None:
    @app.get("/health")
    def health() -> dict[str, Any]:
        """Whether the process lives, which version it serves, and what is wrong if anything is."""
        serving = service.champion.bundle
        status = "degraded" if service.champion.problem else "ok"
        return {"status": status, "model_version": serving and serving.version, "problem": service.champion.problem}

    @app.get("/ready")
    def ready() -> dict[str, int]:
        """Whether a prediction can be answered and logged now; 503 if not."""
        version = service.champion.get().version
        prediction_log.counts(service.log)
        return {"model_version": version}

    @app.get("/metadata")
    def metadata() -> dict[str, Any]:
        """What serves: version, candidate, settings, data digest, and the limits of a request."""
        manifest = {key: value for key, value in service.champion.get().manifest.items() if key != "files"}
        limits = ["max_batch", *schema.Limits.model_fields]
        return {"model": manifest, "limits": {name: getattr(settings, name) for name in limits}}

    @app.get("/metrics")
    def metrics() -> Response:
        """Counters and latencies in the format of Prometheus."""
        service.version.set(service.champion.bundle.version if service.champion.bundle else 0)
        return Response(generate_latest(service.meters), media_type="text/plain; version=0.0.4")


def _log_row(record: BaseModel, prediction: Prediction, latency: float) -> prediction_log.Row:
    output = prediction.model_dump(mode="json", exclude={"id", "model_version"})
    return prediction_log.Row(prediction.id, prediction.model_version, record.model_dump(mode="json"), output, latency)
