"""What of the feedback may be learnt from, or judged by: guards against labels that are wrong, by mistake or design."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from scipy.stats import binomtest

from .. import data, metrics, schema, source
from ..config import COMMAND, Settings
from ..schema import TARGET

KEPT = 26  # of 256 records, to judge by
MOST_OF_ONE = 0.5  # of the new rows, from one source that isn't trusted
CONTROL_ROWS = 20  # fewer rows whose truth is known say nothing
CONTROL_AGREEMENT = 0.9
MOST_CONTRADICTIONS = 0.05
CHANCE = 0.05


@dataclass(frozen=True)
class Usable:
    """Records with their labels, one row each; None if the feedback is refused. The reason says what was found."""

    rows: pd.DataFrame | None
    reason: str


def usable(rows: list[dict[str, Any]], known: pd.DataFrame, s: Settings, after: int = 0) -> Usable:
    """Rows of the prediction log that have feedback, without those that can't be used; or a refusal of all of them.

    `known` are records whose truth is known: what is fed back of them has to agree. Who gave how much is asked of the
    rows whose number is above `after` only, since old ones could hide a burst. Nothing is deleted from the log.
    """
    valid, notes = holding(rows, s), [f"{len(rows)} rows with feedback"]
    if len(valid) < len(rows):
        notes.append(f"{len(rows) - len(valid)} of them left out: without their record, or not as the contract asks")
    if not valid:
        return Usable(None, "; ".join(notes))
    new = np.array([row["number"] > after for row in valid])
    if refusal := _burst([row["source"] for row in valid if row["number"] > after], s.trusted):
        return Usable(None, refusal)
    records = data.from_log(valid)
    refusal, note = _control(records[new], known)
    if refusal:
        return Usable(None, refusal)
    contradicted = _contradicted(records)
    if contradicted.mean() > MOST_CONTRADICTIONS:
        return Usable(None, _contradictions(contradicted))
    if contradicted.any():
        notes.append(f"{contradicted.sum()} of them left out: other rows of the same record have another label")
    labelled = data.from_feedback([row for row, left_out in zip(valid, contradicted, strict=True) if not left_out])
    if len(labelled) and labelled[TARGET].nunique() == 1:
        notes.append(f"all of them say '{labelled[TARGET].iloc[0]}'")
    return Usable(labelled, "; ".join([*notes, note]))


def kept(rows: list[dict[str, Any]]) -> list[bool]:
    """Which rows of the prediction log are kept to judge by: about a tenth, by a digest of what they ask.

    It is the same rows each time, and all rows of the same record.
    """
    asked = source.question(data.from_log(rows)) if rows else []
    return [hashlib.sha256(str(one).encode()).digest()[0] < KEPT for one in asked]


def holding(rows: list[dict[str, Any]], s: Settings) -> list[dict[str, Any]]:
    """The rows that hold to the contract of today: the log may have been written under another one."""
    record, target = schema.record_type(s), TypeAdapter[Any](schema.Target)

    def holds(row: dict[str, Any]) -> bool:
        try:
            record.model_validate_json(json.dumps(row["input"]))
            target.validate_python(row["target"])
        except ValidationError:
            return False
        return True

    return [row for row in rows if holds(row)]


def _burst(sources: list[str], trusted: list[str]) -> str | None:
    """Why the rows are refused if one source that isn't trusted gave most of them."""
    given = Counter(name for name in sources if name not in trusted)
    if not given:
        return None
    name, count = given.most_common(1)[0]
    if count <= MOST_OF_ONE * len(sources):
        return None
    return (
        f"{count} of {len(sources)} new rows with feedback ({count / len(sources):.0%}) come from one source, {name!r}."
        f" To trust it, set TRUSTED_SOURCES={','.join([*trusted, name])}, then run: {COMMAND} retrain"
    )


def _control(records: pd.DataFrame, known: pd.DataFrame) -> tuple[str | None, str]:
    """Why the rows are refused if they contradict what is known, and else how many were compared with it.

    The share that agrees has to be surely below the limit: so few of them by chance in 5 % of cases at most, if it
    held (exact binomial test).
    """
    truth = dict(zip(source.question(known), known[TARGET], strict=True))
    questions = source.question(records)
    asked = questions.isin(truth.keys())
    rows, agreed = int(asked.sum()), int(_agree(records.loc[asked, TARGET], questions[asked].map(truth)).sum())
    if rows < CONTROL_ROWS:
        return None, f"not checked against the control set, of which it has {rows} rows ({CONTROL_ROWS} are needed)"
    if binomtest(agreed, rows, CONTROL_AGREEMENT, alternative="less").pvalue < CHANCE:
        reason = f"{agreed} of {rows} labels agree with what is known of the same records"
        return f"{reason} ({agreed / rows:.0%}, {CONTROL_AGREEMENT:.0%} expected). {_look()}", ""
    return None, f"{agreed} of {rows} labels agree with the control set"


def _contradicted(records: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows share their record with one that has another label."""
    questions = source.question(records)
    first = records.groupby(questions)[TARGET].transform("first")
    contradicting = questions[~_agree(records[TARGET], first)]
    return np.asarray(questions.isin(contradicting), dtype=bool)


def _contradictions(contradicted: NDArray[np.bool_]) -> str:
    share = f"{contradicted.sum()} of {len(contradicted)} rows with feedback ({contradicted.mean():.0%})"
    return f"{share} contradict others of the same record, {MOST_CONTRADICTIONS:.0%} may. {_look()}"


def _look() -> str:
    where = "table 'feedback' of the prediction log"
    return f"See who gave them in {where}, delete there what is wrong, then run: {COMMAND} retrain"


def _agree(labels: pd.Series, truth: pd.Series) -> NDArray[np.bool_]:
    """Whether labels are the same, or prices as near as two honest ones of the same home and day."""
    scores = metrics.row_scores(pd.DataFrame({"target": truth, "prediction": labels}))
    return np.asarray(metrics.SIGN * scores >= metrics.SIGN * metrics.AGREES, dtype=bool)
