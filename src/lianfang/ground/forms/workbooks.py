"""A form's workbook on disk: what is no workbook is refused before anything reads it; and one to begin with."""

import os
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

import xlsxwriter

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import tables
from lianfang.ground.forms.rules import KNOWN_FACTS, WORDS
from lianfang.ground.forms.xlsform import MOST_SHEET_ROWS, SETTINGS, SURVEY, Sheet, looks_like_xlsform

_MOST_UNPACKED = 64 * 1024 * 1024
_SHEETS = (SURVEY, "choices", SETTINGS, "external_choices", "entities", "osm")


def refuse_archive(path: str | os.PathLike[str]) -> None:
    """Macros are programs, and a form has no use for them; a file that unpacks to a mountain is no form."""
    if not zipfile.is_zipfile(path):
        return  # an old .xls, or text: the reader knows what to make of it
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return
    if any("vbaproject" in part.filename.lower() or "macrosheets/" in part.filename.lower() for part in parts):
        raise Problem("forms.has_macros", status=422)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MOST_UNPACKED:
        raise Problem("tables.unpacks_too_far", status=422, most_mb=_MOST_UNPACKED >> 20, has_mb=unpacked >> 20)


def read_xlsform(path: str | os.PathLike[str]) -> dict[str, Sheet] | None:
    """The sheets of an XLSForm; None when it is a simple table."""
    peek = tables.peek(path, first=20)
    names = {name.strip().lower(): name for name, _ in peek.sheets}
    if SURVEY not in names:
        _refuse_without_survey(peek)
        return None
    return {known: sheet for known in _SHEETS if known in names and (sheet := _sheet(path, names[known]))}


def _refuse_without_survey(peek: tables.Peek) -> None:
    """A csv called .xlsx, or sheets with other names: an XLSForm all the same, by its headings."""
    headings = [str(cell or "") for cell in peek.rows[0].cells] if peek.rows else []
    if not looks_like_xlsform(headings):
        return
    if not peek.sheets:
        raise Problem("forms.xlsform_as_csv", status=422)
    raise Problem("forms.xlsform_no_survey", status=422, sheets="、".join(name for name, _ in peek.sheets))


def _sheet(path: str | os.PathLike[str], name: str) -> Sheet | None:
    """Its rows as text, counted from the headings, empty ones kept: the standard's reader counts them too."""
    try:
        rows = iter(tables.read_sheet(path, name=name))
        head = next(rows, None)
    except Problem as problem:
        if problem.code == "tables.empty" and name.strip().lower() != SURVEY:
            return None
        raise
    if head is None:
        return None
    headings = tuple(str(cell).strip() if cell is not None else "" for cell in head.cells)
    found: list[tuple[int, dict[str, str]]] = []
    for row in rows:
        if row.number - head.number > MOST_SHEET_ROWS:
            raise Problem("forms.sheet_too_long", status=422, sheet=name, most=MOST_SHEET_ROWS, row=row.number)
        found.extend((number, {}) for number in range(head.number + 1 + len(found), row.number))
        found.append((row.number, _cells(name, row, headings)))
    return Sheet(tuple(heading for heading in headings if heading), found, head.number)


def _cells(sheet: str, row: tables.SheetRow, headings: tuple[str, ...]) -> dict[str, str]:
    cells = {}
    for index, heading in enumerate(headings):
        if heading and (text := _text(sheet, row, index, heading)):
            cells[heading] = text
    return cells


def _text(sheet: str, row: tables.SheetRow, index: int, heading: str) -> str:
    cell = row.at(index)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    try:
        return tables.text_of(cell)
    except tables.LostDigitsError:
        raise Problem(
            "forms.digits_lost", status=422, sheet=sheet, row=row.number, column=heading, value=str(cell)
        ) from None


# --- a workbook to begin with -----------------------------------------------------------------------------------------

_LABELS = ("label::中文 (zh)", "label::English (en)")
_TEMPLATE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    SURVEY: (
        (
            *("type", "name", *_LABELS, "required", "relevant", "constraint"),
            *("lianfang::purpose", "lianfang::retention", "lianfang::per", "lianfang::fact"),
        ),
        ("text", "phone", "手机", "Phone", "", "", "", "", "", "人", "resident.phone"),
        ("begin_group", "help", "帮忙", "Help", "", "", "", "需求", "随底册", "户", ""),
        ("select_one yes_no", "shopping", "要不要代购?", "Shall we shop for you?", "yes", "", "", "", "", "", ""),
        ("integer", "bags", "几袋?", "How many bags?", "", "${shopping} = 'yes'", ". <= 20", "", "", "", ""),
        ("end_group", "", "", "", "", "", "", "", "", "", ""),
    ),
    "choices": (
        ("list_name", "name", *_LABELS),
        ("yes_no", "yes", "有", "Yes"),
        ("yes_no", "no", "没有", "No"),
    ),
    SETTINGS: (("form_id", "form_title::中文", "form_title::English"), ("shopping", "代购登记", "Shopping")),
    "说明 Notes": (
        ("", "中文", "English"),
        ("survey", "一行一题,照着例子写,写完删去例子。", "One question a row. Write over the example."),
        ("choices", "单选、多选的选项。", "The answers to choose from."),
        ("settings", "form_id 相同再传就是新版本。", "The same form_id again is the next version."),
        ("lianfang::purpose", "、".join(WORDS["category"]), "register, need, health, travel, contact"),
        ("lianfang::retention", "随应急、随底册,或天数", "incident, register, or a number of days"),
        ("lianfang::per", "户、人", "household, person"),
        ("lianfang::fact", "底册里已有的,只显示核对:", "Known to the register, shown only:"),
        *(("", fact, fact) for fact in KNOWN_FACTS),
    ),
}


def write_template(target: BinaryIO) -> None:
    """A small form that loads as it stands, to be written over."""
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#d9dee6"})
        for name, rows in _TEMPLATE.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(rows[0]) - 1, 20)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, [cell or None for cell in row], head if number == 0 else None)
