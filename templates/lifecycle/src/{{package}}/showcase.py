"""Writes measured results into README and model card, from the records of promotions and of monitoring."""

from collections import Counter
from pathlib import Path
from typing import Any

from . import report_page
from .config import COMMAND
from .data import replace_text
from .decision_chart import ALARM
from .errors import LifecycleError
from .evaluation import Score, say
from .explanation import IMPORTANCE
from .metrics import DECISIVE, SHOWN, UNITS
from .source import MIXED

MOST_SLICES = 10
LATEST = 10  # decisions and drivers that are shown
START, END = "<!-- results: written by showcase -->", "<!-- /results -->"


def results(history: list[dict[str, Any]], decisions: list[dict[str, Any]], dataset: dict[str, Any]) -> str:
    """The results as Markdown: the first champion beside its baselines, every change of champion, every decision."""
    promotions = [entry for entry in history if entry["event"] == "promoted"]
    if not promotions:
        raise LifecycleError(f"Nothing to show: no champion yet. Run: {COMMAND} run")
    first, latest, rows = promotions[0], promotions[-1], dataset["rows"]
    lines = [
        f"Data `{dataset['digest']}`: {rows['train']:,} rows to train on, {rows['test']:,} to test on.",
        "",
        f"| on the test set | {DECISIVE} (95 % interval) |",
        "|---|---|",
        *[f"| baseline: {name} | {Score(**score)} |" for name, score in first["evidence"]["baselines"].items()],
        f"| **champion, version {first['to_version']}** | **{Score(**first['evidence']['score'])}** |",
        "",
    ]
    lines += _protocols(first["evidence"].get("protocols", {}))
    lines += _story(decisions)
    for change in (entry for entry in history if "slices" in entry.get("evidence", {})):
        lines += _change(change)
    lines += [f"| where version {latest['to_version']} is weakest | {DECISIVE} | rows |", "|---|---|---|"]
    lines += [f"| {name} | {Score(**s)} | {s['rows']:,} |" for name, s in latest["evidence"]["weakest"].items()]
    lines += ["", *_drivers(latest)]
    lines += ["| monitoring | version | rows | decision | why |", "|---|---|---|---|---|"]
    lines += [_decision(decision) for decision in decisions[-LATEST:]]
    lines += ["", f"All decisions, with their reports: `reports/{report_page.NAME}`"] if decisions else []
    return "\n".join(lines)


def summary(history: list[dict[str, Any]], decisions: list[dict[str, Any]]) -> list[str]:
    """The story in a few lines: baseline against champion, before and after the drift."""
    first = next(entry for entry in history if entry["event"] == "promoted")
    baselines = first["evidence"]["baselines"].items()
    lines = [f"baseline, {name}: {DECISIVE} {Score(**score)}" for name, score in baselines]
    lines.append(f"champion, version {first['to_version']}: {DECISIVE} {Score(**first['evidence']['score'])}")
    for part, decision in story(decisions).items():
        quality, bias, rows = _live(decision)
        lines.append(f"{part}, version {decision['model_version']}: {DECISIVE} {quality}, bias {bias}, {rows} rows")
    for change in (entry for entry in history if "slices" in entry.get("evidence", {})):
        lines.append(f"retrained, version {change['to_version']}, {change['event']}, on the same held-out rows:")
        for name, biases in change["evidence"]["biases"].items():
            old, new = (Score(**change["evidence"]["slices"][name][model]) for model in ("champion", "challenger"))
            before, after = (biases[model]["value"] for model in ("champion", "challenger"))
            lines.append(f"   {name}: {old} -> {new}, bias {before:+.3f} -> {after:+.3f}")
    return lines


