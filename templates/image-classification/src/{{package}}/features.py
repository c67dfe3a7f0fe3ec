"""What the model sees (the preprocessor inside the pipeline), and what monitoring and the slices look at."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from .config import COMMAND
from .embedding_cache import embeddings
from .errors import LifecycleError
from .extractor import digest
from .pictures import pixels

# Column → kind, Evidently's method, threshold: how large a change has to be to matter, in standard deviations of the
# reference. Windows of a few modules of one kind are mostly less than 0.8 apart, the two kinds 5 by their embeddings.
WATCHED = {
    **dict.fromkeys(["brightness", "contrast", "sharpness", "embedding"], ("numerical", "wasserstein", 0.8)),
    "prediction": ("categorical", "jensenshannon", 0.25),
    "probability": ("numerical", "wasserstein", 0.8),
}
OUTPUTS = ["prediction", "probability"]
PERCENTILES = [5, 25, 50, 75, 95]
GUARDED = ["cell type"]  # slices that may refuse a challenger; how sure the annotators were tells the truth


class Embedding(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """From raw records to embeddings; remembers which network a model was trained with."""

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: N803
        """Learn nothing but the digest of the network."""
        self.extractor_ = digest()
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:  # noqa: N803
        """The embeddings, of shape (records, 576). Raises LifecycleError if the network is another one now."""
        if self.extractor_ != digest():
            raise LifecycleError(f"The model was trained with another network. Train one with this: {COMMAND} train")
        return embeddings(X["image"].tolist())


def preprocessor() -> Pipeline:
    """From raw pictures to scaled embeddings, unfitted."""
    return Pipeline([("embedding", Embedding()), ("scale", StandardScaler())])


def look(cells: pd.DataFrame) -> pd.DataFrame:
    """Brightness, contrast and sharpness of each picture, between 0 and 1."""
    rows = []
    for image in cells["image"]:
        grey = pixels(image).astype(np.float32) / 255
        rows.append([grey.mean(), grey.std(), np.mean([np.abs(np.diff(grey, axis=axis)).mean() for axis in (0, 1)])])
    return pd.DataFrame(rows, cells.index, ["brightness", "contrast", "sharpness"], dtype=np.float64)


def statistics(cells: pd.DataFrame) -> pd.DataFrame:
    """What the baseline learns from: brightness, contrast, sharpness and five percentiles, between 0 and 1."""
    percentiles = [np.percentile(pixels(image), PERCENTILES) / 255 for image in cells["image"]]
    return look(cells).join(pd.DataFrame(percentiles, cells.index, [f"p{number}" for number in PERCENTILES]))


def slices(cells: pd.DataFrame) -> pd.DataFrame:
    """For each cell the slices that it belongs to: its type, and how sure the annotators were of its label."""
    return pd.DataFrame({"cell type": cells["source"], "certainty": cells["certainty"]})


def watched(current: pd.DataFrame, reference: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What monitoring follows, of a window and of its reference: three statistics and the distance of the embedding.

    It is the cosine distance to the mean embedding of the reference.
    """
    vectors = [embeddings(cells["image"].tolist()) for cells in (current, reference)]
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in vectors]
    centre = unit[1].mean(axis=0)
    distances = [1 - (rows @ centre / np.linalg.norm(centre)).round(6) for rows in unit]  # without traces of rounding
    return look(current).assign(embedding=distances[0]), look(reference).assign(embedding=distances[1])
