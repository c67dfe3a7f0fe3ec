"""Public tables as their owners would have them: a CSV file, and what was decided about it."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import corpus
from corpus import Rows


@dataclass(frozen=True)
class Own:
    """A table, where it is from, and the answers that `scaffold new` needs about it.

    `beats` is what the champion has to reach: at least, or for errors at most.
    """

    name: str
    read: Callable[[Path], Rows]
    target: str
    task: str
    metric: str
    beats: float
    time: str | None = None
    group: str | None = None
    segment: tuple[str, str] | None = None
    left_out: tuple[str, ...] = ()
    # Words of a demonstration that a page about this may use, too.
    usual: ClassVar[tuple[str, ...]] = ("cells?", "pictures?", "tf-?idf")

    @property
    def drift(self) -> dict[str, str | None]:
        if self.time:
            return {"by": "time", "column": self.time, "value": None}
        if self.segment:
            return {"by": "segment", "column": self.segment[0], "value": self.segment[1]}
        return {"by": "none", "column": None, "value": None}

    @property
    def options(self) -> list[str]:
        """What `scaffold new` is told instead of the answers; the metric is left to it."""
        segment = "=".join(self.segment) if self.segment else "none"
        options = ["--target", self.target, "--task", self.task, "--time", self.time or "none"]
        options += ["--group", self.group or "none"]
        return options if self.time else [*options, "--drift", segment]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The paths of the CSV and of the answers, both written into the folder."""
        rows = self.read(folder)
        data = folder / f"{self.name} é.csv"
        write_csv(rows, data)
        answers = folder / f"{self.name}.json"
        digest = hashlib.sha256(data.read_bytes()).hexdigest()
        answers.write_text(json.dumps(self.answers(rows, data.name, digest)), "utf-8")
        return data, answers

    def answers(self, rows: Rows, file: str, digest: str) -> dict[str, Any]:
        counts = Counter(row[self.target] for row in rows)
        labels = sorted(counts) if self.task == "classification" else []
        return {
            "dataset": f"Table of {self.name}",
            "file": f"raw/{file}",
            "kind": "table",
            "read": {"format": "csv", "encoding": "utf-8", "separator": ",", "decimal": "."},
            "task": self.task,
            "target": {"source": self.target, "name": snake(self.target), "unit": None},
            "labels": labels,
            "positive": min(counts, key=counts.__getitem__),
            "metric": self.metric,
            "columns": [self.column(name, [row[name] for row in rows]) for name in rows[0]],
            "drift": self.drift,
            "rows": len(rows),
            "duplicates": len(rows) - len({tuple(row.values()) for row in rows}),
            "minimum_rows": 200,
            "digest": digest,
            "licence": "CC0",
            "origin": "a package of the index",
        }

    def column(self, source: str, texts: list[str]) -> dict[str, Any]:
        present = [text for text in texts if text not in ("", "NA")]
        column: dict[str, Any] = {
            "source": source,
            "name": snake(source),
            "role": self.role(source),
            "missing": len(texts) - len(present),
            "distinct": len(set(present)),
            "choices": [],
        }
        try:
            numbers = [float(text) for text in present]
        except ValueError:
            if re.fullmatch(r"\d{4}[-/]\d\d[-/]\d\d", present[0]):
                days = sorted(text.replace("/", "-") for text in present)
                return column | {"type": "date", "low": days[0], "high": days[-1]}
            choices = sorted(set(present)) if column["distinct"] <= 60 else []
            return column | {"type": "choice" if choices else "text", "choices": choices}
        whole = all(number.is_integer() for number in numbers)
        limits = {"low": min(numbers), "high": max(numbers)}
        return column | {"type": "integer" if whole else "number"} | limits

    def role(self, source: str) -> str:
        if source == self.target:
            return "target"
        if source == self.time:
            return "time"
        if source == self.group:
            return "group"
        return "identifier" if source in self.left_out else "feature"


def write_csv(rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def snake(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


PROGRESS = "Progression after a year"
TABLES = [
    Own("diabetes", corpus.DIABETES, PROGRESS, "regression", "MAPE", beats=0.45),
    Own("wines", corpus.WINES, "Cultivar", "classification", "macro F1", beats=0.9),
]
SLOW = [
    Own("tumours", corpus.TUMOURS, "Diagnosis", "classification", "accuracy", beats=0.9),
    Own(
        "penguins",
        corpus.PENGUINS,
        "species",
        "classification",
        "macro F1",
        beats=0.9,
        segment=("island", "Torgersen"),
    ),
    Own(
        "temperatures",
        corpus.TEMPERATURES,
        "temp_max",
        "regression",
        "MAE",
        beats=3,
        time="date",
    ),
    Own(
        "delays",
        corpus.DELAYS,
        "Delay on arrival",
        "regression",
        "MAE",
        beats=16,
        time="Day",
    ),
    Own(
        "cancellations",
        corpus.CANCELLATIONS,
        "cancelled",
        "classification",
        "average precision",
        beats=0.05,
        segment=("origin", "JFK"),
    ),
    Own("digits", corpus.DIGITS, "Digit", "classification", "accuracy", beats=0.9),
    Own("caravans", corpus.CARAVANS, "Purchase", "classification", "average precision", beats=0.08),
    Own("wages", corpus.WAGES, "wage", "regression", "MAE", beats=0.45, group="nr"),
]
# For benchmarks/own_data/scores.py, beside those above.
MORE = [
    Own("passengers", corpus.PASSENGERS, "survived", "classification", "accuracy", beats=0.7),
    Own("players", corpus.PLAYERS, "value_eur", "regression", "MAE", beats=2_000_000),
    Own("bicycles", corpus.BICYCLES, "bikers", "regression", "MAE", beats=60),
    Own("diamonds", corpus.DIAMONDS, "price", "regression", "MAPE", beats=0.15),
]
