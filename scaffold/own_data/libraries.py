"""The libraries that reading data takes, which the tool doesn't need otherwise."""

from importlib.util import find_spec

from scaffold.errors import DataError

PACKAGES = {"polars": "polars", "python_calamine": "python-calamine", "PIL": "pillow"}


def check(purpose: str, *modules: str) -> None:
    """Raises DataError, with the command that installs them, if a module is missing."""
    missing = [PACKAGES[module] for module in modules if find_spec(module) is None]
    if missing:
        raise DataError(
            f"{purpose} needs {' and '.join(missing)}. Run: pip install 'scaffold-ml[data]'"
        )
