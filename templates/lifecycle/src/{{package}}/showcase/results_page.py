"""The results as Markdown, for the README and the model card, and as lines for the command line."""

from typing import Any

from ..metrics import DECISIVE, UNITS
from .figures import figures, said, strongest
from .plots import path, title
from .results_tables import sections

Results = dict[str, Any]


def readme(results: Results) -> str:
    """The block of the README: the main figures, two plots, and everything else behind a click."""
    tables = [text for text in sections(results).values() if text]
    told = [*headlines(results), *pictures(results, "score", "drift")]
    behind = ["<details>\n<summary>The same as tables, and every other figure</summary>", *tables]
    return _block([*told, *behind, *pictures(results, "change", "weakest"), "</details>"])


def card(results: Results) -> str:
    """The block of the model card: the main figures, all plots, each table below a heading."""
    tables = [f"### {heading}\n\n{text}" for heading, text in sections(results).items() if text]
    return _block([*headlines(results), *pictures(results, "score", "drift", "change", "weakest"), *tables])


def headlines(results: Results) -> list[str]:
    """What a reader in a hurry should know, as one list: who serves, how good, against what, under drift, how fast."""
    known, champion, metric = figures(results), results["champion"], results["metric"]["name"]
    kind = f", {champion['candidate']}" if champion["candidate"] else ""
    rows = f" on {known['champion rows']}" if champion["score"] else ""
    smaller = "" if results["metric"]["higher_is_better"] else " Smaller is better."
    name, _ = strongest(results)
    told = [
        f"**Serves:** version {champion['version']}{kind}, since {champion['since'][:10]}; its files take"
        f" {known['bundle size']}.",
        f"**{metric[:1].upper()}{metric[1:]}:** {known['champion']}, with its 95 % interval,{rows}.{smaller} {UNITS}",
        f"**Against the strongest baseline** ({name}), on the same rows of the test set: {known['gain over baseline']},"
        f" measured for version {known['first version']}.",
    ]
    if results["story"]:
        for name, prefix in ((metric, ""), ("bias", "bias ")):
            parts = [f"{part} {known[prefix + part]}" for part in results["story"]]
            told.append(f"**Live {name}:** {', '.join(parts)}.")
    return ["\n".join(f"- {line}" for line in [*told, *_latency(results)])]


def pictures(results: Results, *names: str) -> list[str]:
    """These plots; their figures stand in the tables for those who can't see them."""
    return [f"![{title(results, name)}; the tables below have the figures]({path(name)})" for name in names]


def summary(results: Results) -> list[str]:
    """The story in a few lines: baseline against champion, before and after the drift."""
    first = results["first"]
    lines = [f"baseline, {name}: {DECISIVE} {said(score)}" for name, score in first["baselines"].items()]
    lines.append(f"champion, version {first['version']}: {DECISIVE} {said(first['score'])}")
    for part, told in results["story"].items():
        quality, bias = said(told["score"]) or "not known", said(told["bias"]) or ""
        lines.append(f"{part}, version {told['version']}: {DECISIVE} {quality}, bias {bias}, {told['rows']:,} rows")
    for change in results["changes"]:
        lines.append(f"retrained, version {change['to']}, {change['event']}, on the same held-out rows:")
        for name, biases in change["biases"].items():
            pair = change["slices"].get(name) or biases
            before, after = (biases[model]["value"] for model in ("champion", "challenger"))
            scores = f"{said(pair['champion'])} -> {said(pair['challenger'])}"
            lines.append(f"   {name}: {scores}, bias {before:+.3f} -> {after:+.3f}")
    return lines


def _latency(results: Results) -> list[str]:
    found = results["latency"]
    if not found:
        return []
    return [
        f"**Answers over HTTP:** half come within {found['p50_ms']:.1f} ms, 95 % within {found['p95_ms']:.1f} ms:"
        f" {found['requests']} requests of one record, one at a time; {found['machine']}, client on the same machine."
    ]


def _block(parts: list[str]) -> str:
    return "\n" + "\n\n".join(parts) + "\n"
