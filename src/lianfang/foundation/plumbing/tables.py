"""Excel and csv, in and out 表格. Rows stream; a file that is not what it should be is said so in one clear sentence.

In: python-calamine and the csv module in a process of their own (`sheet_process`). Out: XlsxWriter, row by row.
Whatever the file, a cell arrives as clean text, whole number, other number, yes/no or None; days arrive as ISO text.
"""

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
import xlsxwriter

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.sheet_process import DIGITS_KEPT, EXPONENT, UNSEEN, Wish, clean

MOST_BYTES = 256 * 1024 * 1024
MOST_CELL_TEXT = 32_767  # Excel's own limit
EXAMPLE = "示例"  # a row whose first cell starts so is the template's own and is skipped
HEADER_WITHIN = 10  # rows from the top in which the header must stand

Cell = str | int | float | bool | None


class SheetRow(NamedTuple):
    """One row that is not empty: its number as Excel shows it, its cells, and which of them are not what they seem."""

    number: int
    cells: tuple[Cell, ...]
    odd: Mapping[int, str] = {}  # column index → "merged" | "filled" | "formula" | "error" | "digits_lost"

    def at(self, index: int | None) -> Cell:
        """The cell at a column, None beyond the end."""
        return self.cells[index] if index is not None and index < len(self.cells) else None


class Column(msgspec.Struct, frozen=True):
    """One column of a book or template. `text` keeps 18-digit numbers whole; `choices` become a drop-down."""

    title: str
    width: int = 14
    text: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    example: str = ""
    note: str = ""


class Header(NamedTuple):
    """Where the header stands and which column holds what."""

    row: int
    columns: Mapping[str, int]  # name asked for → column index
    titles: tuple[str, ...]  # the user's own header, for giving rows back


class LostDigitsError(ValueError):
    """A long number that Excel kept as a number: everything after its 15th digit is gone for good."""


# --- in ---------------------------------------------------------------------------------------------------------------


def read_sheet(
    path: str | os.PathLike[str],
    *,
    sheet: int = 0,
    name: str | None = None,
    keep: Iterable[int] | None = None,
    fill: bool = False,
) -> Iterator[SheetRow]:
    """The rows of a workbook's sheet or of a csv file, empty ones left out, whatever the file is called.

    `keep`: of all other columns nothing is read. `fill`: merged cells hold in every row what stands on top of them.
    Raises Problem `tables.…` at once or while reading.
    """
    _refuse_by_size(path)
    return _rows(path, Wish(sheet, name, keep=None if keep is None else sorted(keep), fill=fill))


class Peek(NamedTuple):
    """A first look at a file: its sheets as (name, hidden), the one looked at, the first rows of it."""

    sheets: tuple[tuple[str, bool], ...]
    sheet: str
    rows: tuple[SheetRow, ...]


def peek(path: str | os.PathLike[str], *, name: str | None = None, first: int = 200) -> Peek:
    """The sheets of a workbook (a csv has none) and the first rows of one of them. Raises Problem `tables.…`."""
    _refuse_by_size(path)
    frames = _frames_of(path, Wish(name=name, first=first))
    about: dict[str, Any] = next(frames, {"sheets": (), "sheet": ""})
    sheets = tuple((each, hidden) for each, hidden in about["sheets"])
    try:
        rows = tuple(SheetRow(n, tuple(cells), odd or {}) for frame in frames for n, cells, odd in frame["rows"])
    except Problem as problem:
        if problem.code != "tables.empty" or len(sheets) < 2:
            raise
        rows = ()  # what is wanted stands on another sheet
    return Peek(sheets, about["sheet"], rows)


def _refuse_by_size(path: str | os.PathLike[str]) -> None:
    size = os.path.getsize(path)
    if size > MOST_BYTES:
        raise Problem("tables.too_large", status=413, most_mb=MOST_BYTES >> 20, has_mb=size >> 20)
    if not size:
        raise Problem("tables.empty", status=422)


def _rows(path: str | os.PathLike[str], wish: Wish) -> Iterator[SheetRow]:
    with closing(_frames_of(path, wish)) as frames:
        for frame in frames:
            for number, cells, odd in frame["rows"]:
                yield SheetRow(number, tuple(cells), odd or {})


