"""Doors as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import DwellingKind

SAME_FLAT = [
    ("3幢", "2单元", "402"),
    ("3幢2单元402", "", ""),
    ("", "", "3幢2单元402室"),
    ("三号楼", "二单元", "四零二室"),
    ("３幢", "２单元", "４０２"),
    ("3#", "乙", "0402"),
    ("3栋", "2", "402房"),
    ("第三幢", "2门洞", "402号室"),
    ("3-2-402", "", ""),
    (" 3 幢 ", " 2 单元 ", " 402 "),
]


@pytest.mark.parametrize("parts", SAME_FLAT)
def test_spellings_of_one_flat_are_one_door(parts: tuple[str, str, str]) -> None:
    door = rules.read_door(*parts)
    assert door is not None
    assert (door.shown, door.key, door.kind) == ("3幢2单元402", "3-2-402", DwellingKind.FLAT)


@pytest.mark.parametrize(
    ("parts", "shown", "kind"),
    [
        (("前街12号", "", ""), "前街12号", "house"),
        (("前街", "", "十二号"), "前街12号", "house"),
        (("前街", "", "12号之一"), "前街12-1号", "house"),
        (("前街", "", "12-1号"), "前街12-1号", "house"),
        (("", "", "12号"), "12号", "house"),
        (("镇前路", "", "12号二楼"), "镇前路12号2楼", "house"),
        (("镇前路12号2楼", "", ""), "镇前路12号2楼", "house"),
        (("镇前路1弄", "", "5号"), "镇前路1弄5号", "house"),
        (("时代柏悦1幢1单元101", "", ""), "时代柏悦1幢1单元101", "flat"),
        (("时代柏悦1幢1单元101隔壁", "", ""), "时代柏悦1幢1单元101隔壁", "flat"),
        (("易家桥新村209幢", "", ""), "易家桥新村209幢", "flat"),
        (("a座", "", "1203"), "A幢1203", "flat"),
        (("3幢", "", "402"), "3幢402", "flat"),
        (("幸福里", "", ""), "幸福里", "other"),
    ],
)
def test_doors_of_all_kinds(parts: tuple[str, str, str], shown: str, kind: str) -> None:
    door = rules.read_door(*parts)
    assert door is not None
    assert (door.shown, door.kind) == (shown, kind)


@pytest.mark.parametrize(
    ("key", "end"),
    [
        ("锦绣园1-1-302", "1-1-302"),
        ("3-2-402", "3-2-402"),
        ("莘塍1村12a-1-302", "12a-1-302"),
        ("a--1203", "a--1203"),
        ("前街--12", "--12"),
        ("前街--12-1", "--12-1"),
        ("幸福里--", "--"),
    ],
)
def test_the_end_of_a_doors_key_leaves_the_estate_out(key: str, end: str) -> None:
    assert rules.door_end(key) == end


def test_no_door_is_no_door() -> None:
    assert rules.read_door("", " ", "\u3000") is None


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        *(("三", "3"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("二十一", "21"), ("廿三", "23"), ("卅", "30")),
        *(("一百零三", "103"), ("五零一", "501"), ("一〇二", "102"), ("0402", "402"), ("b", "B"), ("0", "0")),
    ],
)
def test_chinese_numerals(written: str, digits: str) -> None:
    assert rules.number_of(written) == digits


def test_walking_order_goes_by_building_entrance_and_room() -> None:
    doors = ["1幢1单元101", "1幢1单元102", "1幢1单元1101", "1幢2单元101", "2幢1单元101", "12幢1单元101"]
    walks = [door.walk for door in map(rules.read_door, doors) if door]
    assert walks == sorted(walks) and len(set(walks)) == len(doors)
    houses = [door.walk for door in map(rules.read_door, ["前街2号", "前街2号2楼", "前街12号"]) if door]
    assert houses == sorted(houses)


@given(st.text(max_size=30), st.text(max_size=8), st.text(max_size=12))
def test_whatever_stands_in_the_columns_is_read_to_something_a_browser_can_sort(b: str, e: str, r: str) -> None:
    door = rules.read_door(b, e, r)
    assert door is None or (door.shown and 0 <= door.walk < 2**53)


@given(st.sampled_from(["幢", "号楼", "栋"]), st.integers(1, 300), st.integers(1, 9), st.integers(101, 3304))
def test_a_door_shown_is_read_back_as_the_same_door(sign: str, building: int, entrance: int, room: int) -> None:
    door = rules.read_door(f"{building}{sign}", f"{entrance}单元", str(room))
    assert door is not None
    again = rules.read_door(door.shown)
    assert again is not None and again.key == door.key


@given(st.sampled_from(["", "锦绣园", "莘塍1村"]), st.integers(1, 300), st.integers(1, 9), st.integers(101, 3304))
def test_whoever_types_a_whole_door_means_it(estate: str, building: int, entrance: int, room: int) -> None:
    door = rules.read_door(f"{estate}{building}幢", f"{entrance}单元", str(room))
    assert door is not None
    (sought,) = rules.sought_doors(door.shown)
    assert (sought.named, f"{sought.number}-{sought.entrance}-{sought.room}") == (estate, rules.door_end(door.key))


@given(st.text(max_size=40))
def test_whatever_is_typed_for_a_door_is_read_to_something(text: str) -> None:
    assert len(rules.sought_doors(text)) <= 2
