"""Own data is read by what a file contains, whatever its name, or refused with the reason."""

# ruff: noqa: RUF001  (letters of other scripts)

import os
from pathlib import Path

import polars as pl
import pytest
from dirty import READ, REFUSED, RENTS, Dirty

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data.options import Options
from scaffold.own_data.reading import files, formats
from scaffold.own_data.table import Table


def read(content: bytes, folder: Path, name: str = "data.bin", **options: str) -> Table:
    path = folder / name
    path.write_bytes(content)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return formats.read(path, Options(**options), scratch)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("dirty", READ, ids=lambda dirty: dirty.about)
def test_a_dirty_file_is_read_as_a_person_would(dirty: Dirty, tmp_path: Path) -> None:
    table = read(dirty.content, tmp_path)

    assert table.cells.columns == dirty.names
    assert (table.rows, table.cells.height, len(table.lines)) == (dirty.rows,) * 3
    if dirty.first:
        assert [cell or "" for cell in table.cells.row(0)] == dirty.first
    for key, value in dirty.read.items():
        assert getattr(table.read, key) == value


@pytest.mark.parametrize("dirty", READ, ids=lambda dirty: dirty.about)
def test_every_fault_is_told_with_its_lines_and_nothing_else_is(
    dirty: Dirty, tmp_path: Path
) -> None:
    table = read(dirty.content, tmp_path)

    told = [fault.problem for fault in table.faults]
    for words in dirty.faults:
        assert any(words in problem for problem in told), told
    if dirty.lines:
        assert dirty.lines in [fault.lines for fault in table.faults]
    if not dirty.faults and dirty.read.get("header") != 0:
        assert told == []


@pytest.mark.parametrize(
    "dirty", [dirty for dirty in READ if dirty.oracle], ids=lambda dirty: dirty.about
)
def test_where_frictionless_is_right_it_reads_the_same(dirty: Dirty, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    table = read(dirty.content, tmp_path, dirty.name)

    with frictionless.system.use_context(trusted=True):
        resource = frictionless.describe(str(tmp_path / dirty.name), stats=True)
        rows = resource.read_rows()

    assert resource.schema.field_names == table.cells.columns
    assert len(rows) == table.rows
    if table.read.encoding:
        assert same_encoding(resource.encoding, table.read.encoding)
        assert (
            resource.dialect.to_dict().get("csv", {}).get("delimiter", ",") == table.read.separator
        )


def same_encoding(theirs: str, ours: str) -> bool:
    return theirs.split("-")[:2] == ours.split("-")[:2]


@pytest.mark.parametrize("about", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line_with_the_reason(
    about: str, tmp_path: Path
) -> None:
    content, words = REFUSED[about]

    with pytest.raises(DataError) as refused:
        read(content, tmp_path)

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_lines_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    text = 'id,city\n1,"Ge\nnève"\n\n2,Bern\n'

    table = read(text.encode(), tmp_path)

    assert table.lines.to_list() == [2, 4]


@pytest.mark.parametrize(
    ("option", "value", "row"),
    [
        ("separator", "semicolon", ["1,5", "2"]),
        ("separator", ";", ["1,5", "2"]),
        ("separator", "comma", ["1", "5;2"]),
    ],
)
def test_the_separator_can_be_said(tmp_path: Path, option: str, value: str, row: list[str]) -> None:
    table = read(b"a,b;c\n1,5;2\n3,5;4\n", tmp_path, **{option: value})

    assert list(table.cells.row(0)) == row


@pytest.mark.parametrize(("encoding", "city"), [("cp1250", "Łódź"), ("cp1251", "Минск")])
def test_the_encoding_can_be_said(tmp_path: Path, encoding: str, city: str) -> None:
    content = f"id,city\n1,{city}\n2,x\n".encode(encoding)

    table = read(content, tmp_path, encoding=encoding)

    assert table.cells.row(0) == ("1", city)


# What guests of a house write, in the encoding of their country.
LETTERS = {
    "cp1250": "Mieszkanie ciche, łazienka świeżo wyremontowana; sąsiedzi hałasują całą noc",
    "iso8859-2": "Byt je tichý, koupelna čerstvě opravená, majitel velmi vstřícný; "
    "příliš hlučné, sousedé ruší celou noc, už se sem nevrátím; krásný výhled na řeku",
    "cp1251": "Квартира тихая, ванная после ремонта; соседи шумят всю ночь, больше не приеду",
    "koi8-r": "Квартира тихая, ванная после ремонта; соседи шумят всю ночь, больше не приеду",
    "cp1253": "Το σπίτι είναι ήσυχο, το μπάνιο καινούργιο; οι γείτονες φωνάζουν όλη τη νύχτα",
    "cp932": "部屋は静かで、お風呂は新しく; 隣の人が一晩中うるさくて、もう二度と来ません",
    "gb18030": "房间很安静,浴室是新装修的; 邻居整晚都很吵,我不会再来了,早餐还不错",
    "mac-roman": "L'appartement est très calme, la salle de bain refaite; les voisins fêtent",
    "cp1252": "Die Wohnung ist ruhig, das Bad schön; die Nachbarn stören die ganze Nacht",
}


@pytest.mark.parametrize("encoding", LETTERS)
def test_the_encoding_is_proposed_that_fits_the_letters(encoding: str, tmp_path: Path) -> None:
    pytest.importorskip("chardet")
    texts = LETTERS[encoding].split(";")
    rows = [f'{number},"{text.strip()}",{number * 37}' for number, text in enumerate(texts)]
    content = "\n".join(["id,text,value", *rows]).encode(encoding)

    table = read(content, tmp_path)

    assert table.cells["text"].to_list() == [text.strip() for text in texts]
    assert table.faults == ()


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "mac-roman"])
def test_a_few_accents_prove_no_encoding(encoding: str, tmp_path: Path) -> None:
    content = "id,city\n1,Genève\n2,Zürich\n3,Bern\n".encode("cp1252")

    assert read(content, tmp_path).cells["city"].to_list() == ["Genève", "Zürich", "Bern"]
    assert read(content, tmp_path, encoding=encoding).read.encoding == encoding


