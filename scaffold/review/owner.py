"""What is the owner's: commits, code, tests, and words in place of the template's prompts."""

import ast
import re
from collections import Counter
from pathlib import PurePosixPath

from scaffold.review.facts import DECISIONS, README, Facts
from scaffold.review.report import Finding, fix, good, improve, unknown

PROBLEM = r"^##? .{0,99}\b(?:[Pp]roblem|[Ww]hy|[Aa]bout|[Mm]otivation)\b.*(?:\n(?!#).*)*"
LEAST_WORDS = 20  # about a problem or a decision
PAGES = r"([^/]+|docs/.*)\.md"
PROMPT = "TO WRITE"
FEWEST_WORDS = 2  # in place of a prompt, on average
ASSERTS = r"^ *assert (?!True$).*|.*\b(?:raises|parametrize)\(.*"
IMPORTS = r"^ *(?:from|import) .*"


def own_commits(facts: Facts) -> list[Finding]:
    """The owner's commits are in the history"""
    if not facts.commits:
        step = "Commit each change of yours, and say why in its message"
        return [improve("no commit is yours", step=step)]
    paths = {path for commit in facts.commits for path in commit.paths}
    folders = Counter(path.split("/")[0] for path in sorted(paths))
    touched = [f"{folder} ({count})" for folder, count in folders.most_common(5)]
    return [good(f"commits: {len(facts.commits)}; files: {', '.join(touched)}")]


def own_code(facts: Facts) -> list[Finding]:
    """The owner changed the code"""
    paths = changed_code(facts)
    if paths:
        return [good(f"files changed: {len(paths)}", paths[0])]
    step = "Change what you want to explain, and commit it"
    return [fix("src and tests are the template's", "src/", step)]


def tested(facts: Facts) -> list[Finding]:
    """The owner's changes are tested"""
    modules = []
    tests = ""  # the names of those with new assertions, and what they import
    for path in changed_code(facts):
        if path.startswith("src/"):
            modules.append(path)
        elif matches(ASSERTS, facts.texts[path]) - matches(ASSERTS, facts.before(path)):
            tests += f" {path.replace('test_', ' ')} {list(matches(IMPORTS, facts.texts[path]))}"
    for path in modules:
        name = PurePosixPath(path).stem
        if not re.search(rf"\b{name}\b", tests):
            step = f"Assert in tests/test_{name}.py what is new"
            return [improve("no test asserts what is new", path, step)]
    if not modules:
        return [unknown("no module was changed", "src/", "Change one, and test the change")]
    return [good(f"modules, each with new assertions: {len(modules)}", modules[0])]


def problem(facts: Facts) -> list[Finding]:
    """README says in the owner's words whose problem it is"""
    where = facts.find(PROBLEM, README) or README
    now = re.findall(PROBLEM, facts.texts.get(README, ""), re.MULTILINE)
    before = re.findall(PROBLEM, facts.before(README), re.MULTILINE)
    return own_words(" ".join(now), " ".join(before), where)


def decided(facts: Facts) -> list[Finding]:
    """A decision of the owner's is written down"""
    return own_words(facts.texts.get(DECISIONS, ""), facts.before(DECISIONS), DECISIONS)


def explained(facts: Facts) -> list[Finding]:
    """The decisions say why each add-on is there"""
    words = new_words(facts.texts.get(DECISIONS, "").lower(), facts.before(DECISIONS).lower())
    missing = [name for name in facts.origin.add_ons if name not in words]
    return [improve(name, DECISIONS, f"Say why the project needs {name}") for name in missing]


def written(facts: Facts) -> list[Finding]:
    """The owner wrote what only the owner can know"""
    findings = []
    for path in sorted({*facts.texts, *facts.changed}):
        if re.fullmatch(PAGES, path):
            findings += left(facts, path) + deleted(facts, path)
    return findings or [good("no prompt is left")]


CHECKS = (own_commits, own_code, tested, problem, decided, explained)


def own_words(now: str, before: str, where: str) -> list[Finding]:
    """By how much stands there in the owner's words."""
    count = new_words(now, before).total()
    if count < LEAST_WORDS:
        step = "Say it in your own words: what, for whom, and why"
        return [improve(f"words of your own: {count} of at least {LEAST_WORDS}", where, step)]
    return [good(f"words of your own: {count}", where)]


def new_words(now: str, before: str) -> Counter[str]:
    """The words that were not there before, with their numbers."""
    return Counter(re.findall(r"\w+", now)) - Counter(re.findall(r"\w+", before))


def left(facts: Facts, path: str) -> list[Finding]:
    """The prompts that are still in a page; those that ask for the same are one finding."""
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
            says += f"; {len(numbers)} lines, the last is {numbers[-1]}"
        findings.append(judge(says, f"{path}:{numbers[0]}", "Write it in place of the prompt"))
    return findings


def deleted(facts: Facts, path: str) -> list[Finding]:
    """Whether prompts have left a page with nothing in their place."""
    now = facts.texts.get(path, "")
    before = facts.before(path)
    gone = before.count(PROMPT) - now.count(PROMPT)
    words = new_words(now, before).total()
    if words >= gone * FEWEST_WORDS:
        return []
    says = f"prompts deleted: {gone}; words of your own: {words}"
    return [fix(says, path, f"Write what they asked for: git log -p -- {path}")]


def changed_code(facts: Facts) -> list[str]:
    """The modules whose code is not the template's; comments and docstrings are no code."""
    paths = []
    for path, before in facts.changed.items():
        now = facts.texts.get(path, "")
        if now and re.match(r"(src|tests)/.*\.py", path) and code(now) != code(before):
            paths.append(path)
    return paths


def code(text: str) -> str:
    """A module in one form, without comments and docstrings; if it is no Python, as it is."""
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
    """The lines of code that match, with their numbers."""
    return Counter(re.findall(pattern, code(text), re.MULTILINE))
