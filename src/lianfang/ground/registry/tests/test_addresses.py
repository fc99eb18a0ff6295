"""An address in one cell, read against the buildings of the district."""

import pytest

from lianfang.ground.registry.addresses import Stand, district, read_address

MIRROR, POND = "明镜社区", "中塘社区"
TOWN = district(
    [
        (Stand("1幢", "第1网格", MIRROR), ""),
        (Stand("3幢", "第2网格", MIRROR), "锦绣园小区"),
        (Stand("锦绣园5幢", "第2网格", MIRROR), ""),
        (Stand("3幢", "第3网格", POND), "中塘河小区"),
        (Stand("前街", "第3网格", POND), ""),
    ],
    {MIRROR: ["第1网格", "第2网格"], POND: ["第3网格", "明镜-07"]},
)


@pytest.mark.parametrize(
    ("text", "grid", "door"),
    [
        ("浙江省瑞安市莘塍街道明镜社区锦绣园三幢二单元五零一室", "第2网格", ("3幢", "2单元", "501")),
        ("锦绣园小区3栋2单元501", "第2网格", ("3幢", "2单元", "501")),
        ("明镜社区 3号楼 2单元 501室", "第2网格", ("3幢", "2单元", "501")),
        ("锦绣园5#一单元1201", "第2网格", ("锦绣园5幢", "1单元", "1201")),
        ("1-2-501", "第1网格", ("1幢", "2单元", "501")),
        ("莘塍街道前街12号", "第3网格", ("前街", "", "12号")),
        ("前街十二号", "第3网格", ("前街", "", "12号")),
    ],
)
def test_is_taken_apart_and_finds_its_grid_by_its_building(text: str, grid: str, door: tuple[str, str, str]) -> None:
    read = read_address(text, TOWN)
    assert (read.grid, (read.building, read.entrance, read.room)) == (grid, door)
    assert (read.why, read.details["grid"]) == ("registry.address_by_building", grid)


def test_that_names_its_grid_needs_no_building_that_is_known() -> None:
    read = read_address("明镜社区第1网格77幢101", TOWN)
    assert (read.community, read.grid, read.building, read.why) == (MIRROR, "第1网格", "77幢", "")


def test_of_a_building_in_two_grids_is_left_to_a_person() -> None:
    read = read_address("3幢2单元501", TOWN)
    assert (read.grid, read.problem) == ("", "registry.address_ambiguous")
    assert read.details["grids"] == "中塘社区第3网格、明镜社区第2网格"
    assert read_address("3幢2单元501", TOWN, community=POND).grid == "第3网格"


@pytest.mark.parametrize(
    ("text", "problem", "like"),
    [
        ("锦秀园5幢501", "registry.address_unknown_like", "锦绣园5"),
        ("锦秀园9幢501", "registry.address_unknown", None),
        ("后巷12号", "registry.address_unknown", None),
    ],
)
def test_of_an_unknown_building_is_never_guessed(text: str, problem: str, like: str | None) -> None:
    read = read_address(text, TOWN)
    assert (read.grid, read.problem, read.details.get("like")) == ("", problem, like)


@pytest.mark.parametrize("text", ["", "莘塍街道", "明镜社区", "不详"])
def test_without_a_door_is_none(text: str) -> None:
    read = read_address(text, TOWN)
    assert (read.building, read.room, read.problem) == ("", "", "")


def test_a_grid_that_occurs_once_tells_its_community() -> None:
    assert (TOWN.community_of("明镜-07"), TOWN.community_of("没有")) == (POND, "")
