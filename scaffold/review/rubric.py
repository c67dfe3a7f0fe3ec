"""The 33 points of the course mlops-zoomcamp's project rubric, as files can earn them.

https://github.com/DataTalksClub/mlops-zoomcamp/tree/main/07-project
In the strict reading: what is not committed, or not seen at work, earns nothing.
"""

from collections.abc import Callable

from scaffold.review import hygiene, measured
from scaffold.review.facts import README, Facts
from scaffold.review.owner import PROBLEM
from scaffold.review.report import GOOD, Criterion, Finding

HOSTS = (
    r"hf\.space|azure\w+\.(io|net)|run\.app|fly\.dev|onrender\.com|railway\.app"
    r"|koyeb\.app|modal\.run|streamlit\.app|herokuapp\.com|amazonaws\.com"
)
NOBODY = r"(?!\S*\b(my|your|example|owner|user|name)\b)"
LINK = rf"https://{NOBODY}(huggingface\.co/spaces/|([\w-]{{1,63}}\.){{1,5}}({HOSTS})\b)"
AS_CODE = r"(.*/)?([^/]+\.(tf|bicep)|(Pulumi|Chart)\.yaml|(k8s|kubernetes)/[^/]+\.yaml)"
SCHEDULE = r"^ *schedules?:(?=[\s\S]*\b(retrain|flow|cron)\b)"
FLOW = r"^(from|import) (prefect|airflow|dagster|kfp|metaflow)\b"
FLOWS = r"prefect\.yaml|\.github/workflows/[^/]+\.ya?ml"
UNGATED = r"\A(?![\s\S]*\bvars\.)[\s\S]*"
REGISTRY = r"register_model|create_model_version|set_registered_model_alias"
COMMANDS = r"^(\$ )?(uv run|uv sync|pip install|make|docker compose)\b"
SOURCE, TESTS = r"src/.*\.py", r"tests/.*\.py"

Evidence = Callable[[Facts], Finding] | tuple[str, str]  # a line that matches, and where

# Points, their evidence, the step to it. A part earns nothing if one before it is missing.
PARTS: dict[str, list[tuple[int, Evidence, str]]] = {
    "problem description": [
        (1, (PROBLEM, README), "Name the problem in a heading"),
        (1, (PROBLEM + r"(\s*[^\s#]\S*){60}", README), "Describe it in 60 words"),
    ],
    "cloud": [
        (2, (LINK, README), "Deploy it; put its https address into README.md"),
        (2, (r"\S", AS_CODE), "Describe what it runs on as code: Terraform, Bicep"),
    ],
    "tracking and registry": [
        (0, measured.champion, "Run the whole loop"),
        (2, (r"mlflow\.start_run|wandb\.init", SOURCE), "Track every fit"),
        (2, (REGISTRY, SOURCE), "Register what is served"),
    ],
    "workflow orchestration": [
        (2, (f"{FLOW}|{SCHEDULE}", f"{SOURCE}|{FLOWS}"), "scaffold add prefect"),
        (2, (UNGATED + SCHEDULE, FLOWS), "Run it by a schedule"),
    ],
    "model deployment": [
        (2, (r"FastAPI\(|Flask\(|Starlette\(", SOURCE), "Serve it over HTTP"),
        (0, measured.champion, "Run the whole loop"),
        (2, (r"^(CMD|ENTRYPOINT)\b", "Dockerfile"), "Write a Dockerfile"),
    ],
    "model monitoring": [
        (2, measured.monitoring, "Monitor what serves"),
        (2, measured.consequence, "Retrain when an alarm advises it"),
    ],
    "reproducibility": [
        (2, (COMMANDS, README), "Say in README.md how to run it"),
        (2, (r"\S", r"uv\.lock"), "uv lock, then commit uv.lock"),
    ],
    "unit tests": [(1, (r"^ *assert (?!True\b)", TESTS), "Write tests")],
    "integration test": [(1, (r"TestClient|uvicorn|httpx\.", TESTS), "Test over HTTP")],
    "linter, formatter": [(1, (r"^\[tool\.ruff\b", r"pyproject\.toml"), "Add ruff")],
    "Makefile": [(1, (r"^\w.*:", "Makefile|justfile"), "If a grader counts files: add it")],
    "pre-commit hooks": [(1, ("- id:", r"\.pre-commit-config\.yaml"), "Add ruff's hooks")],
    "CI/CD": [(2, hygiene.continuous, "Let a workflow run the tests")],
}


def score(facts: Facts) -> list[Criterion]:
    """Every criterion, in the rubric's order."""
    criteria = []
    for name, parts in PARTS.items():
        criterion = Criterion(name)
        for points, evidence, step in parts:
            criterion.of += points
            where = place(facts, evidence)
            if criterion.step:
                continue
            if where:
                criterion.points += points
                criterion.evidence.append(where)
            else:
                criterion.step = step
        criteria.append(criterion)
    return criteria


def place(facts: Facts, evidence: Evidence) -> str:
    """Where the evidence is; nothing if it is missing or not committed."""
    if callable(evidence):
        finding = evidence(facts)
        return finding.where if finding.level == GOOD else ""
    where = facts.find(*evidence)
    return where if where.split(":")[0] in facts.tracked else ""
