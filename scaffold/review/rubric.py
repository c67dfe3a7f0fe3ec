"""Scores a project with the 33-point project rubric of the course MLOps Zoomcamp.

https://github.com/DataTalksClub/mlops-zoomcamp/tree/main/07-project
"""

from dataclasses import replace

from scaffold.review.facts import README, Facts
from scaffold.review.report import GOOD, Finding, Row, good, improve

HOSTS = (
    r"hf\.space|azure\w+\.(io|net)|run\.app|fly\.dev|onrender\.com"
    r"|railway\.app|modal\.run|herokuapp\.com|amazonaws\.com"
)
LINK = rf"https://(huggingface\.co/spaces/|[\w.-]+\.({HOSTS})\b)"
AS_CODE = r"(.*/)?([^/]+\.(tf|bicep)|(k8s|kubernetes)/[^/]+\.yaml)"
SCHEDULE = r"\A(?=[\s\S]*(\bretrain\b|\bentrypoint:))[\s\S]*?^ *schedules?:"
FLOW = r"^(from|import) (prefect|airflow|dagster|kfp|metaflow)\b"
FLOWS = r"prefect\.yaml|\.github/workflows/[^/]+\.ya?ml"
ON = rf"\A(?![\s\S]*\bvars\.){SCHEDULE}"  # not switched by a repository variable
REGISTRY = r"register_model|create_model_version|set_registered_model_alias"
COMMANDS = r"^(\$ )?(uv run|uv sync|pip install|make|docker compose)\b"
SOURCE, TESTS = r"src/.*\.py", r"tests/.*\.py"

# Check, title, a pattern for the evidence, the files to search, and what to do if it's missing.
SIGNS = [
    ("licence", "A license is committed", r"\S", "LICENSE", "Add one so that others may use this"),
    ("lock", "Dependencies are locked", r"\S", r"uv\.lock", "Run uv lock and commit uv.lock"),
    ("deployed", "README links to the service", LINK, README, "Deploy it and link to it"),
    ("cloud", "Infrastructure is code (Terraform, Bicep or Kubernetes)", r"\S", AS_CODE, "Add it"),
    ("tracking", "Training runs are tracked", r"mlflow\.start_run", SOURCE, "Track them in MLflow"),
    ("registry", "Models are registered", REGISTRY, SOURCE, "Register them in MLflow"),
    ("flow", "A workflow retrains the model", f"{FLOW}|{SCHEDULE}", f"{SOURCE}|{FLOWS}", "Add one"),
    ("schedule", "A schedule retrains the model by default", ON, FLOWS, "Add one"),
    ("service", "A web service serves predictions", r"\b(FastAPI\w*|Flask)\(", SOURCE, "Add one"),
    ("image", "A Dockerfile starts the service", r"^(CMD|ENTRYPOINT)\b", "Dockerfile", "Add one"),
    ("instructions", "README shows how to run it", COMMANDS, README, "Show the commands"),
    ("assertion", "Unit tests have assertions", r"^ *assert (?!True\b)", TESTS, "Write tests"),
    ("request", "Tests call the service", "TestClient|uvicorn|httpx", TESTS, "Add one"),
    ("linter", "A linter is configured", r"^\[tool\.ruff\b", r"pyproject\.toml", "Add ruff"),
    ("makefile", "There is a Makefile", r"^\w.*:", "Makefile|justfile", "Add one"),
    ("hook", "There are pre-commit hooks", "- id:", r"\.pre-commit-config\.yaml", "Add pre-commit"),
]

# Points and checks: after the first check that isn't good, a row earns no more points.
ROWS: dict[str, list[tuple[int, str]]] = {
    "problem description": [(2, "problem")],
    "cloud": [(2, "deployed"), (2, "cloud")],
    "tracking and registry": [(0, "champion"), (2, "tracking"), (2, "registry")],
    "workflow orchestration": [(2, "flow"), (2, "schedule")],
    "model deployment": [(2, "service"), (0, "champion"), (2, "image")],
    "model monitoring": [(2, "monitoring"), (2, "consequence")],
    "reproducibility": [(2, "instructions"), (2, "lock")],
    "unit tests": [(1, "assertion")],
    "integration test": [(1, "request")],
    "linter, formatter": [(1, "linter")],
    "Makefile": [(1, "makefile")],
    "pre-commit hooks": [(1, "hook")],
    "CI/CD": [(2, "continuous")],
}


def signs(facts: Facts) -> list[Finding]:
    """Looks for the rubric's evidence in the files that git tracks."""
    findings = []
    for check, title, pattern, paths, step in SIGNS:
        where = facts.find(pattern, paths)
        if where.split(":")[0] in facts.tracked:
            finding = good("", where)
        else:
            finding = improve("none committed", where, step)
        findings.append(replace(finding, check=check, title=title))
    return findings


def score(findings: list[Finding]) -> list[Row]:
    """Scores each row by the most serious finding of its checks."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.check, finding)
    rows = []
    for name, parts in ROWS.items():
        points = 0
        lacks = ""
        for worth, check in parts:
            if first[check].level != GOOD:
                lacks = first[check].title
                break
            points += worth
        rows.append(Row(name, points, sum(worth for worth, _ in parts), lacks))
    return rows
