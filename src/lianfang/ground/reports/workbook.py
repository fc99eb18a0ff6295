"""The report as a workbook: a sheet of words, one of numbers and a chart for each subject, one of definitions."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from lianfang.ground.reports.terms import Bars, Document, Section, Table

_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def written(document: Document, *, at: datetime) -> bytes:
    """The file. Whatever is text goes in as text: no cell of ours is ever a formula."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": document.title, "created": at.astimezone(UTC).replace(tzinfo=None, microsecond=0)})
    styles = _Styles(book)
    _write_words(book, document, styles)
    for section in document.sections:
        if section.tables or section.bars:
            _write_numbers(book, section, styles)
    _write_meanings(book, document, styles)
    book.close()
    return target.getvalue()


class _Styles:
    """How cells look."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.number, self.strong_number = (book.add_format({"num_format": "#,##0", "bold": b}) for b in (False, True))
        self.share, self.strong_share = (book.add_format({"num_format": "0.00%", "bold": b}) for b in (False, True))
        self.text, self.strong = (book.add_format({"bold": b}) for b in (False, True))


def _write_words(book: Any, document: Document, styles: _Styles) -> None:
    sheet = book.add_worksheet(_free_name(book, document.title))
    sheet.set_column(0, 0, 110)
    lines: list[tuple[str, Any]] = [(document.title, styles.title), *((line, styles.text) for line in document.lines)]
    for part in document.parts:
        if part.text.strip():
            lines += [(part.title, styles.strong), *((line, styles.wrap) for line in part.text.splitlines())]
    for section in document.sections:
        lines += [(section.title, styles.strong), *((line, styles.wrap) for line in section.sentences)]
    lines += [(document.labels["chain"], styles.strong), *((line, styles.text) for line in document.feet)]
    for no, (line, style) in enumerate(lines):
        sheet.write_string(no, 0, line, style)


def _write_numbers(book: Any, section: Section, styles: _Styles) -> None:
    sheet = book.add_worksheet(_free_name(book, section.title))
    sheet.set_column(0, 0, 22)
    for table in section.tables:
        sheet.set_column(1, len(table.columns), 12)
        _write_table(sheet, table, styles)
        sheet.freeze_panes(1, 1)
    if section.bars:
        _draw(book, sheet, section.bars, beside=1 + max((len(t.columns) for t in section.tables), default=0))


def _write_table(sheet: Any, table: Table, styles: _Styles) -> None:
    for no, title in enumerate((table.first, *(column.name for column in table.columns))):
        sheet.write_string(0, no, title, styles.head)
    for at, row in enumerate(table.rows, start=1):
        strong = row.together or row.depth == 0
        sheet.write_string(at, 0, "　" * row.depth + row.name, styles.strong if strong else styles.text)
        for no, (column, cell, value) in enumerate(zip(table.columns, row.cells, row.values, strict=True), start=1):
            number, share = (styles.strong_number, styles.strong_share) if strong else (styles.number, styles.share)
            if value is None:
                sheet.write_string(at, no, cell, styles.text)
            else:
                sheet.write_number(at, no, value, share if column.is_share else number)


def _draw(book: Any, sheet: Any, bars: Bars, *, beside: int) -> None:
    """A chart of its own two columns, which stand to the right of the table."""
    first = beside + 1
    for no, (name, value) in enumerate(zip(bars.names, bars.values, strict=True), start=1):
        sheet.write_string(no, first, name)
        sheet.write_number(no, first + 1, value)
    sheet.write_string(0, first, bars.title)
    chart, last = book.add_chart({"type": "bar"}), len(bars.names)
    chart.add_series(
        {
            "categories": [sheet.get_name(), 1, first, last, first],
            "values": [sheet.get_name(), 1, first + 1, last, first + 1],
            "fill": {"color": "#1464C8"},
            "data_labels": {"value": True},
        }
    )
    chart.set_title({"name": bars.title})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 560, "height": 120 + 22 * last})
    sheet.insert_chart(1, first + 3, chart, {"description": bars.title})


def _write_meanings(book: Any, document: Document, styles: _Styles) -> None:
    labels = document.labels
    sheet = book.add_worksheet(_free_name(book, labels["definitions"]))
    for no, width in enumerate((20, 90, 16, 16)):
        sheet.set_column(no, no, width)
    rows = [[labels[name] for name in ("measure", "definition", "out_of", "version")]]
    rows += [[m.name, m.definition, m.out_of, m.version] for section in document.sections for m in section.meanings]
    for at, row in enumerate(rows):
        for no, text in enumerate(row):
            sheet.write_string(at, no, text, styles.wrap if at else styles.head)


def _free_name(book: Any, wanted: str) -> str:
    """Excel allows 31 characters, no name twice, and none of []:*?/\\."""
    base = wanted.translate(_FORBIDDEN_IN_NAMES).strip() or "-"
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    names = (base[:31], *(f"{base[:27]} {n}" for n in range(2, 1000)))
    return next(name for name in names if name.lower() not in taken)
