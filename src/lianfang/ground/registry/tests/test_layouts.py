"""Where the header of somebody's own roster stands, and which lines are no people."""

import pytest

from lianfang.foundation.plumbing.tables import SheetRow
from lianfang.ground.registry.layouts import HeaderAgain, find_heading, fingerprint, heading_at

TITLES = ("序号", "姓名", "身份证号", "住址", "联系电话")
ZHANG = (1, "张三", "999999199003071015", "3幢1单元402", "15400000001")


def rows(*lines: tuple[object, ...]) -> list[SheetRow]:
    return [SheetRow(number, line) for number, line in enumerate(lines, 1)]  # type: ignore[arg-type]


class TestTheHeader:
    def test_stands_below_titles(self) -> None:
        sheet = rows(("明镜社区人口花名册",), ("填报单位:明镜居委会", None, None, "2021年12月"), TITLES, ZHANG)
        found = find_heading(sheet)
        assert (found.row, found.rows, found.titles) == (3, 1, TITLES)

    def test_of_two_rows_is_joined(self) -> None:
        upper = ("序号", "姓名", "住址", None, None, "联系方式(手机)")
        lower = (None, None, "幢", "单元", "室", None)
        found = find_heading(rows(("人口表",), upper, lower, (1, "张三", "3", "1", "402", "15400000001")))
        assert (found.row, found.rows) == (3, 2)
        assert found.titles == ("序号", "姓名", "住址/幢", "住址/单元", "住址/室", "联系方式(手机)")

    def test_of_two_rows_may_be_known_by_its_lower_one(self) -> None:
        upper = ("基本信息", None, None, "住址", None, None)
        lower = ("姓名", "性别", "身份证号", "幢", "单元", "室")
        found = find_heading(rows(upper, lower, ("张三", "男", None, "3", "1", "402")))
        assert (found.row, found.rows, found.titles[0], found.titles[5]) == (2, 2, "基本信息/姓名", "住址/室")

    def test_of_one_row_does_not_take_the_first_person_for_its_second(self) -> None:
        found = find_heading(rows(("姓名", "与户主关系", "备注", None), ("张三", "户主", None, None)))
        assert (found.row, found.rows) == (1, 1)

    def test_that_is_not_there_leaves_the_letters_of_the_columns(self) -> None:
        found = find_heading(rows(ZHANG, ZHANG))
        assert (found.row, found.rows, found.titles) == (0, 0, ("A", "B", "C", "D", "E"))

    def test_is_where_a_person_points_at(self) -> None:
        sheet = rows(("甲", "乙"), ("丙", None), ZHANG)
        assert heading_at(sheet, 2, 1).titles == ("丙", "")
        assert heading_at(sheet, 2, 2).titles == ("甲/丙", "乙")
        assert heading_at(sheet, 99, 2).titles == ()

    @pytest.mark.parametrize("line", [TITLES, (None, "姓名", "身份证号", None, None)])
    def test_glued_in_again_is_known(self, line: tuple[str | None, ...]) -> None:
        assert HeaderAgain(find_heading(rows(TITLES, ZHANG)), [1, 2])(SheetRow(9, line))

    def test_in_two_rows_is_known_again_row_by_row(self) -> None:
        upper, lower = ("姓名", "住址", None), (None, "幢", "室")
        again = HeaderAgain(find_heading(rows(upper, lower, ("张三", "3", "402"))), [0, 1, 2])
        assert again(SheetRow(9, upper)) and again(SheetRow(10, lower))
        assert not again(SheetRow(11, ("张三", "3", "402")))


class TestKnownAgain:
    def test_however_the_titles_are_spaced_and_with_our_own_column_of_reasons(self) -> None:
        first = fingerprint(["姓 名", "身份证号(18位)", ""])
        assert first == fingerprint(["姓名*", "身份证号", "原因"])

    def test_not_with_a_column_more_or_in_another_order(self) -> None:
        assert len({fingerprint(t) for t in (["姓名", "电话"], ["电话", "姓名"], ["姓名", "电话", "住址"])}) == 3
