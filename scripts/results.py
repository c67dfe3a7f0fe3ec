"""Writes what finished projects measured into the tables of results in README and docs/projects.md.

    python scripts/results.py FOLDER ...

FOLDER is a finished project; there has to be one of each template. The words are the pages' own. A figure there has
three decimals, as .921, and gives way to the one that the project's `docs/results.json` has for its row.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "projects.md")
COLUMNS = ("sentiment", "price-prediction", "image-classification")
TABLE = re.compile(r"(?<=<!-- measured: scripts/results.py -->\n)(.*?)(?=<!-- /measured -->)", re.DOTALL)
MINUS = "\N{MINUS SIGN}"
FIGURE = re.compile(rf"{MINUS}?\d?\.\d{{3}}(?!\d)")
# What tells the drift: a score or a bias, on this slice of the held-out rows.
DRIFTED = {
    "sentiment": ("slices", "source: rotten_tomatoes"),
    "price-prediction": ("biases", "month: 2015-05"),
    "image-classification": ("slices", "cell type: polycrystalline"),
}
Results = dict[str, Any]


def main() -> None:
    """Bring both pages up to date, or neither."""
    records = [json.loads((Path(folder) / "docs" / "results.json").read_text("utf-8")) for folder in sys.argv[1:]]
    found = {record["template"]: record for record in records}
    if missing := [template for template in COLUMNS if template not in found]:
        sys.exit(f"No finished project of {', '.join(missing)} is given. Make one: scaffold new {missing[0]} --run")
    for page, text in [(page, filled(page, found)) for page in PAGES]:
        page.write_text(text, "utf-8", newline="\n")


def filled(page: Path, found: dict[str, Results]) -> str:
    """The page with these projects' figures; ends the program if they don't account for every figure in the table."""
    text = page.read_text("utf-8")
    parts = TABLE.split(text)
    if len(parts) != 3:
        sys.exit(f"{page.name}: its table is not between 'measured: scripts/results.py' and '/measured'. Put it there.")
    before, table, after = parts
    return before + "".join(_line(line, found) for line in table.splitlines(keepends=True)) + after


def _line(line: str, found: dict[str, Results]) -> str:
    if not line.startswith("|"):
        return line
    _, heading, *cells, end = line.split("|")
    measured = [measures(found[template]).get(heading.strip(), []) for template in COLUMNS]
    return "|".join(["", heading, *map(_cell, cells, measured), end])


def _cell(cell: str, values: list[float]) -> str:
    if len(FIGURE.findall(cell)) != len(values):
        sys.exit(f"'{cell.strip()}': {len(values)} figures are on record for it. Correct the cell, or `measures`.")
    figures = iter(values)
    return FIGURE.sub(lambda _: said(next(figures)), cell)


def measures(results: Results) -> dict[str, list[float]]:
    """The figures of one project, by the heading of their row."""
    first, metric = results["first"], results["metric"]["name"]
    best = max if results["metric"]["higher_is_better"] else min
    baseline = best(first["baselines"].values(), key=lambda score: score["value"])
    honest = next(found for name, found in first["protocols"].items() if "(honest" in name)
    kind, slice_ = DRIFTED[results["template"]]
    drifted = results["changes"][0][kind][slice_]
    return {
        "strongest baseline": _interval(baseline),
        "**champion**, on its test set": _interval(first["score"]),
        "the honest figure beside it": [honest[metric], *([honest["r2"]] if "r2" in honest else [])],
        "what happens then": [drifted["champion"]["value"]],
        "retrained with the feedback, on the same rows": [drifted["challenger"]["value"]],
    }


def said(value: float) -> str:
    """A figure as the pages write it, without a leading zero."""
    return (MINUS if value < 0 else "") + f"{abs(value):.3f}".removeprefix("0")


def _interval(score: Results) -> list[float]:
    return [score[end] for end in ("value", "low", "high")]


if __name__ == "__main__":
    main()
