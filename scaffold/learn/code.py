"""Checks what the user's code does, compared to the template's code."""

import ast

from scaffold.errors import LearnError
from scaffold.learn import pages
from scaffold.learn.project import Project
from scaffold.learn.trial import Trial
from scaffold.review import owner
from scaffold.review.facts import DECISIONS

TESTS = "tests/test_*.py"
INVALID = "INVALID"
PASSED = "passed"


def wrong_answers(trial: Trial) -> list[str]:
    """The rows explained in docs/errors.md are wrong predictions of the version it names."""
    project = trial.project
    version = int(pages.VERSION.findall(project.text(pages.ERRORS))[0])
    wrong = trial.own("wrong_answers", version=version)
    rows = pages.explained_rows(project)
    right = [row for row in rows if row not in wrong]
    if len(rows) - len(right) >= pages.LEAST_ROWS:
        return []
    names = ", ".join(map(str, right))
    step = f"Rows with wrong predictions include: {', '.join(map(str, wrong[:8]))}"
    return [f"Version {version} predicts these rows correctly: {names}. {step}"]


def stricter_rule(trial: Trial) -> list[str]:
    """The tests pass and have a request that the template accepts and the project rejects."""
    requests = trial.own("requests")
    now = trial.own("refused", requests=requests)
    before = trial.template("refused", requests=requests)
    if (True, False) not in zip(now, before, strict=True):
        step = f"Write a rule and add a request that violates it to {INVALID} in tests/examples.py"
        return [f"The template already rejects every rejected request in {INVALID}. {step}"]
    tests = [test for test, text in tests_in(trial.project.own(TESTS)).items() if INVALID in text]
    return failing(trial.tests_with_own_code(tests))


def own_slice(trial: Trial) -> list[str]:
    """The user added a slice with enough rows, and its score is in docs/decisions.md."""
    template = trial.template("slices")
    gaps = ["features.slices only has the template's columns. Add one that may reveal a weakness"]
    for name, judged in trial.own("slices").items():
        if name in template:
            continue
        gaps = []
        renamed = [other for other in judged["same"] if other in template]
        if renamed:
            gaps.append(f"Slice '{name}' groups rows exactly like '{renamed[0]}'. Find another")
        if judged["values"] < 2:
            step = "At least two values need 50 rows in the champion's reference"
            gaps.append(f"Slice '{name}' has {judged['values']} values with enough rows. {step}")
        gaps += pages.decided(trial.project, name)
        recorded = recorded_scores(trial.project, name)
        if not pages.has_figure(trial.project, name, [*judged["scores"].values(), *recorded]):
            scores = ", ".join(f"{key} {score:.3f}" for key, score in judged["scores"].items())
            step = f"State your conclusion with one of: {scores}"
            gaps.append(f"{DECISIONS} doesn't contain a measured score of '{name}'. {step}")
        if not gaps:
            return []
    return gaps


def recorded_scores(project: Project, column: str) -> list[float]:
    """The recorded scores of a slice."""
    scores = []
    for entry in project.history:
        for name, score in entry.get("evidence", {}).get("weakest", {}).items():
            if name.startswith(f"{column}: "):
                scores.append(score["value"])
    return scores


def own_feature(trial: Trial) -> list[str]:
    """The features differ, a test covers them, and the exported model agrees."""
    if trial.own("features") == trial.template("features"):
        step = "Add a feature: start in features.py and predictor.py"
        return [f"The features are the same as the template's. {step}"]
    problem = trial.own("export_problem", candidate=None)
    if problem:
        return [f"The exported model predicts differently: {problem}. Add the feature to both"]
    return telling_test(trial)


def telling_test(trial: Trial) -> list[str]:
    """What is missing if none of the user's tests depends on the change."""
    template = tests_in(trial.project.template(TESTS))
    new = []
    for test, text in tests_in(trial.project.own(TESTS)).items():
        if template.get(test) != text:
            new.append(test)
    if not new:
        return ["There is no new test. Write one in tests/ that fails without your change"]
    results = trial.tests_with_own_code(new)
    passed = [test for test in new if results.get(test.partition("::")[2]) == PASSED]
    if not passed:
        return failing(results)
    before = trial.tests_with_template(passed)
    if all(outcome == PASSED for outcome in before.values()):
        step = "Assert what your change does"
        return [f"Your tests also pass on the template's code: {', '.join(passed)}. {step}"]
    return []


def own_candidate(trial: Trial) -> list[str]:
    """A candidate of another type is exported, cross-validated, and documented."""
    kinds = trial.template("candidates")
    own = trial.own("candidates")
    new = [name for name, kind in own.items() if kind not in kinds.values()]
    if not new:
        return ["model.candidates has no other type of estimator. Add one"]
    gaps = []
    for name in new:
        problem = trial.own("export_problem", candidate=name)
        if problem:
            step = "Support it in model.export and predictor.py"
            gaps.append(f"Candidate '{name}' can't be exported: {problem}. {step}")
        scores = trial.own("cross_validated", candidate=name)
        if not scores:
            gaps.append(f"'{name}' was not cross-validated. Run: {trial.project.name} train")
        elif not pages.has_figure(trial.project, name, scores):
            best = ", ".join(f"{score:.3f}" for score in scores[:4])
            step = f"MLflow recorded {best}; write which setting you chose and why"
            gaps.append(f"{DECISIONS} doesn't contain a cross-validated score of '{name}'. {step}")
        gaps += pages.decided(trial.project, name)
    return gaps


def changed(project: Project, modules: tuple[str, ...]) -> list[str]:
    """What is missing if these modules only differ from the template's in comments."""
    places = [f"src/{project.package}/{module}" for module in modules]
    if not set(places).isdisjoint(owner.changed_code(project.facts)):
        return []
    return [f"{places[0]} is unchanged from the template. Start there"]


def tests_in(texts: dict[str, str]) -> dict[str, str]:
    """The code of each test by its pytest ID."""
    tests = {}
    for path, text in texts.items():
        try:
            body = ast.parse(text).body
        except SyntaxError as error:
            raise LearnError(f"{path}:{error.lineno} is not valid Python. Fix it") from None
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                tests[f"{path}::{node.name}"] = ast.dump(node)
    return tests


def failing(results: dict[str, str]) -> list[str]:
    """What is missing if tests failed or didn't run."""
    if not results:
        return ["No tests ran. To see why: pytest"]
    gaps = []
    for test, outcome in results.items():
        if outcome != PASSED:
            gaps.append(f"{test} fails: {outcome.strip()[:150]}. Run: pytest -k {test}")
    return gaps
