"""What batch prediction reads: a CSV or Parquet file of any size, a chunk at a time."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .contracts import Batch
from .errors import LifecycleError
from .schema import INPUT

FORMATS = (".csv", ".parquet")
CHUNK = 2_000


def check(source: Path) -> None:
    """Raises LifecycleError unless there is something to read."""
    if source.suffix.lower() not in FORMATS:
        raise LifecycleError(f"{source}: unknown format '{source.suffix}'. Use .csv or .parquet.")
    if not source.is_file():
        raise LifecycleError(f"{source}: no such file.")


def read(source: Path) -> Iterator[Batch]:
    """The file in chunks; an empty one is one empty chunk. Raises LifecycleError if a column is missing."""
    try:
        for rows in _frames(source):
            missing = [column for column in INPUT if column not in rows]
            if missing:
                raise LifecycleError(f"{source}: no column '{missing[0]}'. It needs: {', '.join(INPUT)}.")
            yield Batch(rows, rows[INPUT].to_dict("records"))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise LifecycleError(f"{source}: can't be read ({error}).") from None


def _frames(source: Path) -> Iterator[pd.DataFrame]:
    if source.suffix.lower() == ".csv":
        return iter(pd.read_csv(source, dtype=str, keep_default_na=False, chunksize=CHUNK))
    file = pq.ParquetFile(source)
    empty = file.schema_arrow.empty_table().to_pandas(types_mapper=pd.ArrowDtype)
    return chain([empty], (batch.to_pandas(types_mapper=pd.ArrowDtype) for batch in file.iter_batches(CHUNK)))
