"""What the owner made their own: the lines that commits added to the template's."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from scaffold.review.facts import DECISIONS, README, Facts
from scaffold.review.report import GOOD, IMPROVE, MEND, UNKNOWN, Finding

PROBLEM = r"^##? .*\b([Pp]roblem|[Ww]hy|[Aa]bout|[Mm]otivation)\b.*\n"
YOURS = r"(?i)^#+ .*\b(own|owner|yours?|my|mine)\b"
PROSE = r'"""[\s\S]*?"""|^ *#.*'
ASSERTS = r"^assert (?!True\b)|\b(raises|parametrize|assert\w+)\("
IMPORTS = r"^(?:from|import) [^\n(]*(?:\([^)]*\))?"
LEAST_WORDS = 20


def own_code(facts: Facts) -> Finding:
    """The owner changed something of the code"""
    paths = sorted(changed(facts))
    if paths:
        return Finding(GOOD, f"files changed: {len(paths)}", paths[0])
    step = "Make it yours, and commit it: scaffold learn"
    return Finding(MEND, "src and tests do what the template's do", "src/", step)


def tested(facts: Facts) -> Finding:
    """What the owner changed is tested"""
    modules, tests = [], ""
    for path, lines in changed(facts).items():
        if re.fullmatch(r"src/.*/[a-z]\w*\.py", path):
            modules.append(path)
        elif re.search(ASSERTS, "\n".join(lines), re.MULTILINE):
            imports = re.findall(IMPORTS, facts.texts[path], re.MULTILINE)
            tests += f"{path.replace('test_', ' ')} {imports}"
    for path in modules:
        name = PurePosixPath(path).stem
        if not re.search(rf"\b{name}\b", tests):
            step = f"Assert in tests/test_{name}.py what is different now"
            return Finding(IMPROVE, "no test asserts anything new of it", path, step)
    if not modules:
        return Finding(UNKNOWN, "no module changed, so there is nothing to test")
    return Finding(GOOD, f"modules, each with new assertions: {len(modules)}")


def problem(facts: Facts) -> Finding:
    """README tells the owner's problem"""
    told = re.search(rf"{PROBLEM}([^#]*)", facts.texts.get(README, ""), re.MULTILINE)
    lines = told[0].splitlines() if told else []
    own = set(facts.added.get(README, [])).intersection(lines)
    return by_words(own, facts.find(PROBLEM, README) or README)


def decided(facts: Facts) -> Finding:
    """A decision of the owner's is written down"""
    where = facts.find(YOURS, DECISIONS) or DECISIONS
    return by_words(facts.added.get(DECISIONS, []), where)


def by_words(lines: Iterable[str], where: str) -> Finding:
    """By how much stands there in the owner's words."""
    words = len(" ".join(lines).split())
    if words < LEAST_WORDS:
        step = "Say it in your words: what, for whom, and why"
        return Finding(IMPROVE, f"words of yours: {words}", where, step)
    return Finding(GOOD, f"words of yours: {words}", where)


CHECKS = (own_code, tested, problem, decided)


def changed(facts: Facts) -> dict[str, list[str]]:
    """The new lines of files in src and tests, without comments and docstrings."""
    found: dict[str, list[str]] = {}
    for path in facts.paths(r"(src|tests)/.*"):
        code = re.sub(PROSE, "", facts.texts[path], flags=re.MULTILINE)
        lines = set(map(str.strip, code.splitlines()))
        added = map(str.strip, facts.added.get(path, []))
        new = [line for line in added if line and line in lines]
        if new:
            found[path] = new
    return found
