"""The cells of own data become numbers, dates, truths, choices and texts as people write them."""

import keyword
from pathlib import Path

import pytest
from profiles import ROWS, column_of, look, named, problems

from scaffold.own_data.columns.identifiers import python_names
from scaffold.shell import quoted


@pytest.mark.parametrize(
    ("texts", "low", "high", "unit"),
    [
        (["1.5", "2.25", "-3"], -3.0, 2.25, None),
        (["1,5", "2,25", "-3"], -3.0, 2.25, None),
        (["1,234.5", "2,000.0", "7"], 7.0, 2000.0, None),
        (["1.234,5", "2.000,0", "7"], 7.0, 2000.0, None),
        (["1'234.50", "2\u2019000.25", "7"], 7.0, 2000.25, None),
        (["1 234,50", "2\u00a0000,25", "7\u202f000,5"], 1234.5, 7000.5, None),
        (["$1,200.50", "$ 7", "-$3.5"], -3.5, 1200.5, "$"),
        (["1.200,50 €", "7 €", "3,5 €"], 3.5, 1200.5, "€"),
        (["CHF 950.50", "CHF 1'200.-", "CHF 7"], 7.0, 1200.0, "CHF"),
        (["12%", "3.5 %", "100%"], 3.5, 100.0, "%"),
        (["1.5 kg", "12 kg", "3 kg"], 1.5, 12.0, "kg"),
        (["(1.5)", "\u22122", "3-"], -3.0, -1.5, None),
        (["1.5e3", "2E-1", "+7"], 0.2, 1500.0, None),
        ([".5", "5.", "1"], 0.5, 5.0, None),
    ],
)
def test_numbers_are_read_as_people_write_them(
    tmp_path: Path, texts: list[str], low: float, high: float, unit: str | None
) -> None:
    column = column_of(tmp_path, texts)

    assert column.type == "number"
    assert (column.low, column.high, column.unit) == (low, high, unit)
    assert column.missing == 0


@pytest.mark.parametrize(
    ("texts", "decimal", "high"),
    [
        (["1,234", "5,678", "9,012"], None, 9012),
        (["1,234", "5,678", "9,012"], ",", 9.012),
        (["1,234", "5,678", "9,012"], "comma", 9.012),
    ],
)
def test_a_comma_that_may_be_either_mark_is_settled_by_the_option(
    tmp_path: Path, texts: list[str], decimal: str | None, high: float
) -> None:
    assert column_of(tmp_path, texts, decimal=decimal).high == high


def test_a_column_with_another_decimal_mark_than_the_file_is_told(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "a": ["1.25", "2.5"],
        "b": ["1,25", "2,5"],
        "c": ["7.5", "1.5"],
        "target": [1, 2],
    }

    profile = look(tmp_path, {name: values * ROWS for name, values in columns.items()})

    assert (named(profile, "b").low, named(profile, "b").decimal) == (1.25, ",")
    assert problems(profile, "b") == ["uses a comma as the decimal mark; other columns use a point"]
    assert profile.read is not None
    assert profile.read.decimal == "."


def test_whole_numbers_are_integers_even_with_missing_ones(tmp_path: Path) -> None:
    column = column_of(tmp_path, ["1", "7", "", "12"])

    assert (column.type, column.low, column.high) == ("integer", 1, 12)
    assert column.missing == ROWS / 4


@pytest.mark.parametrize("marker", ["NA", "?", "-", "n/a", "NULL", "#N/A", "NaN", ".", "  "])
def test_what_only_says_that_a_value_is_missing_is_missing(tmp_path: Path, marker: str) -> None:
    column = column_of(tmp_path, ["1.5", marker, "7"])

    assert (column.type, column.missing, column.high) == ("number", ROWS / 3, 7.0)


def test_a_word_among_numbers_is_told_with_its_lines_and_missing(tmp_path: Path) -> None:
    values = [str(number) for number in range(1, ROWS + 1)]
    values[2], values[9] = "on request", "on request"

    profile = look(tmp_path, {"rent": values, "city": ["A", "B"]}, target="city")

    fault = next(fault for fault in profile.faults if fault.column == "rent")
    assert "can't be parsed as a number, so the rows are dropped: 'on request'" in fault.problem
    assert (fault.count, fault.lines) == (2, (4, 11))
    assert fault.proposal == f"--missing {quoted('on request')}"
    assert named(profile, "rent").type == "integer"


