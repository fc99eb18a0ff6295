"""An upper level's workbook: read as it is, and numbers put into its cells without touching anything else (adr/0032).

A workbook is a zip of XML parts. Only the sheets that get a number are rewritten, and of these only the cells: what
stands between them is copied byte by byte. Everything comes from outside, so the zip is measured before it is unpacked,
XML with a document type is refused, and nothing is kept of cells beyond what a person would look at.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from lianfang.foundation.kernel.problems import Problem
from lianfang.interop.upper_level_forms.rules import at_of
from lianfang.interop.upper_level_forms.terms import At, Book, BookStyles, CellRead, CellValue, Range, SheetRead

MOST_BYTES = 10 << 20
_MOST_UNPACKED = 64 << 20
_MOST_PARTS = 2_000
_MOST_CELLS = 300_000
_MOST_SHEETS = 200
_MOST_ROWS, _MOST_COLUMNS = 1_000, 100  # what is drawn, and can be pointed at
_MOST_TEXT = 500
_MOST_MERGED = 20_000
_TAG = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")
_TYPE = re.compile(rb"\s+t\s*=\s*(\"[^\"]*\"|'[^']*')")
_PERCENT_BUILTIN = ("9", "10")


def _unreadable() -> Problem:
    return Problem("upper_level_forms.unreadable", status=422)


# --- the zip ---------------------------------------------------------------------------------------------------------


def _opened(data: bytes) -> zipfile.ZipFile:
    """The workbook's parts; refused is what is no workbook, holds programs, or unpacks to a mountain."""
    if len(data) > MOST_BYTES:
        raise Problem("tables.too_large", status=413, most_mb=MOST_BYTES >> 20, has_mb=len(data) >> 20)
    if not data:
        raise Problem("tables.empty", status=422)
    if not data.startswith(b"PK"):
        raise Problem("upper_level_forms.not_xlsx", status=422)
    try:
        book = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _unreadable() from None
    parts = book.infolist()
    names = [part.filename for part in parts]
    if any(_is_program(name) for name in names):
        raise Problem("upper_level_forms.has_macros", status=422)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise Problem("tables.unpacks_too_far", status=422, most_mb=_MOST_UNPACKED >> 20, has_mb=unpacked >> 20)
    if len(set(names)) < len(names) or any(part.flag_bits & 1 for part in parts):
        raise _unreadable()
    if "macroEnabled" in _part(book, "[Content_Types].xml").decode("utf-8", "replace"):
        raise Problem("upper_level_forms.has_macros", status=422)
    return book


