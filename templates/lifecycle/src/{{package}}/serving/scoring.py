"""Batch prediction: reads in chunks and writes the answers beside what was read, as CSV or Parquet."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from .. import batches
from ..contracts import Batch
from ..errors import LifecycleError
from ..predictor import Predictor
from ..schema import Answer, Record

FORMATS = (".csv", ".parquet")
KINDS = {name: "Float64" if field.annotation is float else "string" for name, field in Answer.model_fields.items()}
RESERVED = {"problem", *(f"predicted_{name}" for name in KINDS)}


def score(source: Path, target: Path, predictor: Predictor, record: type[Record]) -> tuple[int, int]:
    """Write `target`: the columns of `source`, those of the answer, and `problem` for rows that break the contract.

    Returns how many rows were answered and how many were not. Memory does not grow with the source.
    """
    batches.check(source)
    if target.suffix.lower() not in FORMATS:
        raise LifecycleError(f"{target}: unknown format '{target.suffix}'. Use .csv or .parquet.")
    if not target.absolute().parent.is_dir() or target.is_dir():
        raise LifecycleError(f"{target}: no file can be written there. Choose another place.")
    if source.resolve() == target.resolve():
        raise LifecycleError(f"{target}: is the input. Give another file for the answers.")
    partial = target.with_name(f".{target.name}.partial")
    answered = refused = 0
    try:
        with _Writer(partial, target.suffix.lower()) as writer:
            for batch in batches.read(source):
                if taken := RESERVED & set(batch.rows):
                    raise LifecycleError(f"{source}: column '{sorted(taken)[0]}' is for the answers. Rename it.")
                scored = _answer(batch, predictor, record)
                writer.write(scored)
                refused += int(scored["problem"].notna().sum())
                answered += int(scored["problem"].isna().sum())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return answered, refused


def _answer(batch: Batch, predictor: Predictor, record: type[Record]) -> pd.DataFrame:
    records: list[Record] = []
    problems: list[str | None] = []
    for values in batch.values:
        try:
            records.append(record.model_validate(values))
            problems.append(None)
        except ValidationError as error:
            fault = error.errors()[0]
            problems.append(f"{fault['loc'][-1]}: {fault['msg']}")
    answers = iter(predictor.predict(records))
    nothing = dict.fromkeys(Answer.model_fields)
    answered = [nothing if problem else next(answers).model_dump() for problem in problems]
    columns = pd.DataFrame(answered, batch.rows.index, list(nothing)).astype(KINDS).add_prefix("predicted_")
    return batch.rows.join(columns).assign(problem=pd.array(problems, dtype="string"))


class _Writer:
    """Appends frames to one CSV or Parquet file."""

    def __init__(self, path: Path, suffix: str) -> None:
        self.path = path
        self.suffix = suffix
        self.parquet: pq.ParquetWriter | None = None
        self.started = False

    def __enter__(self) -> "_Writer":
        return self

    def write(self, frame: pd.DataFrame) -> None:
        if self.suffix == ".csv":
            frame.to_csv(self.path, mode="a", header=not self.started, index=False, lineterminator="\n")
        else:
            schema = self.parquet.schema if self.parquet else None
            table = pa.Table.from_pandas(frame, schema, preserve_index=False)
            self.parquet = self.parquet or pq.ParquetWriter(self.path, table.schema)
            self.parquet.write_table(table)
        self.started = True

    def __exit__(self, *_: object) -> None:
        if self.parquet:
            self.parquet.close()