def test_a_marker_of_the_users_own_is_missing(tmp_path: Path) -> None:
    values = ["21.5", "22.5", "-999", "19.5"]

    doubted = look(tmp_path, {"heat": values * 30, "target": ["a", "b", "b"]})
    told = look(tmp_path, {"heat": values * 30, "target": ["a", "b", "b"]}, missing=("-999",))

    fault = next(fault for fault in doubted.faults if fault.column == "heat")
    assert (fault.count, fault.proposal) == (30, "--missing -999")
    assert (named(told, "heat").missing, named(told, "heat").low) == (30, 19.5)


def test_codes_of_which_some_have_letters_are_no_numbers(tmp_path: Path) -> None:
    codes = [str(number) for number in range(200, 260)] + ["207a", "229b"]

    column = column_of(tmp_path, codes)

    assert (column.type, column.missing) == ("choice", 0)


def test_codes_of_digits_with_leading_zeros_are_no_numbers(tmp_path: Path) -> None:
    column = column_of(tmp_path, ["00501", "02134", "10115"])

    assert (column.type, column.choices) == ("choice", ("00501", "02134", "10115"))


@pytest.mark.parametrize(
    "texts",
    [
        ["Y", "N"],
        ["yes", "no"],
        ["True", "False"],
        ["0", "1"],
        ["0.0", "1.0"],
        ["ja", "nein"],
        ["oui", "non"],
        ["t", "f"],
    ],
)
def test_yes_and_no_are_truths_in_many_words(tmp_path: Path, texts: list[str]) -> None:
    column = column_of(tmp_path, [*texts, texts[0]])

    assert (column.type, column.distinct, column.missing) == ("boolean", 2, 0)


def test_several_spellings_of_yes_are_told_and_become_one(tmp_path: Path) -> None:
    values = ["Y", "Y", "yes", "N", "no"]

    profile = look(tmp_path, {"furnished": values * 24, "target": range(ROWS)}, target="target")

    assert named(profile, "furnished").type == "boolean"
    assert named(profile, "furnished").spellings == {"yes": "Y", "no": "N"}
    assert problems(profile, "furnished") == [
        "spelling variants are merged: 'yes' as 'Y', 'no' as 'N'"
    ]


def test_words_that_differ_by_case_or_spaces_are_one_choice(tmp_path: Path) -> None:
    column = column_of(tmp_path, ["Bern", "Bern", "bern", " BERN ", "Chur", "New  York"])

    assert column.choices == ("Bern", "Chur", "New  York")
    assert column.spellings == {"BERN": "Bern", "bern": "Bern"}


@pytest.mark.parametrize(
    ("texts", "low", "high"),
    [
        (["2024-03-31", "2024-04-01"], "2024-03-31", "2024-04-01"),
        (
            ["2024-03-31T10:30:00Z", "2024-04-01 11:00"],
            "2024-03-31 10:30:00",
            "2024-04-01 11:00:00",
        ),
        (["31.03.2024", "1.4.2024"], "2024-03-31", "2024-04-01"),
        (["31/03/2024", "01/04/2024"], "2024-03-31", "2024-04-01"),
        (["03/31/2024", "04/01/2024"], "2024-03-31", "2024-04-01"),
        (["3/31/24 1:05 PM", "4/1/24 12:10 AM"], "2024-03-31 13:05:00", "2024-04-01 00:10:00"),
        (["31 Mar 2024", "1 April 2024"], "2024-03-31", "2024-04-01"),
        (["Mar 31, 2024", "Apr 1, 2024"], "2024-03-31", "2024-04-01"),
        (["Sun, 31 Mar 2024", "Mon, 1 Apr 2024"], "2024-03-31", "2024-04-01"),
        (["20240331T000000", "20240401T000000"], "2024-03-31", "2024-04-01"),
        (["2024-03", "2024-04"], "2024-03-01", "2024-04-01"),
    ],
)
def test_dates_are_read_in_the_forms_that_occur(
    tmp_path: Path, texts: list[str], low: str, high: str
) -> None:
    column = column_of(tmp_path, texts)

    assert (column.type, column.low, column.high) == ("date", low, high)


