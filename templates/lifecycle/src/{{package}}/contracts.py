"""What the modules that differ between tasks hand to those that don't."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .schema import Record

if TYPE_CHECKING:  # serving has neither
    import pandas as pd
    from sklearn.base import BaseEstimator


@dataclass(frozen=True)
class Candidate:
    """An estimator that follows the preprocessor, and the few settings that the search tries."""

    estimator: "BaseEstimator"
    grid: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """The records of a request, and whether there were several."""

    records: list[Record]
    many: bool


@dataclass(frozen=True)
class Reader:
    """How a request's body becomes records, and the schema by which OpenAPI describes that body.

    `read` raises RequestValidationError, or another error that `api_errors` knows.
    """

    read: Callable[[Any], Given]
    schema: dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """The rows that the answers are written beside, and what the contract is to check, in the same order."""

    rows: "pd.DataFrame"
    values: list[dict[str, Any]]
