"""Times `scaffold add` and `scaffold update` as whole processes, on copies of a new project.

For the update, the newer version is this one with another number and an added line in each page.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scaffold import __version__

ROOT = Path(__file__).parents[2]
TEMPLATE = "sentiment"
NEWER = "99.0"
TARGET = 2  # seconds
RUN = "from scaffold.__main__ import main; main()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs per command (default: 11)")
    parser.add_argument("--add-on", default="prefect", help="the add-on (default: prefect)")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compile imported modules once
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        present, newer = copy(folder / "present", __version__), copy(folder / "newer", NEWER)
        for page in newer.glob("templates/lifecycle/*.md.jinja"):
            page.write_text(page.read_text("utf-8") + "\nOne more line.\n", "utf-8")
        call(present, folder, "new", TEMPLATE, "project", "--name", "my-reviews", "--defaults")
        commands = {
            "scaffold new": (present, ["new", TEMPLATE, "--defaults"]),
            "scaffold add": (present, ["add", arguments.add_on, "--project", "project"]),
            "scaffold update": (newer, ["update", "--project", "project"]),
        }
        times: dict[str, list[float]] = {label: [] for label in commands}
        for number in range(arguments.runs + 1):
            for label, (tool, command) in commands.items():
                place = folder / f"{label} {number}"
                shutil.copytree(folder / "project", place / "project")
                taken = call(tool, place, *command)
                if number:  # the first run warms the caches
                    times[label].append(taken)
    print(f"{arguments.runs} runs in turns, {os.cpu_count()} cores, {sys.version.split()[0]}\n")
    print("| command | median | fastest | slowest | in units of `scaffold new` | target |")
    print("|---|---|---|---|---|---|")
    unit = statistics.median(times["scaffold new"])
    for label, taken_times in times.items():
        median = statistics.median(taken_times)
        target = ""
        if label != "scaffold new":
            target = f"{TARGET} s, {'met' if median <= TARGET else 'missed'}"
        figures = f"{median:.2f} s | {min(taken_times):.2f} s | {max(taken_times):.2f} s"
        print(f"| `{label}` | {figures} | {median / unit:.2f} | {target} |")


def copy(folder: Path, version: str) -> Path:
    """A copy of the tool under another version."""
    for name in ("scaffold", "templates"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    start = folder / "scaffold/__init__.py"
    start.write_text(start.read_text("utf-8").replace(__version__, version), "utf-8")
    return folder


def call(tool: Path, folder: Path, *arguments: str) -> float:
    """Returns the seconds that a command of this copy takes."""
    environment = os.environ | {"PYTHONPATH": str(tool)}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
