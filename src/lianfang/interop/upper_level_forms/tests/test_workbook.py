"""A number goes into a cell and nothing else changes; what is no honest workbook is refused."""

import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lianfang.foundation.kernel.problems import Problem
from lianfang.interop.upper_level_forms import workbook
from lianfang.interop.upper_level_forms.terms import At, CellValue, Range
from lianfang.interop.upper_level_forms.tests.books import book, decorated, parts, protected, with_part

SHEET = "xl/worksheets/sheet1.xml"


def value(cell: str, number: float | None = 12, shown: str = "不显示") -> CellValue:
    return CellValue("日报", cell, number, shown)


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))["日报"]


def test_it_is_read_as_it_is() -> None:
    read = workbook.read(book(protected))
    sheet = read.sheets[0]
    assert (sheet.name, sheet.rows, sheet.columns, sheet.is_protected) == ("日报", 7, 6, True)
    assert sheet.cells[At(1, 1)].text == "疫情防控日报表 12月10日" and Range(1, 1, 1, 6) in sheet.merged
    assert sheet.cells[At(7, 3)].is_formula and not sheet.cells[At(4, 1)].is_words
    assert sheet.cells[At(4, 4)].style in read.styles.unlocked and sheet.cells[At(4, 5)].style in read.styles.percent


def test_every_other_part_stays_byte_for_byte() -> None:
    blank = book(decorated)
    filled = workbook.filled(blank, [value("C4"), value("D5", 0.5)])
    before, after = parts(blank), parts(filled)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {SHEET}
    assert (opened(filled)["C4"].value, opened(filled)["D5"].value) == (12, 0.5)


def test_within_the_sheet_only_the_cells_change() -> None:
    blank = book(decorated)
    filled = workbook.filled(blank, [value("C4")])
    without = re.compile(rb'<c r="C4"[^>]*?(/>|>.*?</c>)|<c r="C7".*?</c>')
    assert without.sub(b"", parts(blank)[SHEET]) == without.sub(b"", parts(filled)[SHEET])
    assert opened(filled)["C4"].style_id == opened(blank)["C4"].style_id > 0


def test_a_cell_that_is_not_there_is_put_in_its_place() -> None:
    blank = book()
    filled = workbook.filled(blank, [value("D4", 1), value("D5", 2), value("F4", 3), value("B30", 4), value("A30", 5)])
    sheet = opened(filled)
    assert [sheet[name].value for name in ("D4", "D5", "F4", "B30", "A30")] == [1, 2, 3, 4, 5]
    assert parts(filled)[SHEET].index(b'r="A30"') < parts(filled)[SHEET].index(b'r="B30"')
    assert sheet["C7"].value == "=SUM(C4:C6)"


def test_what_is_hidden_is_written_as_words() -> None:
    assert opened(workbook.filled(book(), [value("C4", None)]))["C4"].value == "不显示"


