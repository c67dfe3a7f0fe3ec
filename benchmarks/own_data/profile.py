"""Times `scaffold profile` as whole processes on generated files in a temporary folder.

Prints the median, the CPU time, the peak memory and the target, if there is one.
"""

import argparse
import csv
import gzip
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCAFFOLD = Path(sys.executable).with_name("scaffold")
TARGETS = {"10 MB": 2.0, "1 GB": 10.0}  # seconds
MOST_MEMORY = 1000  # MB, for 1 GB
BLOCK = 2000  # rows that are generated once and repeated in large files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs per file (default: 5)")
    parser.add_argument(
        "--large", action="store_true", help="also measure 1 GB, which needs disk space"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        files = make(Path(temporary), arguments.large)
        print(f"{arguments.runs} runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
        print("| file | MB | median | slowest | CPU | memory | target |")
        print("|---|---|---|---|---|---|---|")
        for label, path in files.items():
            print_row(label, path, arguments.runs)


def make(folder: Path, large: bool) -> dict[str, Path]:
    """Generates the files; returns their paths by label."""
    files = {
        "1,000 rows": table(folder / "small.csv", 60_000),
        "10 MB": table(folder / "10MB.csv", 10_000_000),
        "10 MB of texts": texts(folder / "texts.csv", 10_000_000),
        "10 MB of numbers, 80 columns": wide(folder / "wide.csv", 10_000_000),
    }
    packed = folder / "10MB.csv.gz"
    with files["10 MB"].open("rb") as source, gzip.open(packed, "wb", 1) as target:
        shutil.copyfileobj(source, target)
    files["10 MB, gzip"] = packed
    if large:
        files["1 GB"] = table(folder / "1GB.csv", 1_000_000_000)
    return files


def table(path: Path, size: int) -> Path:
    """A table of rents with dates, choices, missing values and a quoted comma."""
    chance = random.Random(0)  # noqa: S311
    header = ["id", "listed_on", "city", "area", "rooms", "furnished", "note", "rent"]
    cities = ["Bern", "Genève", "Zürich", "Basel"]
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        while file.tell() < size:
            for _ in range(BLOCK):
                written += 1
                area = chance.randint(20, 200)
                day = f"2024-{written // 30 % 12 + 1:02}-{written % 28 + 1:02}"
                note = "quiet, sunny" if written % 3 else ""
                rent = round(area * 21 + chance.gauss(0, 150), 2)
                rooms = area // 25 if written % 20 else "NA"
                home = [written, day, chance.choice(cities), area, rooms, chance.choice("YN")]
                writer.writerow([*home, note, rent])
    return path


def texts(path: Path, size: int) -> Path:
    """Texts of 30 to 150 words with a label."""
    chance = random.Random(0)  # noqa: S311
    words = [f"{start}{end}" for start in ("al", "ber", "cor", "du") for end in ("o", "ine", "ast")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        while file.tell() < size:
            for _ in range(BLOCK):
                text = " ".join(chance.choices(words, k=chance.randint(30, 150)))
                writer.writerow([text, chance.choice(["good", "bad", "neither"])])
    return path


def wide(path: Path, size: int) -> Path:
    """Unique numbers, the hardest case."""
    chance = random.Random(0)  # noqa: S311
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"sensor {number}" for number in range(80)])
        while file.tell() < size:
            for _ in range(200):
                writer.writerow([round(chance.gauss(0, 100), 4) for _ in range(80)])
    return path


def print_row(label: str, path: Path, runs: int) -> None:
    measured = [measure(path) for _ in range(runs + 1)][1:]  # the first run warms the caches
    seconds = [taken for taken, _, _ in measured]
    busy = statistics.median(cpu for _, cpu, _ in measured)
    memory = max(peak for _, _, peak in measured)
    median = statistics.median(seconds)
    target = TARGETS.get(label)
    verdict = f"{target} s, {'met' if median <= target else 'missed'}" if target else ""
    if label == "1 GB":
        verdict += f"; {MOST_MEMORY} MB, {'met' if memory <= MOST_MEMORY else 'missed'}"
    figures = f"{median:.2f} s | {max(seconds):.2f} s | {busy:.2f} s | {memory:.0f} MB"
    print(f"| {label} | {path.stat().st_size / 1e6:.1f} | {figures} | {verdict} |", flush=True)


def measure(path: Path) -> tuple[float, float, float]:
    """Returns seconds, CPU seconds, and peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([SCAFFOLD, "profile", path], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"error: profile {path} failed with exit status {process.returncode}")
    scale = 1 if sys.platform == "darwin" else 1024
    taken = time.perf_counter() - start
    return taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6


if __name__ == "__main__":
    main()
