"""Updates the result tables in README and docs/reference/templates.md from finished projects.

    python scripts/results.py FOLDER ...

FOLDER is a finished project; give one per template. The text in the tables is kept. Figures with
three decimals, such as .921, are replaced by those in the project's `docs/results.json`.
"""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from scaffold import catalog

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "reference" / "templates.md")
CHECKS = tomllib.loads((ROOT / "tests" / "templates.toml").read_text("utf-8"))  # by column
TABLE = re.compile(
    r"(?<=<!-- measured: scripts/results.py -->\n)(.*?)(?=<!-- /measured -->)", re.DOTALL
)
MINUS = "\N{MINUS SIGN}"
FIGURE = re.compile(rf"{MINUS}?\d?\.\d{{3}}(?!\d)")
ALARM = "retraining advised"
Results = dict[str, Any]
Figures = dict[str, list[float]]  # by the heading of their row


def main() -> None:
    """Updates both pages, or neither."""
    figures = {}
    for argument in sys.argv[1:]:
        folder = Path(argument)
        template = template_of(folder)
        results = json.loads((folder / "docs" / "results.json").read_text("utf-8"))
        figures[template] = measures(template, results)
    for template in CHECKS:
        if template not in figures:
            make = f"scaffold new {template} --run"
            sys.exit(f"No finished project of {template} was given. Create one: {make}")
    texts = {page: filled(page, figures) for page in PAGES}
    for page, text in texts.items():
        page.write_text(text, "utf-8", newline="\n")


def template_of(folder: Path) -> str:
    """The template of a project."""
    origin = (folder / ".template.yml").read_text("utf-8")
    match = re.search(r"^template: *(\S+)", origin, re.MULTILINE)
    return match[1] if match else "unknown"


def measures(template: str, results: Results) -> Figures:
    """The figures of a project; exits if its loop is incomplete."""
    history, decisions = results["history"], results["decisions"]
    alarms = [decision for decision in decisions if decision["status"] == ALARM]
    retrained = [entry for entry in history if "gain" in entry.get("evidence", {})]
    if not alarms or not retrained:
        sys.exit(f"{template}: no alarm or no retraining on record. Run its loop again")
    first = history[0]["evidence"]
    measure = "bias" if is_quantity(template) else "quality"
    return {
        "strongest baseline": interval(strongest(template, first["baselines"])),
        "**champion**, on its test set": interval(first["score"]),
        "also measured": stricter(template, first),
        "normal traffic": [decisions[0]["quality"]["value"]],
        "then the drift": [alarms[0][measure]["value"]],
        "gain from retraining, same rows": interval(retrained[-1]["evidence"]["gain"]),
        "traffic after that": [decisions[-1][measure]["value"]],
    }


def is_quantity(template: str) -> bool:
    """Whether the template predicts a quantity, so that its deciding metric is an error."""
    return catalog.find(template).card["task"] == "regression"


def strongest(template: str, baselines: dict[str, Results]) -> Results:
    """The best score: the lowest error of a quantity, else the highest accuracy."""
    best = min if is_quantity(template) else max
    return best(baselines.values(), key=lambda score: float(score["value"]))


def stricter(template: str, evidence: Results) -> list[float]:
    """The additional measure of a template, if it has one."""
    measures = {**evidence["measures"], **evidence}
    return [measures[name] for name in CHECKS[template]["stricter"]]


def interval(score: Results) -> list[float]:
    return [score["value"], score["low"], score["high"]]


def filled(page: Path, figures: dict[str, Figures]) -> str:
    """The page with these figures; exits if they don't match the rows of its table."""
    parts = TABLE.split(page.read_text("utf-8"))
    if len(parts) != 3:
        place = "'measured: scripts/results.py' and '/measured'"
        sys.exit(f"{page.name}: the table isn't between {place}. Add these markers.")
    before, table, after = parts
    lines = [filled_line(line, figures) for line in table.splitlines(keepends=True)]
    return before + "".join(lines) + after


def filled_line(line: str, figures: dict[str, Figures]) -> str:
    """One row of the table; its first cell is its heading."""
    if not line.startswith("|"):
        return line
    _, heading, *cells, end = line.split("|")
    row = [heading]
    for template, cell in zip(CHECKS, cells, strict=True):
        row.append(filled_cell(cell, figures[template].get(heading.strip(), [])))
    return "|".join(["", *row, end])


def filled_cell(cell: str, values: list[float]) -> str:
    """The cell's words with these figures."""
    if len(FIGURE.findall(cell)) != len(values):
        count = f"{len(values)} figures are on record for it"
        sys.exit(f"'{cell.strip()}': {count}. Fix the cell or `measures`.")
    figures = iter(values)
    return FIGURE.sub(lambda _: written(next(figures)), cell)


def written(value: float) -> str:
    """A figure without a leading zero, as on the pages."""
    sign = MINUS if value < 0 else ""
    return sign + f"{abs(value):.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
