"""Measures how often monitoring raises an alarm: without a change, and under the real drift of a template."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
import projects

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMED = {
    "usual": "no change",
    "drift": "real drift",
    "in_order": "real drift, in order of time",
    "modules": "no change, but cells of neighbouring modules alone",
}
COLUMNS = ["input", "output", "quality", "any", "without labels"]
ENOUGH = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    templates = [path.name for path in TEMPLATES.iterdir() if path.name != "lifecycle"]
    parser.add_argument("template", choices=sorted(templates))
    parser.add_argument("--project", type=Path, help="a project whose loop has run (default: a new one)")
    parser.add_argument("--windows", type=int, default=50, help="windows of each size (default: 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="leave the table in the template")
    options = parser.parse_args()
    projects.stop_on_signals()
    with projects.finished(options.template, options.project) as project, projects.scratch(project) as folder:
        numbers = (str(options.windows), str(options.seed))
        found = projects.run_script(project, folder, "../monitoring/windows.py", *numbers)
    text = report(found, options.windows, f"benchmarks/monitoring/measure.py {options.template}")
    print(text)
    if options.write:
        (TEMPLATES / options.template / "readme" / "monitoring.md").write_text(text + "\n", "utf-8")


def report(found: dict[str, Any], windows: int, command: str) -> str:
    """The table as Markdown, under a line that says how it was measured, above one that says how many rows suffice."""
    named = ", ".join(f"{name} {version}" for name, version in found["libraries"].items())
    lines = [
        f"`{command}`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {named}. {windows} windows of each kind; of"
        f" how many an alarm was raised, by question. Windows without a change are drawn from {found['usual_rows']:,}"
        f" held-back rows of the usual source, each with a reference of its own; those of the drift from"
        f" {found['drift_rows']:,} rows. `MINIMUM_ROWS` is lowered to the size of the window.",
        "",
        f"| window | rows | {' | '.join(COLUMNS)} |",
        "|---" * (2 + len(COLUMNS)) + "|",
    ]
    counts = {tuple(key.split()): counted for key, counted in found["counts"].items()}
    for (kind, size), counted in sorted(counts.items(), key=lambda one: (list(NAMED).index(one[0][0]), int(one[0][1]))):
        cells = [str(counted.get(column, 0)) for column in COLUMNS]
        lines.append(f"| {NAMED[kind]} | {size} | {' | '.join(cells)} |")
    return "\n".join(
        [*lines, "", f"The drift is seen in {ENOUGH:.0%} of the windows {enough(found['counts'], windows)}."]
    )


def enough(counts: dict[str, Any], windows: int) -> str:
    """The smallest size of window from which on the drift is seen, with labels."""
    sizes = {int(key.split()[1]): counted["any"] for key, counted in counts.items() if key.startswith("drift ")}
    missed = max((size for size, seen in sizes.items() if seen < ENOUGH * windows), default=0)
    beyond = [size for size in sizes if size > missed]
    return f"from {min(beyond)} rows on" if beyond else f"of more than {missed} rows"


if __name__ == "__main__":
    main()
