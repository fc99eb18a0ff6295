"""Reads a sheet of a workbook, or a csv, in a process of its own and writes its rows to standard output.

Run by `tables`, by path.

A process of its own, because a workbook of 5 kB with one cell at XFD1048576 makes the reader ask for 500 GB and abort:
that must end this process and no other. It also reads ahead on the second core while the first one checks rows.

Output: frames of a 4-byte length and a msgpack map: {"rows": [[number, cells, odd], …]}, {"problem": code, "details":
{…}}, or, when only a first look is asked for, {"sheets": [[name, hidden], …], "sheet": name} before the rows. `odd` is
{column index: why} for cells that are not what they seem: "merged", "formula", "error", "digits_lost", "filled" (it
holds what stands on top of the merged cells it belongs to); {-1: "total"} says that the row is no row of the table.
Standard library, msgspec and calamine only.
"""

import codecs
import csv
import mmap
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from xml.parsers import expat

import msgspec

MOST_ROWS = 1_048_576  # as many as a sheet of Excel has: a million people and their header
MOST_COLUMNS = 100
MOST_UNPACKED = 1 << 30
MOST_MEMORY = 1 << 30
MOST_SECONDS = 300
_ROWS_IN_A_FRAME = 500
_BLOCK = 1 << 20
_MOST_MERGED = 100_000

Odd = dict[int, dict[int, str]]  # row index → column index → why
Row = tuple[int, list[Any], dict[int, str] | None]

# Marks nobody sees but every comparison does: zero-width, right-to-left, byte order, soft hyphen.
UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x00AD])
EXPONENT = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
DIGITS_KEPT = 1e15  # of a longer number Excel has made zeros after the fifteenth digit


def clean(text: str) -> str:
    """Text as people see it: without marks nobody sees, without spaces around."""
    # What nobody sees (and the wide space) is what Python calls unprintable.
    return text.strip() if text.isprintable() else text.translate(UNSEEN).strip()


