"""What should not be published, and what a visitor looks for."""

import re
from collections.abc import Iterator
from itertools import islice

from scaffold.review import repository
from scaffold.review.facts import Facts
from scaffold.review.report import Finding, good, improve, mend, unknown

LARGE, TOO_LARGE = 10_000_000, 50_000_000  # bytes; GitHub refuses 100 MB
DOTENV = r"(.*[:/])?\.env(\.(?!example|sample|template)[\w.]+)?"
LEFTOVERS = {
    "a cell has output": (r'"outputs": ?\[\s*[^\s\]]', r".*\.ipynb"),
    "a home folder": (
        r"(?<![\w.])(/home/|/Users/|[A-Z]:\\+Users\\+)"
        r"(?!runner|user\b|app\b|you)\w[\w.-]+[/\\]",
        ".*",
    ),
}
COMMITTED = {
    "LICENSE": "Add it, or nobody may use this",
    "uv.lock": "uv lock, then commit uv.lock",
}
WORKFLOWS = r"\.github/workflows/[^/]+\.ya?ml"
NO_TESTS = r"(?!.*(\binstall\b|--version|--help|--collect-only))"
PYTEST = rf"^[ -]*+(run: )?{NO_TESTS}[\w ./=&;-]*\bpytest\b(?!-).*"
PASSES = r"\|\| *[({]? *(true\b|:|exit 0|echo\b)"
SKIPPED = r"continue-on-error: *true|if: *(\$\{\{ *)?false"
KEYS = r"""
A[KS]IA[0-9A-Z]{16}\b
gh[pousr]_\w{36}\b
github_pat_\w{82}\b
glpat-[\w-]{20}
hf_[A-Za-z]{34}\b
sk-(?:proj|ant|svcacct)-[\w-]{20,200}
AIza[\w-]{35}
xox[abeoprs]-[\w-]{10,200}
pypi-AgEI[\w-]{50,300}
-----BEGIN(?:\s[A-Z]{2,10}){0,2}\sPRIVATE\sKEY
://[^\s:/@"'<>{}$]{1,60}:([^\s:/@"'<>{}$]{6,100})@[\w.-]
(?i)(?:password|passwd|secret|token|key)s?["']?\s{0,4}[:=]\s{0,4}["']?([^\s"'`<>{}()$,;]{16,200})
"""
NAME = r"(.*[a-z]\.[a-z]|.*[\[\]]|[a-z_]+(-[a-z0-9]+)*$|.*(example|1234|xxxx|\.\.\.))"
RANDOM = rf"(?!{NAME})(?=.*\d).*[A-Za-z]"


def no_secrets(facts: Facts) -> list[Finding]:
    """No secret would be published, or is in git's history"""
    step = "Revoke it where it was made: git's history keeps it"
    history, complaint = repository.history(facts.root)
    findings: dict[str, Finding] = {}
    for path, text in facts.texts.items():
        for position, value in islice(secrets(text), 10):
            where = facts.place(path, position)
            findings.setdefault(value, mend("a key or a password", where, step))
    for place, lines in history.items():
        for _, value in islice(secrets("\n".join(lines)), 10):
            findings.setdefault(value, mend("in git's history", place, step))
    for place in (*facts.files, *history):
        if re.fullmatch(DOTENV, place):
            findings[place] = mend("settings of one machine", place, step)
    if complaint and facts.tracked:
        findings[""] = unknown(f"not all of git's history: {complaint}")
    for path, reason in facts.unread.items():
        if "codec" not in reason:  # of text
            findings[path] = unknown(f"not searched: {reason}", path)
    return list(findings.values())[:10] or [good(f"texts: {len(facts.texts)}")]


def secrets(text: str) -> Iterator[tuple[int, str]]:
    """Position and value of each; no value is shown."""
    for form in KEYS.split():
        for match in re.finditer(form, text):
            value = match[match.lastindex or 0]
            varied = len(set(value)) >= min(12, 0.7 * len(value))
            random = varied and re.match(RANDOM, value)
            if random or not match.lastindex:
                yield match.start(), value


def sizes(facts: Facts) -> list[Finding]:
    """No file is too large for a repository"""
    findings = []
    for path, size in facts.files.items():
        if size > LARGE:
            judge = mend if size > TOO_LARGE else improve
            step = "Name it in .gitignore"
            findings.append(judge(f"{size / 1e6:,.0f} MB", path, step))
    return findings[:10] or [good(f"files: {len(facts.files)}")]


def leftovers(facts: Facts) -> list[Finding]:
    """No output of notebooks, no path of a home folder"""
    findings = []
    for says, (pattern, paths) in LEFTOVERS.items():
        where = facts.find(pattern, paths)
        if where:
            findings.append(improve(says, where, "Take it out"))
    return findings or [good("none")]


def committed(facts: Facts) -> list[Finding]:
    """A licence and the versions of all packages are committed"""
    missing = []
    for path, step in COMMITTED.items():
        if path not in facts.tracked:
            missing.append(improve("git does not track it", path, step))
    return missing or [good("both are")]


def continuous(facts: Facts) -> Finding:
    """CI runs the tests with every push, and fails when they do"""
    where = ".github/workflows/"
    result = mend("no workflow runs pytest", where, "Write one")
    for path in facts.paths(WORKFLOWS):
        text = facts.texts[path][:50_000]
        for job in re.split(r"(?m)^(?=  [\w-]+:\s*$)", text):
            tests = re.search(PYTEST, job, re.MULTILINE)
            if not tests:
                continue
            where = facts.place(path, text.find(job) + tests.start())
            if re.search(PASSES, tests[0]) or re.search(SKIPPED, job):
                return mend("a failure passes", where, "Let it fail")
            if re.search(r"\b(push|pull_request)\b", text):
                return good("pytest", where)
            result = improve("no push starts it", where, "Start it with a push")
    return result


CHECKS = (no_secrets, sizes, leftovers, committed, continuous)
