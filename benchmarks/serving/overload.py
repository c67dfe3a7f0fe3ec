"""Compares the memory of the service under 500 clients with that under 32, and counts what the clients are told."""

import argparse
import sys
from pathlib import Path

import clients
import memory
import projects
import servers

FEW, MANY = 32, 500
MOST = 1.5  # times the memory under few clients
ALLOWED = {200, 503}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="a project whose loop has run")
    parser.add_argument("--seconds", type=float, default=20, help="length of each load (default: 20)")
    parser.add_argument("--workers", type=int, default=1, help="workers of the service (default: 1)")
    options = parser.parse_args()
    projects.stop_on_signals()
    project = projects.find(options.project)
    with projects.scratch(project) as folder:
        sample = projects.run_script(project, folder, "typical.py", project.template)
        given = servers.request(sample["record"])
        print("| clients | memory at the most | statuses | answered and not logged |\n|---|---|---|---|")
        peaks, kept = [], True
        for number in (FEW, MANY):
            server = servers.ours(project, given, folder, options.workers)
            tally = clients.Tally(folder / "ids")
            peaks.append(overload(server, tally, number, options.seconds))
            lost = clients.lost(tally, servers.database(server))
            counted = ", ".join(f"{status}: {times:,}" for status, times in tally.statuses.items())
            print(f"| {number} | {peaks[-1]:.0f} MB | {counted} | {lost} |")
            kept = kept and not lost and set(tally.statuses) <= ALLOWED
    ratio = peaks[1] / peaks[0]
    met = "met" if ratio <= MOST else "missed"
    print(f"\nMemory under {MANY} clients: {ratio:.2f} times that under {FEW}; target {MOST} at most, {met}.")
    print(f"Statuses other than 200 and 503, or lost rows: {'none' if kept else 'see above'}.")
    sys.exit(0 if kept and met == "met" else 1)


def overload(server: servers.Server, tally: clients.Tally, number: int, seconds: float) -> float:
    """The most resident memory, in MB, while so many clients ask again as soon as they are told anything."""
    with servers.running(server) as running, memory.watched(running.process, memory.resident, 0.1) as sizes:
        clients.load(server, tally, number, seconds)
    return max(sizes)


if __name__ == "__main__":
    main()
