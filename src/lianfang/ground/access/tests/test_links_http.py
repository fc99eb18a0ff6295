"""联系与包保 at the desk: every building with whom to ask there, liaison, report-ins; seen by those who may."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions
from lianfang.ground.access.models import Account, Disclosure
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.territory.terms import OrganisationKind, Span
from lianfang.ground.territory.tests.office import a_post, an_organisation
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
API, JSON = "/api/v1", "application/json"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_town(db: None) -> Iterator[None]:
    load()
    with clock.stopped_at(NOW):
        yield


def at_desk(name: str = "office", role: Role = Role.SUBDISTRICT_OFFICER, area: str = "S") -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire(name, role, area=area)))
    return client


def doors(desk: Client, **query: Any) -> list[tuple[str, str]]:
    rows = desk.get(f"{API}/contacts", query).json()["rows"]
    return [(row["name"], row["contact"]["account"]["name"] if row["contact"] else "") for row in rows]


def name_contact(desk: Client, account: AccountId, area: str = "B1", **more: Any) -> Any:
    answer = desk.post(f"{API}/links", {"area": str(id_of(area)), "account": str(account)} | more, JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_every_building_and_entrance_is_listed_with_its_contact_and_those_without() -> None:
    desk, zhao = at_desk(), hire("赵", Role.VOLUNTEER, area="G1")
    assert doors(desk) == [("1幢", ""), ("1单元", "")]
    name_contact(desk, zhao)
    assert doors(desk) == [("1幢", "赵同志"), ("1单元", "")]
    assert doors(desk, vacant="true") == [("1单元", "")]
    assert doors(desk, kind="building") == doors(desk, q="赵") == [("1幢", "赵同志")]
    assert doors(desk, area=str(id_of("C2"))) == []


def test_one_building_tells_who_stands_in_who_is_to_come_and_who_was() -> None:
    desk, zhao, qian = at_desk(), hire("赵", Role.VOLUNTEER, area="G1"), hire("钱", Role.VOLUNTEER, area="G1")
    first = name_contact(desk, zhao)
    name_contact(desk, qian, standing="acting", ends_on=str(TODAY + DAY))
    name_contact(desk, qian, instead_of=first["id"], starts_on=str(TODAY + 5 * DAY))
    found = desk.get(f"{API}/contacts/{id_of('B1')}").json()
    door = found["door"]
    assert [door[who]["account"]["name"] for who in ("contact", "acting", "coming")] == ["赵同志", "钱同志", "钱同志"]
    assert [one["standing"] for one in found["history"]] == ["regular", "regular", "acting"]
    assert desk.get(f"{API}/contacts/{id_of('G1')}").json()["code"] == "territory.not_a_building"
    names = {one["name"] for one in desk.get(f"{API}/areas/{id_of('B1')}/candidates").json()}
    assert {"赵同志", "钱同志"} <= names


def test_what_a_department_looks_after_is_found_by_its_name_its_area_and_its_duty() -> None:
    desk, bureau = at_desk(), an_organisation("规划局", OrganisationKind.DEPARTMENT)
    new = {"area": str(id_of("C1")), "organisation": str(bureau), "about": "帮扶设卡"}
    made = desk.post(f"{API}/links", new, JSON).json()
    desk.post(f"{API}/links", {"area": str(id_of("C2")), "post": str(a_post()), "about": "包点"}, JSON)
    for words in ("规划", "明镜", "设卡"):
        assert [row["id"] for row in desk.get(f"{API}/links", {"q": words}).json()["rows"]] == [made["id"]]
    (by_post,) = desk.get(f"{API}/links", {"q": "包点"}).json()["rows"]
    assert (by_post["organisation"]["name"], by_post["post"]["name"]) == ("综合治理办公室", "值班长")
    assert len(desk.get(f"{API}/links/{made['id']}").json()["history"]) == 1


def test_a_report_in_is_seen_by_who_decides_there_and_by_its_owner_and_the_look_is_noted() -> None:
    desk, zhao = at_desk(), hire("赵", Role.VOLUNTEER, area="G1")
    (home,) = actions.report_in(
        account=zhao,
        about="夜间值守",
        consented_on=TODAY,
        community=id_of("C1"),
        days=Span(TODAY),
        by=THE_HOUSE,
        at=NOW,
    )
    assert [row["id"] for row in desk.get(f"{API}/report-ins").json()["rows"]] == [str(home)]
    before = Disclosure.objects.count()
    assert desk.get(f"{API}/links/{home}").json()["history"] == []
    assert Disclosure.objects.count() == before + 1
    assert mine(zhao, home) == 200
    assert at_desk("外", Role.COMMUNITY_OFFICER, "C2").get(f"{API}/links/{home}").status_code in (403, 404)
    assert at_desk("员", Role.GRID_WORKER, "G1").get(f"{API}/links/{home}").status_code in (403, 404)


def mine(account: AccountId, link: UUID) -> int:
    client = Client()
    client.force_login(Account.objects.get(id=account))
    return client.get(f"{API}/links/{link}").status_code
