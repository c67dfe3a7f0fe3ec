"""The errors that a user can meet.

Each message is one line with the value, the reason and the next command.
"""


class ScaffoldError(Exception):
    """What went wrong, in words for the user; the command exits with `exit_status`."""

    exit_status = 1


class UnknownTemplateError(ScaffoldError):
    """No template has this name."""

    exit_status = 2


class InvalidAnswerError(ScaffoldError):
    """The answer to a question, or the value of its option, can't be used."""

    exit_status = 2


class DestinationError(ScaffoldError):
    """The project can't be written where it should go, or couldn't work there."""


class BrokenTemplateError(ScaffoldError):
    """The template itself is at fault."""

    def __init__(self, template: str, problem: object) -> None:
        message = f"The template {template!r} is broken: {problem}. Please report it"
        super().__init__(message)


class StageFailedError(ScaffoldError):
    """A stage of `--run` failed; the project is kept and the run can be resumed."""


class InterruptedRunError(ScaffoldError):
    """The user stopped `--run`; the project is kept and the run can be resumed."""

    exit_status = 130


class ReviewError(ScaffoldError):
    """The folder holds no project that can be judged."""

    exit_status = 2


class GrowthError(ScaffoldError):
    """The project can't get an add-on or a newer template as it is."""


class DataError(ScaffoldError):
    """The user's data can't be read, or nothing can be learned from it."""


class NoProjectError(ScaffoldError):
    """The folder is not in a generated project."""

    exit_status = 2


class LearnError(ScaffoldError):
    """There is no such exercise, or the project can't be run."""

    exit_status = 2
