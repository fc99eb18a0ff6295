"""The made-up district: as large as the newspaper says, the same for everybody, and nobody real in it."""

import csv
from itertools import combinations, pairwise

import phonenumbers
import pytest

from lianfang.demo import district, people, staff, workbooks
from lianfang.foundation.kernel.roles import Role


@pytest.fixture(scope="module")
def everybody() -> list[tuple[district.Grid, people.Household]]:
    return list(people.everybody(district.plan()))


def test_the_district_has_the_numbers_that_the_newspaper_printed(everybody):
    """Seed 000: 35个村社, 69个网格, 累计排查135005人, 明镜社区辖区有居民3700多户."""
    plan = district.plan()
    assert len(plan.communities) == 35
    assert len({grid.name for grid in plan.grids}) == 69
    assert plan.people == sum(len(household.residents) for _, household in everybody) == 135_005
    assert 3_700 <= sum(grid.community.name == "明镜社区" for grid, _ in everybody) < 3_800


def test_every_grid_holds_exactly_who_was_planned_for_it(everybody):
    lived = dict.fromkeys((grid.name for grid in district.plan().grids), 0)
    for grid, household in everybody:
        lived[grid.name] += len(household.residents)
    assert lived == {grid.name: grid.people for grid in district.plan().grids}


def test_the_same_seed_makes_the_same_people_and_another_seed_makes_others():
    once, again = (people.fingerprint(district.plan(grids=3)) for _ in range(2))
    other = people.fingerprint(district.plan(grids=3, seed="another"))
    assert once == again != other


def test_a_small_district_has_as_many_people_as_one_asks_for():
    small = district.plan(grids=2, people=601)
    assert sum(len(household.residents) for _, household in people.everybody(small)) == small.people == 601


def test_the_check_digit_is_that_of_the_standard():
    """The example printed in GB 11643-1999, appendix A."""
    assert people.with_check_digit("11010519491231002") == "11010519491231002X"


def test_no_identity_number_was_ever_issued_and_all_are_well_formed(everybody):
    residents = [resident for _, household in everybody for resident in household.residents]
    numbers = [resident.id_number for resident in residents if resident.id_number]
    assert len(numbers) == len(set(numbers)) > 0.99 * len(residents)
    assert all(number.startswith("999999") and people.with_check_digit(number[:17]) == number for number in numbers)
    assert all(r.id_number[6:14] == f"{r.born_on:%Y%m%d}" for r in residents if r.id_number)
    assert all((int(r.id_number[16]) % 2 == 1) == (r.sex == "male") for r in residents if r.id_number)


def test_no_telephone_number_can_be_dialled(everybody):
    phones = [resident.phone for _, household in everybody for resident in household.residents if resident.phone]
    assert len(phones) == len(set(phones))
    assert all(len(phone) == 11 for phone in phones)
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(phone, "CN")) for phone in phones[::97])


def test_no_two_households_share_a_door(everybody):
    doors = {(grid.name, h.dwelling.building, h.dwelling.entrance, h.dwelling.door) for grid, h in everybody}
    assert len(doors) == len(everybody)


def test_ages_and_households_look_like_a_town_of_workshops(everybody):
    ages = [(people.AS_OF - r.born_on).days // 365 for _, household in everybody for r in household.residents]
    assert min(ages) == 0 and max(ages) < 105
    assert 0.10 < sum(age < 15 for age in ages) / len(ages) < 0.20
    assert 0.08 < sum(age >= 65 for age in ages) / len(ages) < 0.18
    assert 2.5 < len(ages) / len(everybody) < 3.0
    migrants = sum(r.residence == "migrant" for _, household in everybody for r in household.residents)
    assert 0.35 < migrants / len(ages) < 0.55
    assert all(household.residents[0].relation == "head" for _, household in everybody)


def test_grids_cover_the_lattice_without_overlapping():
    outlines = [grid.outline for grid in district.plan().grids]
    assert all(outline[0] == outline[-1] and _twice_the_area(outline) > 0 for outline in outlines)
    centres = [tuple(sum(p[axis] for p in outline[:4]) / 4 for axis in (0, 1)) for outline in outlines]
    for (outline, centre), (other, other_centre) in combinations(zip(outlines, centres, strict=True), 2):
        assert not _inside(centre, other) and not _inside(other_centre, outline)


def _twice_the_area(outline: tuple[district.Point, ...]) -> float:
    return sum(x * other_y - other_x * y for (x, y), (other_x, other_y) in pairwise(outline))


def _inside(point: district.Point, outline: tuple[district.Point, ...]) -> bool:
    """Left of every edge of a convex outline that runs counter-clockwise."""
    px, py = point
    edges = pairwise(outline)
    return all((bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0 for (ax, ay), (bx, by) in edges)


def test_each_grid_has_its_worker_and_each_community_its_officer():
    posts = staff.posts(district.plan())
    grids = [post.answers_for for post in posts if post.answers_for]
    assert sorted(grids) == sorted(grid.name for grid in district.plan().grids)
    assert sum(post.roles[0] == Role.COMMUNITY_OFFICER for post in posts) == 35
    assert len({post.account for post in posts}) == len(posts)
    assert staff.posts(district.plan()) == posts


def test_passwords_are_made_on_each_machine_and_kept_for_its_owner_only(tmp_path):
    logins = [staff.Login("grid-01", staff.a_password(), "张三", "grid_worker 上村-01") for _ in range(2)]
    assert logins[0].password != logins[1].password
    staff.write_logins(tmp_path / "accounts.txt", logins[:1])
    assert (tmp_path / "accounts.txt").stat().st_mode & 0o077 == 0
    assert staff.read_logins(tmp_path / "accounts.txt") == {"grid-01": logins[0]}


def test_the_roster_has_a_line_for_each_person_and_the_area_table_a_place_for_each_door(tmp_path):
    small = district.plan(grids=3)
    written = workbooks.write_roster(small, tmp_path / "roster.csv")
    with (tmp_path / "roster.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == written.people == small.people
    assert sum(row["户主/与户主关系"] == "户主" for row in rows) == written.households
    names = {area.code: area.name for area in written.areas}
    paths = {(names[area.parent], area.name) for area in written.areas if area.parent}
    for row in rows:
        assert (row["社区"], row["网格"]) in paths and (row["网格"], row["幢/楼栋"]) in paths
        assert not row["单元"] or (row["幢/楼栋"], row["单元"]) in paths
    codes = [area.code for area in written.areas]
    assert len(set(codes)) == len(codes)


def test_nobody_in_a_household_is_called_like_another(everybody):
    assert all(len({r.name for r in h.residents}) == len(h.residents) for _, h in everybody)
