"""Which cells can be pointed at, how they are found again, and which area a row is about."""

from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.reports.terms import Place, SubjectKey
from lianfang.interop.upper_level_forms import rules, workbook
from lianfang.interop.upper_level_forms.terms import Mapped, Wanted, Why
from lianfang.interop.upper_level_forms.tests.books import book, protected


def id_of(n: int) -> AreaId:
    return AreaId(UUID(int=n))


STREET, MINGJING, ZHONGTANG = (id_of(n) for n in (1, 2, 3))
PLACES = (
    Place(STREET, "莘塍街道"),
    Place(MINGJING, "明镜社区", STREET),
    Place(id_of(4), "第1网格", MINGJING, True),
    Place(id_of(5), "第2网格", MINGJING, True),
    Place(ZHONGTANG, "中塘社区", STREET),
    Place(id_of(6), "第1网格", ZHONGTANG, True),
)


def wanted(cell: str, sheet: str = "日报") -> Wanted:
    return Wanted(sheet, cell, SubjectKey("campaigns", UUID(int=9)), "done", MINGJING)


def mapped(data: bytes, *cells: str) -> list[Mapped]:
    found, refused = rules.mapped(workbook.read(data), [wanted(cell) for cell in cells])
    assert refused == []
    return found


def refusals(data: bytes, *cells: str) -> list[tuple[str, Why]]:
    _, refused = rules.mapped(workbook.read(data), [wanted(cell) for cell in cells])
    return [(one.cell, one.why) for one in refused]


def test_a_cell_is_known_by_its_row_and_its_two_storeys_of_headings() -> None:
    (one,) = mapped(book(), "D4")
    assert (one.anchor.left, one.anchor.above) == (("明镜社区",), ("已完成", "入户排查"))
    assert rules.spoken(one.anchor) == "明镜社区 · 入户排查 · 已完成"


def test_what_cannot_be_pointed_at() -> None:
    assert refusals(book(), "C7", "B4", "B3", "C2", "D1", "A99", "ZZ1", "4D", "") == [
        ("C7", Why.FORMULA),
        ("B4", Why.WORDS),
        ("B3", Why.MERGED),
        ("C2", Why.WORDS),
        ("D1", Why.MERGED),
        ("A99", Why.OUTSIDE),
        ("ZZ1", Why.OUTSIDE),
        ("4D", Why.OUTSIDE),
        ("", Why.OUTSIDE),
    ]
    assert refusals(book(), "D4", "D4") == [("D4", Why.TWICE)]
    assert rules.mapped(workbook.read(book()), [wanted("D4", "别的表")])[1][0].why is Why.OUTSIDE


def test_of_a_protected_sheet_only_what_is_open() -> None:
    assert refusals(book(protected), "C4", "D4", "D6") == [("C4", Why.LOCKED), ("D6", Why.LOCKED)]


def test_a_cell_without_words_of_its_own_cannot_be_pointed_at() -> None:
    """Two rows of one name: nobody could tell them apart once the layout changes."""
    assert refusals(book(rows=("明镜社区", "明镜社区")), "D4") == [("D4", Why.AMBIGUOUS)]
    assert refusals(book(lambda sheet: sheet.__setitem__("J12", "页脚")), "H11") == [("H11", Why.NAMELESS)]


# --- another layout --------------------------------------------------------------------------------------------------


def carried(before: bytes, after: bytes, *cells: str) -> Any:
    found, moved, lost = rules.carried_over(mapped(before, *cells), workbook.read(after))
    return (
        [one.wanted.cell for one in found],
        [(one.cell, one.to_cell) for one in moved],
        [(o.cell, o.why) for o in lost],
    )


def test_the_same_layout_with_another_day_in_its_title_moves_nothing() -> None:
    assert carried(book(), book(title="疫情防控日报表 12月11日"), "C4", "D5") == (["C4", "D5"], [], [])


