"""Boundaries over HTTP: look first, split, merge, and ask how it was."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.tests.village import a_campaign
from lianfang.ground.registry.models import Household
from lianfang.ground.registry.tests.homes import publish_many
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db(databases=["default", "plumbing"])]
API = "/api/v1/areas"
JSON = "application/json"


@pytest.fixture
def desk() -> Iterator[Client]:
    doors = [f"{n}幢1单元101" for n in (1, 2, 3)]
    publish_many([(door, "G2", HouseholdId(new_id()), [{"name": "张三"}]) for door in doors])
    with clock.stopped_at(NOW + timedelta(days=1)):
        client = Client()
        client.force_login(Account.objects.get(id=hire("officer", Role.SUBDISTRICT_OFFICER)))
        yield client


def redraw(desk: Client, grid: str, **asked: Any) -> Any:
    return desk.post(f"{API}/{id_of(grid)}/redraw", asked, JSON).json()


def test_a_look_beforehand_changes_nothing_and_a_split_does_what_it_said(desk: Client) -> None:
    asked = {"parts": [{"name": "第4网格", "code": "G4", "doors": ["1-2幢"]}]}
    looked = redraw(desk, "G2", **asked, only_look=True)
    assert [(part["name"], part["households"]) for part in looked["parts"]] == [("第2网格", 1), ("第4网格", 2)]
    assert (looked["done"], set(Household.objects.values_list("grid_id", flat=True))) == (False, {id_of("G2")})
    done = redraw(desk, "G2", **asked)
    new = done["parts"][1]["grid"]
    assert done["done"] and Household.objects.filter(grid_id=new).count() == 2
    (step,) = desk.get(f"{API}/{new}").json()["before"]
    assert step["name"] == "第2网格"


def test_what_an_area_was_called_and_what_became_of_it_can_be_asked_for(desk: Client) -> None:
    grid, into = id_of("G2"), id_of("G1")
    desk.patch(f"{API}/{grid}", {"name": "二号网格"}, JSON)
    merged = desk.post(f"{API}/{id_of('C1')}/merge", {"into": str(grid)}, JSON)
    assert (merged.status_code, merged.json()["code"]) == (422, "territory.not_divisible")
    with clock.stopped_at(NOW + timedelta(days=2)):
        assert desk.post(f"{API}/{grid}/merge", {"into": str(into)}, JSON).json()["into"] == str(into)
        profile = desk.get(f"{API}/{grid}").json()
    assert [look["name"] for look in profile["looks"]] == ["第2网格", "二号网格"]
    assert [step["name"] for step in profile["after"]] == ["第1网格"] and profile["ended_on"] == "2021-12-12"
    assert desk.get(f"{API}/{grid}?on={TODAY}").json()["area"]["name"] == "第2网格"
    rows = desk.get(f"{API}?parent={id_of('C1')}&on={TODAY}").json()["rows"]
    assert [row["name"] for row in rows] == ["第1网格", "第2网格"]
    assert set(Household.objects.values_list("grid_id", flat=True)) == {into}


def test_a_community_is_split(desk: Client) -> None:
    asked = {"parts": [{"name": "新明镜社区", "areas": [str(id_of("G2"))]}], "reason": "人口增加"}
    (new,) = desk.post(f"{API}/{id_of('C1')}/split", asked, JSON).json()
    assert [row["name"] for row in desk.get(f"{API}?parent={new}").json()["rows"]] == ["第2网格"]
    wrong = desk.post(f"{API}/{id_of('C1')}/split", {"parts": [{"name": "又", "areas": [str(id_of("G3"))]}]}, JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "territory.not_directly_below")


def test_a_grid_with_doors_does_not_end_and_a_mistake_is_a_sentence(desk: Client) -> None:
    ended = desk.post(f"{API}/{id_of('G2')}/end", {"on": "2021-12-12"}, JSON)
    assert (ended.status_code, ended.json()["code"]) == (409, "territory.grid_with_households")
    said = redraw(desk, "G2", parts=[{"name": "新", "doors": ["6-1幢"]}])
    assert said["code"] == "registry.door_list_unreadable" and "6-1幢" in said["message"]
    twice = redraw(desk, "G2", parts=[{"name": "甲", "doors": ["1幢"]}, {"name": "乙", "doors": ["1-2幢"]}])
    assert twice["code"] == "registry.door_in_two_parts"


def test_the_desk_of_a_new_community_goes_on_seeing_the_campaign(desk: Client) -> None:
    campaign = a_campaign(area="C1", ends_on=TODAY + timedelta(days=3))
    asked = {"parts": [{"name": "新明镜社区", "code": "C1b", "areas": [str(id_of("G2"))]}]}
    (new,) = desk.post(f"{API}/{id_of('C1')}/split", asked, JSON).json()
    officer = Client()
    tomorrow = TODAY + timedelta(days=1)
    account = hire("community-01", area="S")
    access.grant_role(
        account=account, role=Role.COMMUNITY_OFFICER, area=id_of("C1b", on=tomorrow), by=THE_HOUSE, at=clock.now()
    )
    officer.force_login(Account.objects.get(id=account))
    coverage = officer.get(f"/api/v1/campaigns/{campaign.id}/coverage").json()
    assert (coverage["area"]["id"], coverage["totals"]["remaining"], coverage["boundaries"]) == (new, 3, "kept")
    again = officer.get(f"/api/v1/campaigns/{campaign.id}/coverage?boundaries=today").json()
    assert (again["totals"], again["boundaries"]) == (coverage["totals"], "today")


def test_what_can_be_given_is_listed_with_how_many_live_there_and_nobody_by_name(desk: Client) -> None:
    publish_many(
        [
            ("锦绣园5幢2单元201", "G2", HouseholdId(new_id()), [{"name": "李四"}, {"name": "李五"}]),
            ("锦绣园5幢1单元101", "G2", HouseholdId(new_id()), [{"name": "王五"}]),
            ("前街12号", "G2", HouseholdId(new_id()), [{"name": "赵六"}]),
            ("1单元101", "B1", HouseholdId(new_id()), [{"name": "钱七"}]),
        ]
    )
    told = desk.get(f"{API}/{id_of('G2')}/doors").json()
    assert [(one["line"], one["depth"], one["households"], one["people"]) for one in told] == [
        ("1幢", 0, 1, 1), ("2幢", 0, 1, 1), ("3幢", 0, 1, 1),
        ("锦绣园5幢", 0, 2, 3), ("锦绣园5幢1单元", 1, 1, 1), ("锦绣园5幢2单元", 1, 1, 2), ("前街", 0, 1, 1),
    ]  # fmt: skip
    assert "李" not in str(told)
    (building,) = desk.get(f"{API}/{id_of('G1')}/doors").json()
    assert (building["area"], building["line"], building["name"]) == (str(id_of("B1")), "", "1幢")


def test_of_two_who_split_at_once_the_second_is_asked_to_look_again(desk: Client) -> None:
    asked = {"parts": [{"name": "第4网格", "doors": ["1-2幢"]}]}
    seen = redraw(desk, "G2", **asked, only_look=True)["seen"]
    assert redraw(desk, "G2", **asked, seen=seen)["done"]
    again = redraw(desk, "G2", parts=[{"name": "第4网格", "doors": ["1-2幢"]}], seen=seen)
    assert again["code"] == "registry.boundary_moved_meanwhile" and "第2网格" in again["message"]
    assert [row["name"] for row in desk.get(f"{API}?parent={id_of('C1')}").json()["rows"]].count("第4网格") == 1


def test_a_grid_that_ended_meanwhile_says_where_it_went(desk: Client) -> None:
    grid, into = id_of("G2"), id_of("G1")
    with clock.stopped_at(NOW + timedelta(days=2)):
        desk.post(f"{API}/{grid}/merge", {"into": str(into)}, JSON)
        asked = {"parts": [{"name": "第4网格", "doors": ["1幢"]}]}
        said = desk.post(f"{API}/{grid}/redraw", asked, JSON)
    assert (said.status_code, said.json()["code"]) == (409, "registry.grid_went_into")
    assert "2021-12-12" in said.json()["message"] and "第1网格" in said.json()["message"]


def test_a_split_by_mistake_is_taken_back_on_the_same_day(desk: Client) -> None:
    new = redraw(desk, "G2", parts=[{"name": "第4网格", "code": "G4", "doors": ["1-2幢"]}])["parts"][1]["grid"]
    whole = {"parts": [{"grid": str(id_of("G2")), "rest": True}], "end": True}
    assert desk.post(f"{API}/{new}/redraw", whole, JSON).json()["done"]
    assert set(Household.objects.values_list("grid_id", flat=True)) == {id_of("G2")}
    profile = desk.get(f"{API}/{new}").json()
    assert (profile["ended_on"], [step["name"] for step in profile["after"]]) == ("2021-12-12", ["第2网格"])
    assert desk.post(f"{API}/{new}/redraw", whole, JSON).json()["code"] == "registry.grid_went_into"


def test_a_grid_made_and_merged_on_one_day_says_that_it_is_over_and_is_vacant_no_more(desk: Client) -> None:
    new = redraw(desk, "G2", parts=[{"name": "第4网格", "doors": ["1-2幢"]}])["parts"][1]["grid"]
    before = next(row for row in desk.get(f"{API}/{id_of('C1')}").json()["children"] if row["id"] == new)
    assert (before["ends_on"], before["vacancies"]) == (None, 1)
    desk.post(f"{API}/{new}/merge", {"into": str(id_of("G2"))}, JSON)
    after = next(row for row in desk.get(f"{API}/{id_of('C1')}").json()["children"] if row["id"] == new)
    assert (after["ends_on"], after["vacancies"]) == ((TODAY + timedelta(days=2)).isoformat(), 0)
