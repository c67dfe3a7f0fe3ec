"""What to predict, from what, and how to judge it is proposed with a reason, and can be said."""

import json
import random
import shlex
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from profiles import look, named, problems
from sklearn import datasets

from scaffold.errors import InvalidAnswerError
from scaffold.own_data.profile import Profile

Columns = dict[str, list[Any]]
ROWS = 600
chance = random.Random(0)  # noqa: S311  (makes rows)


def numbers(low: float, high: float) -> list[float]:
    return [round(chance.uniform(low, high), 3) for _ in range(ROWS)]


def picks(*values: object) -> list[object]:
    return [chance.choice(values) for _ in range(ROWS)]


def texts() -> list[object]:
    words = ["good", "bad", "film", "actor", "plot", "very", "much", "never", "boring", "great"]
    return [" ".join(chance.choices(words, k=chance.randint(8, 40))) for _ in range(ROWS)]


def days(year: int) -> list[object]:
    return [f"{year}-{1 + row * 12 // ROWS:02}-{1 + row % 28:02}" for row in range(ROWS)]


RENTS: Columns = {
    "id": list(range(5001, 5001 + ROWS)),
    "listed": days(2023),
    "city": picks("Bern", "Basel", "Genf"),
    "area": numbers(20, 200),
    "rent": numbers(700, 3000),
}
CUSTOMERS: Columns = {
    "customerID": [f"{chance.randint(1000, 9999)}-{row:04}" for row in range(ROWS)],
    "gender": picks("Female", "Male"),
    "tenure": [chance.randint(0, 72) for _ in range(ROWS)],
    "contract": picks("Monthly", "One year", "Two years"),
    "country": ["Switzerland"] * ROWS,
    "Churn": picks("Yes", "No", "No"),
}
REVIEWS: Columns = {
    "review": texts(),
    "source": picks("site A", "site B"),
    "sentiment": picks("neg", "pos"),
}


def public(load: Callable[..., Any], folder: Path, **options: object) -> Profile:
    data = load()
    columns = {name: data.data[:, place].tolist() for place, name in enumerate(data.feature_names)}
    return look(folder, {**columns, "target": data.target.tolist()}, **options)


