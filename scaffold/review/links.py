"""Addresses where a project can be tried. None is asked whether it answers: a review is offline."""

import re
from collections.abc import Iterator
from itertools import islice

from scaffold.review.project import PACKAGE_FILE, Project
from scaffold.review.shown import END, START, between, place

NOT_ASKED = "not asked whether it answers"
MOST = 50  # links that are looked at
HOSTS = (
    r"hf\.space|github\.io|azurecontainerapps\.io|azurewebsites\.net|run\.app|fly\.dev|onrender\.com"
    r"|railway\.app|koyeb\.app|modal\.run|streamlit\.app|herokuapp\.com|amazonaws\.com|cloudfront\.net|awsapprunner\.com"
    r"|vercel\.app|netlify\.app|pages\.dev|ondigitalocean\.app|gradio\.live"
)
NAME = r"[\w.-]{1,96}"
LINK = re.compile(
    rf"https://(?:huggingface\.co/spaces/{NAME}/{NAME}|(?:[\w-]{{1,63}}\.){{1,5}}(?:{HOSTS}))(?![\w.-]*\w)[\w./~-]{{0,200}}"
)
DEMO = re.compile(r"https://(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w.-]*\w)[\w./~-]{0,200}")
DEMOS = ("demo", "live", "app", "try it", "space", "site")
# Names of nobody, as documentation writes them, and domains that are kept for examples (RFC 2606, RFC 6761).
PLACEHOLDER = re.compile(
    r"(?i)(?<![a-z])(?:my)?(?:owner|your(?:user)?(?:name)?|user-?name|example|placeholder|change-?me|todo|xxx+)(?![a-z])"
    r"|(?<=/)(?:user|org|name|account|foo|acme)(?=[./])|\.(?:test|invalid|localhost|local|internal)(?=/|$)"
)
SPACE = re.compile(rf"https://(?:huggingface\.co/spaces/({NAME}/{NAME})|([\w-]{{1,63}})\.hf\.space\b)")
UPLOADED = re.compile(
    rf"\bSPACE: *[\"']?({NAME}/{NAME})|\bhf upload +[\"']?({NAME}/{NAME})(?=[^\n]{{0,300}}type[= ]+[\"']?space)"
)
GITHUB = re.compile(r"https://github\.com/([\w-]{1,39})/")


def found(project: Project) -> tuple[str, str] | None:
    """An address where the project can be tried, and where it is written."""
    return next(((url, where) for url, where, against in _judged(project) if not against), None)


def refused(project: Project) -> tuple[str, str] | None:
    """Why an address does not count, and where it is written."""
    return next(((f"{url}: {against}", where) for url, where, against in _judged(project)), None)


def _judged(project: Project) -> Iterator[tuple[str, str, str]]:
    """Each address, where it is written, and what speaks against it, if anything does."""
    spaces = _spaces(project)
    for url, where in _all(project):
        yield url, where, _objection(project, spaces, url)


def _all(project: Project) -> Iterator[tuple[str, str]]:
    for key, url in _urls(project).items():
        if (DEMO if key.lower() in DEMOS else LINK).match(url):
            yield url, project.find(re.escape(url), PACKAGE_FILE) or PACKAGE_FILE
    text = project.texts.get("README.md", "")
    code = [match.span() for match in re.finditer(r"^```.*?^```|`[^`\n]*`", text, re.MULTILINE | re.DOTALL)]
    block = between(text, START, END)
    plain = text.replace(block, re.sub(r"[^\n]", " ", block)) if block else text
    for match in islice(LINK.finditer(plain), MOST):
        if not any(low <= match.start() < high for low, high in code):
            yield match.group().rstrip("."), place("README.md", text, match.start())


def _urls(project: Project) -> dict[str, str]:
    found = project.about.get("urls")
    return {str(key): url for key, url in found.items() if isinstance(url, str)} if isinstance(found, dict) else {}


def _objection(project: Project, spaces: list[str], url: str) -> str:
    """Why an address is nobody's, or of another project by the names in this one's workflows and urls."""
    if nobody := PLACEHOLDER.search(url):
        return f"{nobody.group().strip('.')!r} stands for a name"
    if (space := SPACE.match(url)) and spaces and _label(space[1] or space[2]) not in map(_label, spaces):
        return f"the project's own Space is {spaces[0]}"
    owners = [found[1].lower() for one in _urls(project).values() if (found := GITHUB.match(one))]
    page = re.match(r"https://([\w-]+)\.github\.io\b", url)
    return f"the project is {owners[0]}'s on GitHub" if owners and page and page[1].lower() not in owners else ""


def _spaces(project: Project) -> list[str]:
    """The Spaces that workflows publish and name, or the package file: owner/name, or the label of their domain."""
    workflows = [text for path, text in project.texts.items() if path.startswith(".github/workflows/")]
    named = [pair for text in workflows for pair in UPLOADED.findall(text)]
    named += [pair for text in (*workflows, *_urls(project).values()) for pair in SPACE.findall(text)]
    return [one or other for one, other in named[:MOST]]


def _label(space: str) -> str:
    """The first part of a Space's own domain: of ada/film.mood ada-film-mood."""
    return re.sub(r"[\W_]+", "-", space).lower()
