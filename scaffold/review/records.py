"""What a project has on record of its champions and of monitoring, held to its shape, since it may be damaged."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PROMOTED, AGAIN = "promoted", "serves again"
ALARM = "retraining advised"
LONGEST, LONGEST_NAME = 1_000, 100  # characters of a text, and of a metric's name: it becomes part of an expression


class Damaged(Exception):
    """Why a record can't be used, in a few words."""


@dataclass(frozen=True)
class Score:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Change:
    """An entry of `champion/history.jsonl`: a promotion, a refusal or a rollback."""

    time: datetime
    event: str
    version: int
    reasons: tuple[str, ...] = ()
    score: Score | None = None
    baselines: tuple[tuple[str, Score], ...] = ()
    gains: tuple[tuple[str, Score], ...] = ()  # how far it is from a baseline, on the same rows


@dataclass(frozen=True)
class Decision:
    """An entry of `reports/decisions.jsonl`."""

    time: datetime
    status: str
    version: int
    rows: int


@dataclass(frozen=True)
class Results:
    """What `docs/results.json` says that is shown, and from which files, by their digests."""

    name: str | None  # of the project
    metric: str
    higher_is_better: bool
    sources: dict[str, str]
    shown: dict[str, str]
    fields: dict[str, str]
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]


def changes(text: str) -> tuple[Change, ...]:
    """Every entry of the history, oldest first."""
    return tuple(_each(text, _change))


def decisions(text: str) -> tuple[Decision, ...]:
    """Every decision of monitoring, oldest first."""
    return tuple(_each(text, _decision))


def results(text: str) -> Results:
    """The record of what is shown; its first and its present champion stand for the history."""
    found: Results = _held(_results, text)
    return found


def _results(text: str) -> Results:
    found = json.loads(text)
    first, champion, metric = found["first"], found["champion"], found["metric"]
    now = _time(champion["since"])
    baselines, gains = _scores(first["baselines"]), _scores(first.get("gains", {}))
    known = [Change(now, PROMOTED, int(first["version"]), (), _score(first["score"]), baselines, gains)]
    if champion["version"] != first["version"]:
        score = _score(champion["score"]) if champion.get("score") else None
        known.append(Change(now, PROMOTED, int(champion["version"]), (), score))
    return Results(
        _text(found["name"]) if "name" in found else None,
        _text(metric["name"], LONGEST_NAME),
        bool(metric["higher_is_better"]),
        _texts(found["sources"]),
        _texts(found["shown"]),
        _texts(found.get("fields", {})),
        tuple(known),
        tuple(_decision({**one, "model_version": one["version"]}) for one in found["decisions"]),
    )


def _each(text: str, shape: Any) -> list[Any]:
    return [_held(lambda line: shape(json.loads(line)), line, n) for n, line in enumerate(text.splitlines(), 1) if line]


def _held(shape: Any, text: str, line: int | None = None) -> Any:
    try:
        return shape(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        why = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else type(error).__name__
        raise Damaged(f"line {line} is damaged ({why})" if line else f"it is damaged ({why})") from None


def _change(entry: dict[str, Any]) -> Change:
    evidence = entry.get("evidence") or {}
    score = _score(evidence["score"]) if evidence.get("score") else None
    baselines, gains = _scores(evidence.get("baselines", {})), _scores(evidence.get("gains", {}))
    when, event, version = _time(entry["time"]), _text(entry["event"]), int(entry["to_version"])
    return Change(when, event, version, tuple(map(_text, entry.get("reasons", []))), score, baselines, gains)


def _text(value: Any, longest: int = LONGEST) -> str:
    """The value as text, which may be printed; raises ValueError if it is longer than any that a project writes."""
    if len(found := str(value)) > longest:
        raise ValueError
    return found


def _texts(found: dict[str, Any]) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in found.items()}


def _scores(found: dict[str, Any]) -> tuple[tuple[str, Score], ...]:
    return tuple((_text(name), _score(score)) for name, score in found.items())


def _decision(entry: dict[str, Any]) -> Decision:
    return Decision(_time(entry["time"]), _text(entry["status"]), int(entry["model_version"]), int(entry["rows"]))


def _score(found: dict[str, Any]) -> Score:
    return Score(float(found["value"]), float(found["low"]), float(found["high"]))


def _time(written: str) -> datetime:
    time = datetime.fromisoformat(written)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
