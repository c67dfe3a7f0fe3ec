"""The raw data of a project: the file as it is, or its rows as a CSV that reads the same."""

import csv
import gzip
import hashlib
import io
import json
import lzma
import zipfile
from ast import literal_eval
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dirty import READ, Dirty, workbook, zipped
from profiles import look, named

from scaffold.own_data import answers, code, raw
from scaffold.own_data.columns import understanding
from scaffold.own_data.options import Options
from scaffold.own_data.profile import plain
from scaffold.own_data.reading import formats
from scaffold.own_data.table import Table

pd = pytest.importorskip("pandas")
NAMES = ["number", "day", "city", "note"]
ROWS = 4000


def profiled(path: Path, scratch: Path) -> tuple[Table, dict[str, Any]]:
    """The table that a profile sees, and the answers about it."""
    scratch.mkdir(exist_ok=True)
    table, file = formats.read(path, Options(), scratch)
    read = understanding.understand(table, Options()).table.read
    own = {
        "kind": "table",
        "file": f"raw/{path.name}",
        "rows": table.rows,
        "digest": file.digest,
        "read": plain(asdict(read)),
        "columns": [{"source": name} for name in table.cells.columns],
    }
    return table, own


def in_project(content: bytes, own: dict[str, Any]) -> Any:
    """The table as the project's `source.read` has it, but for the types."""
    stream = io.BytesIO(content)
    read = own["read"]
    if read["format"] == "excel":
        return pd.read_excel(stream, sheet_name=read["sheet"], dtype=str, engine="openpyxl")
    if read["format"] == "parquet":
        return pd.read_parquet(stream)
    if read["format"] == "json":
        return pd.read_json(stream, lines=True, dtype=False)
    names = {"NAMES": [column["source"] for column in own["columns"]]}
    listed = ", ".join(code.reading(own))
    arguments: dict[str, Any] = eval(f"dict({listed})", names)  # noqa: S307
    return pd.read_csv(stream, **arguments)


@pytest.mark.parametrize("dirty", READ, ids=lambda dirty: dirty.about)
def test_a_project_reads_what_the_profile_has_read(dirty: Dirty, tmp_path: Path) -> None:
    path = tmp_path / dirty.name
    path.write_bytes(dirty.content)
    table, own = profiled(path, tmp_path / "scratch")

    read = in_project(*raw.take(path, own)).rename(columns=str.strip)

    missing = ["", *own["read"]["missing"]]
    expected = []
    for row in table.cells.iter_rows():
        cells = [(cell or "").strip() for cell in row]
        expected.append(["" if cell in missing else cell for cell in cells])
    rows = []
    for values in read.itertuples(index=False):
        rows.append(["" if pd.isna(value) else str(value).strip() for value in values])
    assert list(read.columns) == table.cells.columns
    assert rows == expected


def test_a_file_that_is_read_alike_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(b"\xef\xbb\xbfa;b\r\n1,5;NA\r\n2,5;x\r\n")
    _, own = profiled(path, tmp_path / "scratch")

    assert raw.take(path, own) == (path.read_bytes(), own)


def rows() -> list[list[Any]]:
    """Numbers, dates with gaps, words with commas, and texts that look like other things."""
    made: list[list[Any]] = []
    for number in range(ROWS):
        day = date(2024, 1, 1) + timedelta(number % 300) if number % 7 else None
        city = ["Genève", "Bern, west", 'the "old" town', "None"][number % 4]
        made.append([number + 0.25, day, city, f"line {number}\nand another" if number % 3 else ""])
    return made


def as_csv(separator: str = ",", encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator)
    writer.writerow(NAMES)
    writer.writerows(rows())
    return stream.getvalue().encode(encoding)


def as_parquet() -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(rows(), schema=NAMES, orient="row").write_parquet(stream)
    return stream.getvalue()


def as_json_lines() -> bytes:
    lines = [json.dumps(dict(zip(NAMES, row, strict=True)), default=str) for row in rows()]
    return "\n".join(lines).encode()


