"""Checks what the user contributed: commits, code, tests, and text in place of prompts."""

import ast
import re
from collections import Counter
from pathlib import PurePosixPath

from scaffold.review.facts import DECISIONS, README, Facts
from scaffold.review.report import Finding, fix, good, improve, unknown

PROBLEM = r"^##? .{0,99}\b(?:[Pp]roblem|[Ww]hy|[Aa]bout|[Mm]otivation)\b.*(?:\n(?!#).*)*"
LEAST_WORDS = 20  # in a problem description or a decision
PAGES = r"([^/]+|docs/.*)\.md"
PROMPT = "TO WRITE"
FEWEST_WORDS = 2  # per replaced prompt, on average
ASSERTS = r"^ *assert (?!True$).*|.*\b(?:raises|parametrize)\(.*"
IMPORTS = r"^ *(?:from|import) .*"


def own_commits(facts: Facts) -> list[Finding]:
    """Your own commits are in the history"""
    if not facts.commits:
        step = "Commit each of your changes, and explain why in the message"
        return [improve("no commits of your own", step=step)]
    paths = {path for commit in facts.commits for path in commit.paths}
    folders = Counter(path.split("/")[0] for path in sorted(paths))
    touched = [f"{folder} ({count})" for folder, count in folders.most_common(5)]
    return [good(f"commits: {len(facts.commits)}; files: {', '.join(touched)}")]


def own_code(facts: Facts) -> list[Finding]:
    """You changed the code"""
    paths = changed_code(facts)
    if paths:
        return [good(f"files changed: {len(paths)}", paths[0])]
    step = "Change something that you want to talk about, and commit it"
    return [fix("src and tests are unchanged from the template", "src/", step)]


def tested(facts: Facts) -> list[Finding]:
    """Your changes are tested"""
    modules = []
    tests = ""  # names and imports of test files with new assertions
    for path in changed_code(facts):
        if path.startswith("src/"):
            modules.append(path)
        elif matches(ASSERTS, facts.texts[path]) - matches(ASSERTS, facts.before(path)):
            tests += f" {path.replace('test_', ' ')} {list(matches(IMPORTS, facts.texts[path]))}"
    for path in modules:
        name = PurePosixPath(path).stem
        if not re.search(rf"\b{name}\b", tests):
            step = f"Test the change in tests/test_{name}.py"
            return [improve("no test covers the change", path, step)]
    if not modules:
        return [unknown("no module was changed", "src/", "Change one and test the change")]
    return [good(f"changed modules with new tests: {len(modules)}", modules[0])]


def problem(facts: Facts) -> list[Finding]:
    """README describes the problem in your own words"""
    where = facts.find(PROBLEM, README) or README
    now = re.findall(PROBLEM, facts.texts.get(README, ""), re.MULTILINE)
    before = re.findall(PROBLEM, facts.before(README), re.MULTILINE)
    return own_words(" ".join(now), " ".join(before), where)


def decided(facts: Facts) -> list[Finding]:
    """You documented a decision of your own"""
    return own_words(facts.texts.get(DECISIONS, ""), facts.before(DECISIONS), DECISIONS)


def explained(facts: Facts) -> list[Finding]:
    """docs/decisions.md explains why each add-on is there"""
    words = new_words(facts.texts.get(DECISIONS, "").lower(), facts.before(DECISIONS).lower())
    missing = [name for name in facts.origin.add_ons if name not in words]
    return [improve(name, DECISIONS, f"Explain why the project needs {name}") for name in missing]


def written(facts: Facts) -> list[Finding]:
    """All TO WRITE prompts are answered"""
    findings = []
    for path in sorted({*facts.texts, *facts.changed}):
        if re.fullmatch(PAGES, path):
            findings += left(facts, path) + deleted(facts, path)
    return findings or [good("no prompts left")]


CHECKS = (own_commits, own_code, tested, problem, decided, explained)


def own_words(now: str, before: str, where: str) -> list[Finding]:
    """A finding based on the number of words added by the user."""
    count = new_words(now, before).total()
    if count < LEAST_WORDS:
        step = "Explain it in your own words: what, for whom, and why"
        return [improve(f"words of your own: {count} of at least {LEAST_WORDS}", where, step)]
    return [good(f"words of your own: {count}", where)]


def new_words(now: str, before: str) -> Counter[str]:
    """The added words, with their counts."""
    return Counter(re.findall(r"\w+", now)) - Counter(re.findall(r"\w+", before))


def left(facts: Facts, path: str) -> list[Finding]:
    """Findings for prompts left in a page; identical prompts are one finding."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(facts.texts.get(path, "").splitlines(), 1):
        if PROMPT in line:
            asks = line.partition(PROMPT)[2].split(". ")[0].strip(" :|.")
            places.setdefault(asks, []).append(number)
    findings = []
    for asks, numbers in places.items():
        judge = fix if asks else improve
        says = f"to be written: {asks or 'the meaning of a column'}"
        if len(numbers) > 1:
            says += f"; {len(numbers)} lines, up to line {numbers[-1]}"
        findings.append(judge(says, f"{path}:{numbers[0]}", "Replace the prompt with your text"))
    return findings


def deleted(facts: Facts, path: str) -> list[Finding]:
    """A finding if prompts were deleted without an answer."""
    now = facts.texts.get(path, "")
    before = facts.before(path)
    gone = before.count(PROMPT) - now.count(PROMPT)
    words = new_words(now, before).total()
    if words >= gone * FEWEST_WORDS:
        return []
    says = f"prompts deleted: {gone}; words of your own: {words}"
    return [fix(says, path, f"Write what they asked for. To see them: git log -p -- {path}")]


def changed_code(facts: Facts) -> list[str]:
    """The modules whose code differs from the template's, ignoring comments and docstrings."""
    paths = []
    for path, before in facts.changed.items():
        now = facts.texts.get(path, "")
        if now and re.match(r"(src|tests)/.*\.py", path) and code(now) != code(before):
            paths.append(path)
    return paths


def code(text: str) -> str:
    """The module, normalized, without comments and docstrings; unchanged if not valid Python."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [line for line in node.body if not is_docstring(line)]
    return ast.unparse(module)


def is_docstring(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def matches(pattern: str, text: str) -> Counter[str]:
    """The matching lines of code, with their counts."""
    return Counter(re.findall(pattern, code(text), re.MULTILINE))
