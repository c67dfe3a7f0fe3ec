"""Checks of what a visitor looks for: a licence, a CI that means something, a link to try."""

from scaffold.review import links, workflows
from scaffold.review.finding import MEND, MOST_SHOWN, Finding, good, improve, mend, unknown
from scaffold.review.project import Project

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
    tested = [(flow, step) for flow in project.workflows for step in flow.steps if step.tests]
    tests = [(flow, step) for flow, step in tested if step.tests == workflows.PYTEST]
    if tested and not tests and not found:
        step = tested[0][1]
        said = f"{step.tests} may run the tests; a review does not look into it"
        return unknown(said, step.where, "Let the workflow say pytest, so that its readers see it")
    if not tests:
        return found[:MOST_SHOWN] or mend(
            "no workflow runs the tests", ".github/workflows/", "git checkout .github, or write one"
        )
    for flow, step in tests:
        if step.lenient:
            found += mend(f"it lets a failure pass: {step.lenient}", step.where, "Take that out and mend what fails")
        if not flow.events & {"push", "pull_request"}:
            found += improve("the tests don't start with a push", step.where, "Add push and pull_request to `on`")
    return found[:MOST_SHOWN] or good(
        f"pytest with every {' and '.join(sorted(tests[0][0].events))}", tests[0][1].where
    )


def live(project: Project) -> list[Finding]:
    """There is a link to try it"""
    found = links.found(project)
    if found:
        return good(f"{found[0]} ({links.NOT_ASKED})", found[1])
    step = "Publish it as a Space, on Pages or on a server, and put the https link into README.md"
    refused = links.refused(project)
    if refused:
        return improve(refused[0], refused[1], step)
    return improve("no https link to a Space, a page or an app", "README.md", step)


CHECKS = (licensed, continuous, live)
