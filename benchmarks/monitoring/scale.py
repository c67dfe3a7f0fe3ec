"""Measures time and memory of `monitor` for a large window, and whether they grow with the log or with the window."""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
import projects

LARGE, SMALL = 1_000_000, 10_000
SECONDS, GIGABYTES = 60, 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="a project whose loop has run")
    parser.add_argument("--rows", type=int, default=LARGE, help=f"of the large log (default: {LARGE:,})")
    options = parser.parse_args()
    projects.stop_on_signals()
    project = projects.find(options.project)
    with projects.scratch(project) as folder:
        logs = {}
        for rows in (SMALL, options.rows):
            logs[rows] = folder / f"{rows}.db"
            projects.run_script(project, folder, "../monitoring/fill.py", str(logs[rows]), str(rows))
            projects.say(f"{rows:,} predictions: {logs[rows].stat().st_size / 1e6:,.0f} MB")
        watch(project, folder, logs[SMALL], 2_000)  # fills the caches
        short, long = (watch(project, folder, log, 2_000) for log in logs.values())
        whole = watch(project, folder, logs[options.rows], options.rows)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"window of 2,000 in a log of {SMALL:,}: {short}; of {options.rows:,}: {long}")
    print(f"window of {options.rows:,}: {whole} (limit {SECONDS} s), {peak:.2f} GB at the peak (limit {GIGABYTES} GB)")


def watch(project: projects.Project, folder: Path, log: Path, rows: int) -> str:
    """Seconds that the command takes, as a whole process, and how long it had a core for itself."""
    reports, registry = folder / "reports", project.folder / "mlflow.db"
    environment = projects.environment(project, folder) | {
        "DATABASE_URL": f"sqlite:///{log}",
        "REPORTS_DIR": str(reports),
        "MONITOR_WINDOW": str(rows),
        "MLFLOW_TRACKING_URI": f"sqlite:///{registry}",
    }
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [project.scripts / "python", "-m", project.package, "monitor"]
    done = subprocess.run(command, env=environment, cwd=project.folder, check=False, stdout=sys.stderr)
    if done.returncode not in (0, 3):
        raise SystemExit(f"monitor ended with {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{time.perf_counter() - start:.1f} s ({computed:.1f} s of processor time)"


if __name__ == "__main__":
    main()
