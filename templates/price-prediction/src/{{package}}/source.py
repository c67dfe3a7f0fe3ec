"""Where the sales come from: 21,613 of King County, May 2014 to May 2015, in the folder `king_county`."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from .config import COMMAND
from .errors import LifecycleError
from .features import home_ids
from .schema import INPUT, TARGET, Limits

NAME = "King County house sales, May 2014 to May 2015"
# What arrives after retraining.
MIXED = "other sales of the weeks that it was tested on, and those of the days after the drift"
SALES = Path(__file__).parent / "king_county" / "house_sales.parquet"
# First day of: the winter that is tested on, the spring that drifts, the days after retraining, the last weeks.
KING_COUNTY = ["2015-01-01", "2015-03-01", "2015-04-27", "2015-05-01"]
SHARES = [0.68, 0.78, 0.95, 0.97]  # of the rows of your own data, by date, before each of the four periods
ROWS_NEEDED = 300


def load(own_data: Path | None) -> pd.DataFrame:
    """The columns of the contract, `price`, `source`, `home` (a name that all sales of a home share) and `period`.

    The periods: 0 to learn from, 1 to test, 2 the drift, 3 the days after it, 4 the last weeks.
    A CSV of your own needs the columns of the contract and `price`; its optional `id` names the home.
    """
    raw = _read(own_data) if own_data else pd.read_parquet(SALES)
    home = raw["id"].astype(str) if "id" in raw else home_ids(raw)
    waterfront = raw["waterfront"].replace({0: False, 1: True})
    day = pd.to_datetime(raw["date"], format="ISO8601", errors="coerce").dt.strftime("%Y-%m-%d")
    described = raw[[*INPUT, TARGET]].astype({TARGET: float}, errors="ignore")
    described = described.assign(date=day.fillna(raw["date"].astype(str)), waterfront=waterfront, home=home)
    starts = _quantiles(described["date"]) if own_data else KING_COUNTY
    period = np.searchsorted(starts, described["date"].to_numpy(str), side="right")
    return described.assign(source="own data" if own_data else NAME, period=period)


def _read(path: Path) -> pd.DataFrame:
    try:
        raw = pd.read_csv(path, encoding="utf-8", dtype={"id": str, "date": str})
    except FileNotFoundError:
        raise LifecycleError(f"OWN_DATA={path}: no such file. Give the path of a CSV file.") from None
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LifecycleError(f"OWN_DATA={path}: not a CSV file in UTF-8 ({error}). Save it as one.") from None
    missing = [column for column in (*INPUT, TARGET) if column not in raw]
    if missing:
        needed = ",".join([*INPUT, TARGET])
        raise LifecycleError(f"OWN_DATA={path}: no column '{missing[0]}'. It needs: {needed}. Run: {COMMAND} prepare")
    return raw


def clean(raw: pd.DataFrame, limits: Limits) -> tuple[pd.DataFrame, dict[str, int]]:
    """The sales without impossible ones and those of other days, and how many rows each rule dropped.

    A home that was sold in two periods counts in the later one only, so that no home stands on both sides of a split,
    and what is tested keeps its resales: the hardest sales of all.
    """
    numbers = raw.drop(columns=["date", "source", "home", "period"]).apply(pd.to_numeric, errors="coerce")
    days = pd.to_datetime(raw["date"], format="%Y-%m-%d", errors="coerce")
    first, last = limits.first_date, limits.last_date
    rules = {
        f"not from {first} to {last}": (days < pd.Timestamp(first)) | (days > pd.Timestamp(last)),
        "described like another sale of the day": raw.duplicated(INPUT),
        "without bedroom or bathroom": (numbers["bedrooms"] == 0) | (numbers["bathrooms"] == 0),
        "under 100 square feet a bedroom": numbers["sqft_living"] < 100 * numbers["bedrooms"],
        "renovated after the sale": numbers["yr_renovated"] > days.dt.year,
        "sold again in a later period": raw["period"] < raw.groupby("home")["period"].transform("max"),
    }
    dropped, kept = {}, pd.Series(True, raw.index)
    for reason, faulty in rules.items():
        dropped[reason] = int((faulty & kept).sum())
        kept &= ~faulty
    return raw[kept], dropped


def _quantiles(dates: pd.Series) -> list[str]:
    ordered = dates.sort_values().to_list()
    return [ordered[int(share * len(ordered))] for share in SHARES if ordered]


def split(sales: pd.DataFrame, seed: int) -> dict[str, pd.DataFrame]:
    """Train, test, usual traffic, the drift that is fed back, traffic after retraining, and the last weeks, held out.

    Usual traffic is of the same weeks as the test set; `mixed` has sales of those and of the weeks before the last.
    """
    if len(sales) < ROWS_NEEDED:
        raise LifecycleError(
            f"Only {len(sales)} usable sales from FIRST_DATE to LAST_DATE, {ROWS_NEEDED} are needed."
            f" Add some, or set other days, then run: {COMMAND} prepare"
        )
    sales = sales.sort_values("date", kind="stable")
    train, winter, drift, late, last = (sales[sales["period"] == period] for period in range(5))
    if min(len(train), len(winter)) < ROWS_NEEDED / 20:
        raise LifecycleError(f"Too many sales on the same day to split them by date. Run: {COMMAND} prepare")
    test, rest = _divide(winter, 0.55, seed)
    stream, early = _divide(rest, 0.45, seed)
    mixed = pd.concat([early, late])
    return {"train": train, "test": test, "stream": stream, "drift": drift, "mixed": mixed, "heldout": last}


def shown(sales: pd.DataFrame) -> pd.DataFrame:
    """The sales in the order of their prices, with a title that does not tell the price."""
    beds, area = sales["bedrooms"].astype(str), sales["sqft_living"].map("{:,}".format)
    title = beds + " bedrooms, " + area + " sq ft, zip " + sales["zipcode"].astype(str)
    return sales.sort_values("price", kind="stable").assign(title=title)


def identity(sales: pd.DataFrame) -> pd.Series:
    """What makes two sales the same, so that none may be on both sides of a split: the home."""
    return home_ids(sales)


def question(sales: pd.DataFrame) -> pd.Series:
    """What has one true answer: the price of a home on a day."""
    return home_ids(sales) + " " + sales["date"]


def among(sales: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Whether each is the same as one of the others."""
    return identity(sales).isin(identity(others))


def fed_back(sales: pd.DataFrame) -> pd.DataFrame:
    """Sales from feedback, with the columns that the split goes by, but for the period."""
    return sales.assign(source="feedback", home=identity(sales))


def protocols(sales: pd.DataFrame, seed: int) -> dict[str, list[tuple[pd.DataFrame, pd.DataFrame]]]:
    """The two usual ways to evaluate a model of these data; only the first is like its work, to price what comes."""
    spring = sales["period"] >= 2
    return {
        "by time: fitted before spring, tested on spring (honest)": [(sales[~spring], sales[spring])],
        "at random: a fifth of the homes (flattering)": [_divide(sales, 0.2, seed)],
    }


def _divide(sales: pd.DataFrame, share: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What remains, and a share of the homes, each with all of its sales."""
    rest, portion = next(GroupShuffleSplit(1, test_size=share, random_state=seed).split(sales, groups=sales["home"]))
    return sales.iloc[rest], sales.iloc[portion]
