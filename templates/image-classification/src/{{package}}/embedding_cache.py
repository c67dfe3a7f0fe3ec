"""Embeddings are slow to make and never change: they are kept on the disk, by the digests of picture and network."""

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from .config import root
from .errors import LifecycleError
from .extractor import WIDTH, digest, embed
from .pictures import pixels

log = logging.getLogger(__name__)
CHUNK = 64
BYTES = 8 * WIDTH  # of one vector; a damaged one counts as missing
PROGRESS_SECONDS = 2.0
TABLE = "CREATE TABLE IF NOT EXISTS embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"


def embeddings(pictures: Sequence[bytes]) -> NDArray[np.float64]:
    """The embeddings of canonical pictures, of shape (pictures, 576); made on all cores where they are not yet known.

    The cache may be deleted at any time. Two processes share it, and wait for one another rather than do work twice.
    """
    keys = [_key(picture) for picture in pictures]
    keyed = dict(zip(keys, pictures, strict=True))
    path = root() / "data" / "embeddings.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, NDArray[np.float64]] = {}
    said = time.monotonic()
    try:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as cache:
            cache.execute(TABLE)
            for chunk in _chunks(list(keyed)):
                known = _known(cache, chunk)
                found |= known if len(known) == len(chunk) else _completed(cache, chunk, keyed)
                if time.monotonic() - said > PROGRESS_SECONDS:
                    log.info("embedded %d of %d pictures", len(found), len(keyed))
                    said = time.monotonic()
    except sqlite3.Error as error:
        raise LifecycleError(f"{path} can't be used ({error}). Delete it, and run the command again.") from None
    return np.array([found[key] for key in keys]).reshape(-1, WIDTH)


def _known(cache: sqlite3.Connection, keys: list[str]) -> dict[str, NDArray[np.float64]]:
    # Question marks are all that is put in.
    query = f"SELECT key, vector FROM embeddings WHERE key IN ({','.join('?' * len(keys))})"  # noqa: S608
    rows = ((key, np.frombuffer(vector)) for key, vector in cache.execute(query, keys) if len(vector) == BYTES)
    return {key: vector for key, vector in rows if np.isfinite(vector).all()}


def _completed(cache: sqlite3.Connection, keys: list[str], keyed: dict[str, bytes]) -> dict[str, NDArray[np.float64]]:
    """The embeddings of these pictures; those that are missing are made while other processes wait."""
    cache.execute("BEGIN IMMEDIATE")
    known = _known(cache, keys)
    missing = [key for key in keys if key not in known]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = dict(zip(missing, pool.map(lambda key: embed(pixels(keyed[key])), missing), strict=True))
    rows = [(key, vector.tobytes()) for key, vector in made.items()]
    cache.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)
    cache.execute("COMMIT")
    return known | made


def _key(picture: bytes) -> str:
    return f"{hashlib.sha256(picture).hexdigest()} {digest()[:16]} {onnxruntime.__version__}"


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
