"""Times `scaffold` as whole processes, compared to Copier and Cookiecutter with as many files."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from scaffold import catalog, rendering

SCRIPTS = Path(sys.executable).parent
TEMPLATE = "sentiment"
ANSWERS = {"name": "my-reviews", "author": "Ada", "description": "Reviews.", "licence": "MIT"}
UNIT = "import copier"
TARGETS = {"scaffold --help": 0.1, "scaffold new": 0.5}  # seconds
Commands = dict[str, list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs per command (default: 11)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        keep_bytecode(folder / "bytecode")
        commands = prepare(folder)
        times = measure(commands, runs, folder / "output")
        files = count_files(commands["scaffold new --no-git"], folder / "output")
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"{files} files, {runs} runs of each command in turns, {machine}\n")
    print_table(times)


def keep_bytecode(folder: Path) -> None:
    """Lets the commands compile imported modules once, as pip does on installation."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def prepare(folder: Path) -> Commands:
    """The commands to time; Copier and Cookiecutter get templates made from the same tree."""
    new = [str(SCRIPTS / "scaffold"), "new", TEMPLATE, "--defaults"]
    flat = folder / "flat"
    rendering.flatten(catalog.find(TEMPLATE), flat)
    card = catalog.find(TEMPLATE).card
    data = ANSWERS | {"template": TEMPLATE, "version": "0", "year": 2026, "card": card}
    data |= {"profile": {}, "own": {}, "add_ons": [], "extras": {}}
    (folder / "answers.json").write_text(json.dumps(data), "utf-8")
    write_cookiecutter(folder, [*new, "--no-git"])
    return {
        UNIT: [sys.executable, "-c", UNIT],
        "scaffold --help": [str(SCRIPTS / "scaffold"), "--help"],
        "scaffold new --no-git": [*new, "--no-git"],
        "scaffold new": new,
        "copier copy": [
            *(str(SCRIPTS / "copier"), "copy", "--quiet", "--defaults"),
            *("--data-file", str(folder / "answers.json"), str(flat), "my-reviews"),
        ],
        "cookiecutter": [str(SCRIPTS / "cookiecutter"), "--no-input", str(folder / "cookiecutter")],
    }


def write_cookiecutter(folder: Path, new: list[str]) -> None:
    """Writes a Cookiecutter template: the project, with its name as a variable in one file."""
    subprocess.run(new, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    template = folder / "cookiecutter"
    project = template / "{{cookiecutter.name}}"
    shutil.copytree(folder / "my-reviews", project)
    context = {"name": "my-reviews", "_copy_without_render": ["*.py", "*.yml", "*.md", "*.html"]}
    (template / "cookiecutter.json").write_text(json.dumps(context), "utf-8")
    package_file = project / "pyproject.toml"
    text = package_file.read_text("utf-8").replace("my-reviews", "{{cookiecutter.name}}")
    package_file.write_text(text, "utf-8")


def measure(commands: Commands, runs: int, output: Path) -> dict[str, list[float]]:
    """Seconds of each run per command, interleaved, after one run that warms the caches."""
    times: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(runs + 1):
        for label, command in commands.items():
            times[label].append(seconds(command, output))
    return {label: taken[1:] for label, taken in times.items()}


def seconds(command: Iterable[str], output: Path) -> float:
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    start = time.perf_counter()
    subprocess.run(list(command), cwd=output, check=True, capture_output=True)
    return time.perf_counter() - start


def count_files(command: list[str], output: Path) -> int:
    seconds(command, output)
    return sum(path.is_file() for path in output.rglob("*"))


def print_table(times: dict[str, list[float]]) -> None:
    unit = statistics.median(times[UNIT])
    print(f"| command | median | fastest | in units of `{UNIT}` | target |\n|---|---|---|---|---|")
    for label, taken in times.items():
        median = statistics.median(taken)
        target = TARGETS.get(label)
        verdict = f"{target} s, {'met' if median <= target else 'missed'}" if target else ""
        figures = f"{median:.2f} s | {min(taken):.2f} s | {median / unit:.2f}"
        print(f"| `{label}` | {figures} | {verdict} |")


if __name__ == "__main__":
    main()
