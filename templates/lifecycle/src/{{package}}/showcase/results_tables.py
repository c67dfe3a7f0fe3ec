"""The tables of the results: what stands in them, for every page, and they themselves as Markdown."""

from typing import Any

from ..evaluation import Score, say
from ..explanation import IMPORTANCE
from ..metrics import DECISIVE, SHOWN
from ..monitoring import report_page
from ..source import MIXED
from .figures import plain, said

Results = dict[str, Any]
Table = tuple[list[str], list[list[str]]]  # the heads of the columns, and every row cell by cell
LATEST = 10  # drivers that are shown
HARMLESS = str.maketrans({"|": "\\|", "[": "\\[", "]": "\\]", "<": "&lt;", "\n": " "})


def sections(results: Results) -> dict[str, str]:
    """Every table as Markdown, by its heading; empty where nothing is on record."""
    return {
        "Beside the baselines": _first(results),
        "The same choice, fitted and evaluated otherwise": _markdown(*protocols(results)),
        "Before the drift, under it, after retraining": _story(results),
        "Champion against champion": "\n\n".join(map(_change, results["changes"])),
        "Where it is weakest": _markdown(*weakest(results)),
        "What drives it": _drivers(results),
        "Other metrics": _measures(results),
        "What monitoring decided": _decisions(results),
    }


def baselines(results: Results) -> Table:
    """Every baseline, and last the first champion."""
    first = results["first"]
    rows = [[f"baseline: {name}", _known(score)] for name, score in first["baselines"].items()]
    heads = ["on the test set", f"{results['metric']['name']} (95 % interval)"]
    return heads, [*rows, [f"champion, version {first['version']}", _known(first["score"])]]


def protocols(results: Results) -> Table:
    """The chosen model fitted and measured in other ways: means, and the range if it was measured several times."""
    rows = []
    for name, found in results["first"]["protocols"].items():
        low, high = (plain(found[f"{DECISIVE}_{end}"]) for end in ("lowest", "highest"))
        rows.append([name, *(plain(found[metric]) for metric in SHOWN), f"{low} to {high}" if low != high else "once"])
    return ["the same choice, fitted and evaluated otherwise", *SHOWN, f"{DECISIVE}, lowest to highest"], rows


def story(results: Results) -> Table:
    """What was live before the drift, under it and after retraining."""
    rows = [
        [part, f"{told['version']}", _known(told["score"]), said(told["bias"]) or "", f"{told['rows']:,}"]
        for part, told in results["story"].items()
    ]
    return ["live", "version", results["metric"]["name"], "bias", "labelled rows"], rows


def change(one: Results) -> Table:
    """A later verdict: champion and challenger on the same rows, as a whole and by slice, then their biases."""
    pairs = {"all": {"champion": one["champion"], "challenger": one["score"]}, **one["slices"]}
    pairs |= {f"bias, {name}": pair for name, pair in one["biases"].items()}
    rows = [[name, _known(pair["champion"]), _known(pair["challenger"])] for name, pair in pairs.items()]
    return ["held-out rows", f"version {one['from']}", f"version {one['to']} ({one['event']})"], rows


def weakest(results: Results) -> Table:
    """The slices where the champion is worst."""
    rows = [[name, _known(score), f"{score['rows']:,}"] for name, score in results["weakest"].items()]
    return [f"where version {results['champion']['version']} is weakest", results["metric"]["name"], "rows"], rows


def _first(results: Results) -> str:
    first, rows = results["first"], results["data"]["rows"]
    head = f"Data `{results['data']['digest']}`: {rows['train']:,} rows to train on, {rows['test']:,} to test on."
    heads, (*others, own) = baselines(results)
    table = _markdown(heads, [*others, [f"**{cell}**" for cell in own]])
    tried = [f"{name} {value:.3f}" for name, value in first["candidates"].items()]
    chosen = f"Candidates by the mean {DECISIVE} of cross-validation on the train set: {', '.join(tried)}."
    return "\n\n".join([head, table, *([chosen] if tried else [])])


def _story(results: Results) -> str:
    if not results["story"]:
        return ""
    return (
        f"{_markdown(*story(results))}\n\n"
        "Each line is one decision of monitoring, about the latest predictions of that version which have feedback;"
        f" under drift, these may include some from before it. What arrives after retraining: {MIXED}."
    )


def _change(one: Results) -> str:
    return "\n\n".join([_markdown(*change(one)), *_judged(one)])


def _judged(one: Results) -> list[str]:
    """How sure the verdict is and which rows gave it, where that is on record."""
    if "probability_better" not in one:
        return []
    times = one["test_set_decided"]
    spent = f"the test set has decided {times} {'time' if times == 1 else 'times'}"
    rows = f"{one['change']['rows']:,} rows of {one['rows_from']}"
    better = f"better with probability {one['probability_better']:.2f}"
    return [f"Judged by {rows}: {say(Score(**one['change']))}, {better}; {spent}."]


def _drivers(results: Results) -> str:
    rows = [[name, f"{value:+.3f}"] for name, value in list(results["drivers"].items())[:LATEST]]
    heads = [f"what drives version {results['champion']['version']}", "how much"]
    return f"{_markdown(heads, rows)}\n\n{IMPORTANCE}" if rows else ""


def _measures(results: Results) -> str:
    measures = results["champion"]["measures"] or {}
    rows = [[name, f"{value:,.4g}"] for name, value in measures.items() if value is not None]
    return _markdown([f"version {results['champion']['version']}, held-out rows", "value"], rows)


def _decisions(results: Results) -> str:
    rows = [
        [one["time"], f"{one['version']}", f"{one['rows']:,}", one["status"], "; ".join(one["reasons"])]
        for one in results["decisions"]
    ]
    table = _markdown(["monitoring", "version", "rows", "decision", "why"], rows)
    return f"{table}\n\nAll decisions, with their reports: `reports/{report_page.NAME}`" if rows else ""


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    """Nothing without rows. What a cell says may be from the data or the log: it is no markup, and ends no cell."""
    lines = [f"| {' | '.join(cell.translate(HARMLESS) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines]) if rows else ""


def _known(score: Results | None) -> str:
    return said(score) or "not known"
