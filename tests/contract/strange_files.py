"""Files as people really send them: each builder writes one and answers where it lies. Everybody in them is made up."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msoffcrypto
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

Rows = Sequence[Sequence[Any]]
# The smallest picture there is: a pixel.
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8cf50"
    "0f0003860180 5ae08b240000000049454e44ae426082".replace(" ", "")
)


def xlsx(path: Path, rows: Rows, *, change: Callable[[Any, Any], None] = lambda sheet, book: None) -> Path:
    """A workbook as Excel writes it, numbers as numbers."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名册")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        change(sheet, book)
    return path


def xls(path: Path, rows: Rows) -> Path:
    """The old format, of before 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(path))
    return path


def csv(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Lines of text; no cell of these holds the delimiter."""
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    return path


def holding(path: Path, content: bytes) -> Path:
    """Just these bytes."""
    path.write_bytes(content)
    return path


def web_page(path: Path, rows: Rows) -> Path:
    """What some older systems export as .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{cell or ''}</td>" for cell in row) + "</tr>" for row in rows)
    return holding(path, f"<html><head></head><body><table>{lines}</table></body></html>".encode("gbk"))


def document(path: Path) -> Path:
    """A text document: a zip, and no workbook."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return path


def photo(path: Path) -> Path:
    """A picture, whatever the file is called."""
    path.write_bytes(PHOTO)
    return path


def cut_in_half(path: Path, rows: Rows) -> Path:
    """As a download leaves it that was broken off."""
    whole = xlsx(path, [*rows, *([f"{n}", "x" * 50] for n in range(2000))]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def with_a_password(path: Path, rows: Rows) -> Path:
    """A workbook that opens with a password only."""
    plain = xlsx(path, rows).read_bytes()
    with path.open("wb") as file:
        OOXMLFile(io.BytesIO(plain)).encrypt("secret", file)
    with path.open("rb") as file:
        assert msoffcrypto.OfficeFile(file).is_encrypted()
    return path


def behind_a_hidden_sheet(path: Path, rows: Rows) -> Path:
    """What people see is the second sheet; the first is last year's, and hidden."""
    with xlsxwriter.Workbook(path) as book:
        old = book.add_worksheet("去年")
        old.write_row(0, 0, rows[0])
        old.write_row(1, 0, ["旧的"] * len(rows[0]))
        sheet = book.add_worksheet("今年")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        old.hide()
        sheet.activate()
        sheet.set_first_sheet()
    return path


def bomb(path: Path, rows: Rows, *, megabytes: int) -> Path:
    """A workbook of a few megabytes that unpacks to thousands."""
    inside = parts(xlsx(path, rows))
    head, tail = inside.pop(SHEET).split(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in inside.items():
            book.writestr(name, content)
        with book.open(SHEET, "w", force_zip64=True) as file:
            file.write(head)
            for _ in range(megabytes):
                file.write(b" " * (1 << 20))
            file.write(b"</sheetData>" + tail)
    return path


def lying_bomb(path: Path, rows: Rows, *, megabytes: int) -> Path:
    """The same, and every list of its parts says that the sheet takes a hundred bytes."""
    whole = bytearray(bomb(path, rows, megabytes=megabytes).read_bytes())
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = whole.find(SHEET.encode()) if mark == b"PK\x03\x04" else whole.rfind(SHEET.encode())
        start = whole.rfind(mark, 0, place)
        whole[start + at : start + at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(whole)
    return path


def styled_empty_rows(path: Path, rows: Rows, *, empty: int) -> Path:
    """Somebody drew a frame around a hundred thousand lines and filled in two."""
    content = parts(xlsx(path, rows))
    cells = "".join(f'<c r="{letter}%d" s="0"/>' for letter in "ABCDEFGHIJ")
    framed = "".join(
        f'<row r="{n}" spans="1:10">{cells.replace("%d", str(n))}</row>'
        for n in range(len(rows) + 1, len(rows) + 1 + empty)
    )
    return _zipped(path, content | {SHEET: content[SHEET].replace(b"</sheetData>", framed.encode() + b"</sheetData>")})


def entity_bomb(path: Path, rows: Rows) -> Path:
    """A workbook whose XML defines words by words by words, a thousand million of them."""
    words = b"".join(b'<!ENTITY w%d "%s">' % (n, b"&w%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE worksheet [<!ENTITY w0 "x">' + words + b"]>"
    cell = b'<row r="9"><c r="A9" t="inlineStr"><is><t>&w9;</t></is></c><c r="B9"><f>1</f></c></row></sheetData>'
    inside = parts(xlsx(path, rows))
    head, rest = inside[SHEET].split(b"?>", 1)
    return _zipped(path, inside | {SHEET: head + b"?>" + doctype + rest.replace(b"</sheetData>", cell)})


def far_corner(path: Path, rows: Rows) -> Path:
    """A stray space at XFD1048576, where somebody's cat lay down."""
    inside = parts(xlsx(path, rows))
    stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return _zipped(path, inside | {SHEET: inside[SHEET].replace(b"</sheetData>", stray)})


def too_long_csv(path: Path, header: Sequence[str], row: Sequence[Any], *, rows: int) -> Path:
    """One row again and again."""
    line = (",".join("" if cell is None else str(cell) for cell in row) + "\n").encode()
    with path.open("wb") as file:
        file.write((",".join(header) + "\n").encode())
        for _ in range(rows // 1000):
            file.write(line * 1000)
        file.write(line * (rows % 1000))
    return path


SHEET = "xl/worksheets/sheet1.xml"


def parts(path: Path) -> dict[str, bytes]:
    """What is inside a workbook."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def _zipped(path: Path, inside: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in inside.items():
            book.writestr(name, content)
    return path
