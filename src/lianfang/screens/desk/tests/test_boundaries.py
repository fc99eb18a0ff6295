"""What new boundaries would come to, told before anybody confirms them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import AccountId, HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.tests.village import a_campaign
from lianfang.ground.registry.models import Household
from lianfang.ground.registry.tests.homes import publish_many
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
API = "/api/v1/areas"
JSON = "application/json"


@pytest.fixture
def desk(db: None) -> Iterator[Client]:
    load()
    doors = [f"{n}幢1单元101" for n in (1, 2, 3)]
    publish_many([(door, "G2", HouseholdId(new_id()), [{"name": "张三"}, {"name": "李四"}]) for door in doors])
    territory.assign_responsible(grid=id_of("G1"), account=AccountId(new_id()), name="王网格", by=THE_HOUSE, at=NOW)
    with clock.stopped_at(NOW + timedelta(days=1)):
        client = Client()
        client.force_login(Account.objects.get(id=hire("officer", Role.SUBDISTRICT_OFFICER)))
        yield client


def outlook(desk: Client, area: str, **asked: Any) -> Any:
    return desk.post(f"{API}/{id_of(area)}/outlook", asked, JSON).json()


def counts(told: Any) -> list[tuple[Any, ...]]:
    return [(p["name"], p["doors"], p["households"], p["people"], p["open_tasks"], p["vacant"]) for p in told["parts"]]


def test_a_split_says_who_goes_where_with_which_tasks_and_changes_nothing(desk: Client) -> None:
    a_campaign(area="C1", ends_on=TODAY + timedelta(days=3))
    told = outlook(desk, "G2", parts=[{"name": "第4网格", "doors": ["1-2幢"]}])
    assert counts(told) == [("第2网格", 1, 1, 2, 1, 1), ("第4网格", 2, 2, 4, 2, 1)]
    assert (len(told["campaigns"]), told["rosters"], bool(told["seen"])) == (1, [], True)
    assert set(Household.objects.values_list("grid_id", flat=True)) == {id_of("G2")}


def test_a_merger_says_who_will_answer_for_them(desk: Client) -> None:
    told = outlook(desk, "G2", parts=[{"grid": str(id_of("G1")), "rest": True}])
    assert counts(told) == [("第2网格", 0, 0, 0, 0, 1), ("第1网格", 3, 3, 6, 0, 0)]
    assert told["parts"][1]["responsible"] == ["王网格"]


def test_a_community_is_told_in_grids(desk: Client) -> None:
    told = outlook(desk, "C1", parts=[{"name": "新明镜社区", "areas": [str(id_of("G2"))]}])
    assert counts(told) == [("明镜社区", None, 0, 0, 0, 0), ("新明镜社区", None, 3, 6, 0, 1)]
    assert [part["grids"] for part in told["parts"]] == [1, 1]
    whole = outlook(desk, "C1", under=str(id_of("S")))
    assert counts(whole)[1] == ("明镜社区", None, 3, 6, 0, 1)


def test_nobody_looks_into_an_area_that_is_not_theirs(desk: Client) -> None:
    other = Client()
    other.force_login(Account.objects.get(id=hire("elsewhere", Role.COMMUNITY_OFFICER, area="C2")))
    answer = other.post(f"{API}/{id_of('G2')}/outlook", {"parts": [{"name": "新", "rest": True}]}, JSON)
    assert answer.status_code in (403, 404)
