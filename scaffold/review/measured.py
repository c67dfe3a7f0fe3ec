"""Checks what was measured: the data, the champion, the pages that show results, monitoring."""

import math
import os
import re
import subprocess
from typing import Any

from scaffold import shell, variables
from scaffold.environment import PYTHON
from scaffold.review.facts import ORIGIN, README, RESULTS, Facts
from scaffold.review.report import Finding, fix, good, improve, unknown

ALARM = "retraining advised"
LESS_IS_BETTER = r"(?i)mae|mape|mse|error|loss"
SOURCE = r"src/[^/]+/source\.py"
INSTALL = f'python -m venv .venv && {shell.SCRIPTS}pip install -e ".[dev]"'


def champion(facts: Facts) -> list[Finding]:
    """A champion is on record"""
    if facts.results:
        entry = last_change(facts)
        return [good(f"version {entry['version']}, {entry['event']}", RESULTS)]
    return [fix("no results yet", RESULTS, f"{facts.name} run")]


def baseline(facts: Facts) -> list[Finding]:
    """The first champion is better than every baseline"""
    evidence = facts.results["tested"]["evidence"]
    score = evidence["score"]["value"]
    sign = 1
    for name, value in evidence["measures"].items():
        if re.search(LESS_IS_BETTER, name) and math.isclose(value, score):
            sign = -1
    baselines = [rival["value"] for rival in evidence["baselines"].values()]
    strongest = max(baselines, key=lambda value: sign * value)
    says = f"champion {score:.4g}, strongest baseline {strongest:.4g}"
    if sign * score > sign * strongest:
        return [good(says, RESULTS)]
    return [fix(says, RESULTS, "Try other features and models")]


def data(facts: Facts) -> list[Finding]:
    """The data is your own"""
    own = facts.origin.own
    if own:
        return [good(f"{own['dataset']}, {own['rows']} rows", ORIGIN)]
    source = facts.results["dataset"]["source"] if facts.results else None
    if source and not any(source in facts.before(path) for path in facts.paths(SOURCE)):
        return [good(source, RESULTS)]
    return [improve("the template's data", ORIGIN, f"scaffold new {facts.name}-own --data PATH")]


def pages(facts: Facts) -> list[Finding]:
    """README, model card and results pages match the measured results"""
    check = f"{facts.name} report --check"
    python = facts.root.resolve() / PYTHON
    if not facts.run:
        return [unknown(f"--no-run: {check} was not run", README, check)]
    if not python.is_file():
        return [unknown(f"no environment (.venv) to run {check}", README, INSTALL)]
    finished = subprocess.run(  # noqa: S603  (the user's own project)
        [python, "-m", facts.name.replace("-", "_"), "report", "--check"],
        cwd=facts.root,
        env=variables.passed_on(os.environ, facts.name),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode == 0:
        return [good(f"ran {check}", README)]
    lines = finished.stderr.splitlines() or [f"exit status {finished.returncode}"]
    if "No module named" in lines[-1]:
        return [unknown(f"ran {check}: {lines[-1]}", README, INSTALL)]
    return [fix(f"ran {check}: {lines[-1]}", README, f"{facts.name} report")]


def monitoring(facts: Facts) -> list[Finding]:
    """Monitoring has checked the version in service"""
    step = f"{facts.name} monitor"
    if not facts.results["decisions"]:
        return [fix("no monitoring decisions yet", RESULTS, step)]
    decision = facts.results["decisions"][-1]
    says = f"version {decision['model_version']}: {decision['status']}"
    version = last_change(facts)["version"]
    if version != decision["model_version"]:
        return [improve(f"{says}; but version {version} is in service", RESULTS, step)]
    return [good(says, RESULTS)]


def consequence(facts: Facts) -> list[Finding]:
    """Monitoring alarms were acted on"""
    alarms = [entry for entry in facts.results["decisions"] if entry["status"] == ALARM]
    if not alarms:
        return [improve("no alarms yet", RESULTS, f"{facts.name} replay drift")]
    for alarm in reversed(alarms):
        for entry in facts.results["history"]:
            if entry["time"] >= alarm["time"] and entry["version"] != alarm["model_version"]:
                says = f"alarm for version {alarm['model_version']}"
                says += f"; version {entry['version']}: {entry['event']}"
                return [good(says, RESULTS)]
    says = f"alarms: {len(alarms)}; no promotion or rollback since"
    return [improve(says, RESULTS, f"{facts.name} retrain")]


AFTER_RUN = (baseline, pages, monitoring, consequence)
CHECKS = (champion, data, *AFTER_RUN)


def last_change(facts: Facts) -> dict[str, Any]:
    """The promotion or rollback that activated the current champion."""
    history: list[dict[str, Any]] = facts.results["history"]
    return [entry for entry in history if entry["event"] in ("promoted", "rolled back")][-1]
