"""Areas from a workbook: what goes in, what is wrong with it, what comes out."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import catalogue
from lianfang.ground.territory import actions, queries, workbook
from lianfang.ground.territory.rules import MAY_HOLD
from lianfang.ground.territory.terms import AreaKind, EstateKind, TreeLoaded
from lianfang.ground.territory.tests.town import FIRST_DAY, NOW, ROWS, TODAY, id_of, load

pytestmark = pytest.mark.django_db
HEAD = ["编码", "上级编码", "类别", "名称", "走访顺序", "小区类型", "出入口数", "无物业"]
GOOD: list[list[Any]] = [
    ["S", None, "街道", "莘塍街道"],
    ["C", "S", "社区", "明镜社区"],
    ["G", "C", "网格", "第1网格", 1],
    ["E", "G", "小区", "静海新村", None, "老旧小区", 2, "是"],
    ["B", "E", "楼栋", "1幢", 3],
]


@pytest.fixture
def book(tmp_path: Path) -> Any:
    def write(rows: list[list[Any]], *, head: list[str] = HEAD, name: str = "区域.xlsx") -> Path:
        path = tmp_path / name
        if name.endswith(".csv"):
            lines = [",".join("" if cell is None else str(cell) for cell in row) for row in [head, *rows]]
            path.write_text("\n".join(lines), encoding="gb18030")
            return path
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet()
            for number, row in enumerate([head, *rows]):
                sheet.write_row(number, 0, row)
        return path

    return write


def load_book(path: Path) -> TreeLoaded:
    return actions.load_workbook(path=path, on=FIRST_DAY, by=THE_HOUSE, at=NOW)


def mistakes(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(Problem) as caught:
        load_book(path)
    assert caught.value.code == "territory.tree_has_errors"
    assert queries.roots(TODAY) == []
    return [
        (e["row"], workbook.heading(e["column"]), e["code"].removeprefix("territory."))
        for e in caught.value.details["errors"]
    ]


@pytest.mark.parametrize("name", ["区域.xlsx", "区域.csv"])
def test_a_workbook_becomes_a_tree(book: Any, name: str) -> None:
    loaded = load_book(book(GOOD, name=name))
    assert (loaded.added, loaded.changed) == (5, 0)
    estate = queries.area(id_of("E"))
    assert (estate.kind, estate.estate_kind, estate.gates, estate.no_property_company) == (
        AreaKind.ESTATE,
        EstateKind.OLD,
        2,
        True,
    )
    assert [queries.area(a).name for a in queries.lineage(id_of("B"), TODAY)] == [
        "莘塍街道",
        "明镜社区",
        "第1网格",
        "静海新村",
        "1幢",
    ]


def test_every_mistake_is_named_at_once_by_row_and_column(book: Any) -> None:
    rows = [
        *GOOD,
        ["G", "C", "网格", "又一个"],
        ["X1", "Z", "网格", "无上级"],
        ["X2", "C", "片儿", "什么"],
        [None, "C", "网格", "没有编码"],
        ["X3", "C", "网格", None],
        ["X4", "C", "网格", "某", "第一"],
        ["X5", "C", "小区", "某", None, "豪宅", None, "也许"],
        ["X6", "B", "网格", "某"],
    ]
    assert mistakes(book(rows)) == [
        (7, "编码", "code_twice"),
        (9, "类别", "kind_unknown"),
        (10, "编码", "code_missing"),
        (11, "名称", "name_missing"),
        (12, "走访顺序", "not_a_number"),
        (13, "小区类型", "estate_kind_unknown"),
        (13, "无物业", "not_yes_or_no"),
        (14, "上级编码", "may_not_hold"),
    ]
    assert mistakes(book([*GOOD[:3], ["X1", "Z", "网格", "无上级"]])) == [(5, "上级编码", "parent_unknown")]


def test_a_header_glued_in_again_and_a_row_that_says_nothing_are_seen(book: Any) -> None:
    assert mistakes(book([*GOOD, HEAD]))[0] == (7, "编码", "header_again")


def test_merged_cells_and_broken_formulas_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([HEAD, *GOOD]):
            sheet.write_row(number, 0, row)
        sheet.merge_range("B3:B4", "S")
        sheet.write_formula("D6", "=1/0", value="#DIV/0!")
    assert {(row, code) for row, _, code in mistakes(path)} >= {(4, "cell_merged"), (6, "cell_error")}


def test_a_table_without_its_columns_says_which_are_missing(book: Any) -> None:
    with pytest.raises(Problem, match=r"tables\.columns_missing"):
        load_book(book([["S", "莘塍街道"]], head=["编码", "名称"]))


def test_the_template_loads_and_its_example_is_skipped(tmp_path: Path) -> None:
    made = BytesIO()
    workbook.write_template(made)
    path = tmp_path / "t.xlsx"
    path.write_bytes(made.getvalue())
    assert load_book(path) == TreeLoaded(0, 0, 0, None)


def test_what_comes_out_goes_in_again_and_changes_nothing(tmp_path: Path) -> None:
    load()
    made = BytesIO()
    assert workbook.write_areas(made, within=[id_of("S")], on=TODAY) == len(ROWS)
    path = tmp_path / "t.xlsx"
    path.write_bytes(made.getvalue())
    again = actions.load_workbook(path=path, on=TODAY, by=THE_HOUSE, at=NOW)
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(ROWS))


def test_whoever_has_a_say_in_one_community_loads_nothing_elsewhere(book: Any) -> None:
    load()
    path = book([["G9", "C1", "网格", "第9网格"], ["G8", "C2", "网格", "第8网格"], ["G3", "E1", "网格", "别名"]])
    with pytest.raises(Problem) as caught:
        actions.load_workbook(path=path, on=TODAY, within=[id_of("C1")], by=THE_HOUSE, at=NOW)
    assert [(e["row"], e["code"]) for e in caught.value.details["errors"]] == [
        (3, "territory.outside_your_areas"),
        (4, "territory.outside_your_areas"),
    ]


def test_every_kind_has_a_name_and_a_place() -> None:
    assert set(workbook.KIND_NAMES) == set(MAY_HOLD) == set(AreaKind)
    assert set(workbook.ESTATE_NAMES) == set(EstateKind)


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    for why in ("merged", "formula", "error"):
        for language in catalogue.LANGUAGES:
            assert catalogue.sentence(f"territory.cell_{why}", language) != f"territory.cell_{why}"
