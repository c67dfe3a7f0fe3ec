"""What a profile becomes in code: names, values, limits and windows."""

import datetime
from typing import Any

import pytest

from scaffold.errors import InvalidAnswerError
from scaffold.own_data import code, contract, details, names, parts, windows


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("class", "class_"),
        ("model_year", "model_year_"),
        ("2024", "column_2024"),
        ("Größe (m²)", "groe_m2"),
        ("target", "target_"),
        ("bill_length_mm", "bill_length_mm"),
        ("str", "str_"),
        (
            "A question with quite a long text, number 27",
            "a_question_with_quite_a_long_text_number",
        ),
    ],
)
def test_a_column_gets_a_name_that_the_code_does_not_need(name: str, field: str) -> None:
    assert names.field(name) == field


def test_a_choice_gets_a_short_name_that_is_none_of_python() -> None:
    assert names.alias("soil_type") == "SoilType"
    assert names.alias("none") == "NoneChoice"
    assert names.alias("warning") == "WarningChoice"
    assert names.alias("how_much_do_you_agree_with_the_following") == "HowMuchDoYouAgree"


@pytest.mark.parametrize("title", ["Größe {in} m²", 'say "hi" \\ {{ x }} %}', "🎉" * 40, "x" * 90])
def test_a_title_in_an_error_is_code_and_stays_on_its_line(title: str) -> None:
    text = code.in_f_string(title)

    shown = eval(f'f"no column {text}"')  # noqa: S307
    assert code.width(text) <= 27
    assert title.startswith(shown.removeprefix("no column '").rstrip("'…"))


def test_choices_too_many_to_tell_a_change_in_so_few_rows_are_not_watched() -> None:
    towns = column(type="choice", choices=[f"town {number}" for number in range(50)])
    described = contract.describe(towns, "town", set())

    assert not windows.watch([described], profile(rows=200), 25)
    assert windows.watch([described], profile(), 200)


def test_a_row_is_called_as_its_owner_says_unless_the_code_needs_the_word() -> None:
    assert names.are_words("penguin", "penguins")
    for record, records in (("row", "rows"), ("import", "imports"), ("home", "home"), ("X", "Xs")):
        assert not names.are_words(record, records)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ('say "hi"', "'say \"hi\"'"),
        ('it\'s "so"', "'it\\'s \"so\"'"),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nbreak", '"line\\nbreak"'),
        ("été", '"été"'),
    ],
)
def test_a_text_is_code_as_the_formatter_writes_it(text: str, literal: str) -> None:
    assert contract.literal(text) == literal
    assert eval(literal) == text  # noqa: S307


def column(**values: Any) -> dict[str, Any]:
    usual = {"source": "Age", "name": "age", "role": "feature", "type": "integer"}
    return {**usual, "missing": 0, "distinct": 60, "choices": [], "low": 20, "high": 80} | values


def test_the_contract_leaves_room_around_what_was_observed() -> None:
    age = contract.describe(column(), "age", set())
    debt = contract.describe(column(type="number", low=-1.5, high=2.5), "debt", set())
    same = contract.describe(column(type="number", low=0.2, high=0.2), "same", set())

    assert age["accepted"] == (5, 95)
    assert debt["accepted"] == (-2.5, 3.5)
    assert same["accepted"][0] <= 0.2 <= same["accepted"][1]
    assert age["arguments"] == ["ge=5", "le=95", "examples=[50]"]


def test_an_owner_may_say_more_of_a_column_than_the_file_shows() -> None:
    said = {"title": "Years lived", "hint": "at the end of May", "accepted": [18, 99]}
    age = contract.describe(column(**said, example=42), "age", set())
    since = {"type": "date", "low": "2014-05-02", "high": "2015-05-27"}
    day = contract.describe(column(**since, accepted=["2014-05-01", "2015-08-31"]), "day", set())

    assert age["arguments"] == [
        'title="Years lived"',
        "ge=18",
        "le=99",
        'description="at the end of May"',
        "examples=[42]",
    ]
    assert day["accepted"] == (datetime.date(2014, 5, 1), datetime.date(2015, 8, 31))
    assert contract.target_arguments({"accepted": [10_000, 5]}, "log") == "ge=10_000, le=5"
    assert contract.target_arguments(None, "log") == "gt=0, allow_inf_nan=False"
    assert contract.target_arguments(None, "log1p") == "ge=0, allow_inf_nan=False"
    assert contract.target_arguments(None, None) == "allow_inf_nan=False"


def test_a_date_with_a_time_of_day_is_one_in_the_contract_too() -> None:
    limits = {"type": "date", "low": "2024-01-05", "high": "2024-03-01 17:30:00"}
    day = contract.describe(column(**limits), "day", set())
    moment = contract.describe(column(**limits, timed=True, missing=2), "moment", set())

    assert (day["annotation"], day["example"]) == ("datetime.date", "2024-03-01")
    assert moment["annotation"] == "NaiveDatetime | None"
    assert moment["example"] == "2024-03-01T17:30:00"
    assert moment["arguments"][2:4] == [
        "ge=datetime.datetime(2024, 1, 1)",
        "le=datetime.datetime(2099, 12, 31, 23, 59, 59)",
    ]
    (change, name, message), _ = code.invalid([moment])
    assert '"1700-01-01"' in change
    assert name == '"moment"'
    assert message == '"greater than or equal to 2024-01-01"'