def _is_program(name: str) -> bool:
    name = name.lower()
    return "vbaproject" in name or "macrosheets/" in name or "vbadata" in name


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    try:
        return book.read(name)
    except (KeyError, zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise _unreadable() from None


class _Named(NamedTuple):
    """A sheet by its name and the part that holds it."""

    name: str
    part: str
    is_hidden: bool


def _sheets(book: zipfile.ZipFile) -> tuple[str, list[_Named]]:
    """The part of the workbook itself, and its sheets in order. (Chart sheets have no cells and are left out.)"""
    main = next(iter(_targets(book, "_rels/.rels", "officeDocument").values()), None)
    if main is None:
        raise _unreadable()
    parts = _targets(book, join(dirname(main), "_rels", f"{main.rpartition('/')[2]}.rels"), "worksheet")
    found: list[_Named] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            if relation in parts:
                hidden = attributes.get("state", "visible") != "visible"
                found.append(_Named(attributes.get("name", ""), parts[relation], hidden))

    _parse(_part(book, main), start)
    if not found or len(found) > _MOST_SHEETS:
        raise _unreadable()
    return main, found


def _targets(book: zipfile.ZipFile, relations: str, kind: str) -> dict[str, str]:
    """Relations of a kind: id → part. Never a path out of the workbook: parts are looked up in the zip alone."""
    if relations not in book.namelist():
        raise Problem("upper_level_forms.not_xlsx", status=422)
    found: dict[str, str] = {}
    base = dirname(dirname(relations))

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else normpath(join(base, target))
            found[attributes.get("Id", "")] = whole

    _parse(_part(book, relations), start)
    return found


def _parse(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through XML by local names. A document type is refused: it can only be there to do harm."""
    parser = _parser()
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    _run(parser, data)


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _unreadable()

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: Any, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise _unreadable() from None


# --- read ------------------------------------------------------------------------------------------------------------


def read(data: bytes) -> Book:
    """What stands in every sheet, as far as it is drawn."""
    book = _opened(data)
    main, sheets = _sheets(book)
    strings = _strings(book, main)
    budget = [_MOST_CELLS]
    return Book(tuple(_sheet(book, one, strings, budget) for one in sheets), _styles(book, main))


def _strings(book: zipfile.ZipFile, main: str) -> list[str]:
    name = join(dirname(main), "sharedStrings.xml")
    if name not in book.namelist():
        return []
    found: list[str] = []
    pieces: list[str] = []
    inside = [False, False]  # in <t>; in <rPh>, which says how a word is read and is no part of it

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            inside[1] = True
        elif tag == "t":
            inside[0] = not inside[1]

    def end(tag: str) -> None:
        if tag == "si":
            found.append("".join(pieces)[:_MOST_TEXT])
        elif tag == "rPh":
            inside[1] = False
        elif tag == "t":
            inside[0] = False

    _parse(_part(book, name), start, end, lambda text: pieces.append(text) if inside[0] else None)
    return found


def _styles(book: zipfile.ZipFile, main: str) -> BookStyles:
    name = join(dirname(main), "styles.xml")
    if name not in book.namelist():
        return BookStyles()
    percent, path = set(_PERCENT_BUILTIN), [""]
    unlocked: set[int] = set()
    shares: set[int] = set()
    count = [-1]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and "%" in attributes.get("formatCode", ""):
            percent.add(attributes.get("numFmtId", ""))
        elif tag in ("cellXfs", "cellStyleXfs"):
            path[0] = tag
        elif tag == "xf" and path[0] == "cellXfs":
            count[0] += 1
            if attributes.get("numFmtId") in percent:
                shares.add(count[0])
        elif tag == "protection" and path[0] == "cellXfs" and attributes.get("locked") in ("0", "false"):
            unlocked.add(count[0])

    def end(tag: str) -> None:
        if tag in ("cellXfs", "cellStyleXfs"):
            path[0] = ""

    _parse(_part(book, name), start, end)
    return BookStyles(frozenset(unlocked), frozenset(shares))


class _Reader:
    """Gathers one sheet while its XML goes by."""

    def __init__(self, strings: Sequence[str], budget: list[int]) -> None:
        self.strings, self.budget = strings, budget
        self.cells: dict[At, CellRead] = {}
        self.merged: list[Range] = []
        self.arrays: list[Range] = []
        self.widths: dict[int, float] = {}
        self.row_styles: dict[int, int] = {}
        self.column_styles: dict[int, int] = {}
        self.is_protected = False
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._is_formula = self._reads = False
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match tag:
            case "row":
                self._row, self._column = _number(attributes.get("r"), self._row + 1), 0
                if attributes.get("customFormat") in ("1", "true"):
                    self.row_styles[self._row] = _number(attributes.get("s"), 0)
            case "c":
                at = at_of(attributes.get("r", ""))
                self._column = at.column if at else self._column + 1
                self._cell, self._is_formula = attributes, False
                self._pieces.clear()
            case "f":
                self._is_formula = True
                if attributes.get("t") in ("array", "dataTable") and (range := _range(attributes.get("ref", ""))):
                    self.arrays.append(range)
            case "v" | "t":
                self._reads = True
            case "mergeCell":
                range = _range(attributes.get("ref", ""))
                if range and len(self.merged) < _MOST_MERGED and range.top <= _MOST_ROWS:
                    self.merged.append(range)
            case "col":
                self._columns(attributes)
            case "sheetProtection":
                self.is_protected = attributes.get("sheet") in ("1", "true")

    def _columns(self, attributes: Mapping[str, str]) -> None:
        last = min(_number(attributes.get("max"), 0), _MOST_COLUMNS)
        for column in range(max(1, _number(attributes.get("min"), 1)), last + 1):
            self.column_styles[column] = _number(attributes.get("style"), 0)
            if attributes.get("width"):
                self.widths[column] = _float(attributes["width"])

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in ("v", "t"):
            self._reads = False
        elif tag == "c":
            self._keep()

    def text(self, text: str) -> None:
        """What stands inside."""
        if self._reads:
            self._pieces.append(text)

    def _keep(self) -> None:
        self.budget[0] -= 1
        if self.budget[0] < 0:
            raise Problem("upper_level_forms.too_many_cells", status=422, most=_MOST_CELLS)
        if self._row > _MOST_ROWS or self._column > _MOST_COLUMNS:
            return
        text, kind = "".join(self._pieces)[:_MOST_TEXT], self._cell.get("t", "n")
        if kind == "s":
            text = (
                self.strings[int(text)] if text.isascii() and text.isdigit() and int(text) < len(self.strings) else ""
            )
        text = text.strip()
        says = kind in ("s", "inlineStr", "str") and any(letter.isalpha() for letter in text)
        style = _number(self._cell.get("s"), 0)
        self.cells[At(self._row, self._column)] = CellRead(text, says and not self._is_formula, self._is_formula, style)


def _sheet(book: zipfile.ZipFile, one: _Named, strings: Sequence[str], budget: list[int]) -> SheetRead:
    reader = _Reader(strings, budget)
    _parse(_part(book, one.part), reader.start, reader.end, reader.text)
    return SheetRead(
        name=one.name,
        is_hidden=one.is_hidden,
        is_protected=reader.is_protected,
        cells=reader.cells,
        merged=tuple(reader.merged),
        arrays=tuple(reader.arrays),
        widths=reader.widths,
        row_styles=reader.row_styles,
        column_styles=reader.column_styles,
        rows=max((at.row for at in reader.cells), default=0),
        columns=max((at.column for at in reader.cells), default=0),
    )


def _range(ref: str) -> Range | None:
    first, _, last = ref.partition(":")
    top, bottom = at_of(first), at_of(last or first)
    return Range(top.row, top.column, bottom.row, bottom.column) if top and bottom else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _float(text: str) -> float:
    try:
        return max(0.0, min(255.0, float(text)))
    except ValueError:
        return 8.43


# --- filled ----------------------------------------------------------------------------------------------------------


def filled(data: bytes, values: Iterable[CellValue]) -> bytes:
    """The workbook with these numbers in these cells. What formulas came to before is taken out, so that nobody reads
    an old sum beside new numbers; whoever opens the file has it reckoned anew.
    """
    book = _opened(data)
    main, sheets = _sheets(book)
    wanted: dict[str, dict[At, CellValue]] = {}
    for value in values:
        at = at_of(value.cell)
        if at is not None:
            wanted.setdefault(value.sheet, {})[at] = value
    parts = {one.part: wanted.get(one.name, {}) for one in sheets}
    changed: dict[str, bytes] = {}
    reckons = False
    for part, cells in parts.items():
        before = _part(book, part)
        splice = _Splice(before)
        changed[part] = splice.with_values(cells)
        reckons = reckons or splice.reckons
    if reckons:
        changed[main] = _reckoned_anew(_part(book, main))
    return _zipped(book, changed)


def _zipped(book: zipfile.ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """The same parts in the same order with the same dates, so that the same filling is the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in book.infolist():
            named = zipfile.ZipInfo(part.filename, part.date_time)
            named.compress_type, named.external_attr = part.compress_type, part.external_attr
            copy.writestr(named, changed.get(part.filename) or _part(book, part.filename))
    return target.getvalue()


def _reckoned_anew(main: bytes) -> bytes:
    """`<calcPr fullCalcOnLoad="1"/>`, added to what stands there."""
    spans = _spans(main, ("calcPr", "definedNames", "sheets", "externalReferences"))
    if found := spans.get("calcPr"):
        tag = main[found.start : found.start_end]
        if b"fullCalcOnLoad" in tag:
            new = re.sub(rb"fullCalcOnLoad\s*=\s*(\"[^\"]*\"|'[^']*')", b'fullCalcOnLoad="1"', tag)
        else:
            new = re.sub(rb"\s*(/?)>$", rb' fullCalcOnLoad="1"\1>', tag)
        return main[: found.start] + new + main[found.start_end :]
    last = max((span for span in spans.values()), key=lambda span: span.end, default=None)
    if last is None:
        raise _unreadable()
    return main[: last.end] + b'<%scalcPr fullCalcOnLoad="1"/>' % last.prefix + main[last.end :]


class _Span(NamedTuple):
    """An element's place in the bytes: its start, the end of its start tag, its end; and the prefix of its name."""

    start: int
    start_end: int
    end: int
    prefix: bytes


def _spans(data: bytes, wanted: Sequence[str]) -> dict[str, _Span]:
    found: dict[str, _Span] = {}
    walk = _Walk(data)
    walk.on_end = lambda tag, attributes, span: found.__setitem__(tag, span) if tag in wanted else None
    walk.run()
    return found


class _Walk:
    """Goes through XML and tells of each element where its bytes are."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._open: list[tuple[str, dict[str, str], int, int, bytes]] = []
        self._parser = _parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declared
        self.on_start: Callable[[str, dict[str, str]], None] = lambda tag, attributes: None
        self.on_end: Callable[[str, dict[str, str], _Span], None] = lambda tag, attributes, span: None

    def run(self) -> None:
        """All of it."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise _unreadable()
        _run(self._parser, self.data)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").lower() not in ("utf-8", "us-ascii"):
            raise _unreadable()  # Excel writes UTF-8 and nothing else; byte places of others would be wrong

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        tag = _TAG.match(self.data, at)
        assert tag is not None
        prefix, _, local = name.rpartition(":")
        self._open.append((local, attributes, at, tag.end(), f"{prefix}:".encode() if prefix else b""))
        self.on_start(local, attributes)

    def _end(self, name: str) -> None:
        local, attributes, start, start_end, prefix = self._open.pop()
        end = start_end
        if self.data[start_end - 2 : start_end] != b"/>":
            end = self.data.index(b">", self._parser.CurrentByteIndex) + 1
        self.on_end(local, attributes, _Span(start, start_end, end, prefix))


class _Row(NamedTuple):
    """A row's place, and where each of its cells begins."""

    number: int
    span: _Span
    cells: tuple[tuple[int, int], ...]  # column, start


class _Splice:
    """One sheet's XML, into which values are set."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reckons = False
        self._rows: list[_Row] = []
        self._cells: dict[At, _Span] = {}
        self._styles: dict[At, str] = {}
        self._row_style: dict[int, str] = {}
        self._column_style: dict[int, str] = {}
        self._all: _Span | None = None
        self._old: list[tuple[int, int, bytes]] = []
        self._row = self._column = 0
        self._in_row: list[tuple[int, int]] = []
        self._formula, self._value = False, None
        walk = _Walk(data)
        walk.on_start, walk.on_end = self._start, self._end
        walk.run()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row, self._column = _number(attributes.get("r"), self._row + 1), 0
            self._in_row = []
            if attributes.get("customFormat") in ("1", "true") and "s" in attributes:
                self._row_style[self._row] = attributes["s"]
        elif tag == "c":
            at = at_of(attributes.get("r", ""))
            self._column = at.column if at else self._column + 1
            self._formula, self._value = False, None
        elif tag == "col" and "style" in attributes:
            last = min(_number(attributes.get("max"), 0), _MOST_COLUMNS)
            for column in range(_number(attributes.get("min"), 1), last + 1):
                self._column_style[column] = attributes["style"]

    def _end(self, tag: str, attributes: dict[str, str], span: _Span) -> None:
        match tag:
            case "f":
                self._formula = self.reckons = True
            case "v":
                self._value = span
            case "c":
                self._cells[At(self._row, self._column)] = span
                self._in_row.append((self._column, span.start))
                if self._formula and self._value:
                    self._forget(span, self._value)
            case "row":
                self._rows.append(_Row(self._row, span, tuple(self._in_row)))
            case "sheetData":
                self._all = span

    def _forget(self, cell: _Span, value: _Span) -> None:
        """What a formula came to: with the type of that result, else an empty cell would claim to be text."""
        tag = self.data[cell.start : cell.start_end]
        self._old.append((cell.start, cell.start_end, _TYPE.sub(b"", tag)))
        self._old.append((value.start, value.end, b""))

    def with_values(self, values: Mapping[At, CellValue]) -> bytes:
        """The sheet with these values; unchanged, to the byte, where there is neither value nor formula."""
        filled = [span for at in values if (span := self._cells.get(at)) is not None]
        edits = [old for old in self._old if not any(span.start <= old[0] < span.end for span in filled)]
        rows = {row.number: row for row in self._rows}
        absent: dict[int, list[At]] = {}
        for at in sorted(values):
            if (span := self._cells.get(at)) is not None:
                edits.append((span.start, span.end, self._replaced(span, values[at])))
            else:
                absent.setdefault(at.row, []).append(at)
        for number, places in absent.items():
            if (row := rows.get(number)) is not None:
                edits += self._into_row(row, places, values)
            else:
                edits.append(self._new_row(number, places, values))
        return _edited(self.data, edits)

    def _replaced(self, span: _Span, value: CellValue) -> bytes:
        """The cell with its place and style, and another value."""
        tag = _TYPE.sub(b"", self.data[span.start : span.start_end]).rstrip(b">").rstrip(b"/").rstrip()
        return tag + _content(value, span.prefix)

    def _new(self, at: At, value: CellValue, prefix: bytes) -> bytes:
        style = self._row_style.get(at.row, self._column_style.get(at.column, ""))
        styled = f' s="{style}"' if style.isdigit() else ""
        return b'<%sc r="%s"%s' % (prefix, at.name.encode(), styled.encode()) + _content(value, prefix)

    def _into_row(
        self, row: _Row, places: Sequence[At], values: Mapping[At, CellValue]
    ) -> list[tuple[int, int, bytes]]:
        span = row.span
        if span.end == span.start_end:  # <row/>: it has to be opened first
            tag = self.data[span.start : span.start_end].rstrip(b">").rstrip(b"/").rstrip()
            cells = b"".join(self._new(at, values[at], span.prefix) for at in places)
            return [(span.start, span.end, tag + b">" + cells + b"</%srow>" % span.prefix)]
        close = self.data.rindex(b"</", span.start, span.end)
        found = []
        for at in places:
            before = next((start for column, start in row.cells if column > at.column), close)
            found.append((before, before, self._new(at, values[at], span.prefix)))
        return found

    def _new_row(self, number: int, places: Sequence[At], values: Mapping[At, CellValue]) -> tuple[int, int, bytes]:
        whole = self._all
        if whole is None:
            raise _unreadable()
        cells = b"".join(self._new(at, values[at], whole.prefix) for at in places)
        new = b'<%srow r="%d">' % (whole.prefix, number) + cells + b"</%srow>" % whole.prefix
        if whole.end == whole.start_end:
            tag = self.data[whole.start : whole.start_end].rstrip(b">").rstrip(b"/").rstrip()
            return whole.start, whole.end, tag + b">" + new + b"</%ssheetData>" % whole.prefix
        close = self.data.rindex(b"</", whole.start, whole.end)
        before = next((row.span.start for row in self._rows if row.number > number), close)
        return before, before, new


def _content(value: CellValue, prefix: bytes) -> bytes:
    if value.value is None:
        words = escape(value.shown).encode()
        return b' t="inlineStr"><%sis><%st>%s</%st></%sis></%sc>' % (prefix, prefix, words, prefix, prefix, prefix)
    number = int(value.value) if value.value == int(value.value) else value.value
    return b"><%sv>%s</%sv></%sc>" % (prefix, repr(number).encode(), prefix, prefix)


def _edited(data: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    """All edits at once, from the front. Those at one place stay in the order they were made."""
    pieces, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < done:
            raise _unreadable()
        pieces += [data[done:start], new]
        done = end
    return b"".join([*pieces, data[done:]])
