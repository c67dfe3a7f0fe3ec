"""The metrics of classification: which one decides, and what each row contributes to it, to bias and calibration."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.calibration import CalibrationDisplay

from .schema import POSITIVE

DECISIVE = "accuracy"
SIGN = 1  # greater is better
AGREES = 1.0  # a row that scores so agrees with the truth
SHOWN = [DECISIVE, "auc", "bias"]  # in tables beside other metrics
SURENESS = "brier"  # the metric that holds against the truth how sure an answer is
HEAVY_TAILS = 0.0  # share of the rows at each end that tests of the bias leave out
UNITS = (
    "Accuracy is the share of right answers. Bias is the mean of the probability less the truth, 0 or 1: above 0,"
    f" {POSITIVE} is overrated."
)


def measure(scored: pd.DataFrame) -> dict[str, float]:
    """All metrics of rows with columns `target`, `prediction` and `probability` (of the positive label)."""
    truth = scored["target"] == POSITIVE
    both = truth.nunique() == 2
    return {
        DECISIVE: float(row_scores(scored).mean()),
        "auc": float(metrics.roc_auc_score(truth, scored["probability"])) if both else float("nan"),
        "f1": float(metrics.f1_score(truth, scored["prediction"] == POSITIVE, zero_division=0)),
        "bias": float(row_biases(scored).mean()),
        "brier": float(metrics.brier_score_loss(truth, scored["probability"])),
    }


def row_scores(scored: pd.DataFrame) -> NDArray[np.float64]:
    """What each row contributes to the deciding metric, which is the mean of them: 1 if right, 0 if wrong."""
    return np.asarray(scored["target"] == scored["prediction"], dtype=np.float64)


def row_biases(scored: pd.DataFrame) -> NDArray[np.float64]:
    """How far each row's probability is from the truth; their mean is the bias, above 0 if positives are overrated."""
    return np.asarray(scored["probability"] - (scored["target"] == POSITIVE), dtype=np.float64)


def row_calibration(scored: pd.DataFrame) -> NDArray[np.float64]:
    """How far each row's probability is from the truth, squared (Brier 1950); smaller is better."""
    return row_biases(scored) ** 2


def plots(scored: pd.DataFrame) -> dict[str, Figure]:
    """The confusion matrix and the calibration curve, by file name."""
    confusion = Figure(figsize=(5, 4), layout="constrained")
    metrics.ConfusionMatrixDisplay.from_predictions(
        scored["target"], scored["prediction"], ax=confusion.subplots(), cmap="Blues", colorbar=False
    )
    calibration = Figure(figsize=(5, 4), layout="constrained")
    CalibrationDisplay.from_predictions(
        scored["target"] == POSITIVE, scored["probability"], n_bins=10, ax=calibration.subplots(), name="model"
    )
    return {"confusion_matrix.png": confusion, "calibration.png": calibration}