class _Refused(Exception):
    """What is wrong with the workbook, as a code."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Wish(msgspec.Struct):
    """What is wanted of a file: all of its first visible sheet, or less, or another one."""

    sheet: int = 0  # of those that people see
    name: str | None = None  # or the sheet of this name, even a hidden one
    first: int | None = None  # only so many rows, and the names of all sheets
    keep: list[int] | None = None  # only these columns; the others are empty when they leave here
    fill: bool = False  # what stands on top of merged cells stands in all those below it


def main(path: str, wish: Wish) -> None:
    """Write all frames of the sheet, or one that says why not."""
    _limit_ourselves()
    try:
        frame: list[Row] = []
        for row in islice(_rows(path, wish), wish.first):
            frame.append(row)
            if len(frame) == _ROWS_IN_A_FRAME:
                _write({"rows": frame})
                frame = []
        _write({"rows": frame})
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


_ZIP = b"PK"  # xlsx, xlsm, ods
_COMPOUND = b"\xd0\xcf\x11\xe0"  # xls, and whatever has a password
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table|meta|head|style)", re.IGNORECASE)


def _rows(path: str, wish: Wish) -> Iterator[Row]:
    """By what the file holds, whatever it is called."""
    with open(path, "rb") as file:
        start = file.read(64)
    if start.startswith((_ZIP, _COMPOUND)):
        rows = _workbook_rows(path, wish)
    elif _MARKUP.match(start):  # older systems export a web page and call it .xls
        raise _Refused("tables.web_page")
    else:
        rows = _csv_rows(path, wish)
    return rows if wish.keep is None else _kept(rows, frozenset(wish.keep))


WHOLE_ROW = -1  # stands in `odd` for the row itself, which may be a "total"
_TOTAL = re.compile(r"(合计|总计|小计|共计|本页.{0,4}计|共\d+[人户名]|总人数|[Tt]otal).*", re.DOTALL)
_SIGNATURE = re.compile(r"(制表|填表|填报|审核|复核|负责人|经办|打印|注|说明|备注)[^:：]{0,8}[:：].*", re.DOTALL)


def _kept(rows: Iterable[Row], columns: frozenset[int]) -> Iterator[Row]:
    """Nothing of the other columns, and no row that is empty without them (they number lines in advance).

    Totals, and what people sign with below a table, are known by their first word, wherever it stands.
    """
    for number, cells, odd in rows:
        kept = [cell if index in columns else None for index, cell in enumerate(cells)]
        odd = odd and {index: why for index, why in odd.items() if index in columns}
        if odd or any(cell is not None for cell in kept):
            yield number, kept, (odd or {}) | {WHOLE_ROW: "total"} if _is_total(cells) else odd


def _is_total(cells: list[Any]) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    if first.__class__ is not str:
        return False
    word = "".join(first.split())
    return bool(_TOTAL.fullmatch(word) or _SIGNATURE.fullmatch(word))


def _refuse_too_many(at_most: int, rows: Iterable[list[Any]]) -> None:
    """Before anything is written: rows that hold nothing do not count, so they are counted only where it matters."""
    if at_most > MOST_ROWS and sum(map(any, rows)) > MOST_ROWS:
        raise _Refused("tables.too_many_rows", most=MOST_ROWS)


def _row(number: int, cells: list[Any], odd: dict[int, str] | None) -> Row:
    plain = [(cell and clean(cell)) or None if cell.__class__ is str else _plain(cell) for cell in cells]
    for index, cell in enumerate(plain):
        if _lost_digits(cell):
            odd = {index: "digits_lost"} | (odd or {})
    return number, plain, odd


def _lost_digits(cell: Any) -> bool:
    if cell.__class__ is str:
        return cell[:1].isdigit() and ("E" in cell or "e" in cell) and bool(EXPONENT.fullmatch(cell))
    return cell.__class__ is float and abs(cell) >= DIGITS_KEPT


def _plain(cell: Any) -> Any:
    """Whole numbers as int, other numbers, yes/no; days and times as ISO text."""
    if cell.__class__ is float:
        return int(cell) if cell.is_integer() and abs(cell) < DIGITS_KEPT else cell
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, bool | int) else str(cell)


# --- csv --------------------------------------------------------------------------------------------------------------


def _csv_rows(path: str, wish: Wish) -> Iterator[Row]:
    encoding, lines = _encoding(path)
    if wish.first is not None:
        _write({"sheets": [], "sheet": ""})
    with open(path, encoding=encoding, newline="") as file:
        delimiter = _delimiter(file)
        file.seek(0)
        _refuse_too_many(lines, csv.reader(file, delimiter=delimiter))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        before = 0  # lines, because a quoted cell may span several and people look for the first
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                raise _Refused("tables.csv_broken", row=before + 1) from None
            if cells is None:
                return
            number, before = before + 1, reader.line_num
            if len(cells) > MOST_COLUMNS:
                raise _Refused("tables.too_wide", most=MOST_COLUMNS)
            if any(cells):
                yield _row(number, cells, None)


def _delimiter(file: Any) -> str:
    """The sign that most of the first lines hold: above the header may stand a title, which holds none, or another."""
    lines = list(islice(file, 10))
    return max(",\t;", key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines)))


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _encoding(path: str) -> tuple[str, int]:
    """utf-8 with or without mark, what Excel calls Unicode text, else gb18030, which holds gbk and gb2312.

    And how many lines that makes.
    """
    with open(path, "rb") as file:
        start = file.read(4)
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if start.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        if (lines := _lines(path, encoding)) is not None:
            return encoding, lines
    raise _Refused("tables.not_text")


def _lines(path: str, encoding: str) -> int | None:
    """How many; None when the bytes are no text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                text = decoder.decode(block)
                if "\0" in text:
                    return None
                lines += text.count("\n")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return lines


# --- workbooks --------------------------------------------------------------------------------------------------------


