"""Checks for content that shouldn't be published, and for CI that fails if tests fail."""

import re

from scaffold.review import repository
from scaffold.review.facts import LARGEST, Facts
from scaffold.review.report import Finding, fix, good, improve

DOTENV = r"(.*/)?\.env(\.(?!example|sample|template)\w+)?"
MOST = 10  # findings per check
HOME = r"(?<![\w.])(/home/|/Users/|[A-Z]:\\+Users\\+)(?!runner|user\b|app\b|you)\w[\w.-]+[/\\]"
WORKFLOWS = r"\.github/workflows/[^/]+\.ya?ml"
PYTEST = r"^(?!.*(\binstall\b|--version|--help|--collect-only)).*\bpytest\b(?!-).*"
IGNORED = r"continue-on-error: *true|\bif: *(\$\{\{ *)?false"

# As documented by the providers, in regular expressions that both git and Python support.
FORMS = [
    "A[KS]IA[0-9A-Z]{16}",  # AWS
    "AccountKey=[A-Za-z0-9+/]{86}==",  # Azure
    "AIza[A-Za-z0-9_-]{35}",  # Google
    "gh[pousr]_[A-Za-z0-9]{36}",  # GitHub
    "github_pat_[A-Za-z0-9_]{82}",
    "glpat-[A-Za-z0-9_-]{20}",  # GitLab
    "hf_[A-Za-z]{34}",  # Hugging Face
    "pypi-AgEI[A-Za-z0-9_-]{50,}",
    "[rs]k_live_[A-Za-z0-9]{24,}",  # Stripe
    "sk-(proj|ant|svcacct)-[A-Za-z0-9_-]{20,}",  # OpenAI, Anthropic
    "xox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
    "-----BEGIN ([A-Z]+ ){0,2}PRIVATE KEY",
]
SECRET = f"({'|'.join(FORMS)})"


def no_secrets(facts: Facts) -> list[Finding]:
    """No secrets in the files or in git's history"""
    step = "Remove it and revoke it at its provider: git's history keeps what was committed"
    findings: dict[str, Finding] = {}
    for path, text in facts.texts.items():
        for match in re.finditer(SECRET, text):
            says = f"a secret, {match[0][:4]}…"
            findings.setdefault(match[0], fix(says, facts.place(path, match.start()), step))
    names = set(facts.sizes)
    if facts.in_git:
        for place, line in repository.lines_ever(facts.root, SECRET):
            for match in re.finditer(SECRET, line):
                says = f"a secret in git's history, {match[0][:4]}…"
                findings.setdefault(match[0], fix(says, place, step))
        log = (*repository.EVERYTHING, "--name-only", "-z", "--format=")
        names.update(repository.paths(facts.root, *log, "--", ":(glob)**/.env*"))
    for path in sorted(names):
        if re.fullmatch(DOTENV, path):
            findings[path] = fix("local settings and secrets", path, step)
    return list(findings.values())[:MOST] or [good(f"{len(facts.texts)} text files searched")]


def sizes(facts: Facts) -> list[Finding]:
    """No files too large for a repository"""
    findings = []
    for path, size in facts.sizes.items():
        if size > LARGEST:
            findings.append(fix(f"{size / 1e6:,.0f} MB", path, "Add it to .gitignore"))
    return findings[:MOST] or [good(f"{len(facts.sizes)} files")]


def home_folders(facts: Facts) -> list[Finding]:
    """No paths that only exist on one computer"""
    where = facts.find(HOME, ".*")
    if where:
        return [improve("path of a home directory", where, "Use a path relative to the project")]
    return [good(f"{len(facts.texts)} text files searched")]


def continuous(facts: Facts) -> list[Finding]:
    """CI runs the tests on every push and fails if they fail"""
    result = fix("no workflow runs pytest", ".github/workflows/", "Add a workflow that runs pytest")
    for path in facts.paths(WORKFLOWS):
        text = facts.texts[path]
        for job in re.split(r"(?m)^(?=  [\w-]+:\s*$)", text):
            tests = re.search(PYTEST, job, re.MULTILINE)
            if tests is None:
                continue
            where = facts.place(path, text.find(job) + tests.start())
            if "||" in tests[0] or re.search(IGNORED, job):
                return [fix("test failures are ignored", where, "Let the job fail")]
            if re.search(r"\b(push|pull_request)\b", text):
                return [good("pytest", where)]
            result = improve("the workflow doesn't run on push", where, "Run it on push")
    return [result]


CHECKS = (no_secrets, sizes, home_folders, continuous)
