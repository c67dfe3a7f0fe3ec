"""Secrets in text: forms of keys that their makers document, private keys, passwords in addresses and in assignments.

The forms are few on purpose: a finding here should be believed. `detect-secrets` finds more, takes 2.7 s for a project,
brings four packages, and asks services over the network whether a key is valid unless told not to.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

# Each begins with plain letters, which `re` finds fast.
FORMS = {
    "AWS access key": [r"AKIA[0-9A-Z]{16}\b", r"ASIA[0-9A-Z]{16}\b"],
    "GitHub token": [*(rf"gh{kind}_[A-Za-z0-9]{{36}}\b" for kind in "pousr"), r"github_pat_[A-Za-z0-9_]{82}\b"],
    "GitLab token": [r"glpat-[\w-]{20,64}"],
    "Hugging Face token": [r"hf_[A-Za-z]{34}\b"],
    "OpenAI or Anthropic key": [r"sk-proj-[\w-]{20,200}", r"sk-ant-[\w-]{20,200}", r"sk-svcacct-[\w-]{20,200}"],
    "Google API key": [r"AIza[\w-]{35}"],
    "Slack token or webhook": [
        r"xox[abeoprs]-[\w-]{10,200}",
        r"hooks\.slack\.com/services/T\w{6,14}/B\w{6,14}/\w{16,40}",
    ],
    "Stripe key": [r"sk_live_[A-Za-z0-9]{20,120}", r"rk_live_[A-Za-z0-9]{20,120}"],
    "Kaggle key": [r'"key": ?"[0-9a-f]{32}"'],
    "npm or PyPI token": [r"npm_[A-Za-z0-9]{36}\b", r"pypi-AgEIcHlwaS5vcmc[\w-]{50,300}"],
    "Azure key": [r"AccountKey=[A-Za-z0-9+/]{80,90}=="],
    "JSON web token": [r"eyJ(?<![\w-]eyJ)[\w-]{10,400}\.eyJ[\w-]{10,2000}\.[\w-]{20,400}"],
    "private key": [r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"],
}
KEYS = [(kind, re.compile(form)) for kind, forms in FORMS.items() for form in forms]
ADDRESS = re.compile(r"://[^\s:/@\"'<>{}$]{1,60}:(?P<value>[^\s:/@\"'<>{}$]{6,100})@[\w.-]")
VALUE = r"s?[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<value>[^\s\"'`<>{}()$,;]{16,200})"
ASSIGNED = [re.compile(name + VALUE) for name in ("password", "passwd", "secret", "token", "key")]
LEAST_BITS = 3.5  # of entropy a character: words have less, random keys more


def found(text: str) -> Iterator[tuple[int, str]]:
    """Position and kind of each secret in a text."""
    return ((position, kind) for position, kind, _ in matches(text))


def matches(text: str) -> Iterator[tuple[int, str, str]]:
    """Position, kind and value of each secret in a text. The value is for comparing, never for showing."""
    for kind, form in KEYS:
        for match in form.finditer(text):
            yield match.start(), kind, match.group()
    for match in ADDRESS.finditer(text):
        if random(match["value"], 6):
            yield match.start(), "password in an address", match["value"]
    lower = text.lower()
    names = lower if len(lower) == len(text) else text  # a few letters become two
    for assigned in ASSIGNED:
        for match in assigned.finditer(names):
            value = text[slice(*match.span("value"))]
            if random(value, 16):
                yield match.start("value"), "password or key in an assignment", value


def random(value: str, length: int) -> bool:
    """Whether a value looks made by chance: letters and digits mixed, no name of a variable or a file."""
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    code = re.search(r"[a-z]\.[a-z]|[\[\]]|^[a-z_]+(?:-[a-z0-9]+)*$|example|0123|1234|xxxx|\.\.\.", value)
    return len(value) >= length and bool(mixed) and not code and entropy(value) > min(LEAST_BITS, length / 3)


def entropy(value: str) -> float:
    """Bits of a character, by how often each of them occurs in the value (Shannon 1948)."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
