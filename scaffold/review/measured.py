"""What was measured: the champion, pages that show it, monitoring."""

import re
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple

from scaffold.review.facts import README, RESULTS, STRANGE, Facts, read_text
from scaffold.review.report import Finding, good, improve, mend
from scaffold.review.repository import Unreadable

PAGES = (README, "MODEL_CARD.md", "docs/results.md")
ALARM = "retraining advised"
LOWER_IS_BETTER = r"(?i)mae|mape|mse|error|loss"


class Entry(NamedTuple):
    """A promotion and the like, or a decision."""

    time: str
    version: int
    event: str
    evidence: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.time[:10]}, version {self.version}: {self.event}"


def entries(facts: Facts, record: str, *events: str) -> list[Entry]:
    """All or these events of a record; damaged ones are left out."""
    whole = []
    rows = facts.results.get(record)
    for row in rows if isinstance(rows, list) else []:
        with suppress(*STRANGE):
            event = str(row.get("event") or row["status"])[:60]
            version = int(row.get("version") or row["model_version"])
            if event in events or not events:
                evidence = part(row, "evidence")
                whole.append(Entry(str(row["time"]), version, event, evidence))
    return whole


def serving(facts: Facts) -> Entry | None:
    """The last promotion or rollback."""
    champions = entries(facts, "history", "promoted", "rolled back")
    return champions[-1] if champions else None


def champion(facts: Facts) -> Finding:
    """A champion is on record"""
    entry = serving(facts)
    if entry:
        return good(str(entry), RESULTS)
    return mend("there is no promotion", RESULTS, f"{facts.name} run")


def baseline(facts: Facts) -> Finding:
    """The champion is better than every baseline"""
    for evidence in judgements(facts):
        score, rivals = number(evidence.get("score")), part(evidence, "baselines")
        if score and rivals:
            sign = direction(evidence, score)
            values = [number(raw, score) for raw in rivals.values()]
            best = max(values, key=lambda value: sign * value)
            says = f"champion {score:.4g}, strongest baseline {best:.4g}"
            if sign * score > sign * best:
                return good(says, RESULTS)
            return mend(says, RESULTS, "Try other features, models")
    return mend("no score of both is there", RESULTS, f"{facts.name} run")


def direction(evidence: dict[str, Any], score: float) -> int:
    """-1 if a metric of which less is better has the score, else 1."""
    metrics = part(evidence, "metrics") | part(evidence, "measures")
    for name, raw in metrics.items():
        if number(raw) == score and re.search(LOWER_IS_BETTER, name):
            return -1
    return 1


def shown(facts: Facts) -> list[Finding]:
    """README, model card and results show what was measured"""
    findings = []
    step = f"{facts.name} report"
    scores = [number(evidence.get("score")) for evidence in judgements(facts)]
    for page in PAGES:
        text = facts.texts.get(page, "")
        if not any(shows(text, score) for score in scores if score):
            findings.append(mend("it lacks a champion's score", page, step))
    for path, digest in part(facts.results, "digests").items():
        with suppress(Unreadable):
            content = read_text(facts.root, path).encode()
            if not sha256(content).hexdigest().startswith(str(digest)):
                findings.append(mend("it is newer than the pages", path, step))
    return findings[:10] or [good("all of them", README)]


def shows(text: str, score: float) -> bool:
    """Whether a text has the score, or its percentage."""
    for figure in set(re.findall(r"\d[\d,]{0,11}\.?\d{1,9}", text)):
        digits = len(figure.partition(".")[2])
        forms = f"{score:.{digits}f} {score:,.{digits}f} {100 * score:.{digits}f}"
        if len(figure) > 3 and figure in forms.split():
            return True
    return False


def monitoring(facts: Facts) -> Finding:
    """Monitoring looked at what serves"""
    step = f"{facts.name} monitor"
    decisions = entries(facts, "decisions")
    if not decisions:
        return mend("there is no decision", RESULTS, step)
    last, now = decisions[-1], serving(facts)
    if now and now.version != last.version:
        return improve(f"{last}; but {now}", RESULTS, step)
    return good(str(last), RESULTS)


def consequence(facts: Facts) -> Finding:
    """An alarm led to something"""
    alarms = entries(facts, "decisions", ALARM)
    if not alarms:
        return improve("there was none", RESULTS, f"{facts.name} replay drift")
    alarm = alarms[-1]
    for entry in entries(facts, "history"):
        if entry.time >= alarm.time and entry.version != alarm.version:
            return good(f"{alarm}; {entry}", RESULTS)
    return improve(f"{alarm}; then nothing", RESULTS, f"{facts.name} retrain")


CHECKS = (champion, baseline, shown, monitoring, consequence)


def judgements(facts: Facts) -> list[dict[str, Any]]:
    """What may have a score."""
    history = [entry.evidence for entry in entries(facts, "history")]
    return [part(facts.results, "champion"), *history]


def part(record: dict[str, Any], key: str) -> dict[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def number(raw: Any, otherwise: float = 0.0) -> float:
    """A number, or the value of a score."""
    value = raw.get("value") if isinstance(raw, dict) else raw
    return value if isinstance(value, float) else otherwise
