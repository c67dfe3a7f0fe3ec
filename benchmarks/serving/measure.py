"""Measures the service of a project beside `mlflow models serve` and the limits, in turns, and says what is met."""

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import load
import memory
import projects
import report
import servers

TEMPLATES = Path(__file__).parents[2] / "templates"
PICTURES = "image-classification"
AGREEMENT = 1e-4  # how far a price of MLflow's may be from ours
Starters = dict[str, Callable[[], servers.Server]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("template", choices=report.TARGETS)
    parser.add_argument("--project", type=Path, help="a project whose loop has run (default: a new one)")
    parser.add_argument("--runs", type=int, default=5, help="starts and loads of each server (default: 5)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one load (default: 5)")
    parser.add_argument("--servers", nargs="+", help="labels of the servers to measure (default: all)")
    parser.add_argument("--write", action="store_true", help="leave the tables in the template")
    options = parser.parse_args()
    projects.stop_on_signals()
    load.check_wrk()
    with projects.finished(options.template, options.project) as project, projects.scratch(project) as folder:
        sample = projects.run_script(project, folder, "typical.py", project.template)
        starters = choose(all_starters(project, sample["record"], folder), options.servers)
        agree(starters)
        turns = [take_turn(project, starters, options.seconds, folder) for _ in range(options.runs)]
    command = f"benchmarks/serving/measure.py {options.template} --runs {options.runs} --seconds {options.seconds}"
    text = report.write(options.template, turns, command, sample["versions"])
    print(text)
    if options.write:
        (TEMPLATES / options.template / "readme" / "serving.md").write_text(text + "\n", "utf-8")


def all_starters(project: projects.Project, record: dict[str, Any], folder: Path) -> Starters:
    """What makes each server anew, by label: ours first, then the peers, which take a picture in no common form."""
    given = servers.request(record)
    found: Starters = {
        report.ONE: partial(servers.ours, project, given, folder),
        report.TWO: partial(servers.ours, project, given, folder, workers=2),
    }
    if project.template != PICTURES:
        found[report.MLFLOW] = partial(servers.mlflow, project, record, folder)
        found[report.CONSTANT] = partial(servers.constant, project, given, folder)
    return found


def choose(starters: Starters, labels: list[str] | None) -> Starters:
    """Those with the labels. Raises SystemExit if there is no such label."""
    if unknown := set(labels or ()) - set(starters):
        raise SystemExit(f"no server {unknown.pop()!r}. There are: {', '.join(map(repr, starters))}")
    return {label: start for label, start in starters.items() if not labels or label in labels}


def agree(starters: Starters) -> None:
    """Starts each server once, which warms the caches. Raises SystemExit if two that predict don't agree."""
    answers: list[Any] = []
    for label, start in starters.items():
        projects.say(f"{label}: first start")
        with servers.running(start()) as running:
            if label != report.CONSTANT:
                answers.append(decision(running.answer))
    for answer in answers[1:]:
        same = answer == answers[0] if isinstance(answer, str) else abs(answer / answers[0] - 1) < AGREEMENT
        if not same:
            raise SystemExit(f"the servers don't agree: {answers}")


def decision(answer: Any) -> Any:
    """The label or the price in an answer of ours or of MLflow's."""
    first = answer["predictions"][0] if "predictions" in answer else answer.get("label", answer.get("price"))
    return first["prediction"] if isinstance(first, dict) else first


def take_turn(project: projects.Project, starters: Starters, seconds: int, folder: Path) -> dict[str, report.Run]:
    """One run of everything, one after the other, so that a noisy neighbour disturbs all alike."""
    turn = {}
    for label, start in starters.items():
        turn[label] = measure(start(), report.CLIENTS[project.template], seconds, folder)
        rates = ", ".join(f"{one.rate:.0f}" for one in turn[label].loads.values())
        projects.say(f"{label}: {turn[label].seconds:.1f} s, {turn[label].megabytes:.0f} MB, {rates} requests/s")
    if project.template == PICTURES:
        turn |= extract(project, start().request, seconds, folder)
    return turn


def measure(server: servers.Server, clients: tuple[int, ...], seconds: int, folder: Path) -> report.Run:
    """Time to the first answer, the loads by number of clients, and the most memory under the last of them."""
    answered, loads = 1, {}
    with servers.running(server) as running:
        time.sleep(1)  # what a start leaves to be done, and the workers that did not answer first
        answered += load.run(server, max(clients), 1, folder).requests
        for number in clients:
            with memory.watched(running.process, memory.proportional, seconds / 8) as sizes:
                loads[number] = load.run(server, number, seconds, folder)
            answered += loads[number].requests
            if server.database and (rows := servers.logged(server.database)) < answered:
                raise SystemExit(f"{answered} requests were answered, {rows} are in the prediction log")
    if server.database:
        for file in folder.glob(f"{server.database.name}*"):  # what is not on the disk yet need not go there
            file.unlink()
    return report.Run(running.seconds, max(sizes), loads)


def extract(project: projects.Project, given: servers.Request, seconds: int, folder: Path) -> dict[str, report.Run]:
    """The work on a picture without a server, as loads of one client."""
    picture = folder / "cell.png"
    picture.write_bytes(given.body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0])
    timed = projects.run_script(project, folder, "extraction.py", str(picture), str(seconds))
    runs = {}
    for label, found in timed.items():
        projects.say(f"{label}: {found['p50']:.2f} ms")
        one = load.Load(found["calls"], 1000 / found["p50"], found["p50"], found["p99"])
        runs[label] = report.Run(None, None, {1: one})
    return runs


if __name__ == "__main__":
    main()
