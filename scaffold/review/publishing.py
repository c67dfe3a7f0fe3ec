"""Checks of what a visitor looks for: a licence, a CI that means something, a link to try."""

import re

from scaffold.review import workflows
from scaffold.review.finding import MEND, Finding, good, improve, mend
from scaffold.review.project import PACKAGE_FILE, Project
from scaffold.review.shown import END, START, between, place

HOSTS = (
    r"hf\.space|huggingface\.co/spaces/|github\.io|azurecontainerapps\.io|azurewebsites\.net|run\.app|fly\.dev|onrender\.com"
    r"|railway\.app|koyeb\.app|modal\.run|streamlit\.app|herokuapp\.com|amazonaws\.com|cloudfront\.net|awsapprunner\.com"
    r"|vercel\.app|netlify\.app|pages\.dev|ondigitalocean\.app|gradio\.live"
)
LINK = re.compile(rf"https://(?:[\w-]{{1,63}}\.){{0,5}}(?:{HOSTS})[\w./~-]{{0,200}}")
PLACEHOLDER = re.compile(r"(?i)owner|your|user-?name|example|org/name")
LICENCE_FILES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING")


def licensed(project: Project) -> list[Finding]:
    """There is a licence"""
    path = next((path for path in LICENCE_FILES if path in project.files), None)
    if not path or not project.texts.get(path, "").strip():
        return improve("nobody may use it, since no licence says so", "LICENSE", "Add one: https://choosealicense.com")
    first = project.texts[path].strip().splitlines()[0]
    if "All rights reserved" in project.texts[path] and "Permission" not in project.texts[path] and len(first) < 60:
        return good(f"{first} (all rights reserved)", path)
    return good(first, path)


def continuous(project: Project) -> list[Finding]:
    """CI runs the tests and fails when they do"""
    broken = [flow for flow in project.workflows if flow.broken]
    found = [Finding(MEND, f"GitHub can't run it: {flow.broken}", flow.path, "Mend it") for flow in broken]
    tests = [(flow, step) for flow in project.workflows for step in flow.steps if workflows.TESTS.search(step.runs)]
    if not tests:
        return found or mend("no workflow runs the tests", ".github/workflows/", "git checkout .github, or write one")
    for flow, step in tests:
        if step.lenient:
            found += mend(f"it lets a failure pass: {step.lenient}", step.where, "Take that out and mend what fails")
        if not flow.events & {"push", "pull_request"}:
            found += improve("the tests don't start with a push", step.where, "Add push and pull_request to `on`")
    return found or good(f"pytest with every {' and '.join(sorted(tests[0][0].events))}", tests[0][1].where)


def link(project: Project) -> tuple[str, str] | None:
    """An address where the project can be tried, and where it is written; none was asked whether it answers."""
    urls = project.about.get("urls")
    for key, url in urls.items() if isinstance(urls, dict) else ():
        named = str(key).lower() in ("demo", "live", "app", "try it", "space", "site")
        if (
            isinstance(url, str)
            and not PLACEHOLDER.search(url)
            and (LINK.match(url) or (named and url.startswith("https://")))
        ):
            return url, project.find(re.escape(url), PACKAGE_FILE) or PACKAGE_FILE
    text = project.texts.get("README.md", "")
    code = [match.span() for match in re.finditer(r"^```.*?^```|`[^`\n]*`", text, re.MULTILINE | re.DOTALL)]
    block = between(text, START, END)
    for match in LINK.finditer(text.replace(block, re.sub(r"[^\n]", " ", block)) if block else text):
        if not PLACEHOLDER.search(match.group()) and not any(low <= match.start() < high for low, high in code):
            return match.group(), place("README.md", text, match.start())
    return None


def live(project: Project) -> list[Finding]:
    """There is a link to try it"""
    found = link(project)
    if not found:
        step = "Publish it as a Space, on Pages or on a server, and put the https link into README.md"
        return improve("no https link to a Space, a page or an app", "README.md", step)
    return good(f"{found[0]} (not asked: a review is offline)", found[1])


CHECKS = (licensed, continuous, live)
