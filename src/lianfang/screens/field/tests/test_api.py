"""A phone's day at the raw endpoints: enrol, carry a slice, hand in, get lost."""

import gzip
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lianfang.foundation.kernel.ids import AccountId, DeviceId, HouseholdId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.tests.test_sealing import sealed_on_a_phone
from lianfang.ground.access import actions as access
from lianfang.ground.access import contacts
from lianfang.ground.access import queries as access_queries
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry.tests.homes import LI, ZHANG, a_number, changed, publish
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.screens.field import api
from lianfang.screens.field.tests.phone import ask

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture(autouse=True)
def a_working_morning() -> Iterator[None]:
    with clock.stopped_at(NOW + timedelta(minutes=2)):
        yield


def a_worker(name: str = "grid-01", grid: str = "G1") -> AccountId:
    return hire(name, Role.GRID_WORKER, area=grid)


def enrolled(worker: AccountId) -> dict[str, Any]:
    code = access.issue_enrolment(account=worker, by=THE_HOUSE, at=clock.now()).code
    answer = ask("POST", "/api/v1/tokens", body={"enrolment_code": code, "device_name": "红米"})
    assert answer.status == 201, answer.body
    device: dict[str, Any] = answer.json()
    return device


def a_family() -> None:
    publish({"id": ZHANG, "name": "张三"}, {"id": LI, "name": "李四", "id_number": a_number("99999919900101123")})


def renamed() -> dict[str, Any]:
    return changed(change="field", resident=ZHANG, field="name", base_version=0, value="张叁")


def test_a_code_enrols_one_phone_once() -> None:
    code = access.issue_enrolment(account=a_worker(), by=THE_HOUSE, at=clock.now()).code
    first, second = (
        ask("POST", "/api/v1/tokens", body={"enrolment_code": code, "device_name": name}) for name in ("甲", "乙")
    )
    assert first.status == 201 and first.json()["cache_hours"] == 72
    assert 400 <= second.status < 500 and second.json()["message"]


def test_the_slice_holds_the_workers_own_grid_and_looking_at_it_is_noted() -> None:
    a_family()
    publish({"name": "陈五"}, door="2幢1单元101", grid="G2", household=HouseholdId(UUID(int=0x99)))
    token = enrolled(a_worker())["token"]
    page = ask("GET", "/api/v1/feed?after=0", token=token).json()
    assert page["reset"] and not page["more"]
    assert [[r["name"] for r in h["residents"]] for h in page["households"]] == [["张三", "李四"]]
    assert [g["id"] for g in page["scope"]["grids"]] == [str(id_of("G1"))]
    assert Disclosure.objects.count() == 1
    again = ask("GET", f"/api/v1/feed?after={page['position']}&shape={page['shape']}", token=token).json()
    assert not again["reset"] and again["households"] == []


def test_the_desk_is_told_when_a_phone_was_last_heard_of_and_how_far_its_clock_is_off() -> None:
    device = enrolled(a_worker())
    assert access_queries.last_contacts([AccountId(UUID(device["account"]["id"]))]) == {}
    slow = (clock.now() - timedelta(minutes=5)).isoformat()
    for said, offset in [("", None), (slow, -300.0), ("yesterday", -300.0), ("2021-12-10T08:00:00", -300.0)]:
        headers = {"lianfang-clock": said}
        for ask_for in (("GET", "/api/v1/feed?after=0", b""), ("POST", "/api/v1/records", {"records": []})):
            assert ask(*ask_for[:2], body=ask_for[2], token=device["token"], headers=headers).status == 200
        (contact,) = contacts.last([UUID(device["device"]["id"])]).values()
        assert (contact.at, contact.clock_offset_s) == (clock.now(), offset)


