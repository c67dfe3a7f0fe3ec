"""Optional libraries that only reading data needs."""

from importlib.util import find_spec

from scaffold.errors import DataError

PACKAGES = {
    "polars": "polars",
    "PIL": "pillow",
    "python_calamine": "python-calamine",
    "chardet": "chardet",
}


def check(purpose: str, module: str) -> None:
    """Raises DataError with an install command if the module's package is missing."""
    missing = [package for name, package in PACKAGES.items() if find_spec(name) is None]
    if PACKAGES[module] in missing:
        raise DataError(f"{purpose} needs {PACKAGES[module]}. Run: pip install {' '.join(missing)}")
