"""What the owner made their own: lines that commits added."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from scaffold.review.facts import DECISIONS, README, Facts
from scaffold.review.report import Finding, good, improve, mend, unknown

PROBLEM = r"^##? .{0,99}\b(?:[Pp]roblem|[Ww]hy|[Aa]bout|[Mm]otivation)\b.*\n"
YOURS = r"(?i)^#+ .*\b(own|owner|yours?|my|mine)\b"
PROSE = r'"""[\s\S]*?"""|^ *#.*'
ASSERTS = r"^assert (?!True\b)|\b(raises|parametrize|assert\w+)\("
IMPORTS = r"^(?:from|import) [^\n(]*(?:\([^)]{0,999}\))?"
LEAST_WORDS = 20


def own_code(facts: Facts) -> Finding:
    """The owner changed something of the code"""
    paths = sorted(changed(facts))
    if paths:
        return good(f"files changed: {len(paths)}", paths[0])
    step = "Change what you want to explain, and commit it"
    return mend("src and tests are the template's", "src/", step)


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
            step = f"Assert in tests/test_{name}.py what is new"
            return improve("no test asserts what is new", path, step)
    if not modules:
        return unknown("no module changed")
    return good(f"modules, each with assertions: {len(modules)}")


def problem(facts: Facts) -> Finding:
    """README tells the owner's problem"""
    text = facts.word(f"{PROBLEM}([^#]*)", README)
    own = set(facts.added.get(README, [])).intersection(text.splitlines())
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
        return improve(f"words of yours: {words}", where, step)
    return good(f"words of yours: {words}", where)


CHECKS = (own_code, tested, problem, decided)


def changed(facts: Facts) -> dict[str, list[str]]:
    """New lines of code, without comments and docstrings."""
    new: dict[str, list[str]] = {}
    for path in facts.paths(r"(src|tests)/.*"):
        text = re.sub(PROSE, "", facts.texts[path], flags=re.MULTILINE)
        lines = set(map(str.strip, text.splitlines()))
        added = map(str.strip, facts.added.get(path, []))
        code = [line for line in added if line and line in lines]
        if code:
            new[path] = code
    return new
