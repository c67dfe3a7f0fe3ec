"""The 33 points of a course's rubric: what can't be seen at work earns nothing.

https://github.com/DataTalksClub/mlops-zoomcamp/tree/main/07-project
"""

from collections.abc import Callable

from scaffold.review import hygiene, measured, prompts
from scaffold.review.facts import README, Facts
from scaffold.review.owner import PROBLEM
from scaffold.review.report import GOOD, Criterion, Finding

HOSTS = (
    r"hf\.space|azure\w+\.(io|net)|run\.app|fly\.dev|onrender\.com"
    r"|railway\.app|modal\.run|herokuapp\.com|amazonaws\.com"
)
NOBODY = r"(?!\S{0,99}\b(my|your|example|owner|user|name)\b)"
LINK = rf"https://{NOBODY}(huggingface\.co/spaces/|([\w-]{{1,63}}\.){{1,5}}({HOSTS})\b)"
AS_CODE = r"(.*/)?([^/]+\.(tf|bicep)|(k8s|kubernetes)/[^/]+\.yaml)"
SCHEDULE = r"\A(?=[\s\S]*(\bretrain\b|\bentrypoint:))[\s\S]*?^ *schedules?:"
FLOW = r"^(from|import) (prefect|airflow|dagster|kfp|metaflow)\b"
FLOWS = r"prefect\.yaml|\.github/workflows/[^/]+\.ya?ml"
UNGATED = r"\A(?![\s\S]*\bvars\.)"
REGISTRY = r"register_model|create_model_version|set_registered_model_alias"
COMMANDS = r"^(\$ )?(uv run|uv sync|pip install|make|docker compose)\b"
SOURCE, TESTS = r"src/.*\.py", r"tests/.*\.py"

Evidence = Callable[[Facts], Finding] | tuple[str, str]  # a line, in some files

# Points, evidence, and what lacks: after it, nothing is earned.
PARTS: dict[str, list[tuple[int, Evidence, str]]] = {
    "problem description": [
        (1, (PROBLEM, README), "a heading that names it"),
        (0, prompts.problem_told, "the problem in the owner's words"),
        (1, (PROBLEM + r"(\s++[^\s#]\S*+){60}", README), "60 words"),
    ],
    "cloud": [
        (2, (LINK, README), "an https address in README.md"),
        (2, (r"\S", AS_CODE), "Terraform or Bicep for it"),
    ],
    "tracking and registry": [
        (0, measured.champion, "a run on record"),
        (2, (r"mlflow\.start_run", SOURCE), "a tracked fit"),
        (2, (REGISTRY, SOURCE), "a registered model"),
    ],
    "workflow orchestration": [
        (2, (f"{FLOW}|{SCHEDULE}", f"{SOURCE}|{FLOWS}"), "a flow"),
        (2, (UNGATED + SCHEDULE, FLOWS), "a schedule without a variable"),
    ],
    "model deployment": [
        (2, (r"\b(FastAPI\w*|Flask|Starlette)\(", SOURCE), "a service"),
        (0, measured.champion, "a run on record"),
        (2, (r"^(CMD|ENTRYPOINT)\b", "Dockerfile"), "a Dockerfile"),
    ],
    "model monitoring": [
        (2, measured.monitoring, "a decision about what serves"),
        (2, measured.consequence, "an alarm that led to something"),
    ],
    "reproducibility": [
        (2, (COMMANDS, README), "commands in README.md"),
        (2, (r"\S", r"uv\.lock"), "uv.lock"),
    ],
    "unit tests": [(1, (r"^ *assert (?!True\b)", TESTS), "an assertion")],
    "integration test": [(1, (r"TestClient|uvicorn|httpx", TESTS), "a request")],
    "linter, formatter": [(1, (r"^\[tool\.ruff\b", r"pyproject\.toml"), "ruff")],
    "Makefile": [(1, (r"^\w.*:", "Makefile|justfile"), "a Makefile")],
    "pre-commit hooks": [(1, ("- id:", r"\.pre-commit-config\.yaml"), "a hook")],
    "CI/CD": [(2, hygiene.continuous, "pytest with every push")],
}


def score(facts: Facts) -> list[Criterion]:
    """The criteria, in their order."""
    criteria = []
    for name, parts in PARTS.items():
        criterion = Criterion(name)
        for points, evidence, lacks in parts:
            criterion.of += points
            where = place(facts, evidence)
            if not where or criterion.lacks:
                criterion.lacks = criterion.lacks or lacks
                continue
            criterion.points += points
            criterion.evidence.append(where)
        criteria.append(criterion)
    return criteria


def place(facts: Facts, evidence: Evidence) -> str:
    """Where the evidence is, if it is committed."""
    if callable(evidence):
        finding = evidence(facts)
        return finding.where if finding.level == GOOD else ""
    where = facts.find(*evidence)
    return where if where.split(":")[0] in facts.tracked else ""