@pytest.mark.parametrize(
    ("load", "task", "metric"),
    [
        (datasets.load_iris, "classification", "accuracy"),
        (datasets.load_wine, "classification", "accuracy"),
        (datasets.load_breast_cancer, "classification", "accuracy"),
        (datasets.load_digits, "classification", "accuracy"),
        (datasets.load_diabetes, "regression", "mape"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_public_data_get_the_target_the_task_and_the_metric_that_they_have(
    load: Callable[..., Any], task: str, metric: str, tmp_path: Path
) -> None:
    profile = public(load, tmp_path)

    assert (profile.kind, profile.target) == ("table", "target")
    assert (profile.task, profile.metric) == (task, metric)
    assert profile.obstacles == ()
    assert {column.role for column in profile.columns} <= {"feature", "target", "constant"}


@pytest.mark.parametrize(
    ("columns", "kind", "target", "task"),
    [
        (RENTS, "table", "rent", "regression"),
        (CUSTOMERS, "table", "Churn", "classification"),
        (REVIEWS, "text", "sentiment", "classification"),
        ({**RENTS, "rent": RENTS["rent"], "note": texts()}, "table", "rent", "regression"),
        ({"rating": picks(1, 2, 3, 4, 5), "review": texts()}, "text", "rating", "classification"),
        ({"x": numbers(0, 1), "quality": picks(3, 4, 5, 6, 7)}, "table", "quality", "regression"),
    ],
)
def test_the_kind_the_target_and_the_task_are_proposed(
    columns: Columns, kind: str, target: str, task: str, tmp_path: Path
) -> None:
    profile = look(tmp_path, columns)

    assert (profile.kind, profile.target, profile.task) == (kind, target, task)
    proposed = next(decision for decision in profile.decisions if decision.about == "target")
    assert proposed.ask
    assert proposed.why


@pytest.mark.parametrize(
    ("values", "ask"),
    [
        (picks(1, 2, 3, 4, 5), True),
        (picks(0, 1, 2), True),
        (picks(0, 1), False),
        (picks(*range(40)), False),
        (picks("a", "b"), False),
        (numbers(0, 9), False),
    ],
)
def test_the_task_is_asked_for_whole_numbers_up_to_ten(
    values: list[object], ask: bool, tmp_path: Path
) -> None:
    profile = look(tmp_path, {"x": numbers(0, 1), "y": values}, target="y")

    task = next(decision for decision in profile.decisions if decision.about == "task")
    assert task.ask == ask


def test_every_column_has_a_role_and_a_reason(tmp_path: Path) -> None:
    columns: Columns = {
        **CUSTOMERS,
        "left": ["yes" if churn == "Yes" else "no" for churn in CUSTOMERS["Churn"]],
        "left on": ["2024-03-01" if churn == "Yes" else "" for churn in CUSTOMERS["Churn"]],
        "group code": [{"Yes": "A7", "No": "B2"}[churn] for churn in CUSTOMERS["Churn"]],
        "remark": texts(),
        "empty": [""],
    }

    profile = look(tmp_path, columns, target="Churn", kind="table", leave_out=("gender",))

    assert {column.source: column.role for column in profile.columns} == {
        "customerID": "identifier",
        "gender": "left out",
        "tenure": "feature",
        "contract": "feature",
        "country": "constant",
        "Churn": "target",
        "left": "copy",
        "left on": "leak",
        "group code": "copy",
        "remark": "text",
        "empty": "constant",
    }
    assert all(column.why for column in profile.columns)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Unnamed: 0", chance.sample(range(4 * ROWS), ROWS)),
        ("", chance.sample(range(4 * ROWS), ROWS)),
        ("count", list(range(ROWS))),
        ("count", list(range(ROWS, 0, -1))),
        ("count", sorted(chance.sample(range(int(1.6 * ROWS)), ROWS))),
    ],
    ids=["pandas", "no name", "counts up", "counts down", "gaps"],
)
def test_a_number_of_the_row_is_an_identifier_and_no_target(
    name: str, rows: list[int], tmp_path: Path
) -> None:
    columns: Columns = {name: rows, "area": numbers(20, 200), "heat": numbers(0, 9)}

    profile = look(tmp_path, columns)

    assert named(profile, name or "column_1").role == "identifier"
    target = next(decision for decision in profile.decisions if decision.about == "target")
    assert (target.value, "count" in target.why) == ("heat", False)


def test_a_column_that_alone_gives_a_quantity_away_is_a_leak(tmp_path: Path) -> None:
    rents = RENTS["rent"]
    columns = {
        **RENTS,
        "per year": [round(rent * 12 + chance.gauss(0, 50), 1) for rent in rents],
        "again": rents,
        "band": [f"band {int(rent // 800)}" for rent in rents],
    }

    profile = look(tmp_path, columns, target="rent")

    assert named(profile, "per year").role == "leak"
    assert named(profile, "again").role == "copy"
    assert named(profile, "band").role == "feature"
    assert named(profile, "area").role == "feature"


def test_columns_that_make_the_target_together_are_leaks(tmp_path: Path) -> None:
    casual, registered = picks(*range(50)), picks(*range(300))
    count = [a + b for a, b in zip(casual, registered, strict=True)]  # type: ignore[operator]

    columns: Columns = {"heat": numbers(0, 30), "casual": casual, "registered": registered}

    profile = look(tmp_path, {**columns, "cnt": count})

    assert named(profile, "casual").role == "leak"
    assert named(profile, "registered").why == "'casual' plus 'registered' is the target"


def test_one_outlier_makes_no_leak(tmp_path: Path) -> None:
    columns = {"units": [*numbers(1, 50)[1:], 5000.0], "revenue": [*numbers(5, 900)[1:], 90_000.0]}

    assert named(look(tmp_path, columns), "units").role == "feature"


def test_rows_that_belong_together_are_a_group_even_with_a_time(tmp_path: Path) -> None:
    columns = {**RENTS, "Patient_ID": [row // 3 for row in range(ROWS)]}

    profile = look(tmp_path, columns, target="rent")

    assert (profile.time, profile.group) == ("listed", "Patient_ID")


def test_rows_of_one_case_are_a_group_even_if_most_cases_have_one_row(tmp_path: Path) -> None:
    cases = [1_000 + (row if row % 5 else row - 1) for row in range(1, ROWS + 1)]
    columns: Columns = {
        "Complaint ID": cases,
        "Arrest ID": [f"A{row // 2}" if row % 40 < 2 else "" for row in range(ROWS)],
        "x": numbers(0, 1),
        "offence": picks("theft", "fraud"),
    }

    profile = look(tmp_path, columns, target="offence")

    assert (profile.group, named(profile, "Complaint ID").role) == ("Complaint ID", "group")


def test_a_leak_can_be_kept(tmp_path: Path) -> None:
    columns = {**RENTS, "again": RENTS["rent"]}

    profile = look(tmp_path, columns, target="rent", keep=("again", "id"))

    assert named(profile, "again").role == "feature"
    assert named(profile, "id").role == "feature"


def test_labels_have_the_names_that_the_user_gives_and_equal_ones_merge(tmp_path: Path) -> None:
    stars = picks("1 star", "2 stars", "5 stars")

    profile = look(
        tmp_path,
        {"review": texts(), "stars": stars},
        target="stars",
        labels="1 star=bad,2 stars=bad,5 stars=good",
    )

    assert profile.labels == {"1 star": "bad", "2 stars": "bad", "5 stars": "good"}
    assert profile.counts == {
        "bad": ROWS - stars.count("5 stars"),
        "good": stars.count("5 stars"),
    }


@pytest.mark.parametrize(
    ("labels", "option"),
    [
        (["pos", "neg", "neg"], "--labels neg=negative,pos=positive"),
        ([0, 1, 1], "--labels 0=no,1=yes"),
        (["cat", "dog", "dog"], "--labels OLD=NEW"),
    ],
)
def test_names_that_a_reader_understands_are_proposed_for_short_labels(
    labels: list[object], option: str, tmp_path: Path
) -> None:
    profile = look(tmp_path, {"x": numbers(0, 1), "label": labels})

    said = next(decision for decision in profile.decisions if decision.about == "labels")
    assert said.option == option


def test_spellings_of_a_label_are_one_label(tmp_path: Path) -> None:
    columns: Columns = {
        "x": numbers(0, 1),
        "label": picks("Yes", "Yes", "yes", "NO", "no ", "no", "no"),
    }

    profile = look(tmp_path, columns)

    assert set(profile.counts) == {"Yes", "no"}
    assert profile.labels["NO"] == "no"


def test_a_text_with_several_labels_is_told(tmp_path: Path) -> None:
    columns = {name: list(values) for name, values in REVIEWS.items()}
    for row, label in ((3, "neg"), (9, "pos")):
        columns["review"][row], columns["sentiment"][row] = columns["review"][0], label

    profile = look(tmp_path, columns)

    fault = next(fault for fault in profile.faults if fault.column == "review")
    assert fault.problem == "the same text has different labels"
    assert fault.lines == (2, 5, 11)


def test_rows_without_a_target_and_rare_labels_are_told(tmp_path: Path) -> None:
    labels = picks("cat", "dog")
    labels[4], labels[7], labels[8] = "", "cow", "cow"

    profile = look(tmp_path, {"x": numbers(0, 1), "label": labels})

    assert problems(profile, "label") == [
        "the target is missing; these rows are dropped",
        "a label has fewer than 10 rows, too few to train on; these rows are dropped: 'cow'",
    ]
    assert [fault.lines for fault in profile.faults] == [(6,), (9, 10)]


@pytest.mark.parametrize(
    ("rare", "proposal"),
    [
        (["cow", "'Ann'", "pot & pan"], ["cow=other", "'Ann'=other", "pot & pan=other"]),
        (["cow"], None),
        (["cow", "pot, pan"], None),
        ([f"{number} cows" for number in range(20)], None),
    ],
    ids=["few", "too few rows", "a comma", "too many"],
)
def test_rare_labels_are_merged_by_an_option_that_a_shell_takes(
    rare: list[str], proposal: list[str] | None, tmp_path: Path
) -> None:
    labels = picks("cat", "dog")
    for number, label in enumerate(rare * 5):
        labels[number] = label

    profile = look(tmp_path, {"x": numbers(0, 1), "label": labels})

    fault = next(fault for fault in profile.faults if "too few to train on" in fault.problem)
    if proposal is None:
        assert fault.proposal is None
        return
    option, merged = shlex.split(str(fault.proposal))
    assert (option, sorted(merged.split(","))) == ("--labels", sorted(proposal))
    once = look(tmp_path, {"x": numbers(0, 1), "label": labels}, labels=merged)
    assert once.counts["other"] == 15


@pytest.mark.parametrize(
    ("labels", "metric"),
    [
        (["a"] * 300 + ["b"] * 300, "accuracy"),
        (["a"] * 570 + ["b"] * 30, "average_precision"),
        (["a"] * 200 + ["b"] * 200 + ["c"] * 200, "accuracy"),
        (["a"] * 500 + ["b"] * 60 + ["c"] * 40, "macro_f1"),
        ([f"label {row % 20}" for row in range(600)], "macro_f1"),
    ],
)
def test_the_metric_fits_the_labels(labels: list[str], metric: str, tmp_path: Path) -> None:
    profile = look(tmp_path, {"x": numbers(0, 1), "label": labels})

    assert profile.metric == metric


@pytest.mark.parametrize(
    ("low", "high", "metric"), [(700, 3000, "mape"), (0, 3000, "mae"), (-5, 5, "mae")]
)
def test_the_metric_of_a_quantity_is_a_percentage_only_well_above_zero(
    low: float, high: float, metric: str, tmp_path: Path
) -> None:
    profile = look(tmp_path, {"x": numbers(0, 1), "y": [*numbers(low, high)[1:], low]})

    assert profile.metric == metric


def test_time_comes_before_all_other_drift(tmp_path: Path) -> None:
    profile = look(tmp_path, RENTS)

    assert (profile.time, profile.drift.by, profile.drift.column) == ("listed", "time", "listed")


def test_what_repeats_the_time_is_left_out_and_can_be_kept(tmp_path: Path) -> None:
    start = date(2021, 1, 1)
    listed = [start + timedelta(days=2 * row) for row in range(600)]
    columns: Columns = {
        "listed": [day.isoformat() for day in listed],
        "year": [day.year for day in listed],
        "mnth": [day.strftime("%b") for day in listed],
        "weekday": [day.weekday() for day in listed],
        "season": ["winter" if day.month in (12, 1, 2) else "other" for day in listed],
        "entry": [4 * row + row % 3 for row in range(600)],
        "rooms": [row % 5 for row in range(600)],
        "rent": [900 + 37 * (row % 11) for row in range(600)],
    }

    profile = look(tmp_path, columns, target="rent", keep=("season",))

    roles = {column.source: column.role for column in profile.columns}
    assert roles == {
        "listed": "time",
        **dict.fromkeys(["year", "mnth", "weekday", "entry"], "left out"),
        **dict.fromkeys(["season", "rooms"], "feature"),
        "rent": "target",
    }
    assert named(profile, "mnth").why == "follows from the month of 'listed'"


def test_a_source_is_held_back_where_there_is_no_time(tmp_path: Path) -> None:
    profile = look(tmp_path, REVIEWS)

    assert (profile.group, profile.drift.by, profile.drift.column) == ("source", "group", "source")


def test_a_segment_whose_labels_nothing_else_has_is_not_held_back(tmp_path: Path) -> None:
    makers = picks("a", "b", "c", "d")
    models: list[object] = [f"{maker}1" for maker in makers]
    columns: Columns = {"x": numbers(0, 1), "model": models, "maker": makers}

    profile = look(tmp_path, columns, target="maker", keep=("model",))

    assert profile.drift.by == "none"


def test_where_a_row_is_from_is_not_what_is_predicted(tmp_path: Path) -> None:
    columns = {"mood": picks("good", "bad"), "score": picks("1", "2"), "source": picks("a", "b")}

    profile = look(tmp_path, columns)

    assert profile.target != "source"


def test_the_segment_that_differs_most_is_held_back_where_there_is_no_source(
    tmp_path: Path,
) -> None:
    floors = picks("ground", "first", "second", "top")
    rents = [chance.gauss(1000, 50) + 400 * (floor == "top") for floor in floors]

    profile = look(tmp_path, {"floor": floors, "wing": picks("a", "b"), "rent": rents})

    drift = profile.drift
    assert (drift.by, drift.column, drift.value) == ("segment", "floor", "top")
    assert profile.traffic["drift"] > 0
    assert sum(profile.traffic.values()) == ROWS


def test_coordinates_are_no_target_and_the_last_and_the_binary_columns_are_alternatives(
    tmp_path: Path,
) -> None:
    columns: Columns = {
        "score": numbers(0, 9),
        "price": numbers(0, 9),
        "cost": numbers(0, 9),
        "rating": numbers(0, 9),
        "income": numbers(0, 9),
        "again": picks("a", "b"),
        "longitude": numbers(-90, 90),
        "size": numbers(0, 9),
    }

    profile = look(tmp_path, columns)

    target = next(decision for decision in profile.decisions if decision.about == "target")
    assert target.value in columns
    assert "longitude" not in (target.value, target.why)
    assert "'again'" in target.why
    assert "'size'" in target.why


def test_a_part_with_other_labels_than_the_train_set_is_told(tmp_path: Path) -> None:
    on = days(2024)
    order = sorted(range(ROWS), key=lambda row: str(on[row]))
    again = picks("no", "no", "yes")
    for row in order[int(0.9 * ROWS) :]:
        again[row] = "yes"
    columns: Columns = {"on": on, "age": numbers(18, 80), "again": again}

    by_time = look(tmp_path, columns, target="again")
    at_random = look(tmp_path, columns, target="again", time="none", drift="none")

    note = next(note for note in by_time.warnings if "heldout" in note)
    assert note.startswith("heldout has only one label: 100% of heldout is 'yes', compared to ")
    assert not any("heldout" in note for note in at_random.warnings)


def test_a_segment_with_other_labels_than_the_rest_is_told(tmp_path: Path) -> None:
    shop = picks("a", "b", "c")
    again = [
        chance.choice(["yes"] * 9 + ["no"]) if name == "c" else chance.choice(["no", "no", "yes"])
        for name in shop
    ]
    columns: Columns = {"shop": shop, "age": numbers(18, 80), "again": again}

    profile = look(tmp_path, columns, target="again", drift="shop=c")

    start = "Label shares differ in drift and heldout: "
    assert any(note.startswith(start) for note in profile.warnings)


def test_texts_that_repeat_are_counted_as_the_project_drops_them(tmp_path: Path) -> None:
    many = [str(text) for text in texts()]
    many[10], many[11], many[12] = f"{many[9]}!", many[9].upper(), f"<b>{many[9]}</b>"

    profile = look(tmp_path, {"review": many, "mood": picks("good", "bad")}, target="mood")

    assert profile.kind == "text"
    letters = {"".join(filter(str.isalnum, text.lower())) for text in many}
    assert profile.duplicates in (ROWS - len(letters), ROWS - len(letters) + 1)
    assert sum(profile.traffic.values()) == ROWS - profile.duplicates


def test_data_without_time_source_and_segment_say_what_is_missing(tmp_path: Path) -> None:
    profile = look(tmp_path, {"x": numbers(0, 1), "y": numbers(0, 1)}, target="y")

    assert profile.drift.by == "none"
    assert profile.drift.why.startswith("no column has varying dates")


def test_the_drift_can_be_said(tmp_path: Path) -> None:
    profile = look(tmp_path, RENTS, target="rent", time="none", drift="city=Genf")

    assert profile.time is None
    drift = profile.drift
    assert (drift.by, drift.column, drift.value) == ("group", "city", "Genf")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": "price"}, "there is no column 'price'. Available: 'id', 'listed'"),
        ({"target": "city", "task": "regression"}, "isn't a number but a choice"),
        ({"target": "rent", "metric": "accuracy"}, "Use one of: mape, mae"),
        ({"target": "rent", "labels": "a=b"}, "the target is a quantity"),
        ({"target": "city", "labels": "Chur=Bern"}, "there is no label 'Chur'"),
        ({"drift": "city=Chur"}, "'city' has no value 'Chur'. Its values: "),
        ({"drift": "town=Chur"}, "there is no column 'town'"),
        ({"target": "rent", "time": "rent"}, "already has another role"),
        ({"time": "city"}, "isn't a date but a choice"),
        ({"kind": "text"}, "no column has free text"),
        ({"kind": "pictures"}, "needs a folder"),
        ({"target": "rent", "leave_out": ("RENT",)}, "contains the target"),
        ({"leave_out": ("nothing",)}, "there is no column 'nothing'"),
        ({"leave_out": ("area,nothing",)}, "there is no column 'nothing'"),
        ({"target": "rnet"}, "there is no column 'rnet'. Did you mean 'rent'?"),
    ],
)
def test_an_option_that_does_not_fit_the_data_is_refused(
    options: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidAnswerError) as refused:
        look(tmp_path, RENTS, **options)

    assert words in str(refused.value)


def test_what_is_left_out_is_proposed_for_nothing(tmp_path: Path) -> None:
    profile = look(tmp_path, RENTS, leave_out=("Listed", "city", "rent"))

    assert profile.target == "area"
    assert profile.time is None
    assert profile.group is None
    assert {named(profile, name).role for name in ("listed", "city", "rent")} == {"left out"}


def test_columns_are_left_out_and_kept_in_a_list_with_commas(tmp_path: Path) -> None:
    columns = {**RENTS, "on, off": picks("a", "b")}

    profile = look(
        tmp_path, columns, target="rent", leave_out=("Area, city", "on, off"), keep=("id,listed",)
    )

    roles = {column.source: column.role for column in profile.columns}
    assert roles["area"] == roles["city"] == roles["on, off"] == "left out"
    assert roles["id"] == "feature"


def test_a_quantity_beside_a_text_makes_a_table(tmp_path: Path) -> None:
    profile = look(tmp_path, {"review": texts(), "place": picks("a", "b"), "likes": numbers(0, 99)})

    assert (profile.kind, profile.target, profile.task) == ("table", "likes", "regression")
    assert named(profile, "review").role == "text"


def test_a_name_may_be_given_in_another_case(tmp_path: Path) -> None:
    assert look(tmp_path, CUSTOMERS, target="churn").target == "Churn"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": numbers(0, 1)[:20], "label": ["a", "b"] * 10}, "20 rows are too few"),
        ({"x": numbers(0, 1), "label": ["a"]}, "only one label ('a')"),
        ({"x": numbers(0, 1), "label": ["a"] * 595 + ["b"] * 5}, "Only one label has at least 10"),
        ({"id": list(range(ROWS)), "label": picks("a", "b")}, "No column is left"),
        (
            {"x": numbers(0, 1)[:120], "on": days(2024)[:120], "label": picks("a", "b")[:120]},
            "120 rows leave only 11 for 'stream', which needs 20. Collect about 220",
        ),
    ],
)
def test_data_of_which_nothing_can_be_learnt_get_a_clear_no(
    columns: Columns, words: str, tmp_path: Path
) -> None:
    profile = look(tmp_path, columns, target="label")

    assert any(words in obstacle for obstacle in profile.obstacles)


