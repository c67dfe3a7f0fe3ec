"""Measures how often a challenger that is the champion's equal is promoted, and how soon one that is better."""

import argparse
import json
import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[2] / "templates"
STATUSES = ["promoted", "refused", "not enough evidence"]
LIMIT = 0.05  # of equal challengers that may be promoted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("template", choices=["sentiment", "price-prediction", "image-classification"])
    parser.add_argument("--project", type=Path, required=True, help="a project whose loop has run")
    parser.add_argument("--trials", type=int, default=100, help="pairs that are judged (default: 100)")
    parser.add_argument("--models", type=int, default=15, help="models that the pairs are made of (default: 15)")
    parser.add_argument("--write", action="store_true", help="leave the tables in the template")
    options = parser.parse_args()
    found = judge(options.project.resolve(), options.template, options.trials, options.models)
    command = f"benchmarks/promotion/measure.py {options.template} --trials {options.trials}"
    text = write(found, f"{command} --models {options.models}", options.models)
    print(text)
    if options.write:
        (TEMPLATES / options.template / "readme" / "promotion.md").write_text(text + "\n", "utf-8")


def judge(project: Path, template: str, trials: int, models: int) -> dict[str, Any]:
    """What `trials.py` finds, run by the project's own Python."""
    name = re.search(r'^name = "(.+)"$', (project / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert name
    package = name[1].replace("-", "_")
    command = [project / ".venv" / "bin" / "python", Path(__file__).with_name("trials.py"), package, template]
    environment = os.environ | {"PROJECT_ROOT": str(project), "OMP_NUM_THREADS": "1"}
    printed = subprocess.run([*command, str(trials), str(models)], env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(printed.stdout)
    return found


def write(found: dict[str, Any], command: str, models: int) -> str:
    """Both tables under a line that says when, where and how they were measured."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    made = "another seed" if found["seeded"] else "another bootstrap sample of the train set"
    share = found["same"].count("promoted") / len(found["same"])
    target = f"at most {LIMIT:.0%} may be promoted: {'met' if share <= LIMIT else 'missed'}"
    lines = [
        f"`{command}`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {versions}. Minimum gain:"
        f" {found['metric']} {found['gain']:g}.",
        "",
        f"Challengers equal to the champion: {found['choice']}, {models} models, each fitted with {made};"
        f" {len(found['same'])} pairs, judged on the {found['rows']:,} rows of the test set; {target}.",
        "",
        f"| challenger | rows | {' | '.join(STATUSES)} |",
        "|---" * (2 + len(STATUSES)) + "|",
        row("equal to the champion", found["rows"], found["same"]),
        *[row("trained with the feedback", int(rows), statuses) for rows, statuses in found["power"].items()],
        "",
        "The rows of the lower lines are drawn from test set and held-out drift; the last line has all of them.",
    ]
    return "\n".join(lines)


def row(label: str, rows: int, statuses: Sequence[str]) -> str:
    """A line of the table: of so many trials, the share that ended in each way."""
    cells = [f"{statuses.count(status)} of {len(statuses)}" for status in STATUSES]
    return f"| {label} | {rows:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
