"""The table of what was measured, and the ratios that were promised, as Markdown."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import memory
from load import Load

ONE, TWO = "this service", "this service, 2 workers"
MLFLOW, CONSTANT = "mlflow models serve", "a constant"
BARE, EMBEDDED = "decoded and embedded", "embedded"
NAMES = {
    MLFLOW: "`mlflow models serve`",
    CONSTANT: "FastAPI that answers a constant",
    BARE: "no server: decoded and embedded in one process",
    EMBEDDED: "no server: embedded in one process",
}
CLIENTS = {"sentiment": (1, 32), "price-prediction": (1, 32), "image-classification": (1, 2, 32)}


@dataclass(frozen=True)
class Run:
    """Seconds from the start to the first answer, MB under load, and the loads by number of clients."""

    seconds: float | None
    megabytes: float | None
    loads: Mapping[int, Load]


@dataclass(frozen=True)
class Target:
    """A ratio of ours to a peer's, and what it has to be: `floor` at least, or `ceiling` at most."""

    what: str
    peer: str
    ratio: Callable[[Run, Run], float]
    floor: float | None = None
    ceiling: float | None = None

    def met(self, ratio: float) -> bool:
        return ratio >= self.floor if self.floor is not None else ratio <= (self.ceiling or 0)

    def limit(self) -> str:
        return f"≥ {self.shown(self.floor)}" if self.floor is not None else f"≤ {self.shown(self.ceiling or 0)}"

    def shown(self, ratio: float) -> str:
        """The ratio as one reads it: 7.6 or 0.46 where it has a floor, 1/5.7 where it should be small."""
        return f"1/{1 / ratio:.3g}" if self.ceiling and max(self.ceiling, ratio) < 1 else f"{ratio:.3g}"


def rate(ours: Run, peer: Run) -> float:
    return ours.loads[32].rate / peer.loads[32].rate


def tail(ours: Run, peer: Run) -> float:
    return ours.loads[32].p99 / peer.loads[32].p99


def median(ours: Run, peer: Run) -> float:
    return ours.loads[1].p50 / peer.loads[1].p50


def size(ours: Run, peer: Run) -> float:
    return (ours.megabytes or 0) / (peer.megabytes or 1)


def start(ours: Run, peer: Run) -> float:
    return (ours.seconds or 0) / (peer.seconds or 1)


def share_of(clients: int) -> Callable[[Run, Run], float]:
    """The time that a server needs for each of several requests at once, against one after the other without it."""
    return lambda ours, bare: bare.loads[1].rate / ours.loads[clients].rate


TARGETS = {
    "sentiment": [
        Target("requests/s, 32 clients", MLFLOW, rate, floor=7),
        Target("requests/s, 32 clients", CONSTANT, rate, floor=0.45),
        Target("p99, 32 clients", MLFLOW, tail, ceiling=1 / 5),
        Target("p50, 1 client", MLFLOW, median, ceiling=1 / 4),
        Target("memory", MLFLOW, size, ceiling=1 / 5),
        Target("to the first answer", MLFLOW, start, ceiling=1 / 9),
    ],
    "price-prediction": [
        Target("requests/s, 32 clients", MLFLOW, rate, floor=8),
        Target("p50, 1 client", MLFLOW, median, ceiling=1 / 4),
    ],
    "image-classification": [
        Target("p50, 1 client", BARE, median, ceiling=1.3),
        Target("1 / (requests/s), 2 clients", BARE, share_of(2), ceiling=1.3),
        Target("1 / (requests/s), 32 clients", BARE, share_of(32), ceiling=1.3),
    ],
}


def write(template: str, turns: Sequence[Mapping[str, Run]], command: str, versions: Mapping[str, str]) -> str:
    """Both tables under a line that says when, where and how they were measured."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    runs = f"medians of {len(turns)} runs" if len(turns) > 1 else "one run"
    intro = f"`{command}`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {named}; {runs}, the servers in turns."
    intro += f" Memory is the sum of the {memory.MEASURE}, of all processes, at the most."
    targets = [target for target in TARGETS[template] if target.peer in turns[0]]
    return "\n\n".join([intro, measured(turns, CLIENTS[template]), promised(turns, targets)])


def measured(turns: Sequence[Mapping[str, Run]], clients: Sequence[int]) -> str:
    """A row for each server: medians over the runs."""
    named = [f"{number} client{'s' * (number > 1)}" for number in clients]
    heads = [f"{name}: p50 / p99 | {name}: requests/s" for name in named]
    lines = [f"| server | to the first answer | memory | {' | '.join(heads)} |", "|---" * (3 + 2 * len(clients)) + "|"]
    for label in turns[0]:
        runs = [turn[label] for turn in turns]
        cells = [NAMES.get(label, label)]
        cells.append("" if runs[0].seconds is None else f"{statistics.median(run.seconds or 0 for run in runs):.2f} s")
        megabytes = statistics.median(run.megabytes or 0 for run in runs)
        cells.append("" if runs[0].megabytes is None else f"{megabytes:.0f} MB")
        for number in clients:
            loads = [run.loads[number] for run in runs if number in run.loads]
            cells += loaded(loads) if loads else ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def loaded(loads: Sequence[Load]) -> list[str]:
    """Two cells: times in ms, requests a second."""
    p50, p99, rate = (statistics.median(getattr(load, name) for load in loads) for name in ("p50", "p99", "rate"))
    return [f"{p50:.2f} / {p99:.2f} ms", f"{rate:,.0f}"]


def promised(turns: Sequence[Mapping[str, Run]], targets: Sequence[Target]) -> str:
    """A row for each target: the median of each run's ratio with the lowest and the highest, and whether it is met."""
    servers = [label for label in (ONE, TWO) if label in turns[0]]
    lines = [f"| ratio | of | target | {' | '.join(servers)} |", "|---" * (3 + len(servers)) + "|"]
    for target in targets:
        cells = [target.what, NAMES[target.peer], target.limit()]
        for label in servers:
            ratios = sorted(target.ratio(turn[label], turn[target.peer]) for turn in turns)
            middle = statistics.median(ratios)
            spread = f" ({target.shown(ratios[0])} to {target.shown(ratios[-1])})" if len(ratios) > 1 else ""
            cells.append(f"{target.shown(middle)}{spread}, {'met' if target.met(middle) else 'missed'}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
