"""What the whole loop needs around its stages: where it starts, what it found, and room for another."""

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from . import bundle, lock
from .config import COMMAND, Settings
from .errors import LifecycleError
from .monitoring import report_page
from .showcase import results_page


def stages_to_run(stages: list[str], start: str, settings: Settings) -> list[str]:
    """The stages from `start` on. Raises LifecycleError for an unknown one, and for a start over earlier results."""
    if start not in stages:
        raise LifecycleError(f"--from {start}: no such stage. Stages: {', '.join(stages)}")
    if start == stages[0] and (version := bundle.active_version(settings.champion_dir)):
        raise LifecycleError(
            f"Version {version} is champion already. Go on: {COMMAND} run --from {stages[3]} (or later)."
            f" Or start afresh, old results kept in archive/: {COMMAND} run --reset"
        )
    return stages[stages.index(start) :]


def summary(settings: Settings, results: dict[str, Any]) -> list[str]:
    """What the loop found, and where to look at it."""
    lines = results_page.summary(results)
    if results["decisions"]:
        lines.append(f"reports: {settings.reports_dir / report_page.NAME} (open it in a browser)")
    address = f"http://{settings.api_host}:{settings.api_port}"
    lines.append(f"service: {_typed(COMMAND)} serve, then {address}")
    store = settings.mlflow_tracking_uri
    if store.startswith("sqlite:"):
        store = f'{_typed("mlflow")} ui --backend-store-uri "{store}", then http://127.0.0.1:5000'
    return [*lines, f"runs:    {store}"]


def _typed(command: str) -> str:
    """The command as it has to be typed here: by its name, if it is on the path."""
    return command if shutil.which(command) else f'"{Path(sys.executable).parent / command}"'


def archive(settings: Settings) -> Path | None:
    """Move what earlier runs left behind into `archive/<time>`, so that a loop can start afresh; nothing is deleted.

    Raises LifecycleError if another command is changing the champion.
    """
    names = ["data", "champion", "reports", "mlartifacts", "mlflow.db"]
    names += [path.name for path in settings.root.glob("predictions.db*")]
    present = [settings.root / name for name in names if (settings.root / name).exists()]
    if not present:
        return None
    if settings.champion_dir.exists():
        with lock.exclusive(settings.champion_dir):
            pass  # nobody is at work; the lock itself is among what is moved
    folder = settings.root / "archive" / f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    folder.mkdir(parents=True)
    for path in present:
        shutil.move(path, folder / path.name)
    return folder
