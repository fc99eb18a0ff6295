"""The demo's organisations: a believable tree, in which every parent comes before its children. Pure."""

from lianfang.demo import district, organisations
from lianfang.ground.territory.terms import OrganisationKind

ALL = list(organisations._organisations(district.plan()))
BY_CODE = {row.code: row for row in ALL}


def depth(code: str) -> int:
    parent = BY_CODE[code].parent
    return 1 if parent is None else 1 + depth(parent)


def test_codes_are_unique_and_parents_come_first() -> None:
    seen: set[str] = set()
    for row in ALL:
        assert row.parent is None or row.parent in seen
        seen.add(row.code)
    assert len(seen) == len(ALL) > 150


def test_party_organisations_go_down_to_the_grid_in_one_community_and_to_the_estate_in_others() -> None:
    levels = [depth(row.code) for row in ALL if row.kind == OrganisationKind.PARTY_ORGANISATION]
    assert {1, 2, 3, 4} == set(levels)  # the fifth of seed 2, the household, is a stewardship and no organisation


def test_in_xinhu_there_is_neither_owners_committee_nor_property_company_yet() -> None:
    named = [row.name for row in ALL if row.kind in ("owners_committee", "property_company") and row.area == "莘湖社区"]
    assert named == []


def test_every_kind_occurs_and_every_area_is_one_of_the_district() -> None:
    plan = district.plan()
    known = {organisations.SUBDISTRICT, *(c.name for c in plan.communities), *(g.name for g in plan.grids)}
    assert {row.kind for row in ALL} == set(OrganisationKind)
    assert {row.area for row in ALL} <= known
