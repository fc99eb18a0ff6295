"""What a column is for, from its title and from what stands in it, with how sure and why."""

from collections.abc import Sequence
from datetime import date

import pytest

from lianfang.foundation.plumbing.tables import SheetRow
from lianfang.ground.registry.layouts import Heading
from lianfang.ground.registry.suggestions import NOTHING_KNOWN, Known, Suggestion, suggest
from lianfang.ground.registry.terms import Target
from lianfang.ground.registry.tests.files import a_number

TODAY = date(2021, 12, 10)
NAMES = ["张三", "李四", "欧阳修远", "王小明"]
MOBILES = ["15400000001", "154 0000 0002", "15400000003", None]


def column(title: str, cells: Sequence[object], known: Known = NOTHING_KNOWN) -> Suggestion:
    return columns({title: cells}, known)[0]


def columns(table: dict[str, Sequence[object]], known: Known = NOTHING_KNOWN) -> list[Suggestion]:
    lines = [SheetRow(n, cells) for n, cells in enumerate(zip(*table.values(), strict=True), 2)]
    return suggest(Heading(1, 1, tuple(table)), lines, on=TODAY, known=known)


def codes(suggestion: Suggestion) -> list[str]:
    return [why.code.removeprefix("registry.why_") for why in suggestion.why]


@pytest.mark.parametrize(
    ("title", "cells", "target"),
    [
        ("姓 名", NAMES, "name"),
        ("公民身份号码", [a_number() for _ in range(4)], "id_number"),
        ("居民身份证件号码(18位)", [a_number() for _ in range(4)], "id_number"),
        ("联系电话", MOBILES, "phone"),
        ("本人手机号", MOBILES, "phone"),
        ("与户主的关系", ["户主", "妻子", "长子", "户主"], "relation"),
        ("出生年月日", ["1990-01-02", "1990/1/2", "1990年1月2日", "19900102"], "born_on"),
        ("性别", ["男", "女", "1", "2"], "sex"),
        ("幢号", ["3", "三幢", "3#", "3号楼"], "building"),
        ("单元", ["1", "二单元", "甲", "3单元"], "entrance"),
        ("室", ["402", "五零一", "402室", "1201"], "room"),
        ("现居住地址", ["锦绣园三幢二单元五零一室", "3-2-501", "前街12号", "3幢402"], "address"),
        ("门牌号", ["锦绣园3幢402", "锦绣园3幢403", "锦绣园4幢402", "前街12号"], "address"),
        ("门牌号", ["402", "403", "12号", "502"], "room"),
        ("是否流动人口", ["是", "否", "是", "否"], "residence_kind"),
        ("人员类别", ["户籍人口", "流动人口", "常住", "返乡"], "residence_kind"),
        ("住址/幢", ["3", "4", "5", "6"], "building"),
    ],
)
def test_title_and_content_agree(title: str, cells: Sequence[object], target: str) -> None:
    found = column(title, cells)
    assert (found.target, codes(found)[-1]) == (target, f"fits_{target}")
    assert found.sure > 75 and found.why[-1].details["n"]


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        ([a_number() for _ in range(4)], "id_number"),
        (MOBILES, "phone"),
        (["男", "女", "女", "男"], "sex"),
        (["户主", "配偶", "子女", "父母"], "relation"),
        (["1990-01-02", "1990/1/2", "1990年1月2日", "19900102"], "born_on"),
        (["锦绣园三幢二单元五零一室", "3-2-501", "前街12号", "3幢402"], "address"),
        (NAMES, "name"),
    ],
)
def test_content_alone_suggests_and_is_less_sure(cells: Sequence[object], target: str) -> None:
    found = column("F3", cells)
    assert (found.target, codes(found)) == (target, [f"fits_{target}"])
    assert found.sure <= 90


def test_content_that_speaks_against_the_title_suggests_nothing_and_says_so() -> None:
    found = column("手机号", ["男", "女", "男", "女"])
    assert (found.target, codes(found)) == (None, ["title", "content_against"])
    assert found.why[1].details == {"n": 4, "fit": 0}


def test_numbers_that_lost_their_end_are_still_the_column_of_numbers() -> None:
    found = column("身份证号", [9.99999199003071e17, "9.99999199003071E+17", None, None])
    assert (found.target, codes(found)) == (Target.ID_NUMBER, ["title", "digits_lost"])


@pytest.mark.parametrize(
    "title",
    [
        "民族",
        "宗教信仰",
        "政治面貌",
        "是否党员",
        "信访记录",
        "有无前科",
        "重点人员类型",
        "婚姻状况",
        "既往病史",
        "党支部",
        "残疾等级",
    ],
)
def test_a_column_without_a_declared_purpose_is_not_looked_at(title: str) -> None:
    class Untouchable:
        def __str__(self) -> str:
            raise AssertionError("it was read")

    found = column(title, [Untouchable()] * 4)
    assert (found.target, found.barred, codes(found)) == (None, True, ["no_purpose"])


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("户主姓名", "somebody_else"),
        ("监护人电话", "somebody_else"),
        ("户籍地址", "registered_elsewhere"),
        ("序号", "not_needed"),
        ("备注", "not_needed"),
    ],
)
def test_what_is_about_somebody_or_something_else_is_left_out_with_a_reason(title: str, why: str) -> None:
    found = column(title, NAMES)
    assert (found.target, found.barred, codes(found)) == (None, False, [why])


def test_of_two_columns_for_one_purpose_the_surer_has_it() -> None:
    found = columns({"联系方式": ["微信", "15400000001", "15400000002", "无"], "手机号码": ["15400000001"] * 4})
    assert [each.target for each in found] == [None, Target.PHONE]
    assert codes(found[0])[-1] == "another_fits_better"


def test_what_the_district_calls_its_parts_is_known_in_any_column() -> None:
    known = Known(communities={"明镜社区"}, grids={"第1网格"})
    found = columns({"单位名": ["明镜社区"] * 4, "片": ["第1网格"] * 4}, known)
    assert [each.target for each in found] == [Target.COMMUNITY, Target.GRID]


def test_an_unknown_column_is_not_read() -> None:
    assert codes(column("电梯卡", ["甲x", "乙y", "丙z", "丁w"])) == ["unknown"]


def test_reasons_name_nobody() -> None:
    table = {"姓名": NAMES, "身份证号": [a_number() for _ in range(4)], "F": MOBILES}
    assert not any(name in str(columns(table)) for name in [*NAMES, "999999", "154"])