def story(decisions: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The decisions that tell what the first drift did and what retraining mended: before, under and after it.

    They are the last healthy one before the first alarm, that alarm, and the first one of a newer version.
    """
    alarms = [number for number, one in enumerate(decisions) if one["status"] == ALARM]
    if not alarms:
        return {}
    alarm = decisions[alarms[0]]
    version, later = alarm["model_version"], decisions[alarms[0] + 1 :]
    healthy = [one for one in decisions[: alarms[0]] if one["model_version"] == version][-1:]
    newer = [one for one in later if one["model_version"] > version][:1]
    parts = {"before the drift": healthy, "under drift": [alarm], "after retraining": newer}
    return {part: found[0] for part, found in parts.items() if found}


def write(page: Path, text: str) -> None:
    """Put the results between the two markers of a page; the rest of it is the owner's and stays."""
    old = page.read_text("utf-8") if page.is_file() else ""
    if old.count(START) != 1 or old.count(END) != 1 or old.index(START) > old.index(END):
        raise LifecycleError(f"{page} lacks the lines '{START}' and '{END}'. Put them where the results belong.")
    before, rest = old.split(START)
    after = rest.split(END)[1]
    replace_text(page, f"{before}{START}\n\n{text}\n\n{END}{after}")


def _story(decisions: list[dict[str, Any]]) -> list[str]:
    told = {part: (one["model_version"], *_live(one)) for part, one in story(decisions).items()}
    if not told:
        return []
    return [
        f"| live | version | {DECISIVE} | bias | labelled rows |",
        "|---|---|---|---|---|",
        *[f"| {part} | {version} | {score} | {bias} | {rows} |" for part, (version, score, bias, rows) in told.items()],
        "",
        f"{UNITS} Each line is one decision of monitoring, about the latest predictions of that version which have"
        f" feedback; under drift, these may include some from before it. What arrives after retraining: {MIXED}.",
        "",
    ]


def _live(decision: dict[str, Any]) -> tuple[str, str, str]:
    """Deciding metric and bias of a decision, with their intervals, and the number of labelled rows."""
    quality, bias = decision["quality"], decision["bias"]
    return (str(Score(**quality)), str(Score(**bias)), f"{quality['rows']:,}") if quality else ("not known", "", "0")


def _drivers(promotion: dict[str, Any]) -> list[str]:
    """What moves the whole model, where that was measured."""
    drivers = promotion["evidence"].get("drivers", {})
    if not drivers:
        return []
    return [
        f"| what drives version {promotion['to_version']} | how much |",
        "|---|---|",
        *[f"| {name} | {value:+.3f} |" for name, value in list(drivers.items())[:LATEST]],
        "",
        IMPORTANCE,
        "",
    ]


def _protocols(protocols: dict[str, dict[str, float]]) -> list[str]:
    """The chosen model fitted and measured in other ways, one line each."""
    if not protocols:
        return []
    return [
        f"| the same choice, fitted and evaluated otherwise | {' | '.join(SHOWN)} | {DECISIVE}, lowest to highest |",
        "|---" * (len(SHOWN) + 2) + "|",
        *[f"| {name} | {' | '.join(_figures(found))} |" for name, found in protocols.items()],
        "",
    ]


def _figures(found: dict[str, float]) -> list[str]:
    """The mean of each metric, and of the deciding one the range if it was measured several times."""
    ends = [f"{found[f'{DECISIVE}_{end}']:.3f}" for end in ("lowest", "highest")]
    return [*(f"{found[metric]:.3f}" for metric in SHOWN), " to ".join(ends) if ends[0] != ends[1] else "once"]


def _change(change: dict[str, Any]) -> list[str]:
    evidence = change["evidence"]
    pairs = {"all": {"champion": evidence["champion"], "challenger": evidence["score"]}, **_few(evidence["slices"])}
    biases = {f"bias, {name}": pair for name, pair in evidence["biases"].items()}
    return [
        f"| held-out rows | version {change['from_version']} | version {change['to_version']} ({change['event']}) |",
        "|---|---|---|",
        *[f"| {n} | {Score(**p['champion'])} | {Score(**p['challenger'])} |" for n, p in (pairs | biases).items()],
        "",
        *_judged(evidence),
    ]


def _judged(evidence: dict[str, Any]) -> list[str]:
    """How sure the verdict is and which rows gave it, where that is on record."""
    if "probability_better" not in evidence:
        return []
    times = evidence["test_set_decided"]
    spent = f"the test set has decided {times} {'time' if times == 1 else 'times'}"
    decisive = evidence.get("feedback", evidence)
    rows = f"{decisive['change']['rows']:,} rows of {evidence['rows_from']}"
    better = f"better with probability {decisive['probability_better']:.2f}"
    return [f"Judged by {rows}: {say(Score(**decisive['change']))}, {better}; {spent}.", ""]


def _few(slices: dict[str, Any]) -> dict[str, Any]:
    """The slices of those columns that have few values: seventy zip codes would hide the rest."""
    columns = Counter(name.split(":")[0] for name in slices)
    return {name: pair for name, pair in slices.items() if columns[name.split(":")[0]] <= MOST_SLICES}


def _decision(decision: dict[str, Any]) -> str:
    why = "; ".join(decision["reasons"]).replace("|", "\\|")
    return f"| {decision['time']} | {decision['model_version']} | {decision['rows']:,} | {decision['status']} | {why} |"
