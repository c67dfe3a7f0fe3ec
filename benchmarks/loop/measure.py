"""Times `scaffold new NAME --run` stage by stage: from nothing to a retrained champion."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from itertools import pairwise
from pathlib import Path

SCAFFOLD = str(Path(sys.executable).parent / "scaffold")
CHECKS = tomllib.loads((Path(__file__).parents[2] / "tests" / "templates.toml").read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("template", nargs="?", default="sentiment", choices=CHECKS)
    parser.add_argument("--runs", type=int, default=3, help="projects to create (default: 3)")
    options = parser.parse_args()
    runs = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(measure(options.template, Path(folder)))
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"\n{options.template}, {options.runs} runs, {machine}\n")
    print("| stage | median |\n|---|---|")
    for name in runs[0]:
        print(f"| {name} | {statistics.median(run[name] for run in runs):.1f} s |")
    print(f"\nThe limit is {CHECKS[options.template]['seconds']} s.")


def measure(template: str, folder: Path) -> dict[str, float]:
    """Returns the seconds of each stage; `environment` is the time before the first one."""
    start = time.perf_counter()
    command = [SCAFFOLD, "new", template, "timed", "--defaults", "--run"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8")
    marks = [("environment", start)]
    for line in process.stdout or ():
        if stage := re.match(r"== (\S+)", line):
            marks.append((stage[1], time.perf_counter()))
    if process.wait():
        raise SystemExit("The loop failed.")
    end = time.perf_counter()
    stages = {}
    for (name, before), (_, after) in pairwise([*marks, ("end", end)]):
        stages[name] = after - before
    return {**stages, "all": end - start}


if __name__ == "__main__":
    main()
