"""The metrics of price prediction: which one decides, and what each row contributes to it."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray
from sklearn import metrics

DECISIVE = "MAPE"  # mean absolute percentage error, as a fraction
SIGN = -1  # smaller is better
AGREES = 0.1  # a row that scores so, or better, agrees with the truth
SHOWN = [DECISIVE, "r2", "bias", "coverage"]  # in tables beside other metrics
UNITS = (
    "MAPE is the mean absolute error as a share of the price: 0.12 is 12 %. Bias is the mean logarithm of prediction /"
    " price: -0.05 is 5 % too low."
)
SURENESS = "coverage"  # the metric that holds against the truth how sure an answer is
BANDS = 8
HEAVY_TAILS = 0.2  # share of the rows at each end that tests of the bias leave out: a few prices are far off


def measure(scored: pd.DataFrame) -> dict[str, float]:
    """All metrics of rows with columns `target` and `prediction`, and of the interval where there is one.

    In dollars: mae, rmse, bias_dollars. `bias` is the mean logarithm of prediction / price: -0.05 is 5 % too low.
    """
    price, prediction = _numbers(scored)
    found = {
        DECISIVE: float(row_scores(scored).mean()),
        "r2": float(metrics.r2_score(price, prediction)),
        "mae": float(metrics.mean_absolute_error(price, prediction)),
        "rmse": float(metrics.root_mean_squared_error(price, prediction)),
        "bias": float(row_biases(scored).mean()),
        "bias_dollars": float((prediction - price).mean()),
    }
    if "low" in scored:
        found["coverage"] = float(((scored["low"] <= price) & (price <= scored["high"])).mean())
        found["interval_width"] = float(((scored["high"] - scored["low"]) / prediction).mean())
    return found


def row_scores(scored: pd.DataFrame) -> NDArray[np.float64]:
    """What each row contributes to the deciding metric, the mean of them: its error as a share of the price."""
    price, prediction = _numbers(scored)
    return np.abs(prediction - price) / price


def row_biases(scored: pd.DataFrame) -> NDArray[np.float64]:
    """The signed error of each row, as the logarithm of prediction / price; its mean is the bias."""
    price, prediction = _numbers(scored)
    return np.log(prediction / price)


def row_calibration(scored: pd.DataFrame) -> NDArray[np.float64]:
    """The interval score of each row as a share of the price: width, and what it missed by (Winkler 1972).

    Of a 90 % interval, 20 times what it missed by. Smaller is better.
    """
    price, _ = _numbers(scored)
    missed = np.maximum(0, np.maximum(scored["low"] - price, price - scored["high"]))
    return np.asarray((scored["high"] - scored["low"] + 20 * missed) / price, dtype=np.float64)


def plots(scored: pd.DataFrame) -> dict[str, Figure]:
    """Predicted against true prices, and the error by price, by file name."""
    price, prediction = _numbers(scored)
    dollars = FuncFormatter(lambda value, _: f"{value / 1000:,.0f}k")
    agreement = Figure(figsize=(5, 4), layout="constrained")
    axes = agreement.subplots()
    axes.loglog(price, prediction, ".", markersize=2, alpha=0.5)
    axes.axline((price.min(), price.min()), (price.max(), price.max()), color="black", linewidth=1)
    axes.set(xlabel="price paid ($)", ylabel="predicted ($)")
    axes.xaxis.set_major_formatter(dollars)
    axes.yaxis.set_major_formatter(dollars)

    errors = Figure(figsize=(6, 4), layout="constrained")
    axes = errors.subplots()
    bands = np.array_split(np.argsort(price), min(BANDS, len(price)))
    axes.boxplot([100 * (np.exp(row_biases(scored)[rows]) - 1) for rows in bands], whis=(5, 95), showfliers=False)
    axes.set_xticklabels([f"to {price[rows].max() / 1000:,.0f}k" for rows in bands], rotation=45)
    axes.axhline(0, color="black", linewidth=1)
    axes.set(xlabel="price paid ($)", ylabel="predicted too high or low (%)")
    return {"predicted_against_true.png": agreement, "error_by_price.png": errors}


def _numbers(scored: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Prices and predictions; NaN where the price is not known."""
    price, prediction = (pd.to_numeric(scored[name]).to_numpy(np.float64) for name in ("target", "prediction"))
    return price, prediction
