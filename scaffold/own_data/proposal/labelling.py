"""The labels of a target: names in the file, names in the project, and row counts."""

from dataclasses import dataclass

import polars as pl

from scaffold import shell
from scaffold.errors import InvalidAnswerError
from scaffold.own_data.columns.cells import Cells
from scaffold.own_data.profile import Decision
from scaffold.own_data.proposal.judging import FEWEST_OF_A_LABEL
from scaffold.own_data.table import SHOWN, Fault, first_lines

NO_TARGET = "the target is missing; these rows are dropped"
LONG = {
    "0": "no",
    "1": "yes",
    "f": "no",
    "t": "yes",
    "n": "no",
    "y": "yes",
    "neg": "negative",
    "neu": "neutral",
    "pos": "positive",
}
MOST_NAMED = 8


@dataclass(frozen=True)
class Labels:
    """One label per row, null if missing; `names` maps the file's texts to labels."""

    series: pl.Series
    names: dict[str, str]
    counts: dict[str, int]
    faults: tuple[Fault, ...]


def name(cells: Cells, lines: pl.Series, spelled: dict[str, str], new: dict[str, str]) -> Labels:
    """The labels of these cells; `spelled` maps variants, `new` the user's names."""
    texts = cells.known["text"].to_list()
    unknown = sorted(set(new) - set(texts) - set(spelled.values()))
    if unknown:
        there = ", ".join(map(repr, texts[:MOST_NAMED]))
        raise InvalidAnswerError(f"--labels: there is no label {unknown[0]!r}. Available: {there}")
    names = {}
    for text in texts:
        usual = spelled.get(text, text)
        names[text] = new.get(text, new.get(usual, usual))
    series = cells.spread(pl.Series([names[text] for text in texts], dtype=pl.String))
    found = series.drop_nulls().value_counts(name="rows").sort(series.name)
    counts = {str(label): int(rows) for label, rows in found.iter_rows()}
    return Labels(series, names, counts, tuple(faults(series, lines, counts)))


def decision(labels: Labels, chosen: str | None) -> Decision:
    """The decision about the label names; suggests readable names for abbreviations."""
    names = list(labels.counts)
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    if chosen:
        return Decision("labels", shown, "", "--labels", assumed=False)
    short = [f"{name}={LONG[name.lower()]}" for name in names if name.lower() in LONG]
    if len(short) == len(names):
        why = "these abbreviations may be unclear to readers"
        return Decision("labels", shown, why, f"--labels {','.join(short)}")
    return Decision("labels", shown, "as in the file", "--labels OLD=NEW")


def disputed(texts: pl.Series, labels: pl.Series, lines: pl.Series) -> list[Fault]:
    """Reports texts that occur with different labels."""
    frame = pl.DataFrame({"text": texts, "label": labels, "line": lines}).drop_nulls()
    several = pl.col("label").n_unique().over("text") > 1
    found = frame.filter(several)
    if found.is_empty():
        return []
    where = tuple(found["line"].head(SHOWN).to_list())
    return [Fault("the same text has different labels", found.height, texts.name, where)]


def faults(series: pl.Series, lines: pl.Series, counts: dict[str, int]) -> list[Fault]:
    """Reports rows without a label, and labels with too few rows."""
    said = []
    missing = series.null_count()
    if missing:
        where = first_lines(lines, series.is_null())
        said.append(Fault(NO_TARGET, missing, series.name, where))
    rare = [label for label, rows in counts.items() if rows < FEWEST_OF_A_LABEL]
    if rare and len(counts) - len(rare) >= 2:
        shown = ", ".join(map(repr, rare[:MOST_NAMED])) + (", …" if len(rare) > MOST_NAMED else "")
        where = first_lines(lines, series.is_in(rare))
        count = sum(counts[label] for label in rare)
        problem = f"{len(rare):,} labels have fewer than {FEWEST_OF_A_LABEL} rows"
        if len(rare) == 1:
            problem = f"a label has fewer than {FEWEST_OF_A_LABEL} rows"
        problem += f", too few to train on; these rows are dropped: {shown}"
        said.append(Fault(problem, count, series.name, where, merging(rare, count)))
    return said


def merging(rare: list[str], rows: int) -> str | None:
    """The option that merges rare labels, if it can list all of them and together they suffice."""
    if len(rare) > MOST_NAMED or rows < FEWEST_OF_A_LABEL:
        return None
    if any("," in label or "=" in label for label in rare):
        return None  # can't be written in the option
    merged = ",".join(f"{label}=other" for label in rare)
    return f"--labels {shell.word(merged)}"
