"""Checks of what was measured: the champion, the baseline, what monitoring saw and what came of it."""

from datetime import timedelta

from scaffold.review.finding import Finding, good, improve, mend, unknown
from scaffold.review.project import DECISIONS, HISTORY, RESULTS, Project
from scaffold.review.records import AGAIN, ALARM, PROMOTED, Change, Decision, Score

RECENT = timedelta(days=30)
CLOCKS = timedelta(days=1)  # by which the clocks of two machines may differ


def changes(project: Project) -> tuple[tuple[Change, ...], str]:
    """What is on record of champions, and where: in a fork that has no runs, only what is shown tells it."""
    if project.changes or project.results is None:
        return project.changes, HISTORY
    return project.results.changes, RESULTS


def decisions(project: Project) -> tuple[tuple[Decision, ...], str]:
    """What is on record of monitoring, and where."""
    if project.decisions or project.results is None:
        return project.decisions, DECISIONS
    return project.results.decisions, RESULTS


def serving(project: Project) -> Change | None:
    """The last promotion or return: what serves."""
    found = [change for change in changes(project)[0] if change.event in (PROMOTED, AGAIN)]
    return found[-1] if found else None


def champion(project: Project) -> list[Finding]:
    """A champion is on record"""
    found, (entries, where) = serving(project), changes(project)
    if not found:
        damaged = {HISTORY, RESULTS} & set(project.damage)
        said = "the record of champions is damaged" if damaged else f"neither {HISTORY} nor {RESULTS} names one"
        return mend(said, min(damaged, default=HISTORY), f"{project.name} run")
    promoted = sum(change.event == PROMOTED for change in entries)
    why = f": {found.reasons[0]}" if found.reasons else ""
    return good(f"version {found.version}, since {found.time:%Y-%m-%d}, promotions {promoted}{why}", where)


def baseline(project: Project) -> list[Finding]:
    """The first champion is better than every baseline, by more than chance"""
    entries, where = changes(project)
    first = next((change for change in entries if change.event == PROMOTED), None)
    if not first:
        return unknown("no champion to compare", "", f"{project.name} run")
    if not first.score or not first.baselines:
        return mend("the record has no score beside a baseline's", where, f"{project.name} run --reset")
    sign = direction(project)
    if sign is None:
        return unknown(f"neither {RESULTS} nor metrics.py tells whether more is better", where)
    pairs = [(name, score, dict(first.gains).get(name)) for name, score in first.baselines]
    worst = min(pairs, key=lambda pair: sign * (first.score.value - pair[1].value) if first.score else 0.0)
    said = f"champion {first.score}, strongest baseline '{worst[0]}' {worst[1]}"
    paired = (
        f", on the same rows {worst[2].value:+.3f} ({worst[2].low:+.3f} to {worst[2].high:+.3f})" if worst[2] else ""
    )
    if any(_not_better(first.score, score, gain, sign) for _, score, gain in pairs):
        return mend(
            f"not surely better: {said}{paired}", where, "Try another model or feature in model.py, then retrain"
        )
    return good(said + paired, where)


def _not_better(score: Score, other: Score, gain: Score | None, sign: int) -> bool:
    """Whether chance could explain it: by the difference on the same rows, else by intervals that overlap."""
    if gain:
        return not min(sign * gain.low, sign * gain.high) > 0
    low, high = sorted((sign * score.low, sign * score.high))[0], sorted((sign * other.low, sign * other.high))[1]
    return not low > high


def direction(project: Project) -> int | None:
    """1 if a greater value of the deciding metric is better, -1 if a smaller one is."""
    if project.results:
        return 1 if project.results.higher_is_better else -1
    metrics = project.module("metrics")
    for sign in (1, -1):
        if project.find(rf"^SIGN *= *{sign}\b", metrics):
            return sign
    return None


def monitoring(project: Project) -> list[Finding]:
    """Monitoring looked at what serves, and not long ago"""
    (found, where), now = decisions(project), serving(project)
    if not found:
        return mend("no decision of monitoring is on record", where, f"{project.name} replay stream; then monitor")
    last = found[-1]
    said = f"last decision {last.time:%Y-%m-%d}, version {last.version}, {last.rows:,} rows: {last.status}"
    if last.time - project.now > CLOCKS:
        return unknown(f"{said}; that is later than now, {project.now:%Y-%m-%d}", where, f"{project.name} monitor")
    if now and last.version != now.version:
        return improve(f"{said}; what serves is version {now.version}", where, f"{project.name} monitor")
    if project.now - last.time > RECENT:
        return improve(f"{said}; {(project.now - last.time).days} days ago", where, f"{project.name} monitor")
    return good(said, where)


def consequence(project: Project) -> list[Finding]:
    """An alarm led to something"""
    (found, where), (entries, _) = decisions(project), changes(project)
    alarms = [one for one in found if one.status == ALARM]
    if not alarms:
        return improve("no alarm so far, so nothing shows that one is acted on", where, f"{project.name} replay drift")
    alarm = alarms[-1]
    later = [one for one in entries if one.time >= alarm.time and one.version != alarm.version]
    if not later:
        return improve(f"nothing followed the alarm of {alarm.time:%Y-%m-%d}", where, f"{project.name} retrain")
    then = f"version {later[0].version} {later[0].event}"
    return good(f"alarm of {alarm.time:%Y-%m-%d} about version {alarm.version}, then {then}", where)


CHECKS = (champion, baseline, monitoring, consequence)
