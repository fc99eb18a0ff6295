"""Workbooks as upper levels send them: titles over merged cells, sums, protection, colours. Made by openpyxl."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

ROWS = ("明镜社区", "中塘社区", "合计")
HEADS = ("应走访", "已完成", "完成率")


def table(
    sheet: Any, *, rows: Sequence[str] = ROWS, heads: Sequence[str] = HEADS, title: str = "疫情防控日报表 12月10日"
) -> None:
    """Row 1 a title over everything, rows 2 and 3 a heading of two storeys, a row for each area, a sum."""
    last = 2 + len(heads)
    sheet["A1"] = title
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=last + 1)
    sheet["A2"], sheet["B2"], sheet["C2"] = "序号", "社区", "入户排查"
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells(start_row=2, start_column=3, end_row=2, end_column=last)
    for column, head in enumerate(heads, 3):
        sheet.cell(3, column, head).font = Font(bold=True)
    sheet.cell(2, last + 1, "备注")
    for row, name in enumerate(rows, 4):
        sheet.cell(row, 1, row - 3)
        sheet.cell(row, 2, name)
        sheet.cell(row, last, None).number_format = "0.00%"
        sheet.cell(row, 3).fill = PatternFill("solid", "FFEEAA")
    sheet.cell(4 + len(rows), 2, "核对")
    sheet.cell(4 + len(rows), 3, f"=SUM(C4:C{3 + len(rows)})")


def book(change: Callable[[Any], None] = lambda sheet: None, **more: Any) -> bytes:
    """A workbook with that table on its first sheet; `change` does something to it afterwards."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "日报"
    table(sheet, **more)
    change(sheet)
    return saved(made)


def saved(made: Workbook) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def protected(sheet: Any) -> None:
    """Only D4 and D5 may be written."""
    sheet.protection.enable()
    for name in ("D4", "D5"):
        sheet[name].protection = Protection(locked=False)


def decorated(sheet: Any) -> None:
    """What a careless writer would lose: rules, drop-downs, comments' neighbours, widths, print areas."""
    sheet.conditional_formatting.add("C4:D6", CellIsRule("lessThan", ["10"], fill=PatternFill(bgColor="FF0000")))
    drop = DataValidation("list", formula1='"甲,乙"')
    drop.add("F4")
    sheet.add_data_validation(drop)
    sheet.freeze_panes = "C4"
    sheet.print_area = "A1:F7"
    sheet.column_dimensions["B"].width = 31


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one part added or replaced."""
    found = parts(data) | {name: content}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for each, what in found.items():
            book.writestr(each, what)
    return target.getvalue()
