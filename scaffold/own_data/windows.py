"""The size of a monitoring window, and thresholds above which a distance isn't chance."""

import math
from statistics import NormalDist

from scaffold.own_data import parts
from scaffold.own_data.card import Own

REFERENCE = 2_000  # rows in monitoring's reference, at most
MOST_WATCHED = 12  # columns
FARTHEST = 0.8  # a Jensen-Shannon distance is 0.83 at most
FEWEST_GROUPS = 30  # with fewer, groups are split
FALSE_ALARMS = 0.01  # of windows without a change


def minimum_rows(own: Own, rows: int) -> int:
    """How many predictions a window needs, limited to what normal traffic and drift contain."""
    least, most = parts.WINDOW
    possible = parts.minimum_rows(divided(own, rows))
    return max(least, min(possible, own.get("minimum_rows") or most))


def divided(own: Own, rows: int) -> dict[str, int]:
    """Row counts of each part; an unknown held-back share is assumed to be the largest allowed."""
    drift = own["drift"]
    share = drift.get("share") or parts.MOST_HELD_BACK
    return parts.divide(rows, drift["by"], round(share * rows))


def watch(inputs: list[Own], own: Own, window: int) -> list[Own]:
    """The columns that monitoring watches, each with its drift threshold.

    Dates always drift; free text, and choices with many values, need more rows.
    The answers may select the columns.
    """
    chosen = []
    for column in inputs:
        if column["source"] not in own.get("watched", [column["source"]]):
            continue
        is_short = column["kind"] in ("number", "integer", "boolean", "choice")
        if is_short and column["role"] != "time":
            chosen.append(column)
    chosen = chosen[:MOST_WATCHED]
    watched = []
    for column in chosen:
        limit = numbers_limit(own, window, len(chosen))
        numerical = column["kind"] in ("number", "integer")
        if not numerical:
            values = 2 if column["kind"] == "boolean" else len(column["choices"])
            limit = labels_limit(own, window, len(chosen), values)
            if limit > FARTHEST:
                continue
        watched.append({**column, "numerical": numerical, "limit": limit})
    return watched


def output_limits(own: Own, window: int, watched: int) -> dict[str, float]:
    """Drift thresholds for the model's predictions."""
    labels = len(own.get("labels") or [])
    return {
        "number": numbers_limit(own, window, watched),
        "label": labels_limit(own, window, watched, labels),
    }


def numbers_limit(own: Own, window: int, watched: int) -> float:
    """The largest change of a mean by chance, in standard deviations."""
    level = NormalDist().inv_cdf(1 - FALSE_ALARMS / 2 / (watched + 2))
    return round(max(0.25, 1.1 * level * math.sqrt(noise(own, window))), 2)


def labels_limit(own: Own, window: int, watched: int, values: int) -> float:
    """The largest Jensen-Shannon distance that this many values reach by chance.

    Its square is approximately chi-squared; the quantile is from Wilson and Hilferty (1931).
    """
    level = NormalDist().inv_cdf(1 - FALSE_ALARMS / (watched + 2))
    freedom = max(1, values - 1)
    term = 2 / (9 * freedom)
    quantile = freedom * (1 - term + level * math.sqrt(term)) ** 3
    return round(max(0.1, math.sqrt(quantile * noise(own, window) / 8)), 2)


def noise(own: Own, window: int) -> float:
    """The variance of a difference of means, for a variable with variance 1.

    If groups are kept together, their rows may be alike, so each group counts once.
    """
    cases, reference = float(window), float(reference_rows(own))
    groups = grouping(own)
    if groups and own["drift"]["by"] != "time":
        of_each = divided(own, groups["distinct"])
        cases = max(2.0, min(cases, of_each["stream"]))
        reference = max(2.0, min(reference, of_each["test"]))
    return float(1 / cases + 1 / reference)


def grouping(own: Own) -> Own | None:
    """The column whose equal values stay together, unless there are too few groups to split."""
    for column in own["columns"]:
        if column["role"] == "group" and column["distinct"] >= FEWEST_GROUPS:
            return dict(column)
    return None


def reference_rows(own: Own) -> int:
    """How many rows of the test set are monitoring's reference."""
    return min(REFERENCE, divided(own, own["rows"])["test"])