def test_three_hundred_rows_are_taken_with_what_they_cannot_show(tmp_path: Path) -> None:
    columns = {name: values[:300] for name, values in CUSTOMERS.items()}

    profile = look(tmp_path, columns)

    assert profile.obstacles == ()
    assert "Only 300 rows: the test set has 60 of them" in profile.warnings
    assert any("up to ±13%" in warning for warning in profile.warnings)
    assert profile.minimum_rows == 45


def test_the_profile_is_plain_json(tmp_path: Path) -> None:
    profile = look(tmp_path, {**RENTS, "rent": RENTS["rent"]})

    document = profile.as_dict()

    assert json.loads(json.dumps(document)) == document
    assert document["read"]["separator"] == ","
    assert document["read"]["missing"] == []
    assert len(document["digest"]) == 64


@pytest.mark.parametrize(
    ("name", "kept"), [("Channel", "Channel"), ("Shop", "Shop"), ("ink", None)]
)
def test_of_texts_a_source_is_held_back_whose_labels_or_lengths_differ(
    tmp_path: Path, name: str, kept: str | None
) -> None:
    places = picks("a", "b", "c")
    labels = picks("good", "bad")
    shorter = []
    for text, place in zip(texts(), places, strict=True):
        shorter.append(str(text)[:30] if place == "b" else text)
    better = [
        "good" if place == "c" else label for place, label in zip(places, labels, strict=True)
    ]

    by_length = look(tmp_path, {"text": shorter, "label": labels, name: places}, target="label")
    by_label = look(tmp_path, {"text": texts(), "label": better, name: places}, target="label")
    columns = {"text": shorter, "label": better, name: places}
    left_out = look(tmp_path, columns, target="label", leave_out=(name,))

    assert by_length.drift.column == by_label.drift.column == kept
    assert named(by_label, name).role in ("drift", "group", "left out")
    assert (named(by_label, name).role == "left out") == (kept is None)
    assert left_out.drift.by == "none"
    if kept:
        assert (by_length.drift.value, by_label.drift.value) == ("b", "c")
        assert "text lengths differ" in by_length.drift.why
        assert "their labels differ by" in by_label.drift.why
        assert by_length.drift.share == pytest.approx(places.count("b") / ROWS, abs=1e-3)
