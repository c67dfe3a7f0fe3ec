"""Warns if a part of the data has a different mix of labels than the train set."""

import polars as pl

from scaffold.own_data.parts import PERIODS
from scaffold.own_data.proposal.alone import share
from scaffold.own_data.proposal.choosing import Choice

FAR = 0.3  # of the labels
FEWEST = 10  # rows


def warnings(choice: Choice, held_back: pl.Series | None) -> list[str]:
    """One warning per part whose labels differ; `held_back` is a mask of the segment's rows."""
    if choice.labels is None:
        return []
    labels = choice.labels.series.alias("label")
    lines = []
    learnt, *later = parts_of(labels, choice, held_back)
    usual = shares(learnt[1])
    for name, part in later:
        line = difference(name, shares(part), usual) if len(part) >= FEWEST else None
        if line:
            lines.append(line)
    return lines


def parts_of(
    labels: pl.Series, choice: Choice, held_back: pl.Series | None
) -> list[tuple[str, pl.Series]]:
    """The labels of the train set and of each later part, with the part's name."""
    if held_back is not None:
        marked = held_back.fill_null(False)
        rest, segment = labels.filter(~marked).drop_nulls(), labels.filter(marked).drop_nulls()
        return [("train", rest), ("drift and heldout", segment)]
    if choice.time is None:
        return [("train", labels)]
    dated = pl.DataFrame({"label": labels, "time": choice.time.series}).drop_nulls()
    ordered = dated.sort("time", maintain_order=True)["label"]
    parts = []
    for name, (start, end) in PERIODS.items():
        first, last = int(start * len(ordered)), int(end * len(ordered))
        parts.append((name, ordered[first:last]))
    return parts


def shares(labels: pl.Series) -> dict[str, float]:
    """The share of each label in the rows."""
    counts = labels.value_counts(name="rows")
    return {str(label): rows / len(labels) for label, rows in counts.iter_rows()}


def difference(name: str, part: dict[str, float], usual: dict[str, float]) -> str | None:
    """The warning if a part has only one label, or a very different share of one."""
    gaps = {label: part.get(label, 0) - usual.get(label, 0) for label in {*part, *usual}}
    label = max(sorted(gaps), key=gaps.__getitem__)
    shown = f"{share(part.get(label, 0), 1)} of {name} is {label!r}"
    compared = f"{shown}, compared to {share(usual.get(label, 0), 1)} of train"
    if len(part) == 1:
        return (
            f"{name} has only one label: {compared}. It can't test a model: choose another "
            "--drift, or --time none"
        )
    if sum(map(abs, gaps.values())) / 2 < FAR:
        return None
    return f"Label shares differ in {name}: {compared}. Were its rows selected by label?"
