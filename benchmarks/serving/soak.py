"""Loads the service of a project at a share of its capacity for minutes, and says whether it leaks, fails or loses."""

import argparse
import statistics
import sys
import time
from pathlib import Path

import clients
import load
import memory
import projects
import servers

CLIENTS = 32
CAPACITY_SECONDS = 10
SAMPLE_SECONDS = 5
SLOPE = 20.0  # MB an hour that are no leak: one object kept of each request would be hundreds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="a project whose loop has run")
    parser.add_argument("--minutes", type=float, default=10, help="how long the load lasts (default: 10)")
    parser.add_argument("--share", type=float, default=0.5, help="share of the capacity (default: 0.5)")
    parser.add_argument("--workers", type=int, default=1, help="workers of the service (default: 1)")
    options = parser.parse_args()
    projects.stop_on_signals()
    load.check_wrk()
    project = projects.find(options.project)
    with projects.scratch(project) as folder:
        kept = soak(project, options.workers, options.share, options.minutes * 60, folder)
    sys.exit(0 if kept else 1)


def soak(project: projects.Project, workers: int, share: float, seconds: float, folder: Path) -> bool:
    """Whether nothing leaked, failed or was lost; prints what was found."""
    sample = projects.run_script(project, folder, "typical.py", project.template)
    server = servers.ours(project, servers.request(sample["record"]), folder, workers)
    tally = clients.Tally(folder / "ids")
    with servers.running(server) as running:
        capacity = load.run(server, CLIENTS, CAPACITY_SECONDS, folder).rate
        rate = share * capacity
        projects.say(f"{capacity:.0f} requests/s at most; now {rate:.0f} for {seconds / 60:g} minutes")
        with memory.watched(running.process, memory.resident, SAMPLE_SECONDS) as sizes:
            clients.load(server, tally, CLIENTS, seconds, rate)
    projects.say("stopped; looking for every answer in the prediction log")
    lost = clients.lost(tally, servers.database(server))
    slope, change = growth(sizes)
    answered = tally.statuses.pop(200, 0)
    cuts = statistics.quantiles(tally.times, n=100)
    print(f"{project.template}, workers: {workers}, {time.strftime('%Y-%m-%d')}, {seconds / 60:g} minutes")
    print(f"requests: {answered:,} answered, {answered / seconds:,.0f} a second of {rate:,.0f} that were due")
    print(f"errors: {dict(tally.statuses) or 'none'}")
    print(f"times: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, from the moment that a request was due")
    print(f"resident memory: {sizes[0]:.0f} MB at first, {sizes[-1]:.0f} MB at last, {max(sizes):.0f} MB at the most")
    print(f"slope over the last three quarters: {slope:+.1f} MB an hour ({change:+.2f} MB), allowed {SLOPE:g}")
    print(f"answered and not in the prediction log: {lost}")
    return not tally.statuses and not lost and slope <= SLOPE


def growth(sizes: list[float]) -> tuple[float, float]:
    """How fast memory grew over the last three quarters, by least squares: MB an hour, and MB in that time."""
    late = sizes[len(sizes) // 4 :]
    if len(late) < 2:
        raise SystemExit("too short for a slope. Try: --minutes 1")
    slope = statistics.linear_regression(range(len(late)), late).slope
    return slope * 3600 / SAMPLE_SECONDS, slope * (len(late) - 1)


if __name__ == "__main__":
    main()
