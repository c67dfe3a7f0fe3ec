"""The tables of the results, as Markdown: each empty where nothing is on record."""

from typing import Any

from . import report_page
from .evaluation import Score, say
from .explanation import IMPORTANCE
from .figures import plain, said
from .metrics import DECISIVE, SHOWN
from .source import MIXED

Results = dict[str, Any]
LATEST = 10  # drivers that are shown
HARMLESS = str.maketrans({"|": "\\|", "[": "\\[", "]": "\\]", "<": "&lt;", "\n": " "})


def sections(results: Results) -> dict[str, str]:
    """Every table by its heading."""
    return {
        "Beside the baselines": _first(results),
        "The same choice, fitted and evaluated otherwise": _protocols(results),
        "Before the drift, under it, after retraining": _story(results),
        "Champion against champion": "\n\n".join(map(_change, results["changes"])),
        "Where it is weakest": _weakest(results),
        "What drives it": _drivers(results),
        "Other metrics": _measures(results),
        "What monitoring decided": _decisions(results),
    }


def _first(results: Results) -> str:
    first, rows = results["first"], results["data"]["rows"]
    head = f"Data `{results['data']['digest']}`: {rows['train']:,} rows to train on, {rows['test']:,} to test on."
    baselines = [f"| baseline: {name} | {said(score)} |" for name, score in first["baselines"].items()]
    own = f"| **champion, version {first['version']}** | **{said(first['score'])}** |"
    tried = [f"{name} {value:.3f}" for name, value in first["candidates"].items()]
    chosen = f"Candidates by the mean {DECISIVE} of cross-validation on the train set: {', '.join(tried)}."
    table = _table(["on the test set", f"{DECISIVE} (95 % interval)"], [*baselines, own])
    return "\n\n".join([head, table, *([chosen] if tried else [])])


def _story(results: Results) -> str:
    if not results["story"]:
        return ""
    lines = [
        f"| {part} | {told['version']} | {said(told['score']) or 'not known'} | {said(told['bias']) or ''} |"
        f" {told['rows']:,} |"
        for part, told in results["story"].items()
    ]
    return "\n\n".join(
        [
            _table(["live", "version", DECISIVE, "bias", "labelled rows"], lines),
            "Each line is one decision of monitoring, about the latest predictions of that version which have feedback;"
            f" under drift, these may include some from before it. What arrives after retraining: {MIXED}.",
        ]
    )


def _change(change: Results) -> str:
    pairs = {"all": {"champion": change["champion"], "challenger": change["score"]}, **change["slices"]}
    biases = {f"bias, {name}": pair for name, pair in change["biases"].items()}
    lines = [f"| {_plain(n)} | {said(p['champion'])} | {said(p['challenger'])} |" for n, p in (pairs | biases).items()]
    heads = ["held-out rows", f"version {change['from']}", f"version {change['to']} ({change['event']})"]
    return "\n\n".join([_table(heads, lines), *_judged(change)])


def _judged(change: Results) -> list[str]:
    """How sure the verdict is and which rows gave it, where that is on record."""
    if "probability_better" not in change:
        return []
    times = change["test_set_decided"]
    spent = f"the test set has decided {times} {'time' if times == 1 else 'times'}"
    rows = f"{change['change']['rows']:,} rows of {change['rows_from']}"
    better = f"better with probability {change['probability_better']:.2f}"
    return [f"Judged by {rows}: {say(Score(**change['change']))}, {better}; {spent}."]


def _weakest(results: Results) -> str:
    lines = [f"| {_plain(name)} | {said(score)} | {score['rows']:,} |" for name, score in results["weakest"].items()]
    heads = [f"where version {results['champion']['version']} is weakest", DECISIVE, "rows"]
    return _table(heads, lines) if lines else ""


def _drivers(results: Results) -> str:
    lines = [f"| {_plain(name)} | {value:+.3f} |" for name, value in list(results["drivers"].items())[:LATEST]]
    heads = [f"what drives version {results['champion']['version']}", "how much"]
    return f"{_table(heads, lines)}\n\n{IMPORTANCE}" if lines else ""


def _protocols(results: Results) -> str:
    """The chosen model fitted and measured in other ways: means, and the range if it was measured several times."""
    lines = []
    for name, found in results["first"]["protocols"].items():
        low, high = (plain(found[f"{DECISIVE}_{end}"]) for end in ("lowest", "highest"))
        cells = [*(plain(found[metric]) for metric in SHOWN), f"{low} to {high}" if low != high else "once"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    heads = ["the same choice, fitted and evaluated otherwise", *SHOWN, f"{DECISIVE}, lowest to highest"]
    return _table(heads, lines) if lines else ""


def _measures(results: Results) -> str:
    measures = results["champion"]["measures"] or {}
    lines = [f"| {name} | {value:,.4g} |" for name, value in measures.items() if value is not None]
    return _table([f"version {results['champion']['version']}, held-out rows", "value"], lines) if lines else ""


def _decisions(results: Results) -> str:
    told = [(one, _plain("; ".join(one["reasons"]))) for one in results["decisions"]]
    lines = [f"| {one['time']} | {one['version']} | {one['rows']:,} | {one['status']} | {why} |" for one, why in told]
    table = _table(["monitoring", "version", "rows", "decision", "why"], lines)
    return f"{table}\n\nAll decisions, with their reports: `reports/{report_page.NAME}`" if lines else ""


def _table(heads: list[str], lines: list[str]) -> str:
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines])


def _plain(text: str) -> str:
    """A text from the data or the log, so that it is neither markup nor the end of a cell."""
    return text.translate(HARMLESS)
