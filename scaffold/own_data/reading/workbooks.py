"""Reads a sheet of an Excel or OpenDocument workbook."""

from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data.options import Options
from scaffold.own_data.reading import headers, rows
from scaffold.own_data.reading.dialects import LINES
from scaffold.own_data.reading.files import ZIP, File
from scaffold.own_data.table import SHOWN, Fault, Read, Table

Cell = int | float | str | bool | time | date | datetime | timedelta
Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, each as (row, column)


def read(file: File, options: Options) -> Table:
    """Reads the sheet that the user chose, or the one with the most cells."""
    try:
        workbook = CalamineWorkbook.from_path(str(file.plain))
        sheet, faults = choose(workbook, options.sheet)
        cells = workbook.get_sheet_by_name(sheet)
        raw = cells.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise DataError(
            f"{file.path.name!r} can't be read as a workbook: {error}. "
            "Save it as .xlsx without a password, or as CSV"
        ) from error
    if not raw:
        raise DataError(f"The sheet {sheet!r} is empty. Choose another with --sheet")
    filled_in = fill_merged(raw, cells.merged_cell_ranges or [])
    faults += filled_in
    empty = leading_empty(raw)
    records = [[text(cell) for cell in row[empty:]] for row in raw]
    width = max(filled(record) for record in records)
    records = [record[:width] for record in records]
    header = headers.find(records[:LINES], width, options.header)
    body = rows.divide(records, list(range(1, len(records) + 1)), header)
    usual = file.head.startswith(ZIP) and not file.compression and not empty and not filled_in
    exact = usual and header.line == 1 and rows.are_all(records[1:], header, body)
    return Table(
        read=Read(
            "excel", sheet=sheet, compression=file.compression, header=header.line, exact=exact
        ),
        cells=body.cells,
        lines=body.lines,
        rows=body.cells.height,
        sampled=False,
        faults=(*faults, *header.faults, *body.faults),
    )


def choose(workbook: CalamineWorkbook, wanted: str | None) -> tuple[str, list[Fault]]:
    """The sheet's name, and a fault if other sheets have data."""
    names = workbook.sheet_names
    if wanted is not None:
        if wanted not in names:
            there = ", ".join(map(repr, names))
            raise InvalidAnswerError(f"--sheet: there is no sheet {wanted!r}. Use one of: {there}")
        return wanted, []
    sizes = {}
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        sizes[name] = sheet.height * sheet.width
    largest = max(sizes, key=lambda name: sizes[name])
    others = [name for name in names if name != largest and sizes[name]]
    if not others:
        return largest, []
    problem = f"other sheets aren't read: {', '.join(map(repr, others))}"
    return largest, [Fault(problem, len(others), proposal=f'--sheet "{others[0]}"')]


def fill_merged(raw: list[list[Cell]], ranges: list[Range]) -> list[Fault]:
    """Copies the value of vertically merged cells to each of them; reports their lines."""
    lines = []
    for (top, left), (bottom, right) in ranges:
        if left == right and top < len(raw) and left < len(raw[top]):
            for row in raw[top + 1 : bottom + 1]:
                row[left] = raw[top][left]
            lines.append(top + 1)
    if not lines:
        return []
    problem = "merged cells, each filled with the merged value"
    return [Fault(problem, len(lines), lines=tuple(sorted(lines)[:SHOWN]))]


def leading_empty(raw: list[list[Cell]]) -> int:
    """The number of leading columns that are empty in every row."""
    for place in range(len(raw[0])):
        if any(row[place] != "" for row in raw):
            return place
    return 0


def filled(record: list[str]) -> int:
    """The number of cells up to the last nonempty one."""
    width = len(record)
    while width and not record[width - 1]:
        width -= 1
    return width


def text(cell: Cell) -> str:
    """The cell as text: 3.0 as '3', dates in ISO 8601 without a time of midnight."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    return str(cell)
