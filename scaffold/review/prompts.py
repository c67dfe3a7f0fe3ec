"""What only the owner can say: prompts of the template, until words are in their place."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from scaffold.review.facts import PAGES, PROMPT, README, Facts
from scaffold.review.owner import PROBLEM
from scaffold.review.report import Finding, good, improve, mend

ROW = r"\|[^|]*\|[^|]*\|"  # the first two cells of a table
LEAST_WORDS = 5  # in a section, where no line says what a word answers
MOST_LINES = 12  # that a finding names

Line = tuple[int, str, str]  # its number, the heading above it, its text


class Prompt(NamedTuple):
    """A prompt that is not answered; without a line, its section is gone."""

    path: str
    line: int
    heading: str
    asks: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


def written(facts: Facts) -> list[Finding]:
    """What only the owner can say is written"""
    prompts = unanswered(facts)
    findings: list[Finding] = []
    count = 0
    for (_, asks), alike in groupby(prompts, lambda prompt: (prompt.path, prompt.asks)):
        group = list(alike)
        which = str(count + 1)
        if len(group) > 1:
            which += f" to {count + len(group)}"
        says = f"to be written, {which} of {len(prompts)}: {asks or 'the meaning of a column'}"
        if len(group) > 1:
            lines = ", ".join(str(prompt.line) for prompt in group[:MOST_LINES])
            says += f"; lines {lines}{', …' if len(group) > MOST_LINES else ''}"
        judge = mend if asks else improve
        where = group[0].where
        findings.append(judge(says, where, f"Write it in {where}, in place of the prompt"))
        count += len(group)
    return findings or [good("no prompt is left")]


def problem_told(facts: Facts) -> Finding:
    """README says whose problem it is"""
    for prompt in unanswered(facts):
        if prompt.path == README and re.match(PROBLEM, f"{prompt.heading}\n"):
            return improve("to be written", prompt.where)
    return good("no prompt", facts.find(PROBLEM, README))


CHECKS = (written,)


def unanswered(facts: Facts) -> list[Prompt]:
    """The prompts in the pages, and those that were deleted with nothing in their place."""
    prompts = set()
    for path in {*facts.paths(PAGES), *facts.asked}:
        page = list(lines(facts.texts.get(path, "")))
        for number, heading, text in page:
            if PROMPT in text:
                prompts.add(Prompt(path, number, heading, request(text)))
        first = list(lines(facts.asked.get(path, "")))
        for _, heading, text in first:
            column = re.search(r"`(\w+)`", text) if text.startswith("|") else None
            unused = column and not facts.find(rf"\b{column[1]}\b", r"src/.*\.py")
            if PROMPT in text and not unused:
                place = deleted(heading, text, first, page)
                if place is not None:
                    prompts.add(Prompt(path, place, heading, request(text)))
    return sorted(prompts)


def deleted(heading: str, text: str, first: list[Line], page: list[Line]) -> int | None:
    """Where an answer is missing, 0 if its section is; None if there are words of the owner's."""
    lead = text.partition(PROMPT)[0]
    row = re.match(ROW, text)
    name = row[0] if row else lead.rstrip()
    if re.search(r"\w", name):
        for number, _, now in page:
            if now.startswith(name):
                answered = PROMPT in now or new_words(now, text)
                return None if answered else number
    section = [line for line in page if line[1] == heading]
    before = [line for line in first if line[1] == heading] if section else first
    now = "\n".join(line for _, _, line in section or page)
    then = "\n".join(line for _, _, line in before)
    if not row and (text in now or new_words(now, then) >= LEAST_WORDS):
        return None
    return section[0][0] if section else 0


def new_words(now: str, then: str) -> int:
    """How many words there are that were not there before."""
    return sum((Counter(re.findall(r"\w+", now)) - Counter(re.findall(r"\w+", then))).values())


def request(text: str) -> str:
    """What a prompt asks for; nothing if it is a cell of a table."""
    return text.partition(PROMPT)[2].split(". ")[0].strip(" :|.")


def lines(text: str) -> Iterator[Line]:
    heading = ""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"#+ ", line):
            heading = line
        yield number, heading, line
