"""Reads a file by what it contains; its name doesn't matter."""

from pathlib import Path

from scaffold.own_data import libraries
from scaffold.own_data.options import Options
from scaffold.own_data.reading import delimited, files, records
from scaffold.own_data.reading.files import OLD_EXCEL, ZIP, File
from scaffold.own_data.table import Table


def read(path: Path, options: Options, scratch: Path) -> tuple[Table, File]:
    """The table in the file, and the file; raises DataError if there is none.

    `scratch` is an empty folder for what is decompressed.
    """
    file = files.open_file(path, scratch)
    if file.head.startswith(b"PAR1"):
        return records.read_parquet(file), file
    if file.head.startswith((ZIP, OLD_EXCEL)):
        libraries.check("An Excel file", "python_calamine")
        from scaffold.own_data.reading import workbooks

        return workbooks.read(file, options), file
    start = file.head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"{") or (start.startswith(b"[") and b"{" in start[:20]):
        return records.read_json(file, options, scratch), file
    return delimited.read(file, options, scratch), file
