"""Secrets in text: forms of keys that their makers document, private keys, passwords in addresses and in assignments.

The forms are few on purpose: a finding here should be believed. `detect-secrets` finds more, takes 2.7 s for a project,
brings four packages, and asks services over the network whether a key is valid unless told not to.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

FORMS = {
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})\b",
    "GitLab token": r"\bglpat-[\w-]{20,64}",
    "Hugging Face token": r"\bhf_[A-Za-z]{34}\b",
    "OpenAI or Anthropic key": r"\bsk-(?:proj-|ant-|svcacct-)[\w-]{20,200}",
    "Google API key": r"\bAIza[\w-]{35}",
    "Slack token or webhook": r"\bxox[abeoprs]-[\w-]{10,200}|hooks\.slack\.com/services/T\w{6,14}/B\w{6,14}/\w{16,40}",
    "Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{20,120}",
    "Kaggle key": r'"key": ?"[0-9a-f]{32}"',
    "npm or PyPI token": r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgEIcHlwaS5vcmc[\w-]{50,300}",
    "Azure key": r"AccountKey=[A-Za-z0-9+/]{80,90}==",
    "JSON web token": r"\beyJ[\w-]{10,400}\.eyJ[\w-]{10,2000}\.[\w-]{20,400}",
    "private key": r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----",
}
KEYS = re.compile("|".join(f"(?P<form{number}>{form})" for number, form in enumerate(FORMS.values())))
ADDRESS = re.compile(r"\b[a-z][a-z+]{2,20}://[^\s:/@\"'<>{}$]{1,60}:(?P<value>[^\s:/@\"'<>{}$]{6,100})@[\w.-]+")
ASSIGNED = re.compile(
    r"(?i)(?:password|passwd|secret|token|api_?keys?|access_?key|private_?key)[\"']?\s{0,4}[:=]\s{0,4}"
    r"[\"']?(?P<value>[^\s\"'`<>{}()$,;]{16,200})"
)
LEAST_BITS = 3.5  # of entropy a character: words have less, random keys more


def found(text: str) -> Iterator[tuple[int, str]]:
    """Position and kind of each secret in a text."""
    kinds = list(FORMS)
    for match in KEYS.finditer(text):
        yield match.start(), kinds[int((match.lastgroup or "form0").removeprefix("form"))]
    for match in ADDRESS.finditer(text):
        if random(match["value"], 6):
            yield match.start(), "password in an address"
    for match in ASSIGNED.finditer(text):
        if random(match["value"], 16):
            yield match.start("value"), "password or key in an assignment"


def random(value: str, length: int) -> bool:
    """Whether a value looks made by chance: letters and digits mixed, no name of a variable or a file."""
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    code = re.search(r"[a-z]\.[a-z]|[\[\]]|^[a-z_]+(?:-[a-z0-9]+)*$|example|0123|1234|xxxx|\.\.\.", value)
    return len(value) >= length and bool(mixed) and not code and entropy(value) > min(LEAST_BITS, length / 3)


def entropy(value: str) -> float:
    """Bits of a character, by how often each of them occurs in the value (Shannon 1948)."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
