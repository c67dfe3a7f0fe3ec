"""What was measured: the champion, the pages that show it, and what monitoring saw."""

import re
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple

from scaffold.review.facts import README, RESULTS, STRANGE, Facts, read_text
from scaffold.review.report import GOOD, IMPROVE, MEND, Finding
from scaffold.review.repository import Unreadable

PAGES = (README, "MODEL_CARD.md", "docs/results.md")
ALARM = "retraining advised"
LOWER_IS_BETTER = r"(?i)mae|mape|mse|error|loss"


class Entry(NamedTuple):
    """A line of the history of champions, or of the decisions of monitoring."""

    time: str
    version: int
    event: str

    def __str__(self) -> str:
        return f"{self.time[:10]}, version {self.version}: {self.event}"


def entries(facts: Facts, record: str, *events: str) -> list[Entry]:
    """Those of the history or the decisions, the oldest first; damaged ones are left out."""
    found = []
    rows = facts.results.get(record)
    for row in rows if isinstance(rows, list) else []:
        with suppress(*STRANGE):
            event = str(row.get("event") or row["status"])[:60]
            version = int(row.get("version") or row["model_version"])
            if event in events or not events:
                found.append(Entry(str(row["time"]), version, event))
    return found


def serving(facts: Facts) -> Entry | None:
    """The last promotion or rollback."""
    champions = entries(facts, "history", "promoted", "rolled back")
    return champions[-1] if champions else None


def champion(facts: Facts) -> Finding:
    """A champion is on record"""
    entry = serving(facts)
    if entry:
        return Finding(GOOD, str(entry), RESULTS)
    return Finding(MEND, "there is no promotion", RESULTS, f"{facts.name} run")


def baseline(facts: Facts) -> Finding:
    """The champion is surely better than every baseline"""
    best = part(facts.results, "champion")
    score, baselines = interval(best.get("score")), part(best, "baselines")
    if not score or not baselines:
        return Finding(MEND, "no score stands beside one", RESULTS, f"{facts.name} run")
    metric = str(facts.results.get("metric"))
    for name, raw in part(best, "metrics").items():
        metric = name if interval(raw)[:1] == score[:1] else metric
    sign = -1 if re.search(LOWER_IS_BETTER, metric) else 1
    says = "champion {:.4g} ({:.4g} to {:.4g})".format(*score)
    for name, raw in baselines.items():
        other = interval(raw) or score
        says += f", {name[:40]} {other[0]:.4g}"
        if min(sign * score[1], sign * score[2]) <= sign * other[0]:
            return Finding(MEND, says, RESULTS, "Try other features or models")
    return Finding(GOOD, says, RESULTS)


def shown(facts: Facts) -> list[Finding]:
    """README, model card and results show what was measured"""
    found = []
    step = f"{facts.name} report"
    score = interval(part(facts.results, "champion").get("score"))
    for page in PAGES:
        if not score or not shows(facts.texts.get(page, ""), score[0]):
            found.append(Finding(MEND, "it lacks the champion's score", page, step))
    for path, digest in part(facts.results, "digests").items():
        with suppress(Unreadable):
            content = read_text(facts.root, path).encode()
            if not sha256(content).hexdigest().startswith(str(digest)):
                found.append(Finding(MEND, "it changed since it was shown", path, step))
    return found[:10] or [Finding(GOOD, "all of them", README)]


def shows(text: str, value: float) -> bool:
    """Whether the text has the value, or its percentage, with enough digits."""
    for figure in re.findall(r"\d[\d,]*\.?\d+", text):
        digits = len(figure.partition(".")[2])
        forms = f"{value:.{digits}f} {value:,.{digits}f} {100 * value:.{digits}f}"
        if len(figure) > 3 and figure in forms.split():
            return True
    return False


def monitoring(facts: Facts) -> Finding:
    """Monitoring looked at what serves"""
    step = f"{facts.name} monitor"
    decisions = entries(facts, "decisions")
    if not decisions:
        return Finding(MEND, "there is no decision", RESULTS, step)
    last, now = decisions[-1], serving(facts)
    if now and now.version != last.version:
        return Finding(IMPROVE, f"{last}; but {now}", RESULTS, step)
    return Finding(GOOD, str(last), RESULTS)


def consequence(facts: Facts) -> Finding:
    """An alarm led to something"""
    alarms = entries(facts, "decisions", ALARM)
    if not alarms:
        return Finding(IMPROVE, "there was none", RESULTS, f"{facts.name} replay drift")
    alarm = alarms[-1]
    for entry in entries(facts, "history"):
        if entry.time >= alarm.time and entry.version != alarm.version:
            return Finding(GOOD, f"{alarm}; {entry}", RESULTS)
    return Finding(IMPROVE, f"{alarm}; then nothing", RESULTS, f"{facts.name} retrain")


CHECKS = (champion, baseline, shown, monitoring, consequence)


def part(record: dict[str, Any], key: str) -> dict[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def interval(raw: Any) -> tuple[float, ...]:
    """Value, low and high of a score; of a number, three times the number."""
    score = raw if isinstance(raw, dict) else {"value": raw}
    with suppress(*STRANGE):
        value = float(score["value"])
        return value, float(score.get("low", value)), float(score.get("high", value))
    return ()
