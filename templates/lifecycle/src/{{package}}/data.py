"""Raw data to prepared data: checks every row against the contract, splits, and says what was dropped and why."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from . import source
from .config import COMMAND
from .errors import LifecycleError
from .record import replace_text
from .schema import INPUT, TARGET, Limits, Record, labelled_type

log = logging.getLogger(__name__)
PARTS = ("train", "test", "stream", "drift", "mixed", "heldout")


def prepare(folder: Path, limits: Limits, own_data: Path | None, seed: int, sample_rows: int | None) -> dict[str, Any]:
    """Write the parts as Parquet and `dataset.json` beside them; returns what `dataset.json` says."""
    raw = source.load(own_data)
    if sample_rows:
        raw = raw.sample(min(sample_rows, len(raw)), random_state=seed).sort_index()
    records, dropped = source.clean(raw, limits)
    validate(records, limits)
    parts = source.split(records, seed)

    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: _write(parts[name], folder / f"{name}.parquet") for name in PARTS}
    dataset = {
        "source": str(own_data or source.NAME),
        "raw_rows": len(raw),
        "dropped": dropped,
        "rows": {name: len(parts[name]) for name in PARTS},
        "digests": digests,
        "digest": hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:16],
        "seed": seed,
    }
    replace_text(folder / "dataset.json", json.dumps(dataset, indent=2))
    return dataset


def validate(records: pd.DataFrame, limits: Limits) -> None:
    """Hold every record to the contract.

    Raises LifecycleError with row (from 1, without the header), column and reason of the first fault.
    """
    try:
        rows: Any = list[labelled_type(limits)]  # type: ignore[misc]
        TypeAdapter(rows).validate_python(records.to_dict("records"))
    except ValidationError as error:
        faults = error.errors()
        position, column = int(faults[0]["loc"][0]), faults[0]["loc"][-1]
        row = int(records.index[position]) + 1
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        value = str(faults[0]["input"])[:60]
        raise LifecycleError(
            f"Row {row}, column {column}: {value!r}: {faults[0]['msg']}{more}. Correct it, then run: {COMMAND} prepare"
        ) from None


def read(folder: Path, *names: str) -> pd.DataFrame:
    """The named parts, one below the other."""
    missing = [name for name in names if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise LifecycleError(f"No prepared data '{missing[0]}' in {folder}. Run: {COMMAND} prepare")
    return pd.concat([pd.read_parquet(folder / f"{name}.parquet") for name in names], ignore_index=True)


def describe(folder: Path) -> dict[str, Any]:
    """What `prepare` wrote down about the data: counts, what was dropped and why, digests."""
    path = folder / "dataset.json"
    if not path.is_file():
        raise LifecycleError(f"No {path}. Run: {COMMAND} prepare")
    try:
        description: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise LifecycleError(f"{path} is damaged ({error}). Run: {COMMAND} prepare") from None
    return description


def with_input(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the prediction log that kept their records; those that today's contract refuses are left out.

    Raises LifecycleError if no row of some kept its record.
    """
    kept = [row for row in rows if row["input"].keys() >= set(INPUT)]
    if rows and not kept:
        raise LifecycleError("The prediction log kept no records to compare or learn from. Set LOG_INPUTS=full.")
    fit = [row for row in kept if _fits(row["input"])]
    if len(fit) < len(kept):
        log.warning("%d rows of the prediction log are left out: the contract refuses them", len(kept) - len(fit))
    return fit


def _fits(record: dict[str, Any]) -> bool:
    try:
        Record.model_validate_json(json.dumps(record))
    except ValidationError:
        return False
    return True


def from_log(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of the prediction log as the records that they were, with the target; None where there is no feedback."""
    records = [Record.model_validate_json(json.dumps(row["input"])).model_dump() for row in rows]
    return pd.DataFrame(records, columns=INPUT).assign(**{TARGET: [row["target"] for row in rows]})


def from_feedback(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of the prediction log that have feedback, in the columns of the train set; of one record the latest row."""
    labelled = source.fed_back(from_log(rows))
    return labelled[~source.question(labelled).duplicated(keep="last")].reset_index(drop=True)


def _write(part: pd.DataFrame, path: Path) -> str:
    partial = path.with_name(path.name + ".partial")
    part.to_parquet(partial, index=False)
    partial.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()