def test_a_text_whose_letters_are_all_foreign_in_windows_1252_is_doubted(tmp_path: Path) -> None:
    content = ("номер,город\n" + "1,Минск\n2,Москва\n" * 9).encode("cp1251")

    table = read(content, tmp_path)

    if table.read.encoding == "cp1252":  # too few different words, or no Chardet
        assert table.faults[0].proposal == "--encoding cp1251"
    else:
        assert table.cells.row(0) == ("1", "Минск")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"encoding": "utf-9"}, "Unknown encoding 'utf-9'"),
        ({"separator": ";;"}, "--separator can't be"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(
    tmp_path: Path, options: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidAnswerError, match=words):
        read(RENTS.encode(), tmp_path, **options)


def test_a_sheet_that_is_missing_is_refused_with_those_there_are(tmp_path: Path) -> None:
    book = next(dirty for dirty in READ if dirty.about == "Excel")

    with pytest.raises(InvalidAnswerError, match="Use one of: 'Sheet 1'"):
        read(book.content, tmp_path, sheet="Rents")


def test_a_path_may_have_a_tilde_spaces_and_accents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "été à Genève.csv").write_text(RENTS, "utf-8")

    found = files.locate(Path("~/été à Genève.csv"))

    assert found == tmp_path / "été à Genève.csv"


def test_a_large_file_is_sampled_from_everywhere_with_true_lines(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = "{number},Bern," + "x" * 80 + "\n"
    rows = 450_000
    with path.open("w", encoding="utf-8") as file:
        file.write("id,city,filler\n")
        file.writelines(row.format(number=number) for number in range(1, rows + 1))

    table, _ = formats.read(path, Options(), tmp_path)

    assert table.sampled
    assert table.cells.height < rows / 2
    assert abs(table.rows - rows) < rows * 0.02
    numbers = table.cells["id"].cast(int)
    assert (numbers + 1 == table.lines).all()
    assert numbers.min() == 1
    assert numbers.max() > rows * 0.999  # type: ignore[operator]


def test_a_sample_may_start_inside_quotes(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    text = "\n".join(["a line, with a comma"] * 200)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,text,label\n")
        for number in range(9_000):
            file.write(f'{number},"{text}",good\n')

    table, _ = formats.read(path, Options(), tmp_path)

    assert table.sampled
    assert set(table.cells["label"]) == {"good"}
    assert table.faults == ()


def test_a_large_file_with_line_ends_of_old_macs_is_sampled_too(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = "{number},Bern," + "x" * 80 + "\r"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("id,city,filler\r")
        file.writelines(row.format(number=number) for number in range(1, 400_000))

    table, _ = formats.read(path, Options(), tmp_path)

    assert table.sampled
    assert (table.cells["id"].cast(int) + 1 == table.lines).all()


def test_a_large_parquet_file_is_sampled_and_its_rows_are_known(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    pl.DataFrame({"id": range(400_000)}).with_columns(twice=pl.col("id") * 2).write_parquet(path)

    table, _ = formats.read(path, Options(), tmp_path)

    assert (table.rows, table.sampled) == (400_000, True)
    assert table.cells.height < 200_000
    assert (table.cells["id"].cast(int) + 2 == table.lines).all()
    assert table.cells["id"][-1] == "399999"


def test_a_large_file_of_one_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b," * 9_000_000)

    with pytest.raises(DataError, match="no line breaks, or its lines are too long"):
        formats.read(path, Options(), tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(DataError, match="neither a file nor a folder"):
        files.locate(tmp_path / "pipe")