def _workbook_rows(path: str, wish: Wish) -> Iterator[Row]:
    _refuse_what_unpacks_too_far(path)
    book = _open(path)
    sheet = _visible(book, wish.sheet) if wish.name is None else _named(book, wish.name)
    if wish.first is not None:
        _write({"sheets": _sheets(book), "sheet": book.sheet_names[sheet]})
    found = _sheet(book, sheet)
    if found.start is None:
        raise _Refused("tables.empty")
    left, right = found.start[1], (found.end or found.start)[1]
    if right >= MOST_COLUMNS:
        raise _Refused("tables.too_wide", most=MOST_COLUMNS)
    _refuse_too_many(found.height, found.iter_rows())
    odd = _odd_cells(path, sheet, found)
    padding = [None] * left
    rows: Iterable[tuple[int, list[Any]]] = enumerate(found.iter_rows())
    if padding:
        rows = ((index, padding + cells) for index, cells in rows)
    for index, cells in _filled(rows, found, odd) if wish.fill else rows:
        if index in odd or any(cells) or any(cell not in ("", None) for cell in cells):
            yield _row(index + 1, cells, odd.get(index))


def _filled(rows: Iterable[tuple[int, list[Any]]], found: Any, odd: Odd) -> Iterator[tuple[int, list[Any]]]:
    """One door written over all the lines of its household: each of them gets it."""
    below: dict[int, list[tuple[int, int]]] = {}  # row of the top → its column, the last row
    for (top, left), (bottom, _) in found.merged_cell_ranges or ():
        if bottom > top:
            below.setdefault(top, []).append((left, min(bottom, top + _MOST_MERGED)))
    open_now: dict[int, tuple[int, Any]] = {}  # column → last row, what stands on top
    for index, cells in rows:
        for column, (last, value) in list(open_now.items()):
            cells[column] = value
            odd[index][column] = "filled"
            if last <= index:
                del open_now[column]
        for column, last in below.get(index, ()):
            if column < len(cells) and cells[column] not in ("", None):
                open_now[column] = last, cells[column]
        yield index, cells


def _refuse_what_unpacks_too_far(path: str) -> None:
    """A few megabytes may unpack to thousands; what a part claims of itself is enough to know."""
    try:
        with zipfile.ZipFile(path) as book:
            unpacked = sum(part.file_size for part in book.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # an old .xls, or broken: opening it will say so
    if unpacked > MOST_UNPACKED:
        raise _Refused("tables.unpacks_too_far", most_mb=MOST_UNPACKED >> 20, has_mb=unpacked >> 20)


def _open(path: str) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(path)
    except Exception:  # it tries one format after the other, and says of the last only why not
        raise _Refused(_why_not(path)) from None


# A workbook of today with a password is a compound file with this in its directory; one of old says so in the second
# record of its first stream.
_LOCKED = re.compile(
    "EncryptedPackage".encode("utf-16-le") + rb"|\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)


def _why_not(path: str) -> str:
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:2] == _ZIP:
            return "tables.not_a_workbook" if zipfile.is_zipfile(file) else "tables.cut_short"
        return "tables.locked" if _LOCKED.search(content) else "tables.not_a_workbook"


def _visible(book: Any, sheet: int) -> int:
    """The index of the sheet that people see as number `sheet`: last year's may stand before it, hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    looks = [(each.typ, each.visible) for each in book.sheets_metadata]
    shown = [n for n, look in enumerate(looks) if look == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)]
    if sheet >= len(shown):
        raise _Refused("tables.no_such_sheet", sheet=sheet + 1)
    return shown[sheet]


def _named(book: Any, name: str) -> int:
    if name not in book.sheet_names:
        raise _Refused("tables.no_sheet_named", name=name)
    return int(book.sheet_names.index(name))


def _sheets(book: Any) -> list[tuple[str, bool]]:
    """The names of the worksheets, and whether people see them."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    return [(each.name, each.visible != SheetVisibleEnum.Visible) for each in sheets]


def _sheet(book: Any, sheet: int) -> Any:
    try:
        return book.get_sheet_by_index(sheet)
    except Exception:  # whatever the reader trips over, it is not a workbook we can read
        raise _Refused("tables.not_a_workbook") from None


def _odd_cells(path: str, sheet: int, found: Any) -> Odd:
    odd: Odd = {}
    for (top, left), (bottom, right) in found.merged_cell_ranges or ():
        for row in range(top, min(bottom, top + _MOST_MERGED) + 1):
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
        main(sys.argv[1], msgspec.json.decode(sys.argv[2], type=Wish))
    except BrokenPipeError:  # whoever read us has seen enough
        sys.stderr.close()
