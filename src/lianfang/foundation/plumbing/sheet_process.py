"""Reads a sheet of a workbook, or a csv, in a process of its own and writes its rows to standard output.

Run by `tables`, by path.

A process of its own, because a workbook of 5 kB with one cell at XFD1048576 makes the reader ask for 500 GB and abort:
that must end this process and no other. It also reads ahead on the second core while the first one checks rows.

Output: frames of a 4-byte length and a msgpack map, either {"rows": [[number, cells, odd], …]} or {"problem": code,
"details": {…}}. `odd` is {column index: "merged" | "formula" | "error"} for cells that are not what they seem.
Standard library, msgspec and calamine only.
"""

import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import msgspec
import python_calamine as calamine

MOST_COLUMNS = 100
MOST_MEMORY = 1 << 30
MOST_SECONDS = 300
_ROWS_IN_A_FRAME = 500
_BLOCK = 1 << 20
_SHEET_PREFIX = "xl/worksheets/"

Odd = dict[int, dict[int, str]]  # row index → column index → why


class _Refused(Exception):
    """What is wrong with the workbook, as a code."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def main(path: str, sheet: int) -> None:
    """Write all frames of the sheet, or one that says why not."""
    _limit_ourselves()
    try:
        for rows in _frames(path, sheet):
            _write({"rows": rows})
    except _Refused as refused:
        _write({"problem": refused.code, "details": refused.details})
    sys.stdout.buffer.flush()


def _limit_ourselves() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the size limits before us must do
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(frame: dict[str, Any]) -> None:
    body = msgspec.msgpack.encode(frame)
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)


def _frames(path: str, sheet: int) -> Iterator[list[Any]]:
    found = _open(path, sheet)
    if found.start is None:
        raise _Refused("tables.empty")
    left, right = found.start[1], (found.end or found.start)[1]
    if right >= MOST_COLUMNS:
        raise _Refused("tables.too_wide", most=MOST_COLUMNS)
    odd = _odd_cells(path, sheet, found)
    frame: list[Any] = []
    padding = [None] * left
    for index, cells in enumerate(found.iter_rows()):
        if any(cell != "" for cell in cells) or index in odd:
            frame.append((index + 1, padding + [_plain(c) for c in cells], odd.get(index)))
        if len(frame) == _ROWS_IN_A_FRAME:
            yield frame
            frame = []
    yield frame


def _open(path: str, sheet: int) -> calamine.CalamineSheet:
    try:
        return calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(sheet)
    except calamine.PasswordError:
        raise _Refused("tables.locked") from None
    except calamine.WorksheetNotFound:
        raise _Refused("tables.no_such_sheet", sheet=sheet + 1) from None
    except calamine.ZipError:
        raise _Refused("tables.cut_short") from None
    except Exception:  # whatever else the reader trips over, it is not a workbook we can read
        raise _Refused("tables.not_a_workbook") from None


def _plain(cell: Any) -> Any:
    """Text, whole numbers as int, other numbers, yes/no; days and times as ISO text; nothing as None."""
    if cell.__class__ is str:
        return cell or None
    if cell.__class__ is float:
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell if isinstance(cell, bool | int) else str(cell)


def _odd_cells(path: str, sheet: int, found: calamine.CalamineSheet) -> Odd:
    odd: Odd = {}
    for (top, left), (bottom, right) in found.merged_cell_ranges or ():
        for row in range(top, min(bottom, top + 100_000) + 1):
            for column in range(left, min(right, MOST_COLUMNS) + 1):
                odd.setdefault(row, {})[column] = "merged"
    for row, column, why in _formulas_and_errors(path, sheet):
        odd.setdefault(row, {})[column] = why
    return odd


def _formulas_and_errors(path: str, sheet: int) -> list[tuple[int, int, str]]:
    """Cells holding a formula, and cells holding an error such as #N/A, which the reader hands over as empty.

    Nearly all rosters have neither, and a search of the bytes shows it at once; else the sheet is parsed again.
    """
    try:
        with zipfile.ZipFile(path) as book:
            name = _sheet_file(book, sheet)
            if name is None or not _has_any(book, name, (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"', b"t='e'")):
                return []
            with book.open(name) as file:
                return _parse_for_odd(file)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, expat.ExpatError):
        return []  # an old .xls, or a spelling only the reader itself understands


def _sheet_file(book: zipfile.ZipFile, sheet: int) -> str | None:
    targets: dict[str, str] = {}
    order: list[str] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def listed(name: str, attributes: dict[str, str]) -> None:
        if name.split(":")[-1] == "sheet":
            order.append(next((v for k, v in attributes.items() if k.endswith(":id")), ""))

    _each_element(book.read("xl/_rels/workbook.xml.rels"), relation)
    _each_element(book.read("xl/workbook.xml"), listed)
    target = targets.get(order[sheet] if sheet < len(order) else "")
    if not target:
        return None
    return target.lstrip("/") if target.startswith("/") else "xl/" + target


def _each_element(document: bytes, handler: Any) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = handler
    parser.Parse(document, True)


def _has_any(book: zipfile.ZipFile, name: str, needles: tuple[bytes, ...]) -> bool:
    with book.open(name) as file:
        tail = b""
        while block := file.read(_BLOCK):
            text = tail + block
            if any(needle in text for needle in needles):
                return True
            tail = block[-8:]
    return False


def _parse_for_odd(file: Any) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    here = [0, -1]  # row and column index of the current cell

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.split(":")[-1]
        if tag == "row":
            here[:] = [int(attributes["r"]) - 1 if "r" in attributes else here[0] + 1, -1]
        elif tag == "c":
            here[1] = _column(attributes["r"]) if "r" in attributes else here[1] + 1
            if attributes.get("t") == "e":
                found.append((here[0], here[1], "error"))
        elif tag == "f" and not (found and found[-1] == (here[0], here[1], "error")):
            found.append((here[0], here[1], "formula"))

    here[0] = -1
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.ParseFile(file)
    return found


def _column(reference: str) -> int:
    """The column index of a reference like AB12."""
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except BrokenPipeError:  # whoever read us has seen enough
        sys.stderr.close()
