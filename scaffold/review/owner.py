"""Checks of what the owner should have made their own: code, tests, name, description, problem, decisions."""

import re
from pathlib import PurePosixPath

from scaffold.review.finding import MOST_SHOWN, Finding, good, improve, mend, unknown
from scaffold.review.project import ORIGIN, PACKAGE_FILE, RESULTS, Project
from scaffold.review.shown import NOT_YET, fields, place

NOBODY = {"", "author", "root", "user", "admin", "ubuntu", "runner", "your name"}
PROMPT = re.compile(r"^_[^_\n]{1,400}\?(?: [^_\n]{1,400})?_$", re.MULTILINE)  # what `decide` asks
MODULE = re.compile(r"src/[^/]+/(?:\w+/)*\w+\.py")
ONE_COMMIT = "the history is one commit, and not the one that the tool makes"
DECISIONS, PATH = "docs/decisions/", "docs/make-it-yours.md"


def own_code(project: Project) -> list[Finding]:
    """The owner changed something of the code"""
    altered = project.altered
    if altered is None:
        return unknown(project.no_commits or ONE_COMMIT)
    modules = [path for path in altered.files if path.startswith("src/")]
    if not altered.files:
        step = f"Make it yours: {PATH}" if PATH in project.files else "Make it yours: begin with a slice or a feature"
        words = f", but for the comments, docstrings or format of {altered.in_words}" if altered.in_words else ""
        return mend(f"src and tests are as the template made them{words}", "src/", step)
    said = f"files changed since the first commit: {len(altered.files)}, of these in src: {len(modules)}"
    return good(said, min(altered.files))


def tested(project: Project) -> list[Finding]:
    """What was changed is tested"""
    altered = project.altered
    if altered is None:
        return unknown(project.no_commits or ONE_COMMIT)
    modules = [path for path in altered.files if MODULE.fullmatch(path) and not path.endswith("__.py")]
    imported = frozenset[str]().union(*altered.tests.values())
    lacking: list[Finding] = []
    for module in modules:
        names = PurePosixPath(module).with_suffix("").parts[1:]  # package, folders, module
        if ".".join(names) in imported:
            continue
        own = "/".join(("tests", *names[1:-1], f"test_{names[-1]}.py"))
        tests = [path for path in project.files if path.startswith("tests/") and path.endswith(f"/test_{names[-1]}.py")]
        if not tests:
            lacking += improve(
                f"changed, and there is no {own}, nor a new test that imports it", module, f"Write {own}"
            )
        elif not altered.tests.keys() & set(tests):
            said = f"changed, and {tests[0]} tests nothing new"
            lacking += improve(said, module, f"Assert in {tests[0]} what is different now")
    return lacking[:MOST_SHOWN] or good(f"modules changed, each with its test: {len(modules)}")


def named(project: Project) -> list[Finding]:
    """Name, package and command agree, and are the owner's"""
    scripts = project.about.get("scripts")
    command = next(iter(scripts), "") if isinstance(scripts, dict) else ""
    package = project.packages[0] if project.packages else ""
    name = project.about.get("name")
    if not name == command == package.replace("_", "-"):
        said = f"the project is {name!r}, its command {command!r}, its package {package!r}"
        return mend(said, PACKAGE_FILE, "Give all three one name, with _ for - in the package")
    before = project.results.name if project.results else project.origin.get("name")
    if before not in (project.name, None):
        where = RESULTS if project.results else ORIGIN
        return improve(f"renamed from {before!r}; what is shown is of before", where, f"{project.name} showcase")
    if project.template and project.name == project.template.card["name"]:
        return improve(f"{project.name!r} is the template's own name", PACKAGE_FILE, "Choose a name of yours")
    return good(repr(project.name), PACKAGE_FILE)


def described(project: Project) -> list[Finding]:
    """Description and author are the owner's"""
    found: list[Finding] = []
    where = project.find(r"^description *=", PACKAGE_FILE) or PACKAGE_FILE
    description = str(project.about.get("description", ""))
    if not description or (project.template and description == project.template.card["description"]):
        found += improve("the description is the template's", where, "Say in a sentence what yours is for")
    people = project.about.get("authors")
    names = [str(one.get("name", "")) for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    if not names or names[0].lower() in NOBODY:
        where = project.find(r"^authors *=", PACKAGE_FILE) or PACKAGE_FILE
        found += improve(f"the author is {names[0] if names else ''!r}", where, "Give your name")
    return found or good(f"{description[:60]!r}, {names[0]}", where)


def problem(project: Project) -> list[Finding]:
    """README opens with the owner's problem"""
    text = project.texts.get("README.md", "")
    if not project.template or not text:
        return unknown("no README, or a template that this tool does not have", "README.md")
    file = project.template.folder / "readme" / "problem.md"
    opening = file.read_text("utf-8").split("\n\n")[0].strip() if file.is_file() else ""
    position = text.find(opening) if opening else -1
    if position >= 0:
        where = place("README.md", text, position)
        return improve("the problem is told in the template's words", where, "Say whose problem you solve, and why")
    return good("it is not the template's", "README.md")


def decided(project: Project) -> list[Finding]:
    """A decision of the owner's is written down"""
    beginning = project.commits.beginning if project.commits else {}
    pages = [path for path in project.files if path.startswith(DECISIONS) and path.endswith(".md")]
    own = [path for path in pages if path not in beginning]
    if pages and not project.commits:
        return unknown(project.no_commits, DECISIONS)
    if not own:
        return improve("no decision of yours", DECISIONS, f"{project.name} decide")
    for path in own:
        if left := PROMPT.search(project.texts.get(path, "")):
            where = place(path, project.texts[path], left.start())
            return improve("a question of the page is unanswered", where, "Answer it, and delete the question")
    return good(f"decisions of your own: {len(own)}", own[-1])


def measured(project: Project) -> list[Finding]:
    """No figure is left to be measured"""
    found: list[Finding] = []
    for path, text in project.texts.items():
        left = [(key, start) for key, value, start in fields(text) if value.strip() == NOT_YET]
        if left and path.endswith(".md"):
            said = f"figures that are '{NOT_YET}': {len(left)}, the first is '{left[0][0]}'"
            found += improve(said, place(path, text, left[0][1]), f"{project.name} showcase")
    return found[:MOST_SHOWN] or good(f"'{NOT_YET}' is nowhere")


def exercises(project: Project) -> list[Finding]:
    """The exercises of the template have begun"""
    tests = [path for path in project.files if re.fullmatch(r"exercises/test_\w+\.py", path)]
    if not tests:
        return good("there are none")
    if project.altered is None:
        return unknown("history doesn't tell, and a review runs none of them", "exercises/")
    if not any(path.startswith("src/") for path in project.altered.files):
        return improve(f"none of {len(tests)} has: src is the template's", "exercises/", f"See {PATH}")
    return unknown(f"the code changed; a review runs none of {len(tests)}: pytest exercises", "exercises/")


CHECKS = (own_code, tested, named, described, problem, decided, measured, exercises)
