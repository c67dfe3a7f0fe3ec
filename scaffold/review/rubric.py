"""The 33 points of the course mlops-zoomcamp's project rubric, as files alone can earn them.

https://github.com/DataTalksClub/mlops-zoomcamp/tree/main/07-project
Each function judges the criterion that its docstring names, in the strict reading: what is only prepared, and can't be
seen at work, earns nothing.
"""

import re
from collections.abc import Callable

from scaffold.review import links, practice, reproducible, results
from scaffold.review.criterion import Criterion, Earned
from scaffold.review.links import NOT_ASKED
from scaffold.review.project import Project
from scaffold.review.workflows import Workflow

HEADING = re.compile(r"\b(?:problem|why|about|motivation)\b", re.IGNORECASE)
PROSE = 60  # words that describe a problem well enough to be understood
BUILT_FOR_CLOUD = re.compile(
    r"\.(?:tf|bicep)$|(?:^|/)(?:Pulumi|Chart)\.ya?ml$|(?:^|/)(?:k8s|kubernetes|infra)/[^/]+\.(?:ya?ml|json)$"
)
FLOWS = r"^(?:from|import) (?:prefect|airflow|dagster|kfp|metaflow|mage_ai|flytekit)\b"
SCHEDULED = r"flow --every|^ *schedules?:|^ *cron:"


def problem(project: Project) -> Earned:
    """problem description"""
    lines = project.texts.get("README.md", "").splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith("#")]
    start = next((number for number in heads if HEADING.search(lines[number][:200])), None)
    if start is None:
        step = "Say below '## Problem' whose problem it is and what an answer is worth"
        return Earned(0, "README.md: no heading names it", step, True)
    end = next((number for number in heads if number > start), len(lines))
    words = len(" ".join(lines[start + 1 : end]).split())
    points = 2 if words >= PROSE else 1 if words else 0
    step = f"Say in {PROSE} words or more whose problem it is" if points < 2 else ""
    return Earned(points, f"README.md:{start + 1}: {words} words", step, True)


def cloud(project: Project) -> Earned:
    """cloud"""
    link, code = links.found(project), [path for path in project.files if BUILT_FOR_CLOUD.search(path)]
    if link and re.search(r"github\.io|pages\.dev|netlify|vercel", link[0]):
        link = None  # they hold pages, not a model
    if link and code:
        return Earned(4, f"{link[1]}: {link[0]} ({NOT_ASKED}); {code[0]}")
    if link:
        step = "Describe what it runs on as code (Bicep, Terraform) and commit it"
        return Earned(2, f"{link[1]}: {link[0]} ({NOT_ASKED})", step, True, 3)
    said = f"{code[0]}, but no address shows that it was ever applied" if code else "no address of a deployed service"
    return Earned(0, said, "Deploy it to a Space or a container platform; put its address into README.md", True, 3)


def tracking(project: Project) -> Earned:
    """tracking and registry"""
    run = project.find(r"mlflow\.start_run|wandb\.init", *_code(project))
    registry = project.find(
        r"register_model|create_model_version|set_registered_model_alias|register\(", *_code(project)
    )
    entries, where = results.changes(project)
    used = f"; {where}: versions {', '.join(str(number) for number in sorted({one.version for one in entries}))}"
    if not entries:
        return Earned(0, f"{run or 'no code'}, but no run is on record", f"{project.name} run")
    points = 2 * bool(run) + 2 * bool(registry)
    step = "" if points == 4 else "Track every fit and register what is served"
    return Earned(points, f"{run}, {registry}{used}", step)


def orchestration(project: Project) -> Earned:
    """workflow orchestration"""
    flow = project.find(FLOWS, *_code(project))
    scheduled = [one for one in project.workflows if "schedule" in one.events and _goes_round(project, one)]
    badges = project.texts.get("README.md", "")
    seen = [one.path for one in scheduled if not one.gated or f"{one.path.rsplit('/', 1)[-1]}/badge.svg" in badges]
    deployed = project.find(SCHEDULED, "prefect.yaml", "compose.yaml") or next(iter(seen), None)
    basic = flow or next((one.path for one in scheduled), None)
    if basic and deployed:
        return Earned(4, f"{basic}; by a schedule: {deployed}")
    if basic:
        waits = "".join(f"; {one.path} waits for a variable" for one in scheduled)
        step = "Switch the schedule on where you deployed, and put the workflow's badge into README.md"
        return Earned(2, f"{basic}; nothing shows that it runs by a schedule{waits}", step, True, 3)
    return Earned(0, "no flow, no scheduled workflow", "Make the stages one flow")


def _goes_round(project: Project, workflow: Workflow) -> bool:
    """Whether it runs the project's loop, or a part of it that may end with another champion."""
    return any(re.search(rf"\b{project.name} (?:run|flow|retrain)\b", step.runs) for step in workflow.steps)


def deployment(project: Project) -> Earned:
    """model deployment"""
    image = project.find(r"^(?:CMD|ENTRYPOINT)\b", "Dockerfile", "Containerfile")
    service = project.find(r"FastAPI\w{0,40}\(|Flask\(|Starlette\(", *_code(project))
    if image and service and results.serving(project):
        return Earned(4, f"{image}, {service}: a container, for any host")
    if service:
        step = "Write a Dockerfile" if not image else f"{project.name} run"
        return Earned(2, f"{service}; {'no champion to serve' if image else 'no image'}", step)
    return Earned(0, "no service", "Serve the champion")


def monitoring(project: Project) -> Earned:
    """model monitoring"""
    decisions, where = results.decisions(project)
    if not decisions:
        return Earned(0, f"{where}: no decision", f"{project.name} replay stream; then monitor")
    finding = results.consequence(project)[0]
    if finding.level == "good":
        return Earned(4, f"{where}: {finding.says}")
    return Earned(2, f"{where}: {len(decisions)} decisions; {finding.says}", finding.step)


CRITERIA: tuple[tuple[Callable[[Project], Earned], int], ...] = (
    (problem, 2),
    (cloud, 4),
    (tracking, 4),
    (orchestration, 4),
    (deployment, 4),
    (monitoring, 4),
    (reproducible.reproducibility, 4),
    *practice.CRITERIA,
)


def score(project: Project) -> list[Criterion]:
    """Every criterion, in the rubric's order."""
    return [Criterion(judge.__doc__ or "", of, judge(project)) for judge, of in CRITERIA]


def _code(project: Project) -> list[str]:
    return sorted(path for path in project.texts if re.fullmatch(r"src/.*\.py", path))
