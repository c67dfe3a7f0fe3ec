"""Reads a file of any supported format, detected from its contents, not its name."""

from dataclasses import replace
from pathlib import Path

from scaffold import shell
from scaffold.own_data import libraries
from scaffold.own_data.options import Options
from scaffold.own_data.reading import delimited, files, records
from scaffold.own_data.reading.files import OLD_EXCEL, ZIP, File
from scaffold.own_data.table import SHOWN, Fault, Table


def read(path: Path, options: Options, scratch: Path) -> tuple[Table, File]:
    """Returns the table and the opened file; raises DataError if it can't be read.

    `scratch` is an empty folder for decompressed data.
    """
    file = files.open_file(path, scratch, options.sheet)
    if file.member:
        table = read_plain(file, replace(options, sheet=None), scratch)
        read = replace(table.read, member=file.member, exact=False)
        return replace(table, read=read, faults=(*others(file), *table.faults)), file
    return read_plain(file, options, scratch), file


def others(file: File) -> list[Fault]:
    """Reports the tables in a zip that aren't read."""
    if not file.others:
        return []
    shown = ", ".join(map(repr, file.others[:SHOWN])) + (", …" if len(file.others) > SHOWN else "")
    problem = f"other files in the zip aren't read: {shown}"
    proposal = f"--sheet {shell.quoted(file.others[0])}"
    return [Fault(problem, len(file.others), proposal=proposal)]


def read_plain(file: File, options: Options, scratch: Path) -> Table:
    """Reads the table from an uncompressed file."""
    if file.head.startswith(b"PAR1"):
        return records.read_parquet(file)
    if file.head.startswith((ZIP, OLD_EXCEL)):
        libraries.check("An Excel file", "python_calamine")
        from scaffold.own_data.reading import workbooks

        return workbooks.read(file, options)
    start = file.head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"{") or (start.startswith(b"[") and b"{" in start[:20]):
        return records.read_json(file, options, scratch)
    return delimited.read(file, options, scratch)
