"""The champion as arithmetic: features in NumPy, the prices of the nearest sales, and trees without scikit-learn."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import treelite
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .schema import INPUT, Answer, Record

FILES = TREES, SALES, NUMBERS = "trees.tl", "sales.npz", "numbers.json"
PARITY = 1e-6  # how far a price may be from the registered pipeline's, as a fraction
Table = Mapping[str, NDArray[Any]]
INLINE = 16_000  # weight of a request that is answered on the event loop, in a few ms; more goes to a thread
HOME = ["lat", "long", "sqft_living", "sqft_lot", "yr_built"]  # equal in two sales: the same home
KNOWN = [*HOME, "days", "price"]  # what is kept of a sale that prices are compared with
NEIGHBOURS, SPARE = 12, 8  # nearest sales that count, and how many more are looked at: some may be the home's own
START = np.datetime64("2014-05-01")
KILOMETRES = {"lat": 111.2, "long": 75.0}  # of one degree, at King County's latitude
DECIMALS = 9  # of a feature: what lies beyond is rounding, by which computers and languages differ
CENTRES = {"Seattle": (47.6062, -122.3321), "Bellevue": (47.6101, -122.2015)}


def arithmetic(homes: Table) -> dict[str, NDArray[np.float64]]:
    """What can be said of each home by itself: its own values, ages, ratios, distances in km, days since the start.

    Training and serving both call this function and `Neighbourhood`, so they can't part ways.
    """
    numbers = {name: np.asarray(homes[name], dtype=np.float64) for name in INPUT if name not in ("date", "zipcode")}
    day = homes["date"].astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    built, renovated = numbers.pop("yr_built"), numbers.pop("yr_renovated")
    position = kilometres(homes)
    distances = {f"to {name}": np.hypot(*(position - _point(*centre)).T) for name, centre in CENTRES.items()}
    return {
        **numbers,
        "days": (day - START).astype(np.float64),
        "age": year - built,
        "renewed": year - np.maximum(built, renovated),
        "renovated": (renovated > 0).astype(np.float64),
        "living_to_neighbours": numbers["sqft_living"] / numbers["sqft_living15"],
        "lot_to_neighbours": numbers["sqft_lot"] / numbers["sqft_lot15"],
        "living_to_bedrooms": numbers["sqft_living"] / numbers["bedrooms"],
        "northeast": position.sum(axis=1),  # lets a tree cut along the coast, which runs askew
        "northwest": position[:, 0] - position[:, 1],
        **distances,
    }


def kilometres(homes: Table) -> NDArray[np.float64]:
    """Position north and east, in km, of shape (homes, 2)."""
    return np.column_stack([np.asarray(homes[axis], dtype=np.float64) * scale for axis, scale in KILOMETRES.items()])


def _point(lat: float, long: float) -> NDArray[np.float64]:
    return np.array([lat * KILOMETRES["lat"], long * KILOMETRES["long"]])


class Neighbourhood:
    """Known sales, by place. A home's own sales never count, so that training and serving see the same."""

    def __init__(self, sales: Table) -> None:
        self.sales = sales
        self.home = np.column_stack([sales[name] for name in HOME]).astype(np.float64)
        self.logarithm = np.log(sales["price"])
        self.rate = self.logarithm - np.log(sales["sqft_living"])
        self.tree = cKDTree(kilometres(sales))

    def nearest(self, homes: Table) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Distance in km and row of the nearest known sales of other homes, each of shape (homes, NEIGHBOURS).

        Of sales that are as near, as of one house sold twice, the earlier row comes first: the tree's order is chance.
        """
        distance, row = self.tree.query(kilometres(homes), k=range(1, min(NEIGHBOURS + SPARE, len(self.home)) + 1))
        own = np.column_stack([homes[name] for name in HOME]).astype(np.float64)
        distance = np.where((self.home[row] == own[:, None]).all(axis=2), np.inf, distance)
        order = np.lexsort((row, distance))[:, :NEIGHBOURS]
        return np.take_along_axis(distance, order, axis=1), np.take_along_axis(row, order, axis=1)

    def prices(self, homes: Table) -> dict[str, NDArray[np.float64]]:
        """Mean logarithm of the nearest prices, and of those per square foot; the nearer, the more weight."""
        distance, row = self.nearest(homes)
        weight = 1 / (0.1 + distance)
        weight /= weight.sum(axis=1, keepdims=True)
        means = {"neighbours_rate": self.rate, "neighbours_price": self.logarithm}
        return {name: (weight * values[row]).sum(axis=1) for name, values in means.items()}


def features(homes: Table, neighbourhood: Neighbourhood) -> NDArray[np.float64]:
    """The matrix that the trees see, of shape (homes, features)."""
    return np.column_stack(list((arithmetic(homes) | neighbourhood.prices(homes)).values())).round(DECIMALS)


def half_widths(log_price: NDArray[np.float64], known: NDArray[np.bool_], numbers: Mapping[str, Any]) -> Any:
    """Half the width of the 90 % interval, as a logarithm: by price band, times a factor for an unknown zip code."""
    band = np.searchsorted(numbers["edges"], log_price)
    return np.asarray(numbers["widths"])[band] * np.where(known, 1.0, numbers["unseen"])


class Predictor:
    """Trees for the logarithm of the price, the known sales, and what the intervals and explanations need."""

    def __init__(self, trees: Any, sales: Table, numbers: dict[str, Any]) -> None:
        self.trees = trees
        self.neighbourhood = Neighbourhood(sales)
        self.numbers = numbers
        self.typical = Record(**numbers["typical"])

    def predict(self, homes: list[Record]) -> list[Answer]:
        """One answer for each home, in order."""
        if not homes:
            return []
        table = as_table(homes)
        log_price = self.log_prices(table)
        known = np.isin(table["zipcode"], self.numbers["zipcodes"])
        width = half_widths(log_price, known, self.numbers)
        rows = np.exp([log_price, log_price - width, log_price + width]).T.round(2).tolist()
        return [Answer(price=price, low=low, high=high) for price, low, high in rows]

    def log_prices(self, homes: Table) -> NDArray[np.float64]:
        """The logarithm of the price of each home."""
        matrix = features(homes, self.neighbourhood)
        log_price: NDArray[np.float64] = treelite.gtil.predict(self.trees, matrix, nthread=1).reshape(-1)
        return log_price


def as_table(homes: list[Record]) -> dict[str, NDArray[Any]]:
    """The records as columns."""
    return {name: np.array([getattr(home, name) for home in homes]) for name in INPUT}


def write(folder: Path, trees: Any, sales: Table, numbers: dict[str, Any]) -> None:
    """Leave trees (Treelite's checkpoint), sales (arrays) and numbers (JSON) in a folder."""
    trees.serialize(folder / TREES)
    np.savez_compressed(folder / SALES, allow_pickle=False, **{name: sales[name] for name in KNOWN})
    (folder / NUMBERS).write_text(json.dumps(numbers), "utf-8")


def load(folder: Path) -> Predictor:
    """The predictor that `write` left there. Raises ValueError or LookupError for files that don't fit together."""
    numbers = json.loads((folder / NUMBERS).read_text("utf-8"))
    try:
        with np.load(folder / SALES, allow_pickle=False) as stored:
            sales = {name: stored[name] for name in KNOWN}
        trees = treelite.Model.deserialize(folder / TREES)
    except (BadZipFile, treelite.TreeliteError) as error:
        raise ValueError(f"{SALES} or {TREES} is damaged: {error}") from None
    predictor = Predictor(trees, sales, numbers)
    width = features(as_table([predictor.typical]), predictor.neighbourhood).shape[1]
    if trees.num_feature != width:  # Treelite would read beyond the end of the row
        raise ValueError(f"{TREES} expects {trees.num_feature} features, this code makes {width}")
    return predictor
