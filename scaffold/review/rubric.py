"""The 33 points of the course mlops-zoomcamp's project rubric, as files alone can earn them.

https://github.com/DataTalksClub/mlops-zoomcamp/tree/main/07-project
Each function judges one criterion in the strict reading: what is only prepared, and can't be
seen at work, earns nothing.
"""

import re

from scaffold.review import practice, publishing, results
from scaffold.review.criterion import Criterion
from scaffold.review.project import PACKAGE_FILE, Project

HEADING = re.compile(r"\b(?:problem|why|about|motivation)\b", re.IGNORECASE)
PROSE = 60  # words that describe a problem well enough to be understood
BUILT_FOR_CLOUD = re.compile(
    r"\.(?:tf|bicep)$|(?:^|/)(?:Pulumi|Chart)\.ya?ml$|(?:^|/)(?:k8s|kubernetes|infra)/[^/]+\.(?:ya?ml|json)$"
)
FLOWS = re.compile(r"^(?:from|import) (?:prefect|airflow|dagster|kfp|metaflow|mage_ai|flytekit)\b", re.MULTILINE)
SCHEDULED = r"flow --every|^ *schedules?:|^ *cron:"
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.lock")


def problem(project: Project) -> Criterion:
    lines = project.texts.get("README.md", "").splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith("#")]
    start = next((number for number in heads if HEADING.search(lines[number][:200])), None)
    if start is None:
        step = "Say below '## Problem' whose problem it is and what an answer is worth"
        return Criterion("problem description", 0, 2, "README.md: no heading names it", step, True)
    end = next((number for number in heads if number > start), len(lines))
    words = len(" ".join(lines[start + 1 : end]).split())
    points = 2 if words >= PROSE else 1 if words else 0
    step = f"Say in {PROSE} words or more whose problem it is" if points < 2 else ""
    return Criterion("problem description", points, 2, f"README.md:{start + 1}: {words} words", step, True)


def cloud(project: Project) -> Criterion:
    link, code = publishing.link(project), [path for path in project.files if BUILT_FOR_CLOUD.search(path)]
    if link and code:
        return Criterion("cloud", 4, 4, f"{link[1]}: {link[0]}; {code[0]}")
    if link and not re.search(r"github\.io|pages\.dev|netlify|vercel", link[0]):
        step = "Describe what it runs on as code (Bicep, Terraform) and commit it"
        return Criterion("cloud", 2, 4, f"{link[1]}: {link[0]} (not asked)", step, True, 3)
    said = f"{code[0]}, but no address shows that it was ever applied" if code else "no address of a deployed service"
    return Criterion(
        "cloud", 0, 4, said, "Deploy it to a Space or a container platform; put its address into README.md", True, 3
    )


def tracking(project: Project) -> Criterion:
    run = project.find(r"mlflow\.start_run|wandb\.init", *_code(project))
    registry = project.find(
        r"register_model|create_model_version|set_registered_model_alias|register\(", *_code(project)
    )
    entries, where = results.changes(project)
    used = f"; {where}: versions {', '.join(str(number) for number in sorted({one.version for one in entries}))}"
    if not entries:
        return Criterion(
            "tracking and registry", 0, 4, f"{run or 'no code'}, but no run is on record", f"{project.name} run"
        )
    points = 2 * bool(run) + 2 * bool(registry)
    step = "" if points == 4 else "Track every fit and register what is served"
    return Criterion("tracking and registry", points, 4, f"{run}, {registry}{used}", step)


def orchestration(project: Project) -> Criterion:
    flow = project.find(FLOWS.pattern, *_code(project))
    scheduled = [one for one in project.workflows if "schedule" in one.events]
    known = [one for one in scheduled if any(re.search(r"\b(?:retrain|flow|run)\b", step.runs) for step in one.steps)]
    open_ones = [one.path for one in known if not one.gated]
    seen = [
        one.path
        for one in known
        if f"workflows/{one.path.rsplit('/', 1)[-1]}/badge.svg" in project.texts.get("README.md", "")
    ]
    deployed = project.find(SCHEDULED, "prefect.yaml", "compose.yaml") or next(iter([*open_ones, *seen]), None)
    basic = flow or next((one.path for one in known), None)
    if basic and deployed:
        return Criterion("workflow orchestration", 4, 4, f"{flow or basic}; by a schedule: {deployed}")
    if basic:
        waits = next((one.path for one in known if one.gated), "")
        said = f"{flow or basic}; nothing shows that it runs by a schedule" + (
            f": {waits} waits for a variable" if waits else ""
        )
        step = "Switch the schedule on where you deployed, and put the workflow's badge into README.md"
        return Criterion("workflow orchestration", 2, 4, said, step, True, 3)
    return Criterion("workflow orchestration", 0, 4, "no flow, no scheduled workflow", "Make the stages one flow")


def deployment(project: Project) -> Criterion:
    image = project.find(r"^(?:CMD|ENTRYPOINT)\b", "Dockerfile", "Containerfile")
    service = project.find(r"FastAPI\w*\(|Flask\(|Starlette\(", *_code(project))
    if image and results.serving(project):
        return Criterion("model deployment", 4, 4, f"{image}, {service or 'no service'}: a container, for any host")
    if service:
        step = "Write a Dockerfile" if not image else f"{project.name} run"
        return Criterion(
            "model deployment", 2, 4, f"{service}; {'no champion to serve' if image else 'no image'}", step
        )
    return Criterion("model deployment", 0, 4, "no service", "Serve the champion")


def monitoring(project: Project) -> Criterion:
    decisions, where = results.decisions(project)
    if not decisions:
        return Criterion(
            "model monitoring", 0, 4, f"{where}: no decision", f"{project.name} replay stream; then monitor"
        )
    finding = results.consequence(project)[0]
    if finding.level == "good":
        return Criterion("model monitoring", 4, 4, f"{where}: {finding.says}")
    return Criterion("model monitoring", 2, 4, f"{where}: {len(decisions)} decisions; {finding.says}", finding.step)


def reproducibility(project: Project) -> Criterion:
    told = project.find(r"^(?:\$ )?(?:uv run|uv sync|pip install|\.venv/bin/pip|make|docker compose)\b", "README.md")
    loose = [name for name in _requirements(project) if not re.search(r"[=<>~]", name)]
    lock = next((path for path in LOCKS if path in project.files), None)
    if not told:
        return Criterion(
            "reproducibility", 0, 4, "README.md does not say how to run it", "Say how, command by command", True
        )
    if lock:
        return Criterion("reproducibility", 4, 4, f"{told}; versions: {lock}")
    said = f"no version: {loose[0]}" if loose else "ranges of versions alone, so it may be other code tomorrow"
    return Criterion(
        "reproducibility", 2, 4, f"{told}; {PACKAGE_FILE}: {said}", "uv lock, then commit uv.lock", True, 1
    )


CRITERIA = (problem, cloud, tracking, orchestration, deployment, monitoring, reproducibility, *practice.CRITERIA)


def score(project: Project) -> list[Criterion]:
    """Every criterion, in the rubric's order."""
    return [judge(project) for judge in CRITERIA]


def _code(project: Project) -> list[str]:
    return sorted(path for path in project.texts if re.fullmatch(r"src/.*\.py", path))


def _requirements(project: Project) -> list[str]:
    found = project.about.get("dependencies")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