def test_a_column_put_in_between_is_noticed_and_the_cells_found_again() -> None:
    after = book(heads=("应走访", "其中老人", "已完成", "完成率"))
    assert carried(book(), after, "C4", "D5", "E6") == (
        ["C4", "E5", "F6"],
        [("D5", "E5"), ("E6", "F6")],
        [],
    )


def test_two_columns_that_changed_places_are_not_mixed_up() -> None:
    after = book(heads=("已完成", "应走访", "完成率"))
    assert carried(book(), after, "C4", "D4")[1] == [("C4", "D4"), ("D4", "C4")]


def test_rows_in_another_order_and_a_renamed_sheet() -> None:
    after = book(lambda sheet: setattr(sheet, "title", "日报(新)"), rows=("中塘社区", "明镜社区", "合计"))
    assert carried(book(), after, "D4", "D5")[1] == [("D4", "D5"), ("D5", "D4")]


def test_what_is_not_found_for_sure_is_lost_with_its_reason() -> None:
    assert carried(book(), book(heads=("应走访", "完成户数", "完成率")), "C4", "D4")[2] == [("D4", Why.WORDS_GONE)]
    assert carried(book(), book(rows=("明镜社区", "明镜社区", "合计")), "D4")[2] == [("D4", Why.AMBIGUOUS)]
    assert carried(book(), book(protected), "C4", "D4")[2] == [("C4", Why.LOCKED)]
    gone = book(lambda sheet: setattr(sheet, "title", "别的"), heads=("一", "二", "三"))
    assert carried(book(), gone, "D4")[2] == [("D4", Why.SHEET_GONE)]


@pytest.mark.parametrize("label, above", [("应走访户数", False), ("户数", True)])
def test_words_on_one_side_only_count_the_steps_to_the_cell(label: str, above: bool) -> None:
    """A form of lines (应走访户数: ____): the cell beside the words, not the one after."""

    def lines(steps: int) -> bytes:
        def change(sheet: Any) -> None:
            at = (20, 9)
            sheet.cell(*at, label)
            sheet.cell(at[0] + steps * above, at[1] + steps * (not above)).number_format = "0"

        return book(change)

    cell = "I21" if above else "J20"
    if above:
        found, moved, lost = rules.carried_over(mapped(lines(1), cell), workbook.read(lines(1)))
        assert (len(found), moved, lost) == (1, [], [])
    else:
        assert carried(lines(1), lines(1), cell) == ([cell], [], [])


# --- whose row -------------------------------------------------------------------------------------------------------


def suggested(*names: str, cell: str = "C4") -> list[tuple[str, AreaId | None, bool]]:
    found = rules.suggestions(workbook.read(book(rows=names)), "日报", cell, PLACES)
    return [(one.words, one.area, one.sure) for one in found if one.words != "核对"]


def test_areas_are_known_by_name_and_what_is_not_the_very_same_is_asked_about() -> None:
    assert suggested("明镜社区", "中 塘 社区", "明镜", "明境社区", "合计", "别处") == [
        ("明镜社区", MINGJING, True),
        ("中塘社区", ZHONGTANG, True),
        ("明镜", MINGJING, False),
        ("明境社区", MINGJING, False),
        ("合计", STREET, False),
        ("别处", None, False),
    ]


def test_grids_of_one_name_are_told_apart_by_the_community_before_them() -> None:
    def grids(sheet: Any) -> None:
        for row, (community, grid) in enumerate([("明镜社区", "第1网格"), ("中塘", "第1网格"), ("明镜", "第9网格")], 4):
            sheet.cell(row, 1, community)
            sheet.cell(row, 2, grid)

    found = rules.suggestions(workbook.read(book(grids)), "日报", "C4", PLACES)
    assert [one.area for one in found[:3]] == [id_of(4), id_of(6), MINGJING]
    assert [one.sure for one in found[:3]] == [True, True, False]


def test_a_number_apart_is_no_slip_of_the_pen() -> None:
    assert suggested("第3网格", "东塘社区")[0][1] is None
    assert rules.suggestions(workbook.read(book()), "日报", "A1", PLACES) == []
    assert rules.suggestions(workbook.read(book()), "没有", "C4", PLACES) == []
