"""Champion against challenger on live traffic, in shadow or split, read from the prediction log."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from ..config import COMMAND
from ..errors import LifecycleError
from ..evaluation import Score
from ..metrics import DECISIVE, SIGN, row_scores
from ..prediction_log import FEEDBACK, PREDICTIONS, SHADOWS
from ..schema import TARGET
from .lift import GO_ON, Finding, Rules, always_valid, decide, weighted

LATEST = 10_000  # rows by which agreement and times are told
LOGGED, GIVEN, SHADOW = PREDICTIONS.c, FEEDBACK.c, SHADOWS.c
LABELLED = PREDICTIONS.join(FEEDBACK, GIVEN.prediction_id == LOGGED.id)
SHADOWED = SHADOW.prediction_id == LOGGED.id


@dataclass(frozen=True)
class Side:
    """What is known of one of the two: rows that it answered, and the deciding metric of those with feedback."""

    version: int
    rows: int
    labelled: int
    score: Score | None
    latency_ms: float


@dataclass(frozen=True)
class Comparison:
    """In shadow or split, with the lift above 0 if the challenger is better, whichever way the metric runs.

    `alike` is the share of rows with the same label from both, `apart` the mean difference of their numbers.
    """

    kind: str
    champion: Side
    challenger: Side
    alike: float | None
    apart: float | None
    found: Finding


def compare(log: sa.Engine, champion: int, challenger: int, rules: Rules) -> list[Comparison]:
    """What shadow and split have shown. Raises LifecycleError if the challenger has answered nothing beside it."""
    with log.connect() as connection:
        both = (_shadow(connection, champion, challenger, rules), _split(connection, champion, challenger, rules))
        if found := [one for one in both if one]:
            return found
        others = sa.select(LOGGED.model_version).join(SHADOWS, SHADOWED).where(SHADOW.model_version == challenger)
        replaced = connection.scalar(others.limit(1))
    was = f"only beside version {replaced}, which is champion no more" if replaced else "nothing yet"
    advice = f"Run: {COMMAND} serve --shadow challenger (or --split 10)"
    raise LifecycleError(f"Version {challenger} has answered {was}. {advice}")


def lines(one: Comparison) -> list[str]:
    """A comparison in words."""
    told = [f"in {one.kind}:"]
    for name, side in (("champion", one.champion), ("challenger", one.challenger)):
        score = f", {DECISIVE} {side.score}" if side.score else ""
        counts = f"{side.rows:,} rows answered, {side.labelled:,} of them labelled"
        told.append(f"{name} (version {side.version}): {counts}{score}, median {side.latency_ms:.2f} ms")
    if one.alike is not None:
        told.append(f"the same answer to {one.alike:.1%} of the rows")
    if one.apart is not None:
        told.append(f"the challenger's answers are {one.apart:+,.2f} from the champion's on average")
    if lift := one.found.lift:
        told.append(f"lift: {DECISIVE} better by {lift.value:+.4f} ({lift.low:+.4f} to {lift.high:+.4f}, at any time)")
    more = f"; about {one.found.more:,} more labelled rows may settle it" if one.found.more is not None else ""
    return [*told, f"{one.found.advice}: {one.found.reason}{more}"]


def _shadow(connection: sa.Connection, champion: int, challenger: int, rules: Rules) -> Comparison | None:
    """Both have answered the same rows: each row's difference is what it says of the lift."""
    mine = SHADOWED & (LOGGED.model_version == champion) & (SHADOW.model_version == challenger)
    if not (rows := connection.scalar(sa.select(sa.func.count()).select_from(SHADOWS).join(PREDICTIONS, mine))):
        return None
    old, new = LOGGED.output.label("old"), SHADOW.output.label("new")
    times = LOGGED.latency_ms.label("old_ms"), SHADOW.latency_ms.label("new_ms")
    latest = _table(connection, sa.select(old, new, *times).where(mine).order_by(LOGGED.number.desc()).limit(LATEST))
    known = _table(connection, sa.select(old, new, GIVEN.target).select_from(LABELLED).where(mine))
    scores = {name: _scores(known[name], known["target"]) for name in ("old", "new")}
    sides = [
        Side(version, rows, len(known), always_valid(scores[name], rules), float(latest[f"{name}_ms"].median()))
        for version, name in ((champion, "old"), (challenger, "new"))
    ]
    found = _decide(SIGN * (scores["new"] - scores["old"]), len(known), known["target"], rules)
    return Comparison("shadow", sides[0], sides[1], *_agreement(latest), found)


def _split(connection: sa.Connection, champion: int, challenger: int, rules: Rules) -> Comparison | None:
    """Each row was answered by one of them: those from the challenger's first to its last count."""
    by, number = LOGGED.model_version, LOGGED.number
    first, last = (
        sa.select(end(number)).where(by == challenger).scalar_subquery() for end in (sa.func.min, sa.func.max)
    )
    during = number.between(first, last) & by.in_([champion, challenger])
    answers = sa.select(by, LOGGED.output, GIVEN.target)
    known = _table(connection, answers.select_from(LABELLED).where(during))
    scores, new = _scores(known["output"], known["target"]), (known["model_version"] == challenger).to_numpy(bool)
    sides = []
    for version, own in ((champion, scores[~new]), (challenger, scores[new])):
        mine = during & (by == version)
        if not (rows := connection.scalar(sa.select(sa.func.count()).select_from(PREDICTIONS).where(mine))):
            return None
        latest = sa.select(LOGGED.latency_ms).where(mine).order_by(number.desc()).limit(LATEST)
        latency_ms = float(np.median(connection.scalars(latest).all()))
        sides.append(Side(version, rows, len(own), always_valid(own, rules), latency_ms))
    fewer = min(side.labelled for side in sides)
    values = SIGN * weighted(scores, new) if fewer else scores
    return Comparison("split", sides[0], sides[1], None, None, _decide(values, fewer, known["target"], rules))


def _decide(values: NDArray[np.float64], labelled: int, targets: pd.Series, rules: Rules) -> Finding:
    """The finding, unless `labelled` rows of either are too few: by 20, up to a third of equal ones were promoted."""
    if labelled < rules.minimum_rows:
        return Finding(
            None, GO_ON, f"not enough yet: {labelled} of {rules.minimum_rows} labelled rows that each has answered"
        )
    if targets.nunique() == 1:
        return Finding(None, GO_ON, f"all labelled rows are {targets.iloc[0]!r}: they can't speak for the others")
    return decide(values, rules)


def _agreement(latest: pd.DataFrame) -> tuple[float | None, float | None]:
    old, new = (latest[name].map(lambda output: output[TARGET]) for name in ("old", "new"))
    if pd.api.types.is_numeric_dtype(old):
        return None, float((new - old).mean())
    return float((new == old).mean()), None


def _scores(outputs: pd.Series, targets: pd.Series) -> NDArray[np.float64]:
    predictions = [output[TARGET] for output in outputs]
    return row_scores(pd.DataFrame({"target": targets, "prediction": predictions}))


def _table(connection: sa.Connection, query: Any) -> pd.DataFrame:
    result = connection.execute(query)
    return pd.DataFrame(result.tuples().all(), columns=list(result.keys()))
