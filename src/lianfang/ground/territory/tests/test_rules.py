"""What is wrong with a table of a tree, said row by row. No database."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import new_id
from lianfang.ground.territory.rules import Standing, check_rows, parents_first
from lianfang.ground.territory.terms import Node, Tree, TreeRow

TOWN = [
    TreeRow("S", "subdistrict", "莘塍街道", row=2),
    TreeRow("C", "community", "明镜社区", "S", row=3),
    TreeRow("G", "grid", "第1网格", "C", row=4),
    TreeRow("B", "building", "1幢", "G", row=5),
]


def wrong(rows: list[TreeRow], **known: Standing) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for p in check_rows(rows, tree=Tree.AREAS, known=known)]


def with_row(**fields: Any) -> list[TreeRow]:
    return [*TOWN, TreeRow(**{"code": "X", "kind": "grid", "name": "某", "row": 6} | fields)]


def test_a_good_table_has_nothing_wrong_with_it() -> None:
    assert wrong(TOWN) == []
    assert wrong(list(reversed(TOWN))) == []


def test_each_mistake_names_its_row_and_column() -> None:
    assert wrong(with_row(code="G", parent="C")) == [(6, "code", "territory.code_twice")]
    assert wrong(with_row(parent="Z")) == [(6, "parent", "territory.parent_unknown")]
    assert wrong(with_row()) == [(6, "parent", "territory.parent_missing")]
    assert wrong(with_row(parent="B")) == [(6, "parent", "territory.may_not_hold")]
    assert wrong(with_row(kind="entrance", parent="C")) == [(6, "parent", "territory.may_not_hold")]


def test_a_building_outside_every_grid_is_named() -> None:
    rows = [*with_row(code="E", kind="estate", parent="C"), TreeRow("B2", "building", "2幢", "E", row=7)]
    assert wrong(rows) == [(7, "parent", "territory.no_grid_above")]


def test_a_grid_inside_a_grid_is_named() -> None:
    rows = [*with_row(code="E", kind="estate", parent="G"), TreeRow("G2", "grid", "第2网格", "E", row=7)]
    assert wrong(rows) == [(7, "parent", "territory.grid_in_grid")]


def test_two_areas_above_each_other_are_named() -> None:
    rows = [TreeRow("A", "division", "甲", "D", row=2), TreeRow("D", "division", "丁", "A", row=3)]
    assert wrong(rows) == [(2, "parent", "territory.above_itself"), (3, "parent", "territory.above_itself")]


def test_what_an_area_is_never_changes() -> None:
    known = Standing(Node(id=new_id(), kind="village", name="明镜村"))
    assert wrong(TOWN, C=known) == [(3, "kind", "territory.kind_cannot_change")]


@given(st.permutations(TOWN))
def test_parents_come_before_children_however_the_rows_stand(rows: list[TreeRow]) -> None:
    seen: set[str] = set()
    for row in parents_first(rows):
        assert row.parent is None or row.parent in seen
        seen.add(row.code)
    assert len(seen) == len(TOWN)
