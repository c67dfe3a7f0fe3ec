"""Small dirty files, each with the outcome that reading it has to have."""

import bz2
import gzip
import io
import lzma
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime

import openpyxl
import polars as pl

RENTS = "id,city,rent\n1,Genève,950.5\n2,Zürich,1200\n3,Bern,800\n"
NAMES = ["id", "city", "rent"]
SEMICOLONS = RENTS.replace(",", ";").replace(".", ",")
FIRST = ["1", "Genève", "950.5"]


@dataclass(frozen=True)
class Dirty:
    """A file and what reading it gives: names, rows, the first row, how it was read, faults."""

    about: str
    content: bytes
    names: list[str] = field(default_factory=lambda: NAMES)
    rows: int = 3
    first: list[str] | None = None
    read: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lines: tuple[int, ...] = ()
    oracle: bool = True  # frictionless reads it, and is right

    @property
    def name(self) -> str:
        """A name that tells what the file is, which frictionless goes by."""
        endings = {"excel": ".xlsx", "gzip": ".csv.gz", "bzip2": ".csv.bz2", "xz": ".csv.xz"}
        form = str(self.read.get("compression") or self.read.get("format"))
        return "data" + (endings | {"zip": ".csv.zip"}).get(form, ".csv")


def zipped(*names: str, content: str = RENTS) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(*sheets: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def merged() -> bytes:
    """A region stands beside two rows, and a title above two columns."""
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [["Where", None, "What"], ["region", "city", "rent"], ["West", "Genève", 950.5]]
    for row in [*rows, [None, "Bern", 800], ["East", "Chur", 900]]:
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    book.save(stream)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    frame = pl.DataFrame(
        {
            "id": [1, 2, None],
            "rent": [950.5, 1200.0, 800.0],
            "listed": [date(2024, 3, 1), None, date(2024, 3, 3)],
            "tags": [["a"], [], ["b", "c"]],
        }
    )
    frame.write_parquet(stream)
    return stream.getvalue()


SHEET: list[list[object]] = [
    list(NAMES),
    [1, "Genève", 950.5],
    [2, "Zürich", 1200],
    [3, "Bern", 800],
]
DATED: list[list[object]] = [
    ["Report of March"],
    [],
    ["id", "listed", "new"],
    [1, datetime(2024, 3, 31), True],
    [2, datetime(2024, 4, 1, 12, 30), False],
]

READ = [
    Dirty("plain UTF-8", RENTS.encode(), first=FIRST, read={"encoding": "utf-8"}),
    Dirty("a byte order mark", RENTS.encode("utf-8-sig"), read={"encoding": "utf-8-sig"}),
    Dirty("UTF-16 with a mark", RENTS.encode("utf-16"), first=FIRST, read={"encoding": "utf-16"}),
    Dirty(
        "UTF-16 without a mark",
        RENTS.encode("utf-16-le"),
        first=FIRST,
        read={"encoding": "utf-16-le"},
    ),
    Dirty(
        "UTF-16, the large end first",
        RENTS.encode("utf-16-be"),
        first=FIRST,
        read={"encoding": "utf-16-be"},
    ),
    Dirty(
        "Windows-1252",
        RENTS.encode("cp1252"),
        first=FIRST,
        read={"encoding": "cp1252"},
        oracle=False,  # depends on the version of chardet
    ),
    Dirty(
        "one broken byte in UTF-8",
        RENTS.encode() * 3 + b"4,B\xe9le,700\n",
        rows=10,
        faults=["bytes invalid in utf-8", "the header repeated"],
        oracle=False,
    ),
    Dirty(
        "semicolons", SEMICOLONS.encode(), read={"separator": ";"}, first=["1", "Genève", "950,5"]
    ),
    Dirty("tabs", RENTS.replace(",", "\t").encode(), read={"separator": "\t"}, first=FIRST),
    Dirty("bars", RENTS.replace(",", "|").encode(), read={"separator": "|"}, first=FIRST),
    Dirty(
        "Excel's line about the separator",
        b"sep=;\n" + SEMICOLONS.encode(),
        read={"separator": ";", "header": 2},
        oracle=False,
    ),
    Dirty("line ends of Windows", RENTS.replace("\n", "\r\n").encode(), first=FIRST),
    Dirty("line ends of old Macs", RENTS.replace("\n", "\r").encode(), first=FIRST),
    Dirty("no line end at the end", RENTS.rstrip("\n").encode(), first=FIRST),
    Dirty(
        "blank lines",
        RENTS.replace("2,Z", "\n\n2,Z").encode() + b"\n\n",
        first=FIRST,
        oracle=False,  # counts them as rows
    ),
    Dirty(
        "a line end inside quotes",
        RENTS.replace("Zürich", '"Zü\nrich"').encode(),
        first=FIRST,
    ),
    Dirty("a separator inside quotes", RENTS.replace("Zürich", '"Zürich, Oerlikon"').encode()),
    Dirty("a doubled quote", RENTS.replace("Zürich", '"Zürich ""Oerlikon"""').encode()),
    Dirty(
        "a quote after a backslash",
        RENTS.replace("Zürich", r'"Zürich \"Oerlikon\", 8050"').encode(),
    ),
    Dirty("a quote inside a plain cell", RENTS.replace("Zürich", 'Zürich 5" up').encode()),
    Dirty(
        "single quotes",
        b"id,city\n'1','Bern, west'\n'2','Basel'\n'3','Chur'\n",
        names=["id", "city"],
        first=["1", "Bern, west"],
        read={"quote": "'"},
    ),
    Dirty(
        "a comma too many in every row",
        RENTS.replace("\n", ",\n").replace("rent,", "rent").encode(),
        first=FIRST,
        faults=["extra separator"],
        lines=(2, 3, 4),
    ),
    Dirty(
        "a comma too many in every line",
        RENTS.replace("\n", ",\n").encode(),
        first=FIRST,
        faults=["extra separator"],
        oracle=False,  # makes a fourth column
    ),
    Dirty(
        "one row with a cell too many",
        (RENTS + "4,Basel,700,oops\n" + RENTS[13:] * 5).encode(),
        rows=18,
        faults=["more than 3 cells"],
        lines=(5,),
        oracle=False,  # keeps the row
    ),
    Dirty(
        "one row with a cell too few",
        (RENTS + "4,Basel\n" + RENTS[13:] * 5).encode(),
        rows=18,
        faults=["fewer than 3 cells"],
        lines=(5,),
        oracle=False,
    ),
    Dirty(
        "names without one for the rows, as R writes them",
        b'"city","rent"\n"1","Bern",800\n"2","Chur",900\n"3","Basel",700\n',
        names=["row", "city", "rent"],
        first=["1", "Bern", "800"],
        faults=["as in R"],
        oracle=False,
    ),
    Dirty(
        "a name twice",
        RENTS.replace("id,city", "city,city").encode(),
        names=["city", "city_2", "rent"],
        faults=["two columns are named 'city'"],
        oracle=False,
    ),
    Dirty(
        "a number that a second name has already",
        b"a,a,a_2\n1,x,3\n2,y,4\n3,z,6\n",
        names=["a", "a_3", "a_2"],
        faults=["two columns are named 'a'"],
        oracle=False,
    ),
    Dirty(
        "an empty name",
        RENTS.replace("city", "").encode(),
        names=["id", "column_2", "rent"],
        faults=["column 2 has no name"],
        oracle=False,
    ),
    Dirty(
        "an empty name and one that it would get",
        RENTS.replace("id,city", "column_2,").encode(),
        names=["column_2", "column_2_2", "rent"],
        faults=["column 2 has no name"],
        oracle=False,  # calls it field2
    ),
    Dirty(
        "spaces and line ends in names",
        RENTS.replace("city", '" city\n of birth "').encode(),
        names=["id", "city of birth", "rent"],
        oracle=False,
    ),
    Dirty(
        "two lines of names",
        b"Home,,Money\n" + RENTS.encode(),
        first=FIRST,
        read={"header": 2},
        faults=["text before the column names in line 2"],
        oracle=False,
    ),
    Dirty("NUL bytes", RENTS.replace("Bern", "B\0ern").encode(), first=FIRST, oracle=False),
    Dirty(
        "spaces after the separators, and a gap among them",
        b"39, State-gov, 77516\n50, ?, 83311\n38, Private, 215646\n53, ?, 234721\n"
        b"28, Private, 338409\n37, State-gov, 284582\n49, State-gov, 160187\n52, Private, 209642\n",
        names=["column_1", "column_2", "column_3"],
        rows=8,
        first=["39", "State-gov", "77516"],
        read={"header": 0, "spaced": True},
        faults=["looks like data"],
        oracle=False,
    ),
    Dirty(
        "numbers without names",
        b"5.1,3.5,a\n4.9,3.0,b\n4.7,3.2,a\n",
        names=["column_1", "column_2", "column_3"],
        read={"header": 0},
        faults=["looks like data"],
        oracle=False,
    ),
    Dirty(
        "labels without names",
        b"good film,pos\nbad film,neg\nfine film,pos\nlong film,pos\nnice film,pos\n",
        names=["column_1", "column_2"],
        rows=5,
        read={"header": 0},
        oracle=False,
    ),
    Dirty(
        "a name that is also a value",
        b"kind,race,price\nother,race,1.5\nother,race,2.5\nother,race,3\nother,run,4\n",
        names=["kind", "race", "price"],
        rows=4,
    ),
    Dirty(
        "years as names",
        b"city,2022,2023\nBern,1.5,2.5\nChur,1.25,3.5\nGenf,2.5,4.5\n",
        names=["city", "2022", "2023"],
    ),
    Dirty(
        "a title above the names",
        b"Rents of March\nall of them\n\n" + RENTS.encode(),
        first=FIRST,
        read={"header": 4},
        faults=["text before the column names in line 4"],
        oracle=False,
    ),
    Dirty(
        "the header repeated",
        (RENTS + RENTS).encode(),
        rows=6,
        lines=(5,),
        faults=["the header repeated"],
        oracle=False,
    ),
    Dirty(
        "a total below the rows",
        (RENTS + "Total,,2950.5\n").encode(),
        first=FIRST,
        faults=["a total of the other rows"],
        lines=(5,),
        oracle=False,  # keeps the row
    ),
    Dirty(
        "nothing but a total",
        b"id,city,rent\nTotal,,2950.5\n",
        rows=1,
    ),
    Dirty(
        "spaces between the cells",
        b"id  city  rent\n1   Bern   800\n2   Chur  900\n3  Basel  700\n",
        first=["1", "Bern", "800"],
        read={"separator": " "},
        oracle=False,  # finds one column
    ),
    Dirty(
        "spaces before quotes",
        RENTS.replace("Zürich", ' "Zürich, Oerlikon"').replace(",", ", ", 3).encode(),
    ),
    Dirty(
        "a lone CR in a cell without quotes",
        (RENTS + RENTS[13:] * 6).replace("Bern,800", "Be\rrn,800", 1).encode(),
        rows=20,
        faults=["fewer than 3 cells"],
        lines=(4, 5),
        oracle=False,  # keeps both parts
    ),
    Dirty("gzip", gzip.compress(RENTS.encode()), read={"compression": "gzip"}),
    Dirty("bzip2", bz2.compress(RENTS.encode()), read={"compression": "bzip2"}),
    Dirty("xz", lzma.compress(RENTS.encode()), read={"compression": "xz"}),
    Dirty("zip", zipped("rents.csv"), first=FIRST, read={"compression": "zip"}),
    Dirty(
        "a zip made by macOS",
        zipped("rents.csv", "__MACOSX/._rents.csv", ".DS_Store"),
        read={"compression": "zip"},
    ),
    Dirty(
        "a zip of several tables",
        zipped("all/sample.csv", "all/train.csv", "all/test.csv", "all/LICENSE"),
        first=FIRST,
        read={"compression": "zip", "member": "all/train.csv"},
        faults=["other files in the zip aren't read: 'all/sample.csv', 'all/test.csv'"],
        oracle=False,  # reads the first file
    ),
    Dirty("Excel", workbook(SHEET), first=FIRST, read={"format": "excel", "sheet": "Sheet 1"}),
    Dirty(
        "Excel with a title, dates and truths",
        workbook(DATED),
        names=["id", "listed", "new"],
        rows=2,
        first=["1", "2024-03-31", "true"],
        read={"format": "excel", "header": 3},
        faults=["text before the column names"],
        oracle=False,
    ),
    Dirty(
        "Excel with merged cells",
        merged(),
        names=["region", "city", "rent"],
        first=["West", "Genève", "950.5"],
        read={"format": "excel", "header": 2, "exact": False},
        faults=["merged cells", "text before the column names in line 2"],
        lines=(3,),
        oracle=False,
    ),
    Dirty(
        "Excel with a cover sheet",
        workbook([["Rents"]], SHEET),
        first=FIRST,
        read={"format": "excel", "sheet": "Sheet 2"},
        faults=["other sheets aren't read: 'Sheet 1'"],
        oracle=False,  # reads the first sheet
    ),
    Dirty(
        "Parquet with dates, gaps and lists",
        parquet(),
        names=["id", "rent", "listed"],
        first=["1", "950.5", "2024-03-01"],
        read={"format": "parquet"},
        faults=["not supported: left out"],
        oracle=False,
    ),
    Dirty(
        "JSON lines with other keys in each",
        b'{"id": 1, "new": true}\n\n{"id": 2, "rent": 3.5}\n{"id": 3, "tags": ["a"]}\n',
        names=["id", "new", "rent"],
        first=["1", "true", ""],
        read={"format": "json"},
        faults=["lists or objects"],
        oracle=False,
    ),
    Dirty(
        "a list in JSON",
        b'[\n {"id": 1, "city": "Bern"}, {"id": 2, "city": "Chur"}, {"id": 3, "city": null}]',
        names=["id", "city"],
        first=["1", "Bern"],
        read={"format": "json"},
        oracle=False,
    ),
]

# What can't be read, with the words that the message has to have.
REFUSED = {
    "an empty file": (b"", "is empty"),
    "only line ends": (b"\n\n\r\n", "is empty"),
    "names alone": (b"id,city,rent\n", "no rows below"),
    "one column": (b"city\nBern\nChur\nGenf\n", "only one column"),
    "a quote never closed": (
        RENTS.replace("Zürich", '"Zürich').encode(),
        "line 3 has an unclosed quote",
    ),
    "a quote closed by a later one": (
        (RENTS.replace("Zürich", '"Zürich') + '4,"Basel",700\n').encode(),
        "line 3 has an unclosed quote",
    ),
    "a quote never closed after a line end in quotes": (
        b'id,city,rent\n1,"Ge\nnf",900\n2,"Bern,800\n3,Chur,700\n',
        "line 3 has an unclosed quote",
    ),
    "a quote that isn't doubled": (
        RENTS.replace("Zürich", '"Zürich "west" side"').encode(),
        "line 3 has an unescaped quote",
    ),
    "commas in texts without quotes": (
        b"text,label\nI liked it, a lot,pos\nno, never,neg\nfine,pos\nwell, well, well,neg\n",
        "first in line 2",
    ),
    "a PDF": (b"%PDF-1.7\n...", "is a PDF"),
    "a web page": (b"\n<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
    "a database": (b"SQLite format 3\0" + bytes(100), "an SQLite database"),
    "binary data": (bytes(range(256)) * 20, "a binary file"),
    "a zip of pictures": (zipped("cats/1.png", "dogs/2.png"), "contains no table"),
    "a zip of two texts": (zipped("LICENSE", "README"), "contains no table"),
    "a damaged zip": (zipped("a.csv")[:60], "is a corrupt zip"),
    "a damaged gzip": (gzip.compress(RENTS.encode() * 99)[:60], "is corrupt"),
    "damaged Parquet": (parquet()[:200], "is a corrupt Parquet file"),
    "a JSON line cut short": (b'{"id": 1}\n{"id": 2\n', "line 2"),
    "one object in JSON": (b'{\n  "rows": [{"id": 1}]\n}\n', "is one JSON object, not rows"),
    "JSON of numbers": (b'[{"id": 1}, 5]', "'5', which isn't an object"),
    "an empty sheet": (workbook([]), "is empty"),
}