def test_nobody_reads_an_old_sum_beside_new_numbers() -> None:
    """A result kept from before is taken out, and the workbook is reckoned anew when it is opened."""
    blank = book()
    old = parts(blank)[SHEET].replace(b"<f>SUM(C4:C6)</f><v></v>", b"<f>SUM(C4:C6)</f><v>99</v>")
    old = old.replace(b"<f>SUM(C4:C6)</f><v />", b"<f>SUM(C4:C6)</f><v>99</v>")
    assert b"<v>99</v>" in old
    main = parts(blank)["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    assert b"fullCalcOnLoad" not in main
    kept = with_part(with_part(blank, SHEET, old), "xl/workbook.xml", main)
    filled = parts(workbook.filled(kept, [value("C4")]))
    assert b"99" not in filled[SHEET] and b"<f>SUM(C4:C6)</f>" in filled[SHEET]
    assert b'fullCalcOnLoad="1"' in filled["xl/workbook.xml"]


def test_a_filling_made_twice_is_the_same_bytes() -> None:
    blank = book(decorated)
    assert workbook.filled(blank, [value("C4")]) == workbook.filled(blank, [value("C4")])


@given(st.dictionaries(st.builds(lambda r, c: At(r, c).name, st.integers(1, 40), st.integers(1, 30)), st.integers()))
def test_whatever_cells_are_filled_they_are_all_read_back(cells: dict[str, int]) -> None:
    cells = {name: number for name, number in cells.items() if abs(number) < 10**15}
    filled = workbook.filled(_PLAIN, [value(name, number) for name, number in cells.items()])
    read = workbook.read(filled).sheets[0].cells
    at = {At(row, column).name: cell.text for (row, column), cell in read.items()}
    assert {name: at[name] for name in cells} == {name: str(number) for name, number in cells.items()}


_PLAIN = book(lambda sheet: sheet.unmerge_cells("A1:F1"))


def test_names_with_prefixes_as_other_programs_write_them() -> None:
    """<x:c r="C4"/>, an empty <x:row/>, single quotes, and a > inside an attribute."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        b"<?xml version='1.0' encoding='UTF-8'?><x:worksheet xmlns:x='" + main + b"'><x:sheetData>"
        b"<x:row r='4' custom='a>b'/><x:row r='5'><x:c r='D5' s='1' t='str'><x:v>x</x:v></x:c></x:row>"
        b"</x:sheetData></x:worksheet>"
    )
    filled = workbook.filled(with_part(book(), SHEET, sheet), [value("C4", 7), value("D5", 8), value("A6", 9)])
    assert [opened(filled)[name].value for name in ("C4", "D5", "A6")] == [7, 8, 9]
    assert b"<x:row r='4' custom='a>b'><x:c r=\"C4\"><x:v>7</x:v></x:c></x:row>" in parts(filled)[SHEET]
    assert b"<x:c r='D5' s='1'><x:v>8</x:v></x:c>" in parts(filled)[SHEET]


# --- what is refused -------------------------------------------------------------------------------------------------


def bomb(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts(book()).items():
            archive.writestr(each, content if each != name else b"0" * (70 << 20))
    return target.getvalue()


MACROS = with_part(book(), "xl/vbaProject.bin", b"x")
ENABLED = with_part(
    book(),
    "[Content_Types].xml",
    parts(book())["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"),
)
LAUGHS = with_part(book(), SHEET, b'<!DOCTYPE a [<!ENTITY b "ha">]><worksheet>&b;</worksheet>')


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "tables.empty"),
        (b"PK" + b"\0" * (11 << 20), "tables.too_large"),
        (b"PK\3\4 and then nothing", "upper_level_forms.unreadable"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "upper_level_forms.not_xlsx"),
        (b"name,count\n", "upper_level_forms.not_xlsx"),
        (MACROS, "upper_level_forms.has_macros"),
        (ENABLED, "upper_level_forms.has_macros"),
        (LAUGHS, "upper_level_forms.unreadable"),
        (bomb(SHEET), "tables.unpacks_too_far"),
        (book()[:-400], "upper_level_forms.unreadable"),
        (with_part(book(), SHEET, b"<worksheet><sheetData>"), "upper_level_forms.unreadable"),
        (with_part(book(), SHEET, "<worksheet/>".encode("utf-16")), None),
        (with_part(book(), "xl/_rels/workbook.xml.rels", b"<Relationships/>"), "upper_level_forms.unreadable"),
    ],
)
def test_what_is_no_honest_workbook_is_refused(data: bytes, code: str | None) -> None:
    if code is None:  # read, for all that; but nothing is written into it
        workbook.read(data)
        code = "upper_level_forms.unreadable"
        with pytest.raises(Problem) as refused:
            workbook.filled(data, [value("C4")])
    else:
        with pytest.raises(Problem) as refused:
            workbook.read(data)
    assert refused.value.code == code


def test_a_zip_that_lies_about_its_sizes_unpacks_no_further_than_it_says() -> None:
    data = bytearray(bomb(SHEET))
    real = (70 << 20).to_bytes(4, "little")
    while (at := data.find(real)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(Problem) as refused:
        workbook.read(bytes(data))
    assert refused.value.code == "upper_level_forms.unreadable"


@given(st.data())
def test_a_damaged_workbook_is_a_problem_and_never_an_error(data: st.DataObject) -> None:
    whole = bytearray(_PLAIN)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        workbook.filled(bytes(whole), [value("C4")])
        workbook.read(bytes(whole))
    except Problem as problem:
        assert problem.code.split(".")[0] in ("upper_level_forms", "tables")
