"""Every call to the model registry: runs are found, versions registered, named by alias and loaded."""

import hashlib
import json
import logging
import os
import platform
import re
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.pipeline import Pipeline

from ..config import COMMAND, MODEL
from ..errors import LifecycleError, Unreachable

log = logging.getLogger(__name__)
CHAMPION = "champion"
CHALLENGER = "challenger"
REFERENCE = "reference.parquet"
EVIDENCE = "evidence.json"
PLACE = "place"


def connect(tracking_uri: str, root: Path) -> None:
    """Point MLflow at its store and make the experiment; with the embedded store, artefacts go below `root`."""
    for name in ("mlflow", "alembic", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    mlflow.set_tracking_uri(tracking_uri)
    os.environ["MLFLOW_RUN_CONTEXT"] = json.dumps({PLACE: _place(root)})  # a tag of every run
    place = (root / "mlartifacts").as_uri() if tracking_uri.startswith("sqlite:") else None
    try:
        experiment = mlflow.get_experiment_by_name(MODEL)
        if not experiment:
            mlflow.create_experiment(MODEL, artifact_location=place)
        elif place and experiment.artifact_location != place:
            raise LifecycleError(
                f"The runs were made in {experiment.artifact_location}, and MLflow can't move them to {place}."
                f" Move the project back, or start afresh: {COMMAND} run --reset"
            )
        mlflow.set_experiment(MODEL)
    except LifecycleError:
        raise
    except Exception as error:
        reason = str(error).splitlines()[0]
        tracking_uri = re.sub(r"//[^/@]*@", "//...@", tracking_uri)  # no password on the screen
        raise Unreachable(f"MLFLOW_TRACKING_URI={tracking_uri}: no registry ({reason}). Start or correct it.") from None


def register(run_id: str, model_id: str, tags: dict[str, str]) -> int:
    """Make the model that a run has logged the next version, and the challenger."""
    client = MlflowClient()
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL)
    source = f"models:/{model_id}"
    version = client.create_model_version(MODEL, source, run_id=run_id, tags=tags, model_id=model_id)
    set_challenger(int(version.version))
    return int(version.version)


def end_interrupted(root: Path) -> None:
    """Mark runs as killed that began in this project and never ended. Only for who holds its lock: none is at work."""
    unfinished = f"attributes.status = 'RUNNING' and tags.{PLACE} = '{_place(root)}'"
    for run in mlflow.search_runs(experiment_names=[MODEL], filter_string=unfinished, output_format="list"):
        MlflowClient().set_terminated(run.info.run_id, "KILLED")
        log.info("run '%s' was interrupted, and is marked as killed", run.info.run_name)


def made_like(champion: int, wanted: dict[str, str]) -> int | None:
    """The champion itself, if it bears all of these tags, or the newest version made from it that does, or None."""
    if wanted.items() <= tags(champion).items():
        return champion
    wanted = {**wanted, "parent": str(champion)}
    found = MlflowClient().search_model_versions(f"name = '{MODEL}'")
    return max((int(one.version) for one in found if wanted.items() <= one.tags.items()), default=None)


def set_challenger(version: int) -> None:
    """Give a version the alias `challenger`."""
    MlflowClient().set_registered_model_alias(MODEL, CHALLENGER, str(version))


def version_of(alias: str) -> int | None:
    """The version that bears an alias, or None."""
    try:
        return int(MlflowClient().get_model_version_by_alias(MODEL, alias).version)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def set_champion(version: int) -> None:
    """Give a version the alias `champion`, and take `challenger` from it if it bears that."""
    MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
    withdraw(version)


def withdraw(version: int) -> None:
    """Take the alias `challenger` from a version, if it bears that."""
    if version_of(CHALLENGER) == version:
        MlflowClient().delete_registered_model_alias(MODEL, CHALLENGER)


def check(active: int) -> None:
    """Raises LifecycleError if the version that serves is not there: its number would be given to another."""
    if not MlflowClient().search_model_versions(f"name = '{MODEL}' and version_number = {active}"):
        raise LifecycleError(
            f"The registry has no version {active}, which serves here: it was lost, or is another one. Restore it, or"
            f" start afresh, old results kept: {COMMAND} run --reset"
        )


def tags(version: int) -> dict[str, str]:
    """How a version was made: candidate, settings, data digest."""
    return dict(_model_version(version).tags)


def load_pipeline(version: int) -> Pipeline:
    """The registered pipeline, which takes raw records."""
    return mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")


def load_reference(version: int) -> pd.DataFrame:
    """The sample that monitoring compares a version's traffic with: records and the version's own answers."""
    return pd.read_parquet(_artefact(version, REFERENCE))


def load_evidence(version: int) -> dict[str, Any]:
    """What the version was measured at when it was trained."""
    evidence: dict[str, Any] = json.loads(Path(_artefact(version, EVIDENCE)).read_text("utf-8"))
    return evidence


def _place(root: Path) -> str:
    """What tells this project, on this machine, from others that write to the same store."""
    return hashlib.sha256(f"{platform.node()} {root.resolve()}".encode()).hexdigest()[:16]


def _artefact(version: int, name: str) -> str:
    run_id = _model_version(version).run_id
    path: str = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=name)
    return path


def _model_version(version: int) -> Any:
    try:
        return MlflowClient().get_model_version(MODEL, str(version))
    except MlflowException:
        raise LifecycleError(f"No version {version} of '{MODEL}' in the registry. See: {COMMAND} status") from None