def test_a_slice_travels_compressed_where_the_phone_can() -> None:
    for n in range(40):
        publish({"name": "张三"}, door=f"1幢1单元{n}01", household=HouseholdId(UUID(int=0x1000 + n)))
    token = enrolled(a_worker())["token"]
    answer = ask("GET", "/api/v1/feed?after=0", token=token, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(msgspec.json.decode(gzip.decompress(answer.body))["households"]) == 40


def test_what_is_handed_in_is_on_the_ledger_and_comes_back_in_the_feed() -> None:
    a_family()
    token = enrolled(a_worker())["token"]
    page = ask("GET", "/api/v1/feed?after=0", token=token).json()
    reply = ask("POST", "/api/v1/records", body={"records": [renamed()]}, token=token).json()
    assert [r["fate"] for r in reply["receipts"]] == ["stored"]
    assert reply["device"] == {"stored": 1, "held": 0, "highest_n": 0}
    news = ask("GET", f"/api/v1/feed?after={page['position']}&shape={page['shape']}", token=token).json()
    assert news["households"][0]["residents"][0]["name"] == "张叁"


def test_a_worker_of_another_grid_sees_nothing_of_it_and_their_record_is_held() -> None:
    a_family()
    token = enrolled(a_worker("grid-02", "G2"))["token"]
    assert ask("GET", "/api/v1/feed?after=0", token=token).json()["households"] == []
    reply = ask("POST", "/api/v1/records", body={"records": [renamed()]}, token=token).json()
    assert [r["code"] for r in reply["receipts"]] == ["ledger.out_of_scope"]


def test_a_refused_record_comes_back_with_a_sentence_in_the_language_asked_for() -> None:
    token = enrolled(a_worker())["token"]
    body = {"records": [{"id": "not-an-id"}]}
    chinese = ask("POST", "/api/v1/records", body=body, token=token).json()["receipts"][0]
    english = ask("POST", "/api/v1/records", body=body, token=token, headers={"accept-language": "en"}).json()
    assert chinese["fate"] == "refused" and "读不懂" in chinese["message"]
    assert "cannot be read" in english["receipts"][0]["message"]


def test_without_a_token_nothing_opens() -> None:
    for method, path in (("POST", "/api/v1/records"), ("GET", "/api/v1/feed")):
        for token in ("", "made-up"):
            answer = ask(method, path, body={"records": []}, token=token)
            assert (answer.status, answer.json()["code"]) == (401, "access.token_unknown")


def test_a_lost_phone_opens_nothing_loses_no_visit_and_is_told_to_wipe() -> None:
    a_family()
    device = enrolled(a_worker())
    access.revoke_device(device=DeviceId(UUID(device["device"]["id"])), by=THE_HOUSE, at=clock.now())
    feed = ask("GET", "/api/v1/feed?after=0", token=device["token"])
    assert (feed.status, feed.json()["code"], feed.headers["lianfang-wipe"]) == (401, "access.device_revoked", "people")
    key, record = ask("GET", "/api/v1/server-key").json()["public_key"], renamed()
    sealed = sealed_on_a_phone(key, UUID(record["id"]), msgspec.json.encode(record))
    body = {"records": [{"id": record["id"], "sealed": b64encode(sealed).decode()}]}
    for _ in range(2):
        reply = ask("POST", "/api/v1/records", body=body, token=device["token"])
        assert reply.headers["lianfang-wipe"] == "people"
        assert [(r["fate"], r["code"]) for r in reply.json()["receipts"]] == [("held", "ledger.device_revoked")]
    (held,) = ledger.held_open()
    assert held.area == id_of("G1")


def test_a_lost_phone_is_told_to_wipe_also_when_nothing_could_be_stored() -> None:
    device = enrolled(a_worker())
    access.revoke_device(device=DeviceId(UUID(device["device"]["id"])), by=THE_HOUSE, at=clock.now())
    api.ledger.writer.stop()
    answer = ask("POST", "/api/v1/records", body={"records": [renamed()]}, token=device["token"])
    assert (answer.status, answer.headers["lianfang-wipe"]) == (503, "people")
    assert int(answer.headers["retry-after"]) > 0
    unreadable = ask("POST", "/api/v1/records", body=b"{", token=device["token"])
    assert (unreadable.status, unreadable.headers["lianfang-wipe"]) == (400, "people")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"records":{}}', b'{"records":[1,', b"\xff" * 50, b"null"])
def test_a_batch_that_did_not_arrive_whole_is_said_and_nothing_is_touched(body: bytes) -> None:
    answer = ask("POST", "/api/v1/records", body=body, token=enrolled(a_worker())["token"])
    assert (answer.status, answer.json()["code"]) == (400, "ledger.batch_unreadable")


def test_too_much_at_once_is_refused_before_it_is_read() -> None:
    token = enrolled(a_worker())["token"]
    promised = ask("POST", "/api/v1/records", body=b"{}", token=token, headers={"content-length": str(300 * 2**20)})
    lied = ask("POST", "/api/v1/records", body=b" " * (9 * 2**20), token=token)
    many = ask("POST", "/api/v1/records", body={"records": [{}] * 1001}, token=token)
    assert [a.status for a in (promised, lied, many)] == [413, 413, 413]
    assert many.json()["code"] == "ledger.batch_too_large"


def test_whoever_has_no_grid_is_told_what_to_do() -> None:
    answer = ask("GET", "/api/v1/feed?after=0", token=enrolled(hire("new", area="G1"))["token"])
    assert (answer.status, answer.json()["code"]) == (403, "field.nothing_to_carry")


def test_ready_means_a_record_could_be_stored_now() -> None:
    assert ask("GET", "/readyz").json()["ready"] is True
    api.ledger.writer.stop()
    assert ask("GET", "/readyz").status == 503
    assert ask("GET", "/readyz").status == 200, "it was started again"
    assert ask("GET", "/healthz").json() == {"ok": True}


HERE = {"host": "127.0.0.1:8000"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_a_monitor_on_this_machine_reads_the_numbers(host: str) -> None:
    assert b"lianfang_receipts" in ask("GET", "/metrics", headers={"host": host}).body


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        (HERE, "192.0.2.7"),
        ({"host": "lianfang.example.test"}, "127.0.0.1"),
        (HERE | {"x-forwarded-for": "192.0.2.7"}, "127.0.0.1"),
        (HERE | {"x-forwarded-proto": "https"}, "127.0.0.1"),
        ({}, "127.0.0.1"),
    ],
    ids=["another machine", "by its name", "through a proxy", "through HTTPS elsewhere", "by no name"],
)
def test_to_anybody_else_there_are_no_numbers(headers: dict[str, str], client: str) -> None:
    answer = ask("GET", "/metrics", headers=headers, client=client)
    assert (answer.status, answer.json()["code"]) == (404, "wire.no_such_page")
