"""Checks for environment variables, set for other programs, that affect a project's commands."""

from collections.abc import Mapping
from pathlib import Path

from scaffold import shell
from scaffold.doctor.finding import Finding
from scaffold.variables import ASCII

LOCAL = ("127.0.0.1", "localhost")
CHANGES = {
    "git uses another repository": (
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
    ),
    "MLflow logs runs there, not in mlflow.db (keep it if intended)": ("MLFLOW_TRACKING_URI",),
    "Python imports from there before the project's environment": (
        "PYTHONHOME",
        "PYTHONPATH",
    ),
    "pip installs elsewhere, or not all of the project's dependencies": (
        "PIP_NO_DEPS",
        "PIP_PREFIX",
        "PIP_TARGET",
        "PIP_USER",
    ),
    "uv uses another environment, or doesn't install all of the project's dependencies": (
        "UV_FROZEN",
        "UV_NO_DEFAULT_GROUPS",
        "UV_NO_DEV",
        "UV_NO_GROUP",
        "UV_NO_INSTALL_PROJECT",
        "UV_NO_SYNC",
        "UV_ONLY_GROUP",
        "UV_PROJECT_ENVIRONMENT",
    ),
}


def check(environment: Mapping[str, str], project: Path) -> list[Finding]:
    """Returns the variables that are set but shouldn't be."""
    findings = []
    locale = environment.get("LC_ALL")
    if locale in ASCII and not str(project.resolve()).isascii():
        problem = f"LC_ALL={locale}: Python can't handle the project's path, which isn't ASCII"
        findings.append(Finding(problem, shell.export("LC_ALL", "C.UTF-8")))
    for effect, names in CHANGES.items():
        for name in names:
            if environment.get(name):
                findings.append(Finding(f"{name} is set: {effect}", shell.unset(name)))
    return [*findings, *proxy(environment)]


def proxy(environment: Mapping[str, str]) -> list[Finding]:
    """Checks for a proxy that also handles requests to localhost."""
    lower = {name.lower(): value for name, value in environment.items()}
    excepted = lower.get("no_proxy", "")
    if excepted == "*" or any(name in excepted for name in LOCAL):
        return []
    for name in ("http_proxy", "all_proxy"):
        if lower.get(name):
            problem = f"{name.upper()} is set: requests to localhost go through the proxy"
            return [Finding(problem, shell.export("NO_PROXY", ",".join(LOCAL)))]
    return []