def in_zip(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("test.csv", b"a,b\n1,2\n")
        archive.writestr("train.csv", content)
    return stream.getvalue()


LARGE: dict[str, Callable[[], bytes]] = {
    "homes.csv": as_csv,
    "homes of cp1252.csv": lambda: as_csv(";", "cp1252"),
    "homes.csv.gz": lambda: gzip.compress(as_csv(), 1),
    "homes.csv.xz": lambda: lzma.compress(as_csv(), preset=0),
    "homes.zip": lambda: in_zip(as_csv()),
    "homes.xlsx": lambda: workbook([list(NAMES), *rows()]),
    "homes.parquet": as_parquet,
    "homes.parquet.gz": lambda: gzip.compress(as_parquet()),
    "homes.jsonl": as_json_lines,
    "homes.json": lambda: b"[" + as_json_lines().replace(b"}\n", b"},\n") + b"]",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_of_any_format_is_sampled_at_equal_distances(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(LARGE[name]())
    _, own = profiled(path, tmp_path / "scratch")
    monkeypatch.setattr(raw, "LARGEST", 10_000)

    content, sampled = raw.take(path, own)

    step = sampled["sampled"]
    table = in_project(content, sampled).fillna("")
    assert 4_000 < len(content) <= raw.LARGEST
    assert list(table.columns) == NAMES
    expected = []
    for number, day, city, note in rows()[::step]:
        expected.append([str(number), str(day or ""), city, note])
    assert table.astype(str).to_numpy().tolist() == expected
    assert sampled["rows"] == len(table)
    assert sampled["file"] == f"raw/{name.split('.')[0]}.csv"
    assert sampled["digest"] == hashlib.sha256(content).hexdigest()
    assert sampled["original"]["digest"] == own["digest"]


def test_a_file_of_a_zip_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    path.write_bytes(zipped("a.csv", "b.csv"))
    (tmp_path / "scratch").mkdir()

    table, _ = formats.read(path, Options(sheet="b.csv"), tmp_path / "scratch")

    assert table.read.member == "b.csv"
    assert "'a.csv'" in table.faults[0].problem


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (["(1,234.50)", "7.25"], -1234.5),
        (["$(1,234.50)", "$7.25"], -1234.5),
        (["($1,234.50)", "$7.25"], -1234.5),
        (["\u22125.5", "7"], -5.5),
        (["\u20135.5", "7"], -5.5),
        (["5.5-", "7"], -5.5),
        (["- 5.5", "7"], -5.5),
        (["1.2e3", "7"], 1200),
        (["1'234.5", "7"], 1234.5),
        (["1\u202f234,5", "7,25"], 1234.5),
        (["1.234,5-", "7,25"], -1234.5),
        (["12,- \u20ac", "7,50 \u20ac"], 12),
        (["12 %", "-7.5 %"], 12),
        (["12 kg", "7 kg"], 12),
    ],
)
def test_a_project_reads_the_numbers_that_the_profile_has_read(
    tmp_path: Path, texts: list[str], number: float
) -> None:
    profile = look(tmp_path, {"asked": texts * 40, "target": range(80)}, target="target")
    own = answers.own(profile.as_dict())

    column = named(profile, "asked")
    read = (
        pd.Series([texts[0]])
        .astype("string")
        .str.replace(literal_eval(code.not_digits(own)), "", regex=True)
    )
    for pattern, new in literal_eval(f"{{{', '.join(code.minus(own))}}}").items():
        read = read.str.replace(pattern, new, regex=True)
    if (own["read"]["thousands"] or " ") in ",.":
        read = read.str.replace(own["read"]["thousands"], "", regex=False)
    read = read.str.replace(own["read"]["decimal"], ".", regex=False)

    assert number in (column.low, column.high)
    assert float(read[0]) == number


def test_each_mark_between_thousands_is_dropped(tmp_path: Path) -> None:
    columns = {"people": ["1\u202f234", "98\u202f765"], "rent": ["1\u2019234.5", "1\u2019876.25"]}
    own = answers.own(look(tmp_path, {**columns, "paid": range(80)}, target="paid").as_dict())

    for texts, numbers in (
        (columns["people"], [1234, 98765]),
        (columns["rent"], [1234.5, 1876.25]),
    ):
        read = pd.Series(texts).str.replace(literal_eval(code.not_digits(own)), "", regex=True)
        assert read.astype(float).tolist() == numbers
    assert code.not_digits(own).isascii()


def test_a_column_of_another_decimal_mark_is_named(tmp_path: Path) -> None:
    columns = {"tax": ["1,234.50", "7,250.25"], "area": ["3,5", "7,25"], "paid": ["yes", "no"]}
    profile = look(tmp_path, {name: texts * 40 for name, texts in columns.items()}, target="paid")
    own = answers.own(profile.as_dict())

    assert (own["read"]["decimal"], own["read"]["thousands"]) == (".", ",")
    assert code.swapped(own, own["columns"][:2]) == ['"area"']


def test_thousands_of_a_column_of_another_decimal_mark_are_known(tmp_path: Path) -> None:
    columns = {"tax": ["7.5", "250.25"], "area": ["1.234,5", "7,25"], "paid": ["yes", "no"]}

    own = answers.own(
        look(tmp_path, {n: t * 40 for n, t in columns.items()}, target="paid").as_dict()
    )

    assert (own["read"]["decimal"], own["read"]["thousands"]) == (".", ",")


def test_the_longest_unit_is_taken_off_first() -> None:
    units = [{"type": "number", "unit": unit} for unit in ("m", "m2", '"')]
    own: dict[str, Any] = {"columns": units, "read": {}}

    pattern = literal_eval(code.not_digits(own))

    read = pd.Series(["12 m2", "3 m", '15 "']).str.replace(pattern, "", regex=True)
    assert read.tolist() == ["12", "3", "15"]


@pytest.mark.parametrize("text", ["(5)", "\u22125", "5-", "12*", "\u00bd", "0x1F"])
def test_a_form_that_the_data_did_not_have_is_no_number_rather_than_another(text: str) -> None:
    own: dict[str, Any] = {"columns": [], "read": {}}

    read = pd.Series([text]).str.replace(literal_eval(code.not_digits(own)), "", regex=True)

    assert pd.to_numeric(read, errors="coerce").isna().all()
