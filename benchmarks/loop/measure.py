"""Times the whole loop of a generated project, stage by stage, with the memory of all its processes together."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import psutil

SCAFFOLD = Path(sys.executable).parent / "scaffold"
SECONDS, GIGABYTES = 150, 3.0  # what a loop may take


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("template", nargs="?", default="sentiment")
    parser.add_argument("--runs", type=int, default=3, help="runs of the loop after the one that makes it (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "loop"
        subprocess.run([SCAFFOLD, "new", options.template, project, "--defaults", "--run"], check=True)
        runs = [measure(project) for _ in range(options.runs)]
    print(f"\n{options.template}, {options.runs} runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print_table(runs)


def measure(project: Path) -> dict[str, float]:
    """Seconds of each stage and of all, and the peak of memory in GB, of a loop that starts afresh."""
    command = next((project / ".venv").glob("*/loop*"))
    process = subprocess.Popen([command, "run", "--reset"], cwd=project, stdout=subprocess.PIPE, encoding="utf-8")
    peak = [0.0]
    threading.Thread(target=watch_memory, args=(process.pid, peak), daemon=True).start()
    marks: list[tuple[str, float]] = []
    for line in process.stdout or ():
        if stage := re.match(r"== (\S+)", line):
            marks.append((stage[1], time.perf_counter()))
    if process.wait():
        raise SystemExit("the loop failed")
    stages = {name: end - start for (name, start), (_, end) in pairwise(marks)}
    return {**stages, "all": marks[-1][1] - marks[0][1], "memory": peak[0]}


def watch_memory(pid: int, peak: list[float]) -> None:
    """Keeps the largest sum of the proportional set sizes of a process and its children, ten times a second."""
    while True:
        total = 0
        try:
            parent = psutil.Process(pid)
            for process in [parent, *parent.children(recursive=True)]:
                total += process.memory_full_info().pss
        except psutil.Error:
            if not psutil.pid_exists(pid):
                return
        peak[0] = max(peak[0], total / 1e9)
        time.sleep(0.1)


def print_table(runs: list[dict[str, float]]) -> None:
    print("| stage | median | share of the loop |\n|---|---|---|")
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    for name in list(median)[:-1]:
        print(f"| {name} | {median[name]:.1f} s | {median[name] / median['all']:.2f} |")
    print(f"\nTime: {median['all'] / SECONDS:.2f} of the {SECONDS} s allowed.")
    share = median["memory"] / GIGABYTES
    print(f"Memory of all processes at the peak: {median['memory']:.2f} GB, {share:.2f} of {GIGABYTES:g} GB.")


if __name__ == "__main__":
    main()
