"""Monitor, retrain, promote as one flow of Prefect: each stage a task with its log, tried again after an outage."""

import logging
import os

# Before Prefect is imported: what the package logs belongs to the log of the run, and nothing is told to its makers.
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", __package__)
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import State, Task, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import TaskRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import EntrypointType
from prefect.states import Completed

from . import stages
from .config import COMMAND, load_settings
from .errors import LifecycleError, outage
from .record import RETRAIN

RETRIES = [5.0, 30.0]  # seconds until a stage is tried again


def _may_pass(_: Task, __: TaskRun, state: State) -> bool:
    """Whether a stage failed for want of a store. What else is wrong would be so again."""
    return isinstance(state.data, Exception) and outage(state.data)


_stage = task(retries=len(RETRIES), retry_delay_seconds=RETRIES, retry_condition_fn=_may_pass, cache_policy=NO_CACHE)
monitor, retrain, promote = (_stage(stage) for stage in (stages.monitor, stages.retrain, stages.promote))


@flow(name=COMMAND)  # type: ignore[untyped-decorator]  # to mypy, which reads it without the extra
def lifecycle() -> State:
    """Go round once; the state of the run says what came of it. A refusal is an answer, not a failure."""
    logging.getLogger(__package__).setLevel(logging.INFO)
    found = _go_round()
    return Completed(message=found, data=found)


def _go_round() -> str:
    s = load_settings()
    decision = monitor(s)
    if decision.status != RETRAIN:
        return f"{decision.status}: {'; '.join(decision.reasons)}"
    retrained = retrain(s)
    if retrained.version is None or retrained.verdict:
        return f"{retrained.verdict or 'refused'}: {retrained.reason}"
    verdict = promote(s)
    return f"{verdict.status} version {retrained.version}: {'; '.join(verdict.reasons)}"


def run() -> str:
    """Run the flow here and now; returns what came of it."""
    logging.getLogger("prefect").propagate = False  # the terminal shows the package's own log, the server both
    _check_server()
    found: str = lifecycle()
    return found


def serve(cron: str) -> None:
    """Run the flow by a schedule until stopped. Raises LifecycleError if the schedule can't be read."""
    _check_server()
    try:
        schedule = CronSchedule(cron=cron)
    except ValueError:
        raise LifecycleError(f"--every {cron!r} is no schedule. Give five fields, as in: 17 6 * * *") from None
    lifecycle.serve(name="schedule", schedules=[schedule], limit=1, entrypoint_type=EntrypointType.MODULE_PATH)


def _check_server() -> None:
    """Raises LifecycleError if the server that PREFECT_API_URL names doesn't answer; without it Prefect starts one."""
    try:
        with get_client(sync_client=True) as client:
            problem = client.api_healthcheck()
    except RuntimeError as error:
        problem = error
    if problem:
        advice = "Start it with: prefect server start. Or correct PREFECT_API_URL."
        raise LifecycleError(f"No server of Prefect ({problem}). {advice}")