def _frames_of(path: str | os.PathLike[str], wish: Wish) -> Generator[dict[str, Any]]:
    reader = Path(__file__).with_name("sheet_process.py")
    wished = msgspec.json.encode(wish).decode()
    command = [sys.executable, "-X", "utf8", str(reader), os.fspath(path), wished]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    try:
        for frame in _frames(child.stdout):
            if "problem" in frame:
                raise Problem(frame["problem"], status=422, **frame["details"])
            yield frame
        if child.wait() != 0:  # killed by its own limits
            raise Problem("tables.too_large_to_read", status=422)
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _frames(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    decode = msgspec.msgpack.Decoder(strict=False).decode
    while len(length := stream.read(4)) == 4:
        size = int.from_bytes(length, "big")
        body = stream.read(size)
        if len(body) < size:
            return
        yield decode(body)


# --- understanding what was read --------------------------------------------------------------------------------------


def text_of(cell: Cell) -> str:
    """A cell as people see it, without marks nobody sees and without spaces around. Raises LostDigitsError."""
    if isinstance(cell, str):
        text = clean(cell)
        if text[-1:].isdigit() and EXPONENT.fullmatch(text):
            raise LostDigitsError(text)
        return text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if abs(cell) >= DIGITS_KEPT:
        raise LostDigitsError(str(cell))
    return str(cell)


def is_example(row: SheetRow) -> bool:
    """Is this the template's example row?"""
    first = row.cells[0] if row.cells else None
    return first.__class__ is str and first.startswith(EXAMPLE)


def find_header(rows: Iterator[SheetRow], wanted: Mapping[str, Sequence[str]], *, required: Iterable[str]) -> Header:
    """Read on until the header, and say where each wanted column stands (`wanted`: name → titles it may have).

    A title above the header is skipped. A header in two rows, or one in which a required column is missing, is
    refused with the row and the titles named.
    """
    titles = {_folded(title): name for name, known in wanted.items() for title in known}
    required = set(required)
    previous: Header | None = None
    best: Header | None = None
    for row, _ in zip(rows, range(HEADER_WITHIN), strict=False):
        found = _header_of(row, titles)
        if required <= found.columns.keys():
            return found
        if previous and required <= found.columns.keys() | previous.columns.keys():
            raise Problem("tables.header_in_two_rows", status=422, row=previous.row, next=found.row)
        if best is None or len(found.columns) > len(best.columns):
            best = found
        previous = found
    _refuse_header(best, wanted, required)
    raise AssertionError("unreachable")


def _header_of(row: SheetRow, titles: Mapping[str, str]) -> Header:
    columns: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        name = titles.get(_folded(cell)) if isinstance(cell, str) else None
        if name is not None and name in columns:
            raise Problem("tables.column_twice", status=422, row=row.number, column=str(cell).strip())
        if name is not None:
            columns[name] = index
    return Header(row.number, columns, tuple("" if c is None else str(c) for c in row.cells))


def _refuse_header(best: Header | None, wanted: Mapping[str, Sequence[str]], required: set[str]) -> None:
    if best is None:
        raise Problem("tables.empty", status=422)
    if not best.columns:
        raise Problem("tables.no_header", status=422, within=HEADER_WITHIN)
    missing = "、".join(wanted[name][0] for name in wanted if name in required - best.columns.keys())
    raise Problem("tables.columns_missing", status=422, row=best.row, columns=missing)


def is_header_again(row: SheetRow, header: Header) -> bool:
    """Is this row the header once more, as in sheets glued together page by page?"""
    titles = header.titles
    for index in header.columns.values():  # noqa: SIM110  (a generator for each of a million rows costs more)
        if (row.at(index) or "") != titles[index]:
            return False
    return True


def _folded(title: Cell) -> str:
    """A header as compared: no spaces, stars or remarks in brackets, full-width as half-width."""
    text = unicodedata.normalize("NFKC", str(title or "")).translate(UNSEEN)
    return re.sub(r"\(.*?\)|[\s*:]", "", text)


# --- out --------------------------------------------------------------------------------------------------------------

# A cell that starts with = must stay text: a name typed by a resident must not become a formula on a desk.
_BOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
Target = str | os.PathLike[str] | IO[bytes]


def write_book(target: Target, *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """One sheet with a frozen header and a filter; answers how many rows were written."""
    with _book(target) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        _set_columns(book, sheet, columns)
        _write_header(book, sheet, [c.title for c in columns])
        count = 0
        for count, row in enumerate(rows, 1):
            _write_row(sheet, count, row)
        if count:
            sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def write_template(
    target: Target, *, title: str, columns: Sequence[Column], notes: Sequence[str] = (), rows: int = 5000
) -> None:
    """An empty table to fill in: drop-downs, numbers as text, an example row that is skipped, a sheet of notes."""
    with _book(target, constant_memory=False) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        _set_columns(book, sheet, columns)
        _write_header(book, sheet, [c.title + ("*" if c.required else "") for c in columns])
        pale = book.add_format({"font_color": "#5b6472", "italic": True, "num_format": "@"})
        for index, column in enumerate(columns):
            sheet.write_string(1, index, f"{EXAMPLE}({column.example})" if index == 0 else column.example, pale)
            if column.note:
                sheet.write_comment(0, index, column.note)
            if column.choices:
                _drop_down(sheet, index, column, rows)
        _write_notes(book, [*notes, *(f"{c.title}:{c.note}" for c in columns if c.note)])


def write_errors(
    target: Target,
    *,
    title: str,
    header: Sequence[str],
    rows: Iterable[tuple[Sequence[Cell], str]],
    reasons: str = "原因",
) -> int:
    """The user's own rows back, each with a last column that says what is wrong with it."""
    columns = [*(Column(title, text=True) for title in header), Column(reasons, width=60)]
    width = len(header)
    padded = ((*cells[:width], *([None] * (width - len(cells))), why) for cells, why in rows)
    return write_book(target, title=title, columns=columns, rows=padded)


def _book(target: Target, **changes: Any) -> Any:
    where = os.fspath(target) if isinstance(target, str | os.PathLike) else target
    return xlsxwriter.Workbook(where, _BOOK | changes)


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and not []:*?/\\."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "1"


def _set_columns(book: Any, sheet: Any, columns: Sequence[Column]) -> None:
    as_text = book.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width, as_text if column.text else None)
    sheet.freeze_panes(1, 0)


def _write_header(book: Any, sheet: Any, titles: Sequence[str]) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#f5f7fa", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    for index, title in enumerate(titles):
        sheet.write_string(0, index, title, bold)


def _write_row(sheet: Any, number: int, row: Sequence[Cell]) -> None:
    for index, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(number, index, cell[:MOST_CELL_TEXT])
        elif cell is not None:
            sheet.write(number, index, cell)


def _drop_down(sheet: Any, index: int, column: Column, rows: int) -> None:
    rule = {
        "validate": "list",
        "source": list(column.choices),
        "error_title": column.title,
        "error_message": "请从下拉列表中选择。",
    }
    sheet.data_validation(1, index, rows, index, rule)


def _write_notes(book: Any, notes: Sequence[str]) -> None:
    sheet = book.add_worksheet("填表说明")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
    for row, note in enumerate(notes):
        sheet.write_string(row, 0, note)
