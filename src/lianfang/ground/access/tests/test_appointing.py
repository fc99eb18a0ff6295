"""岗位 over HTTP: organisations, their posts, and accounts put on them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db(databases=["default", "plumbing"])]
API = "/api/v1"
JSON = "application/json"


@pytest.fixture
def in_town(db: None) -> Any:
    load()
    with clock.stopped_at(NOW):
        yield


def at_desk(*roles: Role, at: str = "S", name: str = "somebody") -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire(name, *roles, area=at)))
    return client


def made(desk: Client, what: str, **body: object) -> Any:
    answer = desk.post(f"{API}/{what}", body, JSON)
    assert answer.status_code < 300, answer.json()
    return answer.json()


def a_post(desk: Client, **more: Any) -> Any:
    organisation = made(
        desk, "organisations", kind="property_company", name="某某物业", area=str(id_of("S")), on="2021-12-01"
    )
    what = {
        "organisation": organisation["id"],
        "area": str(id_of("C1")),
        "name": "项目负责人",
        "on": "2021-12-01",
    } | more
    return made(desk, "posts", **what)


def test_an_officer_sets_up_a_post_puts_somebody_on_it_and_sees_what_stands_empty() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    post = a_post(desk, wanted=2)
    wang = hire("王芳", area="C1")
    made(desk, f"posts/{post['id']}/holders", account=str(wang), ends_on=str(TODAY + timedelta(days=5)))
    (row,) = desk.get(f"{API}/posts?vacant=true").json()["rows"]
    assert [one["account"]["name"] for one in row["holders"]] == ["王芳同志"]
    assert row["gap"] == {"from_on": str(TODAY), "until_on": None, "seats": 1}
    (tree,) = desk.get(f"{API}/organisations").json()
    assert (tree["posts"], tree["seats"], tree["vacant"]) == (1, 2, 1)


def test_somebody_is_replaced_on_a_day_to_come_and_stood_in_for_meanwhile() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    post = a_post(desk)
    wang, li, zhao = (str(hire(name, area="C1")) for name in ("王", "李", "赵"))
    first = made(desk, f"posts/{post['id']}/holders", account=wang)["holding"]
    soon, later = str(TODAY + timedelta(days=1)), str(TODAY + timedelta(days=9))
    how = {"standing": "acting", "acting_for": first, "starts_on": soon, "ends_on": later}
    made(desk, f"posts/{post['id']}/holders", account=li, **how)
    made(desk, f"posts/{post['id']}/holders", account=zhao, starts_on=later, instead_of=first)
    found = desk.get(f"{API}/posts/{post['id']}?on={later}").json()
    assert [one["account"]["name"] for one in found["post"]["holders"]] == ["赵同志"]
    assert [(one["standing"], one["acting_for"]) for one in found["history"]] == [
        ("regular", None),
        ("acting", "王同志"),
        ("regular", None),
    ]


def test_a_correction_says_why_and_an_end_may_be_planned() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    post = a_post(desk)
    held = made(desk, f"posts/{post['id']}/holders", account=str(hire("王", area="C1")))["holding"]
    assert desk.patch(f"{API}/holdings/{held}", {"starts_on": "2021-12-01"}, JSON).status_code == 400
    body = {"starts_on": "2021-12-01", "reason": "任命文件写错"}
    assert desk.patch(f"{API}/holdings/{held}", body, JSON).json()["history"][0]["starts_on"] == "2021-12-01"
    early = desk.patch(f"{API}/holdings/{held}", body | {"starts_on": "2021-11-30"}, JSON)
    assert early.json()["code"] == "territory.no_such_post_then"
    ended = made(desk, f"holdings/{held}/end", on="2022-01-01")
    assert ended["history"][0]["ends_on"] == "2022-01-01"


def test_a_community_officer_decides_on_posts_of_their_own_community_and_sees_no_other() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    mine, other = a_post(desk), a_post(desk, area=str(id_of("C2")))
    officer = at_desk(Role.COMMUNITY_OFFICER, at="C1", name="officer")
    assert [row["id"] for row in officer.get(f"{API}/posts").json()["rows"]] == [mine["id"]]
    assert officer.get(f"{API}/posts/{other['id']}").json()["code"] == "access.not_found"
    outsider = {"account": str(hire("外人", area="C2"))}
    assert officer.post(f"{API}/posts/{mine['id']}/holders", outsider, JSON).json()["code"] == "access.not_found"


def test_who_left_is_put_on_no_post_any_more() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    post, gone = a_post(desk), hire("走了", area="C1")
    actions.close_account(account=gone, by=THE_HOUSE, at=NOW)
    answer = desk.post(f"{API}/posts/{post['id']}/holders", {"account": str(gone)}, JSON)
    assert answer.json()["code"] == "access.account_closed"
    assert str(gone) not in [one["id"] for one in desk.get(f"{API}/posts/{post['id']}/candidates").json()]


def test_organisations_are_renamed_moved_and_ended() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    above = made(desk, "organisations", kind="party_organisation", name="社区党委", area=str(id_of("C1")))
    below = made(desk, "organisations", kind="party_organisation", name="小区支部", area=str(id_of("C1")))
    moved = desk.patch(f"{API}/organisations/{below['id']}", {"parent": above["id"], "name": "小区党支部"}, JSON).json()
    assert moved["path_name"] == "社区党委 › 小区党支部"
    refused = desk.post(f"{API}/organisations/{above['id']}/end", {"on": str(TODAY + timedelta(days=1))}, JSON)
    assert refused.json()["code"] == "territory.has_areas_below"
