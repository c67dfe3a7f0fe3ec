"""Finds what is still missing in each exercise.

`look` only reads files and git; `run` also executes the project's code in its environment.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scaffold.learn import code, pages
from scaffold.learn.project import Project
from scaffold.learn.trial import Trial

DONE, OPEN, READY = "done", "not done", "run --check"
Look = Callable[[Project], list[str]]
Run = Callable[[Trial], list[str]]


@dataclass(frozen=True)
class Check:
    """The two parts of a check; each returns what is missing, with the next step."""

    look: Look
    run: Run | None = None


def changed(*modules: str) -> Look:
    """Returns a check that the user changed one of these modules."""
    return partial(code.changed, modules=modules)


CHECKS = {
    "wrong-answers": Check(pages.wrong_answers, code.wrong_answers),
    "stricter-rule": Check(changed("schema.py"), code.stricter_rule),
    "slice": Check(changed("features.py"), code.own_slice),
    "rollback": Check(pages.rollback),
    "post-mortem": Check(pages.post_mortem),
    "feature": Check(
        changed("features.py", "predictor.py", "columns.py", "model.py"), code.own_feature
    ),
    "candidate": Check(changed("model.py"), code.own_candidate),
    "own-data": Check(pages.own_data),
    "add-on": Check(pages.add_on),
}


def status(name: str, project: Project) -> str:
    """The status of an exercise, from files and git alone."""
    project.check_history()
    check = CHECKS[name]
    if check.look(project):
        return OPEN
    return READY if check.run else DONE


def missing(name: str, project: Project) -> list[str]:
    """What is still missing in an exercise; runs the project's code if needed."""
    project.check_history()
    check = CHECKS[name]
    gaps = check.look(project)
    if gaps or check.run is None:
        return gaps
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(project, Path(folder))
        trial.check_environment()
        return check.run(trial)
