"""Workbooks for tests: XLSForms with what every question needs, so that a test states only what matters."""

import io
from collections.abc import Sequence

import xlsxwriter

from lianfang.ground.forms.xlsform import Sheet

LABELS = ("label::中文 (zh)", "label::English (en)")
OURS = ("lianfang::purpose", "lianfang::retention")
Row = dict[str, object]


def q(type: str, name: str = "", zh: str = "", en: str = "", **more: object) -> Row:
    """A row of the sheet survey: a need that stays with the register. `lianfang__fact=` writes lianfang::fact."""
    is_end = type.startswith("end")
    row: Row = {"type": type, "name": name}
    row |= {} if is_end else {LABELS[0]: zh or f"题目{name}", LABELS[1]: en or f"What of {name}"}
    row |= {} if is_end or type.startswith(("begin", "note")) else {OURS[0]: "需求", OURS[1]: "随底册"}
    row |= {key.replace("__", "::"): value for key, value in more.items()}
    return {key: value for key, value in row.items() if value is not None}


def c(list: str, name: str, zh: str = "", en: str = "") -> Row:
    """A row of the sheet choices."""
    return {"list_name": list, "name": name, LABELS[0]: zh or f"选项{name}", LABELS[1]: en or f"Choice {name}"}


YES_NO = (c("yn", "yes", "有", "Yes"), c("yn", "no", "没有", "No"))
SETTINGS: tuple[Row, ...] = ({"form_id": "typhoon", "form_title": "台风 Typhoon"},)


def sheets(*survey: Row, choices: Sequence[Row] = YES_NO, settings: Sequence[Row] = SETTINGS) -> dict[str, Sheet]:
    """What the reader makes of such a workbook."""
    parts = {"survey": survey, "choices": choices, "settings": settings}
    return {name: _sheet(rows) for name, rows in parts.items() if rows}


def _headings(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for row in rows for key in row))


def _sheet(rows: Sequence[Row]) -> Sheet:
    numbered = [(n, {key: str(value) for key, value in row.items()}) for n, row in enumerate(rows, start=2)]
    return Sheet(_headings(rows), numbered, 1)


def workbook(
    *survey: Row, choices: Sequence[Row] = YES_NO, settings: Sequence[Row] = SETTINGS, **more: Sequence[Row]
) -> io.BytesIO:
    """The same as a file."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in {"survey": survey, "choices": choices, "settings": settings, **more}.items():
            sheet = book.add_worksheet(name)
            headings = _headings(rows)
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(rows, start=1):
                for column, heading in enumerate(headings):
                    if heading in row:
                        sheet.write(number, column, row[heading])
    file.seek(0)
    file.name = "form.xlsx"
    return file
