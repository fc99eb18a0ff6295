"""A client of the OpenRosa specification, from the list of forms to a counted visit, and what goes wrong on the way."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.raw import Answer, Request
from lianfang.ground.access import actions as access
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.models import Task
from lianfang.ground.campaigns.tests.village import a_campaign, a_household, an_incident
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW
from lianfang.interop.openrosa import actions, api, models, queries
from lianfang.interop.openrosa.terms import NewLogin

pytestmark = pytest.mark.django_db


class Village:
    """A worker of G1 with ODK Collect, a campaign, a household there and one elsewhere."""

    def __init__(self) -> None:
        town.load()
        self.home, self.elsewhere = a_household("G1"), a_household("G3")
        self.campaign = a_campaign(incident=an_incident(drill=False))
        self.worker = hire("worker", Role.GRID_WORKER, area="G1")
        self.login = actions.give_login(account=self.worker, device_name="ODK", by=THE_HOUSE, at=NOW)


@pytest.fixture
def village(monkeypatch: pytest.MonkeyPatch) -> Village:
    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    monkeypatch.setattr(api, "in_thread", at_once)
    queries.cache.clear()
    return Village()


def asked(
    handle: Callable[[Request], Awaitable[Answer]],
    login: NewLogin | None = None,
    *,
    query: str = "",
    body: bytes = b"",
    scheme: str = "https",
    content_type: str = "",
    **headers: str,
) -> Answer:
    """One request, without a server."""
    given = {"host": "localhost:8443", "content-type": content_type, **headers}
    if login is not None:
        given["authorization"] = "Basic " + b64encode(f"{login.name}:{login.password}".encode()).decode()
    scope = {
        "method": "GET",
        "path": "/",
        "scheme": scheme,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        with clock.stopped_at(NOW):
            handle(Request(scope, receive)).send(None)  # type: ignore[attr-defined]
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waited")


def instance(village: Village, *, id: str = "", home: Any = None, version: int | None = None, **fields: str) -> bytes:
    """A filled form as ODK Collect writes it."""
    form = queries.form_id(village.campaign.id)
    given = {"_end": "2021-12-10T15:59:00.000+08:00", "_door": str(home or village.home), "_outcome": "done"}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in (given | {"_people": "3"} | fields).items())
    number = f"<orx:instanceID>uuid:{id or uuid4()}</orx:instanceID>"
    meta = f"<orx:meta xmlns:orx='http://openrosa.org/xforms'>{number}</orx:meta>"
    version = village.campaign.form.version if version is None else version
    return f"<data id='{form}' version='{version}'>{inside}<_asked/>{meta}</data>".encode()


def multipart(xml: bytes, *, name: str = "xml_submission_file", more: bytes = b"") -> bytes:
    head = f'--B0\r\nContent-Disposition: form-data; name="{name}"; filename="a.xml"\r\nContent-Type: text/xml\r\n\r\n'
    return head.encode() + xml + b"\r\n" + more + b"--B0--\r\n"


def sent(village: Village, body: bytes, login: NewLogin | None = None) -> int:
    type = "multipart/form-data; boundary=B0"
    return asked(api.submission, login or village.login, body=body, content_type=type).status


def state(village: Village) -> tuple[str, int]:
    row = Task.objects.get(target_id=village.home)
    return row.state, row.people


def test_the_list_leads_to_the_form_its_manifest_and_the_doors(village: Village) -> None:
    listed = asked(api.form_list, village.login)
    assert (listed.status, dict(listed.headers)["X-OpenRosa-Version"]) == (200, "1.0")
    (form,) = ElementTree.fromstring(listed.body)
    told = {each.tag.rpartition("}")[2]: each.text or "" for each in form}
    assert told["formID"] == queries.form_id(village.campaign.id) and told["hash"].startswith("md5:")
    query = told["downloadUrl"].partition("?")[2]
    assert told["downloadUrl"].startswith("https://localhost:8443/api/v1/openrosa/form?")
    assert b"jr://file-csv/doors.csv" in asked(api.form, village.login, query=query).body
    assert b"doors.csv" in asked(api.manifest, village.login, query=query).body
    doors = asked(api.doors, village.login, query=query).body.decode()
    assert str(village.home) in doors and str(village.elsewhere) not in doors


def test_a_submission_is_the_visit_that_our_own_phone_would_have_sent(village: Village) -> None:
    before = asked(api.may_submit, village.login)
    assert (before.status, dict(before.headers)["Location"].endswith("/submission")) == (204, True)
    assert sent(village, multipart(instance(village))) == 201
    assert state(village) == ("done", 3)


def test_as_often_as_it_comes_it_counts_once(village: Village) -> None:
    body = multipart(instance(village))
    assert [sent(village, body) for _ in range(3)] == [201, 201, 201]
    assert state(village) == ("done", 3)


def test_the_same_number_with_other_content_is_kept_for_a_person_to_look_at(village: Village) -> None:
    id = str(uuid4())
    assert sent(village, multipart(instance(village, id=id))) == 201
    assert sent(village, multipart(instance(village, id=id, _people="9"))) == 202
    assert state(village) == ("done", 3)


def test_half_a_submission_is_not_taken_and_the_whole_one_is_later(village: Village) -> None:
    body = multipart(instance(village))
    assert {sent(village, body[:cut]) for cut in range(0, len(body) - 4, 7)} == {400}
    assert state(village)[0] == "untouched"
    assert sent(village, body) == 201


def test_other_versions_other_forms_and_missing_parts_stay_on_the_phone(village: Village) -> None:
    def status(xml: bytes) -> int:
        return sent(village, multipart(xml))

    assert status(instance(village, version=99)) == 409
    assert status(instance(village).replace(b"lianfang_", b"other_")) == 404
    assert status(instance(village, _door="")) == 400
    assert status(instance(village, _outcome="perhaps")) == 400
    assert status(instance(village, _end="yesterday")) == 400
    assert status(b"<data/>") == 400
    assert sent(village, multipart(instance(village), name="other")) == 400
    assert asked(api.submission, village.login, body=instance(village), content_type="text/xml").status == 400
    assert state(village)[0] == "untouched"


def test_elsewhere_is_kept_and_held_like_a_phone_s(village: Village) -> None:
    assert sent(village, multipart(instance(village, home=village.elsewhere))) == 202
    assert Task.objects.get(target_id=village.elsewhere).state == "untouched"


def test_nobody_comes_in_without_tls_or_with_a_wrong_password(village: Village) -> None:
    wrong = NewLogin("", village.login.name, "wrong")
    assert asked(api.form_list, village.login, scheme="http").status == 403
    for login in (None, wrong, NewLogin("", "nobody", village.login.password)):
        answer = asked(api.form_list, login)
        assert answer.status == 401 and "Basic" in dict(answer.headers)["WWW-Authenticate"]
    assert asked(api.form_list, authorization="Basic %%%").status == 401
    assert asked(api.form_list, authorization="Bearer x").status == 401


def test_who_guesses_is_shut_out_and_a_right_password_is_known_only_for_its_hash(village: Village) -> None:
    wrong = NewLogin("", village.login.name, "wrong")
    assert asked(api.form_list, village.login).status == 200
    assert [asked(api.form_list, wrong).status for _ in range(11)] == [401] * 10 + [429]
    kept = models.Login.objects.get()
    assert kept.encoded.startswith("argon2$") and village.login.password not in kept.encoded


def test_a_withdrawn_phone_and_an_office_without_grids_get_nothing(village: Village) -> None:
    clerk = hire("clerk", Role.HOTLINE_OPERATOR)
    login = actions.give_login(account=clerk, device_name="ODK", by=THE_HOUSE, at=NOW)
    assert asked(api.form_list, login).status == 403
    device = models.Login.objects.get(name=village.login.name).device_id
    access.revoke_device(device=device, by=THE_HOUSE, at=NOW)
    assert asked(api.form_list, village.login).status == 401
    assert sent(village, multipart(instance(village))) == 401


def test_the_desk_gives_a_login_in_its_own_areas(village: Village) -> None:
    officer, other = (Clerk(name, Role.COMMUNITY_OFFICER, area=area) for name, area in (("a", "C1"), ("b", "C2")))
    status, login = officer.post(f"accounts/{village.worker}/openrosa-login", {"device_name": "老手机"})
    assert (status, login["name"][:4], len(login["password"])) == (201, "odk-", 31)
    assert asked(api.form_list, NewLogin(**login)).status == 200
    assert other.post(f"accounts/{village.worker}/openrosa-login", {})[0] == 404
    assert Clerk("w2", Role.GRID_WORKER, area="G1").post(f"accounts/{village.worker}/openrosa-login", {})[0] == 403
