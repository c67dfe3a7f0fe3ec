"""Compares the speed of Ray on one node to the same code in one process.

Run it with the Python of a finished project that has the add-on `ray`.
"""

import argparse
import contextlib
import importlib
import os
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project whose loop has run")
    parser.add_argument(
        "--rows", type=int, default=100_000, help="rows in total (default: 100,000)"
    )
    parser.add_argument("--files", type=int, default=5, help="number of files (default: 5)")
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs (default: 3)")
    parser.add_argument(
        "--times", type=int, default=10, help="times as many rows, to measure memory"
    )
    options = parser.parse_args()
    os.chdir(options.project)
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.rate(options.rows, options.files, options.runs)
        bench.memory(options.rows, options.files, options.times)


class Bench:
    """A project's champion, its data, and a folder for files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = next(Path("src").glob("*/shards.py")).parent.name
        self.shards = self.module("shards")
        self.bundle = self.module("bundle")
        self.module("config").load_settings()
        self.version = self.bundle.serving()

    def module(self, name: str) -> Any:
        return importlib.import_module(f"{self.package}.{name}")

    def incoming(self, rows: int, files: int) -> Path:
        """Creates a folder with rows of normal traffic, sampled with replacement."""
        source = self.folder / f"incoming-{rows}"
        if source.exists():
            return source
        source.mkdir()
        traffic = self.module("data").read("test", "stream")
        for number in range(files):
            part = traffic.sample(rows // files, replace=True, random_state=number)
            part.to_parquet(source / f"{number:04}.parquet", index=False)
        return source

    def files(self, source: Path, name: str) -> list[dict[str, str]]:
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        files: list[dict[str, str]] = self.shards.unscored(source, target)
        return files

    def rate(self, rows: int, files: int, runs: int) -> None:
        """Print rows per second, alternately in one process and with one actor on a node."""
        source = self.incoming(rows, files)
        scorer = self.shards.Scorer(Path.cwd(), self.version)
        reference = self.module("data").reference(self.version)
        rates: dict[str, list[float]] = {name: [] for name in ROWS_OF_TABLE}
        with node() as ray:
            for _ in range(runs):
                start = time.perf_counter()
                for file in self.files(source, "here"):
                    scorer(file)
                here = rows / (time.perf_counter() - start)
                todo = self.files(source, "there")
                start = time.perf_counter()
                self.shards.score(todo, self.version, ray)
                seconds = time.perf_counter() - start
                paths = [Path(file["target"]) for file in todo]
                times = sorted(path.stat().st_mtime for path in paths)
                steady = (rows - rows / files) / (times[-1] - times[0])
                start = time.perf_counter()
                for path in paths:
                    self.shards.summarize(path, self.version, reference)
                watched = rows / (time.perf_counter() - start)
                start = time.perf_counter()
                self.shards.monitor(paths, self.version, ray)
                merged = rows / (time.perf_counter() - start)
                figures = (here, rows / seconds, steady, steady / here, watched, merged)
                for name, figure in zip(ROWS_OF_TABLE, figures, strict=True):
                    rates[name].append(figure)
        print(f"{rows:,} rows in {files} files, {runs} runs\n")
        print("| | median | min | max |\n|---|---|---|---|")
        for name, figures_of_name in rates.items():
            digits = ".2f" if name.startswith("ratio") else ",.0f"
            shown = (statistics.median(figures_of_name), min(figures_of_name), max(figures_of_name))
            print(f"| {name} | {' | '.join(format(figure, digits) for figure in shown)} |")

    def memory(self, rows: int, files: int, times: int) -> None:
        """Print peak memory of the actor and the command, for these rows and a multiple."""
        print("\n| rows | scoring actor, MB | monitoring task, MB | command, MB |")
        print("|---|---|---|---|")
        for count in (rows, times * rows):
            todo = self.files(self.incoming(count, files), f"memory-{count}")
            with node() as ray, Peaks() as peaks:
                self.shards.score(todo, self.version, ray)
                scoring = peaks.take("ray::")
                self.shards.monitor([Path(file["target"]) for file in todo], self.version, ray)
                monitoring = peaks.take("ray::summarize")
            here = peaks.of(os.getpid())
            print(f"| {count:,} | {scoring:.0f} | {monitoring:.0f} | {here:.0f} |", flush=True)


ROWS_OF_TABLE = (
    "scored by one process, rows/s",
    "scored by Ray with one CPU, including actor startup, rows/s",
    "scored by Ray with one CPU, after the first file, rows/s",
    "ratio of the latter to one process",
    "monitored by one process, rows/s",
    "monitored by Ray with one CPU, rows/s",
)


@contextlib.contextmanager
def node() -> Iterator[Any]:
    """Ray on one node with one CPU."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_LOG_LEVEL": "ERROR"}
    ray: Any = importlib.import_module("ray")

    ray.init("local", num_cpus=1, include_dashboard=False, logging_level="error")
    try:
        yield ray
    finally:
        ray.shutdown()


class Peaks(threading.Thread):
    """Peak memory of processes, in MB, by the start of their command line."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[str, float] = {}
        self.ended = False

    def __enter__(self) -> "Peaks":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = True
        self.join()

    def run(self) -> None:
        """Poll all processes until stopped."""
        while not self.ended:
            for folder in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError, ValueError):
                    name = (folder / "cmdline").read_text().split("\0")[0]
                    if name.startswith("ray::"):
                        most = max(self.peaks.get(name, 0), self.of(int(folder.name)))
                        self.peaks[name] = most
            time.sleep(0.2)

    def take(self, start: str) -> float:
        """Return and reset the peaks."""
        most = max(value for name, value in self.peaks.items() if name.startswith(start))
        self.peaks.clear()
        return most

    @staticmethod
    def of(process: int) -> float:
        """The peak memory of a process."""
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1_000
        return 0


if __name__ == "__main__":
    main()
