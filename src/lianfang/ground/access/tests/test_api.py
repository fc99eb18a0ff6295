"""Signing in, and what an office does with accounts and phones, over HTTP."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import AccountId, DeviceId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions
from lianfang.ground.access.models import Grant
from lianfang.ground.access.tests.staff import PASSWORD, area, hire, viewer
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
JSON = "application/json"
API = "/api/v1"


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


def sign_in(name: str, password: str = PASSWORD, *, client: Client | None = None) -> Client:
    client = client or Client()
    answer = client.post(f"{API}/session", {"account": name, "password": password}, JSON)
    assert answer.status_code == 200, answer.content
    return client


def at_desk(name: str, *roles: Role, at: str = "S") -> Client:
    """Somebody signed in."""
    client = Client()
    from lianfang.ground.access.models import Account

    client.force_login(Account.objects.get(id=hire(name, *roles, area=at, password=PASSWORD)))
    return client


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code") if answer.content else None


def test_signing_in_tells_who_one_is_and_what_one_may_do() -> None:
    hire("li", Role.COMMUNITY_OFFICER, area="C1", password=PASSWORD)
    client = sign_in("LI ")
    me = client.get(f"{API}/me").json()
    assert me["account"]["name"] == "li同志"
    (grant,) = me["grants"]
    assert (grant["role"], grant["area"]["name"], grant["until"]) == ("community_officer", "明镜社区", None)
    assert "access.enrol" in grant["permissions"] and "care" in grant["purposes"]
    assert me["must_change_password"] is False and len(me["csrf"]) > 20 and me["reveals_left"] == 50
    assert client.delete(f"{API}/session").status_code == 204
    assert code(client.get(f"{API}/me")) == (401, "access.not_signed_in")


def test_wrong_passwords_and_unknown_names_answer_alike() -> None:
    hire("li", password=PASSWORD)
    client = Client()
    answers = [
        client.post(f"{API}/session", {"account": name, "password": word}, JSON)
        for name, word in [("li", "wrong"), ("nobody", PASSWORD), ("王", "密码")]
    ]
    assert {code(a) for a in answers} == {(401, "access.wrong_password")}
    assert len({a.content for a in answers}) == 1


def test_a_browser_that_signed_in_before_is_not_locked_out_by_strangers() -> None:
    hire("li", password=PASSWORD)
    mine = sign_in("li")
    stranger = Client()
    codes = [code(stranger.post(f"{API}/session", {"account": "li", "password": "x"}, JSON)) for _ in range(6)]
    assert codes[-1] == (429, "access.locked_out")
    assert code(stranger.post(f"{API}/session", {"account": "li", "password": PASSWORD}, JSON)) == (
        429,
        "access.locked_out",
    )
    mine.delete(f"{API}/session")
    sign_in("li", client=mine)


def test_a_form_of_another_site_signs_nobody_in_or_out() -> None:
    hire("li", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    body = {"account": "li", "password": PASSWORD}
    assert client.post(f"{API}/session", body, JSON).status_code == 403
    token = client.get(f"{API}/session").json()["csrf"]
    me = client.post(f"{API}/session", body, JSON, headers={"X-CSRFToken": token}).json()
    assert client.delete(f"{API}/session").status_code == 403
    assert client.delete(f"{API}/session", headers={"X-CSRFToken": me["csrf"]}).status_code == 204


def test_a_password_somebody_else_made_opens_only_the_door_to_a_new_one() -> None:
    made = actions.create_account(name="li", display_name="李强", area=area("S"), by=THE_HOUSE, at=NOW)
    actions.grant_role(account=made.account, role=Role.SYSTEM_ADMIN, area=area("S"), by=THE_HOUSE, at=NOW)
    client = sign_in("li", made.password or "")
    assert client.get(f"{API}/me").json()["must_change_password"] is True
    assert code(client.get(f"{API}/accounts")) == (403, "access.password_must_be_changed")
    new = {"old_password": made.password, "new_password": PASSWORD}
    assert client.post(f"{API}/me/password", new, JSON).json()["must_change_password"] is False
    assert client.get(f"{API}/accounts").status_code == 200


def test_a_session_dies_when_the_role_changes_or_the_password_is_reset() -> None:
    worker = hire("li", Role.COMMUNITY_OFFICER, area="C1", password=PASSWORD)
    one, other = sign_in("li"), sign_in("li")
    new = {"old_password": PASSWORD, "new_password": PASSWORD + "!"}
    assert one.post(f"{API}/me/password", new, JSON).status_code == 200
    assert [c.get(f"{API}/me").status_code for c in (one, other)] == [200, 401]
    actions.end_role(grant=Grant.objects.get(account_id=worker).id, by=THE_HOUSE, at=NOW)
    assert one.get(f"{API}/me").status_code == 401


def test_an_officer_hires_a_worker_gives_the_grid_and_joins_their_phone() -> None:
    admin, officer = at_desk("admin", Role.SYSTEM_ADMIN), at_desk("officer", Role.COMMUNITY_OFFICER, at="C1")
    new = {"name": "grid-07", "display_name": "王芳", "area": str(area("G1"))}
    made = admin.post(f"{API}/accounts", new, JSON).json()
    assert len(made["password"]) >= 12
    role = officer.post(
        f"{API}/accounts/{made['id']}/roles", {"role": "grid_worker", "area": str(area("G1"))}, JSON
    ).json()
    assert (role["state"], role["in_force"]) == ("granted", True)
    assert officer.get(f"{API}/areas/{area('G1')}/workers").json() == [{"id": made["id"], "name": "王芳"}]
    put = officer.put(f"{API}/areas/{area('G1')}/responsible", {"account": made["id"]}, JSON)
    assert put.json()["account"]["name"] == "王芳"
    card = officer.post(f"{API}/accounts/{made['id']}/enrolment", {}, JSON).json()
    assert card["qr_svg"].startswith("<svg ") and "xmlns" in card["qr_svg"]
    assert card["address"].endswith(f"/m/enrol#code={card['code']}")
    phone = actions.enrol_device(device_name="走访手机", code=card["code"], at=NOW)
    (row,) = officer.get(f"{API}/devices").json()["rows"]
    assert (row["id"], row["account"]["name"], row["stored"]) == (str(phone.device.id), "王芳", 0)
    gone = officer.post(f"{API}/devices/{row['id']}/revoke", {"reason": "丢失"}, JSON).json()
    assert datetime.fromisoformat(gone["revoked_at"]) == NOW
    one = officer.get(f"{API}/accounts/{made['id']}").json()
    assert [r["role"] for r in one["roles"]] == ["grid_worker"] and one["devices"] == 0
    assert officer.delete(f"{API}/roles/{role['id']}").json()["in_force"] is False
    profile = officer.get(f"{API}/areas/{area('G1')}").json()
    assert profile["vacant"] is True and profile["history"][0]["account"]["name"] == "王芳"


def test_an_officer_reaches_no_account_and_no_grid_of_another_community() -> None:
    officer = at_desk("officer", Role.COMMUNITY_OFFICER, at="C1")
    other = hire("zhao", Role.GRID_WORKER, area="G3")
    phone = actions.issue_enrolment(account=other, by=THE_HOUSE, at=NOW)
    device = actions.enrol_device(device_name="x", code=phone.code, at=NOW).device.id
    role = {"role": "grid_worker", "area": str(area("G3"))}
    refused = [
        officer.get(f"{API}/accounts/{other}"),
        officer.get(f"{API}/accounts?area={area('C2')}"),
        officer.post(f"{API}/accounts/{other}/enrolment", {}, JSON),
        officer.post(f"{API}/accounts/{other}/roles", role, JSON),
        officer.put(f"{API}/areas/{area('G3')}/responsible", {"account": str(other)}, JSON),
        officer.get(f"{API}/devices/{device}"),
        officer.post(f"{API}/devices/{device}/revoke", {}, JSON),
    ]
    assert [code(a) for a in refused] == [(404, "access.not_found")] * len(refused)
    assert officer.get(f"{API}/devices").json()["total"] == 0
    assert {row["name"] for row in officer.get(f"{API}/accounts").json()["rows"]} == {"officer"}


def test_an_officer_gives_field_roles_only() -> None:
    officer = at_desk("officer", Role.SUBDISTRICT_OFFICER)
    worker = hire("li")
    body = {"role": "community_officer", "area": str(area("C1"))}
    assert code(officer.post(f"{API}/accounts/{worker}/roles", body, JSON)) == (403, "access.not_permitted")
    body = {"role": "emperor", "area": str(area("C1"))}
    assert officer.post(f"{API}/accounts/{worker}/roles", body, JSON).status_code == 400


def test_an_administrator_is_proposed_by_one_and_approved_by_another() -> None:
    one, other = at_desk("sec-1", Role.SECURITY_ADMIN), at_desk("sec-2", Role.SECURITY_ADMIN)
    new = hire("audit-1", password=PASSWORD)
    body = {"role": "audit_admin", "area": str(area("S")), "until": "2022-12-31T23:59:59+08:00"}
    proposed = one.post(f"{API}/accounts/{new}/roles", body, JSON).json()
    assert (proposed["state"], proposed["in_force"]) == ("proposed", False)
    assert code(one.post(f"{API}/roles/{proposed['id']}/approve", {}, JSON)) == (403, "access.needs_another_person")
    assert [g["id"] for g in other.get(f"{API}/roles").json()["rows"]] == [proposed["id"]]
    assert other.post(f"{API}/roles/{proposed['id']}/approve", {}, JSON).json()["in_force"] is True
    assert sign_in("audit-1").get(f"{API}/audit").status_code == 200


def test_auditors_read_the_log_and_never_what_was_said() -> None:
    auditor = at_desk("audit", Role.AUDIT_ADMIN)
    worker = hire("li", Role.GRID_WORKER, area="G1")
    actions.disclose(viewer=viewer(worker), what="registry.list", purpose=Purpose.CARE, area=area("G1"), count=7)
    looks = auditor.get(f"{API}/disclosures").json()
    assert [(row["account"]["name"], row["count"]) for row in looks["rows"]] == [("li同志", 7)]
    page = auditor.get(f"{API}/audit?kind=access.people_disclosed").json()
    (entry,) = page["rows"]
    assert entry["facts"] == {"what": "registry.list", "how": "listed", "purpose": "care", "count": 7}
    assert auditor.get(f"{API}/audit/{entry['id']}").json() == entry
    everything = auditor.get(f"{API}/audit?page_size=200").json()
    assert everything["total"] == len(everything["rows"]) == max(row["position"] for row in everything["rows"])
    text = auditor.get(f"{API}/audit?page_size=200").content.decode()
    assert "not-a-word" not in text and "argon2" not in text


def test_a_phone_s_token_opens_the_desk_s_endpoints_until_it_is_revoked() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    phone = actions.enrol_device(
        device_name="x", code=actions.issue_enrolment(account=AccountId(worker), by=THE_HOUSE, at=NOW).code, at=NOW
    )
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {phone.token}"})
    assert client.get(f"{API}/me").json()["account"]["name"] == "li同志"
    actions.revoke_device(device=DeviceId(phone.device.id), by=THE_HOUSE, at=NOW)
    assert code(client.get(f"{API}/me")) == (401, "access.not_signed_in")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "page=0",
        "page_size=201",
        "page=x",
        "sort=password",
        "area=1",
        "closed=maybe",
        "page=99999999999999999999",
    ],
)
def test_a_question_that_makes_no_sense_is_said_to(query: str) -> None:
    admin = at_desk("admin", Role.SYSTEM_ADMIN)
    assert code(admin.get(f"{API}/accounts?{query}")) == (400, "wire.unreadable")


def test_lists_sort_and_page() -> None:
    admin = at_desk("admin", Role.SYSTEM_ADMIN)
    for n in range(5):
        hire(f"w{n}", Role.GRID_WORKER, area="G1")
    page = admin.get(f"{API}/accounts?sort=-name&page=2&page_size=2").json()
    assert ([row["name"] for row in page["rows"]], page["total"]) == (["w2", "w1"], 6)
    for sort in ("name", "-enrolled_at", "last_contact_at", "-last_contact_at"):
        assert admin.get(f"{API}/devices?sort={sort}&clock_odd=true&revoked=false&q=x").status_code == 200
