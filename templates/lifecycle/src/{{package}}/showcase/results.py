"""The record of what is shown, `docs/results.json`: gathered from what promotions, monitoring and data left behind."""

import hashlib
import json
import math
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from ..config import COMMAND
from ..errors import LifecycleError
from ..history import BOTH, TEST_SET
from ..metrics import DECISIVE, SIGN, UNITS
from ..record import AGAIN, PROMOTED, REFUSED, RETRAIN

FORMAT = 1
NAME = "docs/results.json"
LATEST = 10  # decisions that are shown
MOST_SLICES = 10
JUDGED = ("change", "probability_better")  # by feedback alone, where there is as much of it as was held out
OF_CHANGES = (*JUDGED, "score", "champion", "rows_from", "test_set_decided", "biases")
# What decides about a later champion is more than the test set: other rows that were held out, too.
WITH_HELDOUT = {TEST_SET: "test set and other rows held out", BOTH: "test set, other rows held out and feedback"}
Entries = list[dict[str, Any]]


def gather(history: Entries, decisions: Entries, dataset: dict[str, Any]) -> dict[str, Any]:
    """The figures, whoever serves now; raises LifecycleError if no promotion is on record."""
    promoted = promotions(history)
    first, champion = promoted[0], _champion(history)
    evidence = champion.get("evidence", {})
    found = {
        "metric": {"name": DECISIVE, "unit": UNITS, "higher_is_better": SIGN > 0},
        "data": {"digest": dataset["digest"], "rows": dataset["rows"], "source": dataset.get("source")},
        "champion": {
            **{"version": champion["to_version"], "since": champion["since"], "code": champion.get("code")},
            **{name: evidence.get(name) for name in ("score", "measures")},
            "rows_from": _rows_from(champion, first, dataset),
        },
        "first": {
            "version": first["to_version"],
            "score": first["evidence"]["score"],
            **{name: first["evidence"].get(name, {}) for name in ("baselines", "gains", "candidates", "protocols")},
        },
        "story": {part: _told(decision) for part, decision in story(decisions).items()},
        "changes": [
            {**_change(entry), "rows_from": _rows_from(entry, first, dataset)}
            for entry in history
            if "slices" in entry.get("evidence", {})
        ],
        "weakest": evidence.get("weakest", {}),
        "drivers": evidence.get("drivers", {}),
        "decisions": [_decision(decision) for decision in decisions[-LATEST:]],
        "counts": {
            "promotions": len(promoted),
            "refusals": sum(entry["event"] == REFUSED for entry in history),
            "test_set_decided": max(entry.get("evidence", {}).get("test_set_decided", 0) for entry in history),
            "decisions": len(decisions),
            "alarms": sum(decision["status"] == RETRAIN for decision in decisions),
        },
    }
    rounded: dict[str, Any] = _rounded(found)
    return rounded


def promotions(history: Entries) -> Entries:
    """Those that are on record; raises LifecycleError if there are none."""
    found = [entry for entry in history if entry["event"] == PROMOTED]
    if not found:
        raise LifecycleError(f"Nothing to show: no champion yet, no promotion is on record. Run: {COMMAND} run")
    return found


def story(decisions: Entries) -> dict[str, dict[str, Any]]:
    """The decisions that tell what the first drift did and what retraining mended: before, under and after it.

    They are the last healthy one before the first alarm, that alarm, and the first one of a newer version.
    """
    alarms = [number for number, one in enumerate(decisions) if one["status"] == RETRAIN]
    if not alarms:
        return {}
    alarm = decisions[alarms[0]]
    version, later = alarm["model_version"], decisions[alarms[0] + 1 :]
    healthy = [one for one in decisions[: alarms[0]] if one["model_version"] == version][-1:]
    newer = [one for one in later if one["model_version"] > version][:1]
    parts = {"before the drift": healthy, "under drift": [alarm], "after retraining": newer}
    return {part: found[0] for part, found in parts.items() if found}


def project(root: Path) -> dict[str, Any]:
    """Name and version from `pyproject.toml`, and the template that it came from, if that is on record."""
    path = root / "pyproject.toml"
    try:
        about = tomllib.loads(path.read_text("utf-8-sig"))["project"]
        found = {"name": about["name"], "version": about.get("version")}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise LifecycleError(f"{path} tells no name ({type(error).__name__}: {error}). Correct it.") from None
    origin = root / ".template.yml"
    line = re.search(r"^template: *(\S+)", origin.read_text("utf-8", "replace") if origin.is_file() else "", re.M)
    return {**found, "template": line[1] if line else None}


def read(root: Path) -> dict[str, Any] | None:
    """What was recorded last, or None. Raises LifecycleError if it is damaged, or newer than this code."""
    path = root / NAME
    if not path.is_file():
        return None
    try:
        recorded: dict[str, Any] = json.loads(path.read_text("utf-8"))
        form = int(recorded["format"])
    except (ValueError, LookupError, TypeError) as error:
        raise LifecycleError(f"{NAME} can't be read ({error}). Write it anew: {COMMAND} showcase") from None
    if form != FORMAT:
        raise LifecycleError(f"{NAME} has format {form}, this code reads {FORMAT}. Write it anew: {COMMAND} showcase")
    return recorded


def _rows_from(entry: dict[str, Any], first: dict[str, Any], dataset: dict[str, Any]) -> str:
    """Where the rows are from on which a version was measured, in words."""
    said: str = entry.get("evidence", {}).get("rows_from", TEST_SET)
    more = entry["to_version"] != first["to_version"] and dataset["rows"].get("heldout")
    return WITH_HELDOUT.get(said, said) if more else said


def digest(text: str) -> str:
    """SHA-256 of a text, whatever ends its lines."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _champion(history: Entries) -> dict[str, Any]:
    """The promotion of the version that serves, and since when it does: an earlier one may have come back."""
    latest = [entry for entry in history if entry["event"] in (PROMOTED, AGAIN)][-1]
    promoted = [entry for entry in history if entry["event"] == PROMOTED]
    own = [entry for entry in promoted if entry["to_version"] == latest["to_version"]]
    return {**(own or [latest])[-1], "since": latest["time"]}


def _told(decision: dict[str, Any]) -> dict[str, Any]:
    quality = decision["quality"]
    told = {"version": decision["model_version"], "score": quality, "bias": decision["bias"]}
    told["status"] = decision["status"]
    return {**told, "rows": quality["rows"] if quality else 0}


def _change(entry: dict[str, Any]) -> dict[str, Any]:
    """A later verdict; of its slices those of columns with few values: seventy zip codes would hide the rest."""
    evidence = entry["evidence"]
    columns = Counter(name.split(":")[0] for name in evidence["slices"])
    slices = {name: pair for name, pair in evidence["slices"].items() if columns[name.split(":")[0]] <= MOST_SLICES}
    feedback = {name: evidence["feedback"][name] for name in JUDGED} if "feedback" in evidence else {}
    kept = {name: evidence[name] for name in OF_CHANGES if name in evidence} | feedback
    about = {"event": entry["event"], "from": entry["from_version"], "to": entry["to_version"]}
    return {**about, "reasons": entry["reasons"], **kept, "slices": slices}


def _decision(decision: dict[str, Any]) -> dict[str, Any]:
    kept = {name: decision[name] for name in ("time", "rows", "status", "reasons")}
    return {**kept, "version": decision["model_version"], "report": decision.get("report")}


def _rounded(value: Any) -> Any:
    """The same with six decimals, since what is shown has three, and None for what is no number: JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