@pytest.mark.parametrize(
    ("order", "high"), [("day-first", "2024-11-02"), ("month-first", "2024-12-04")]
)
def test_the_order_of_day_and_month_can_be_said(tmp_path: Path, order: str, high: str) -> None:
    column = column_of(tmp_path, ["02/11/2024", "12/04/2024"], dates=order)

    assert (column.high, column.dates) == (high, order)


def test_an_order_of_day_and_month_that_nothing_proves_is_told(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {"day": ["02/11/2024", "12/04/2024"], "target": [1, 2]}
    long = {name: values * ROWS for name, values in columns.items()}

    profile = look(tmp_path, long, target="target")

    said = next(decision for decision in profile.decisions if decision.about == "dates")
    assert (said.value, said.option) == ("month-first", "--dates")
    assert "'day'" in said.why


def test_mixed_forms_of_dates_are_read_and_told(tmp_path: Path) -> None:
    texts = ["2024-03-31", "01.04.2024", "2 Apr 2024", "2024-02-30"]

    profile = look(tmp_path, {"day": texts[:3] * 40 + texts[3:], "target": [1, 2]}, target="target")

    told = problems(profile, "day")
    assert named(profile, "day").high == "2024-04-02"
    assert "can't be parsed as a date, so the rows are dropped: '2024-02-30'" in told
    assert "mixes date formats: 2024-03-31, 31 Mar 2024, 31.03.2024" in told


def test_digits_are_a_date_where_the_name_says_so(tmp_path: Path) -> None:
    days = ["20240331", "20240401"] * 60

    profile = look(tmp_path, {"date": days, "code": days, "target": range(120)}, target="target")

    assert named(profile, "date").type == "date"
    assert named(profile, "code").type == "integer"


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Bern"], "constant"),
        ([""], "empty"),
        (["Bern", "Chur", "Genf"], "choice"),
        ([f"a long text of some words, number {n}" for n in range(ROWS)], "text"),
        (["some college but no degree at all", "more than ten years of school"], "choice"),
    ],
)
def test_other_columns_are_told_apart(tmp_path: Path, texts: list[str], kind: str) -> None:
    assert column_of(tmp_path, texts).type == kind


@pytest.mark.parametrize(
    ("texts", "order", "timed"),
    [
        (["2024-03-01", "2024-03-02"], None, None),
        (["2024-03-01 00:00", "2024-03-02 00:00:00"], None, None),
        (["2024-03-01 00:00", "2024-03-02 12:30"], None, True),
        (["01.03.2024", "02.03.2024 9:15"], "day-first", True),
        (["01.03.24", "02.03.24"], "day-first", None),
        (["3/31/2024 1:30 PM", "3/1/2024 1:30 AM"], "month-first", True),
    ],
)
def test_dates_tell_their_order_and_whether_they_have_a_time_of_day(
    tmp_path: Path, texts: list[str], order: str | None, timed: bool | None
) -> None:
    column = column_of(tmp_path, texts)

    assert (column.type, column.dates, column.timed) == ("date", order, timed)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Monthly rent"], ["monthly_rent"]),
        (["Größe (m²)", "Prix €"], ["grosse_m2", "prix_eur"]),
        (["class", "match", "copy"], ["class_", "match_", "copy_"]),
        (["isActive", "HTTPStatus2"], ["is_active", "httpstatus2"]),
        (["2nd floor", "№", "日付"], ["n_2nd_floor", "no", "column_3"]),
        (["a b", "a-b", "A.B"], ["a_b", "a_b_2", "a_b_3"]),
        (["% of total"], ["percent_of_total"]),
    ],
)
def test_every_column_gets_a_name_of_its_own_in_python(
    names: list[str], expected: list[str]
) -> None:
    found = python_names(names)

    assert found == expected
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in found)


@pytest.mark.parametrize(
    ("values", "skewed"),
    [
        (["1", "2", "3", "40"], True),
        (["0", "2.5", "3", "40.5"], True),
        (["1", "2", "3", "4"], None),
        (["-1", "2", "3", "40"], None),
        (["low", "high", "middle"], None),
    ],
)
def test_a_quantity_is_skewed_if_its_mean_is_far_above_its_median(
    tmp_path: Path, values: list[str], skewed: bool | None
) -> None:
    assert column_of(tmp_path, values).skewed is skewed
