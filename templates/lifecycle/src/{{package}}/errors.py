"""The one error that a user sees: a single line with the value, the reason and the next command."""


class LifecycleError(Exception):
    """Something that the user can put right; its message is shown as it is, without a traceback."""
