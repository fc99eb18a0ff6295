"""Workbooks and csv files as people really send them."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.tables import (
    Column,
    LostDigitsError,
    SheetRow,
    find_header,
    is_example,
    is_header_again,
    peek,
    read_sheet,
    text_of,
    write_book,
    write_errors,
    write_template,
)

WANTED = {"area": ("社区",), "door": ("室/门牌", "门牌"), "name": ("姓名",)}


def workbook(path: Path, fill) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book.add_worksheet(), book)
    book.close()
    return path


def rewritten(path: Path, member: str, change) -> Path:
    """The same workbook with one of its parts changed."""
    parts = {}
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def problem_of(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        list(read_sheet(path))
    return caught.value


def header_problem(*rows: tuple) -> Problem:
    with pytest.raises(Problem) as caught:
        find_header(iter(SheetRow(i, r) for i, r in enumerate(rows, 1)), WANTED, required=WANTED)
    return caught.value


class TestWorkbooksIn:
    def test_rows_keep_the_numbers_excel_shows_and_empty_ones_are_left_out(self, tmp_path):
        def fill(sheet, book):
            sheet.write("B3", "甲")
            sheet.write("C6", "乙")

        rows = list(read_sheet(workbook(tmp_path / "a.xlsx", fill)))
        assert [(r.number, r.cells) for r in rows] == [(3, (None, "甲", None)), (6, (None, None, "乙"))]

    def test_numbers_days_and_yes_or_no_arrive_plainly(self, tmp_path):
        def fill(sheet, book):
            sheet.write_row("A1", [402, 1.5, True, "x"])
            sheet.write_datetime("E1", date(1990, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
            sheet.write_datetime(
                "F1", datetime.fromisoformat("1990-01-02T03:04"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            )

        (row,) = read_sheet(workbook(tmp_path / "a.xlsx", fill))
        assert row.cells == (402, 1.5, True, "x", "1990-01-02", "1990-01-02T03:04:00")

    def test_a_long_number_that_excel_kept_as_a_number_is_known_to_be_spoilt(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: sheet.write("A1", 999999199001011234))
        (row,) = read_sheet(path)
        with pytest.raises(LostDigitsError):
            text_of(row.cells[0])

    def test_merged_cells_formulas_and_errors_are_marked(self, tmp_path):
        def fill(sheet, book):
            sheet.merge_range("A1:A3", "3幢")
            sheet.write_formula("B1", '="x"&"y"', None, "xy")
            sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
            sheet.write_column("C1", ["plain", "plain", "plain"])

        rows = list(read_sheet(workbook(tmp_path / "a.xlsx", fill)))
        assert [r.odd for r in rows] == [{0: "merged", 1: "formula"}, {0: "merged", 1: "error"}, {0: "merged"}]
        assert rows[0].cells == ("3幢", "xy", "plain")

    def test_another_sheet_can_be_asked_for_and_a_missing_one_is_said(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: book.add_worksheet().write("A1", "second"))
        assert [r.cells for r in read_sheet(path, sheet=1)] == [("second",)]
        with pytest.raises(Problem) as caught:
            list(read_sheet(path, sheet=5))
        assert (caught.value.code, caught.value.details) == ("tables.no_such_sheet", {"sheet": 6})

    def test_a_truncated_workbook(self, tmp_path):
        path = workbook(
            tmp_path / "a.xlsx", lambda sheet, book: sheet.write_column("A1", [str(i) for i in range(5000)])
        )
        path.write_bytes(path.read_bytes()[:3000])
        assert problem_of(path).code == "tables.cut_short"

    @pytest.mark.parametrize(
        "content", [b"PK\x03\x04 and then nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600]
    )
    def test_something_that_only_starts_like_a_workbook(self, tmp_path, content):
        (tmp_path / "a.xlsx").write_bytes(content)
        assert problem_of(tmp_path / "a.xlsx").code in {"tables.cut_short", "tables.not_a_workbook"}

    def test_a_zip_that_is_no_workbook(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("hello.txt", "hello")
        assert problem_of(tmp_path / "a.xlsx").code == "tables.not_a_workbook"

    def test_a_sheet_that_stops_in_the_middle(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: sheet.write_column("A1", ["x"] * 50))
        rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
        assert problem_of(path).code == "tables.not_a_workbook"

    def test_one_stray_cell_in_the_far_corner_does_not_take_the_server_down(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: sheet.write("A1", 1))
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
        assert problem_of(path).code == "tables.too_large_to_read"

    def test_too_many_columns(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: sheet.write_row("A1", ["x"] * 120))
        assert (problem_of(path).code, problem_of(path).details) == ("tables.too_wide", {"most": 100})

    def test_an_empty_sheet(self, tmp_path):
        assert problem_of(workbook(tmp_path / "a.xlsx", lambda sheet, book: None)).code == "tables.empty"

    def test_300_megabytes_are_refused_before_anything_is_read(self, tmp_path):
        with open(tmp_path / "a.xlsx", "wb") as file:
            file.write(b"PK\x03\x04")
            file.truncate(300 << 20)
        problem = problem_of(tmp_path / "a.xlsx")
        assert (problem.code, problem.status, problem.details["has_mb"]) == ("tables.too_large", 413, 300)

    def test_stopping_early_leaves_no_process_behind(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: sheet.write_column("A1", ["x"] * 20_000))
        rows = read_sheet(path)
        next(rows)
        child = rows.gi_frame.f_locals["frames"].gi_frame.f_locals["child"]
        rows.close()
        assert child.returncode is not None


class TestLessThanAll:
    def test_a_first_look_names_the_sheets_hidden_ones_too_and_reads_a_few_rows(self, tmp_path):
        def fill(sheet, book):
            sheet.write_column("A1", range(1000))
            book.add_worksheet("去年").hide()

        found = peek(workbook(tmp_path / "a.xlsx", fill), first=3)
        assert found.sheets == (("Sheet1", False), ("去年", True))
        assert (found.sheet, [row.cells for row in found.rows]) == ("Sheet1", [(0,), (1,), (2,)])

    def test_a_first_sheet_without_a_word_hides_no_other(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", lambda sheet, book: book.add_worksheet("今年").write("A1", "姓名"))
        found = peek(path)
        assert (found.sheets, found.rows) == ((("Sheet1", False), ("今年", False)), ())
        assert [row.cells for row in peek(path, name="今年").rows] == [("姓名",)]

    def test_a_hidden_sheet_is_read_when_it_is_named(self, tmp_path):
        def fill(sheet, book):
            old = book.add_worksheet("去年")
            old.write("A1", "旧的")
            old.hide()

        path = workbook(tmp_path / "a.xlsx", fill)
        assert [r.cells for r in read_sheet(path, name="去年")] == [("旧的",)]
        with pytest.raises(Problem, match=r"tables\.no_sheet_named"):
            peek(path, name="前年")

    def test_what_is_not_kept_never_arrives_and_rows_of_nothing_else_neither(self, tmp_path):
        (tmp_path / "a.csv").write_text("序号,姓名,民族\n1,张三,某族\n2,,某族\n")
        assert [r.cells for r in read_sheet(tmp_path / "a.csv", keep=[1])] == [
            (None, "姓名", None),
            (None, "张三", None),
        ]

    def test_merged_cells_hold_in_every_row_what_stands_on_top(self, tmp_path):
        def fill(sheet, book):
            sheet.merge_range("A1:A3", "3幢402")
            sheet.merge_range("A4:A5", "")
            sheet.merge_range("B1:C1", "张三")
            sheet.write_column("D1", range(5))

        rows = list(read_sheet(workbook(tmp_path / "a.xlsx", fill), fill=True))
        assert [row.cells[0] for row in rows] == ["3幢402"] * 3 + [None] * 2
        assert [row.odd.get(0) for row in rows] == ["merged", "filled", "filled", "merged", "merged"]
        assert rows[0].cells[1:3] == ("张三", None)

    def test_a_hundred_thousand_styled_rows_without_a_word_are_none(self, tmp_path):
        def fill(sheet, book):
            grey = book.add_format({"bg_color": "#cccccc"})
            sheet.write_row("A1", ["姓名", "门牌"])
            for row in range(1, 100_001):
                sheet.write_blank(row, 0, None, grey)

        found = peek(workbook(tmp_path / "a.xlsx", fill))
        assert [row.cells for row in found.rows] == [("姓名", "门牌")]


class TestCsvIn:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    def test_the_encodings_that_excel_and_wps_write(self, tmp_path, encoding):
        (tmp_path / "a.csv").write_text("姓名,门牌\n单雄信,3幢402\n", encoding=encoding)
        assert [r.cells for r in read_sheet(tmp_path / "a.csv")] == [("姓名", "门牌"), ("单雄信", "3幢402")]

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_commas_tabs_and_semicolons(self, tmp_path, delimiter):
        (tmp_path / "a.csv").write_text(f"a{delimiter}b\n1{delimiter}\n")
        assert [r.cells for r in read_sheet(tmp_path / "a.csv")] == [("a", "b"), ("1", None)]

    def test_a_title_above_holds_another_sign_than_the_table(self, tmp_path):
        (tmp_path / "a.csv").write_text("人口表;二〇二一年\n姓名,门牌\n单雄信,3幢402\n")
        assert [r.cells for r in read_sheet(tmp_path / "a.csv")][1:] == [("姓名", "门牌"), ("单雄信", "3幢402")]

    def test_a_cell_of_two_lines_does_not_shift_the_row_numbers(self, tmp_path):
        (tmp_path / "a.csv").write_text('a,b\n"x\ny",1\n\nz,2\n')
        assert [(r.number, r.cells[0]) for r in read_sheet(tmp_path / "a.csv")] == [(1, "a"), (2, "x\ny"), (5, "z")]

    def test_a_quotation_mark_that_never_closes_is_named_with_its_row(self, tmp_path):
        (tmp_path / "a.csv").write_text('a,b\n1,2\n"x,3\n4,5\n')
        problem = problem_of(tmp_path / "a.csv")
        assert (problem.code, problem.details) == ("tables.csv_broken", {"row": 3})

    @pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", b"a,b\n\xff\xff\xff", b"\xff\xfe\x00\xd8\n\x00"])
    def test_bytes_that_are_no_text(self, tmp_path, content):
        (tmp_path / "a.csv").write_bytes(content)
        assert problem_of(tmp_path / "a.csv").code == "tables.not_text"

    def test_an_empty_file(self, tmp_path):
        (tmp_path / "a.csv").write_bytes(b"")
        assert problem_of(tmp_path / "a.csv").code == "tables.empty"

    def test_a_number_in_exponent_form_has_lost_its_digits(self):
        with pytest.raises(LostDigitsError):
            text_of("9.99999199001E+17")


class TestHeader:
    def test_a_title_above_the_header_is_skipped_and_titles_may_vary_in_dress(self):
        rows = iter(
            [
                SheetRow(1, ("某社区人口表",)),
                SheetRow(3, (" 社 区*", "门牌(必填)", "姓名:", "别的")),
                SheetRow(4, ("x",)),
            ]
        )
        header = find_header(rows, WANTED, required=WANTED)
        assert (header.row, header.columns) == (3, {"area": 0, "door": 1, "name": 2})
        assert next(rows).number == 4

    def test_a_header_in_two_rows_is_refused_with_both_rows_named(self):
        problem = header_problem(("社区", "住址", None), (None, "门牌", "姓名"))
        assert (problem.code, problem.details) == ("tables.header_in_two_rows", {"row": 1, "next": 2})

    def test_what_is_missing_is_named(self):
        problem = header_problem(("社区", "电话"), ("明镜", "1"), ("明镜", "2"))
        assert (problem.code, problem.details) == ("tables.columns_missing", {"row": 1, "columns": "室/门牌、姓名"})

    def test_no_header_at_all(self):
        assert header_problem(("1", "2"), ("3", "4")).code == "tables.no_header"

    def test_a_column_that_stands_twice(self):
        assert header_problem(("社区", "姓名", "姓名")).code == "tables.column_twice"

    def test_the_header_glued_in_again_is_known(self):
        rows = [
            SheetRow(1, ("社区", "门牌", "姓名")),
            SheetRow(9, ("社区", "门牌", "姓名")),
            SheetRow(10, ("社区", "1", "姓")),
        ]
        header = find_header(iter(rows), WANTED, required=WANTED)
        assert [is_header_again(r, header) for r in rows[1:]] == [True, False]


class TestOut:
    def test_a_book_is_read_back_as_it_was_written(self, tmp_path):
        columns = [Column("编号", text=True), Column("户数")]
        assert write_book(tmp_path / "a.xlsx", title="网格/表", columns=columns, rows=[("001", 3), ("002", None)]) == 2
        assert [r.cells for r in read_sheet(tmp_path / "a.xlsx")] == [("编号", "户数"), ("001", 3), ("002", None)]

    def test_text_that_looks_like_a_formula_stays_text(self, tmp_path):
        write_book(tmp_path / "a.xlsx", title="x", columns=[Column("名")], rows=[("=HYPERLINK(1)",), ("@x",)])
        rows = list(read_sheet(tmp_path / "a.xlsx"))
        assert [r.cells[0] for r in rows] == ["名", "=HYPERLINK(1)", "@x"]
        assert not any(r.odd for r in rows)

    def test_a_book_can_be_written_into_memory(self):
        buffer = io.BytesIO()
        write_book(buffer, title="x", columns=[Column("名")], rows=[])
        assert buffer.getvalue().startswith(b"PK")

    def test_the_template_has_an_example_that_is_skipped_drop_downs_and_text_columns(self, tmp_path):
        columns = [
            Column("社区", required=True, example="明镜社区"),
            Column("证件号码", text=True, example="999999199001010000", note="18 位"),
            Column("性别", choices=("男", "女"), example="男"),
        ]
        write_template(tmp_path / "t.xlsx", title="底册", columns=columns, notes=["每人一行"])
        header, example = read_sheet(tmp_path / "t.xlsx")
        assert header.cells == ("社区*", "证件号码", "性别")
        assert example.cells == ("示例(明镜社区)", "999999199001010000", "男")
        assert is_example(example) and not is_example(header)
        assert [r.cells[0] for r in read_sheet(tmp_path / "t.xlsx", sheet=1)] == ["每人一行", "证件号码:18 位"]
        with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "男,女" in sheet and 'state="frozen"' in sheet

    def test_errors_come_back_as_the_users_own_rows_with_reasons(self, tmp_path):
        rows = [(("明镜", 402, "张三"), "末位对不上"), (("明镜",), "缺姓名")]
        write_errors(tmp_path / "e.xlsx", title="错误", header=["社区", "室", "姓名"], rows=rows)
        assert [r.cells for r in read_sheet(tmp_path / "e.xlsx")] == [
            ("社区", "室", "姓名", "原因"),
            ("明镜", 402, "张三", "末位对不上"),
            ("明镜", None, None, "缺姓名"),
        ]


class TestText:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            (402, "402"),
            (1.5, "1.5"),
            (True, "是"),
            (" a ", "a"),
            ("\u3000阿\u200f·\u200e买\ufeff", "阿·买"),
        ],
    )
    def test_a_cell_as_people_see_it(self, cell, text):
        assert text_of(cell) == text