def test_a_date_that_stands_for_never_is_a_date() -> None:
    ended = contract.describe(column(type="date", low="2020-05-01", high="9999-12-31"), "on", set())

    assert str(ended["accepted"][1]) == "9999-12-31"


def test_yes_and_no_with_gaps_are_choices_that_can_be_left_open() -> None:
    smoker = contract.describe(column(type="boolean", missing=3), "smoker", set())

    assert (smoker["kind"], smoker["choices"]) == ("choice", ["no", "yes"])
    assert smoker["annotation"] == "Smoker | None"


def profile(**values: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "dataset": "People",
        "file": "raw/people.csv",
        "kind": "table",
        "read": {"format": "csv"},
        "task": "regression",
        "target": {"source": "Pay", "name": "pay"},
        "metric": "MAE",
        "columns": [column(), column(source="Pay", name="pay", role="target")],
        "drift": {"by": "none"},
        "rows": 5_000,
        "duplicates": 0,
        "digest": "0",
    }
    return usual | values


def test_a_window_is_no_larger_than_the_traffic_and_small_ones_have_wider_limits() -> None:
    large, small = profile(), profile(rows=200)

    assert windows.minimum_rows(large, 5_000) == 200
    assert 20 <= windows.minimum_rows(small, 200) <= 40
    assert windows.numbers_limit(large, 200, 5) < windows.numbers_limit(small, 30, 5)
    assert windows.labels_limit(large, 200, 5, 3) < windows.labels_limit(small, 30, 5, 3)


def test_each_group_counts_once_where_groups_are_kept_together() -> None:
    patients = column(source="Patient", name="patient", role="group", distinct=60)
    apart, grouped = profile(), profile(columns=[*profile()["columns"], patients])
    by_time = {**grouped, "drift": {"by": "time"}}

    assert windows.numbers_limit(grouped, 200, 5) > 3 * windows.numbers_limit(apart, 200, 5)
    assert windows.labels_limit(grouped, 200, 5, 3) > 3 * windows.labels_limit(apart, 200, 5, 3)
    assert windows.numbers_limit(by_time, 200, 5) < 2 * windows.numbers_limit(apart, 200, 5)


@pytest.mark.parametrize("by", ["none", "time", "segment"])
def test_the_window_of_a_profile_is_the_window_of_the_project(by: str) -> None:
    for rows in (150, 900, 2_000, 50_000):
        traffic = parts.divide(rows, by, round(0.3 * rows))
        window = parts.minimum_rows(traffic)
        drift = {"by": by, "share": 0.3 if by == "segment" else None}
        own = profile(rows=rows, drift=drift, minimum_rows=window)

        assert sum(traffic.values()) == rows
        assert windows.minimum_rows(own, rows) == window
        assert 20 <= windows.minimum_rows(own, rows // 4) <= window


def test_a_column_is_left_out_for_a_reason_not_for_what_it_holds() -> None:
    region = column(source="Region", role="group", distinct=3, why="3 different words")
    number = column(source="No.", role="identifier", why="numbers the rows")

    reasons = [rest["why"] for rest in details.left_out(profile(columns=[region, number]))]

    assert reasons == [
        "only the split uses it",
        "numbers the rows",
    ]


def test_too_few_rows_or_no_column_are_a_clear_no() -> None:
    with pytest.raises(InvalidAnswerError, match="20 rows"):
        details.described(profile(rows=20))
    alone = [column(source="Pay", name="pay", role="target")]
    with pytest.raises(InvalidAnswerError, match="no column to predict from"):
        details.described(profile(columns=alone))


def test_reading_names_only_what_these_data_need() -> None:
    german = {"format": "csv", "encoding": "cp1252", "separator": ";", "header": 3}

    assert code.reading(profile()) == ['encoding="utf-8-sig"', "dtype=str", "index_col=False"]
    assert code.reading(profile(read=german))[:3] == [
        'sep=";"',
        'encoding="cp1252"',
        "skiprows=2",
    ]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no value"), (1, "one value"), (2800, "2,800 different values")]
)
def test_the_dictionary_counts_values_in_plain_words(count: int, words: str) -> None:
    assert code.different_values(count) == words


@pytest.mark.parametrize(
    ("metric", "answers", "function"),
    [
        ("mape", {}, "log"),
        ("mae", {"skewed": True}, "log1p"),
        ("mae", {"skewed": True, "accepted": [-5, 5]}, None),
        ("mae", {}, None),
    ],
)
def test_a_skewed_target_is_scaled_by_its_logarithm(
    metric: str, answers: dict[str, Any], function: str | None
) -> None:
    target = column(source="Rent", role="target", **answers)

    profile = {"task": "regression", "metric": metric, "columns": [target]}

    assert details.logarithm(profile) == function
