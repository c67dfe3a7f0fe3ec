"""The errors that users can see.

Each message is one line with the value, the reason and the next command.
"""


class ScaffoldError(Exception):
    """An error with a message for the user; the command exits with `exit_status`."""

    exit_status = 1


class UnknownTemplateError(ScaffoldError):
    """There is no template or add-on with this name, or it doesn't fit the project."""

    exit_status = 2


class InvalidAnswerError(ScaffoldError):
    """An answer or the value of an option is invalid."""

    exit_status = 2


class DestinationError(ScaffoldError):
    """The project can't be written to the destination, or wouldn't work there."""


class BrokenTemplateError(ScaffoldError):
    """The template itself is invalid."""

    def __init__(self, template: str, problem: object) -> None:
        message = f"The template {template!r} is broken: {problem}. Please report it"
        super().__init__(message)


class StageFailedError(ScaffoldError):
    """A stage of `--run` failed; the project is kept and the run can be resumed."""


class InterruptedRunError(ScaffoldError):
    """The user stopped `--run`; the project is kept and the run can be resumed."""

    exit_status = 130


class ReviewError(ScaffoldError):
    """The folder doesn't contain a project that can be reviewed."""

    exit_status = 2


class GrowthError(ScaffoldError):
    """An add-on or update can't be merged into the project in its current state."""


class DataError(ScaffoldError):
    """The user's data can't be read, or no model can be trained on it."""


class NoProjectError(ScaffoldError):
    """The folder is not in a generated project."""

    exit_status = 2


class LearnError(ScaffoldError):
    """There is no such exercise, or the project can't be run."""

    exit_status = 2
