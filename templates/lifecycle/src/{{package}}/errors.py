"""The errors that a user sees: a single line with the value, the reason and the next command."""


class LifecycleError(Exception):
    """Something that the user can put right; its message is shown as it is, without a traceback."""


class Unreachable(LifecycleError):
    """A store that doesn't answer, and may do so later."""


STORES = {"mlflow", "pyarrow", "sqlalchemy"}


def outage(error: BaseException) -> bool:
    """Whether a store is gone or damaged, which may pass; a refusal or a bug doesn't."""
    return isinstance(error, (OSError, Unreachable)) or type(error).__module__.split(".")[0] in STORES
