"""The demo district as files.

The same roster and area tables that a real district brings. Headings as in the templates.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from lianfang.demo.district import SUBDISTRICT, District, Grid
from lianfang.demo.people import NEVER_ISSUED, Household, Resident, everybody

ROSTER_HEADINGS = (
    *("社区", "网格", "幢/楼栋", "单元", "室/门牌", "户主/与户主关系", "姓名", "性别", "证件类型", "证件号码"),
    *("出生日期", "手机号", "户籍/居住类别", "备注"),
)
_SEXES = {"male": "男", "female": "女"}
_RELATIONS = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙子女",
    "child_in_law": "儿媳、女婿",
    "flatmate": "合租",
}
_RESIDENCES = {"registered": "户籍人口", "usual": "常住(人户分离)", "migrant": "流动人口"}


AREA_HEADINGS = ("编码", "上级编码", "类别", "名称", "走访顺序", "无物业")
_KINDS = {
    "subdistrict": "街道",
    "sector": "工作片",
    "community": "社区",
    "village": "村",
    "grid": "网格",
    "building": "楼栋",
    "entrance": "单元",
}


class AreaRow(msgspec.Struct, frozen=True):
    """A line of the area table."""

    code: str
    kind: str
    name: str
    parent: str | None = None
    walk: int | None = None
    no_property_company: bool = False


class Written(msgspec.Struct, frozen=True):
    """What was written."""

    areas: tuple[AreaRow, ...]
    households: int
    people: int


def write_roster(district: District, path: Path, *, say: Callable[[int], None] = lambda people: None) -> Written:
    """Everybody, one line each, as csv that Excel opens; answers the areas they live in, down to the entrance."""
    tree = _Tree(district)
    households = people = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write = csv.writer(file)
        write.writerow(ROSTER_HEADINGS)
        for grid, household in everybody(district):
            tree.lives(grid, household)
            write.writerows(_lines(grid, household))
            households += 1
            people += len(household.residents)
            if households % 1000 == 0:
                say(people)
    return Written(tuple(tree.rows), households, people)


def write_areas(areas: Iterable[AreaRow], path: Path) -> None:
    """The area table, one line each, parents first."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write = csv.writer(file)
        write.writerow(AREA_HEADINGS)
        for area in areas:
            unmanaged = "是" if area.no_property_company else ""
            write.writerow((area.code, area.parent, _KINDS[area.kind], area.name, area.walk, unmanaged))


def _lines(grid: Grid, household: Household) -> Iterator[tuple[str, ...]]:
    at = household.dwelling
    where = (grid.community.name, grid.name, at.building, at.entrance or "", at.door)
    for resident in household.residents:
        yield (*where, *_line(resident))


def _line(one: Resident) -> tuple[str, ...]:
    document = "居民身份证" if one.id_number else "无证件"
    of_person = (_RELATIONS[one.relation], one.name, _SEXES[one.sex], document, one.id_number or "")
    return (*of_person, one.born_on.isoformat(), one.phone or "", _RESIDENCES[one.residence], "演示数据")


class _Tree:
    """The area table, grown as households are met: buildings and entrances get their walking order that way."""

    def __init__(self, district: District) -> None:
        root = f"{NEVER_ISSUED}001"
        self.rows = [AreaRow(root, "subdistrict", SUBDISTRICT)]
        self._codes: dict[tuple[str, ...], str] = {}
        self._children: dict[str, int] = {}
        for sector in district.sectors:
            self._add(("sector", sector), "sector", sector, root)
        for community in district.communities:
            kind = "village" if community.village else "community"
            self._add(("community", community.name), kind, community.name, self._codes["sector", community.sector])
        for grid in district.grids:
            self._add(("grid", grid.name), "grid", grid.name, self._codes["community", grid.community.name])

    def lives(self, grid: Grid, household: Household) -> None:
        """Its building and entrance are there from now on."""
        at = household.dwelling
        building = ("building", grid.name, at.building)
        if building not in self._codes:
            self._add(building, "building", at.building, self._codes["grid", grid.name])
        entrance = (*building, at.entrance or "")
        if at.entrance and entrance not in self._codes:
            self._add(entrance, "entrance", at.entrance, self._codes[building])

    def _add(self, key: tuple[str, ...], kind: str, name: str, parent: str) -> None:
        nth = self._children[parent] = self._children.get(parent, 0) + 1
        code = self._codes[key] = f"{parent}{nth:02d}" if nth < 100 else f"{parent}{nth}"
        managed = name != "莘湖社区"  # seed 000: 小区业主委员会尚未成立, nobody to ask there yet
        self.rows.append(AreaRow(code, kind, name, parent, nth, no_property_company=not managed))
