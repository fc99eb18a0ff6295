"""The register as work, over HTTP: counts, lists, files, and what an office tells."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import HouseholdId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.tables import read_sheet
from lianfang.ground.access import rules as access_rules
from lianfang.ground.access.models import Account, Disclosure
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry import upkeep_api
from lianfang.ground.registry.tests.homes import HOME, LI, ZHANG, changed, hand_in, publish_many
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
JSON, API = "application/json", "/api/v1"


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


_SOMEBODY = count()


def at_desk(*roles: Role, at: str = "S") -> Client:
    client = Client()
    account = hire(f"somebody {at} {roles} {next(_SOMEBODY)}", *(roles or (Role.COMMUNITY_OFFICER,)), area=at)
    client.force_login(Account.objects.get(id=account))
    return client


def a_town() -> None:
    publish_many([
        ("1幢1单元101", "G1", HOME, [{"id": ZHANG, "name": "张三", "born_on": "2031-01-01"}]),
        ("1幢1单元102", "G1", HouseholdId(UUID(int=0x12)), []),
        ("2幢1单元101", "G3", HouseholdId(UUID(int=0x13)), [{"id": LI, "name": "李四", "phone": "15400000001"}]),
    ])  # fmt: skip


def rows_of(answer: Any, folder: Path) -> list[list[str | None]]:
    book = folder / "book.xlsx"
    book.write_bytes(b"".join(answer.streaming_content))
    return [[None if cell is None else str(cell) for cell in row.cells] for row in read_sheet(book)]


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def test_counts_come_with_their_words_and_the_figures_they_were_judged_by() -> None:
    a_town()
    found = at_desk().get(f"{API}/upkeep", {"area": str(id_of("S"))}, headers={"Accept-Language": "en"}).json()
    assert found["total"] == {"nobody_known": 1, "birthday_missing": 1, "phone_missing": 1, "born_in_future": 1}
    assert {row["area"]["name"]: row["flaws"] for row in found["rows"]} == {
        "东片": {"nobody_known": 1, "phone_missing": 1, "born_in_future": 1},
        "中塘社区": {"birthday_missing": 1},
    }
    assert (found["figures"]["stale_months"], found["on"]) == (12, TODAY.isoformat())
    words = {each["flaw"]: each for each in found["words"]}
    assert words["born_in_future"]["says"] == "Born after today" and len(words) == 15


def test_the_list_says_in_words_what_is_wrong_and_what_to_do() -> None:
    a_town()
    asked = {"area": str(id_of("G1")), "flaw": "born_in_future"}
    page = at_desk().get(f"{API}/upkeep/flaws", asked, headers={"Accept-Language": "zh-CN"}).json()
    (row,) = page["rows"]
    assert (row["name"], row["door"], row["says"]) == ("张**", "1幢1单元101", "出生日期在今天以后")
    assert row["todo"] == "对照证件改正年月日。" and row["resident"] == str(ZHANG)
    assert "张三" not in str(page)
    (noted,) = Disclosure.objects.filter(what="registry.flaws")
    assert noted.permission == "registry.read"


def test_a_sort_of_flaws_can_be_asked_for() -> None:
    a_town()
    page = at_desk().get(f"{API}/upkeep/flaws", {"concern": "missing"}).json()
    assert sorted(row["flaw"] for row in page["rows"]) == ["birthday_missing", "nobody_known", "phone_missing"]
    assert code(at_desk(at="C1").get(f"{API}/upkeep/flaws", {"flaw": "origin"}))[0] == 400


def test_numbers_go_out_freely_and_names_for_a_reason_marked_with_who_took_them(tmp_path: Path) -> None:
    a_town()
    desk = at_desk()
    counts = rows_of(desk.get(f"{API}/upkeep/counts.xlsx"), tmp_path)
    assert "张三" not in str(counts) and {row[0] for row in counts[1:]} == {"东片", "中塘社区"}
    asked = {"area": str(id_of("G1")), "reason": "打印给第1网格上门核对"}
    rows = rows_of(desk.post(f"{API}/upkeep/flaws.xlsx", asked, JSON), tmp_path)
    assert len(rows) == 4 and all("打印给第1网格上门核对" in str(row[-1]) for row in rows[1:])
    (noted,) = Disclosure.objects.filter(what="registry.flaws")
    assert (noted.how, noted.reason) == ("exported", "打印给第1网格上门核对")
    assert code(desk.post(f"{API}/upkeep/flaws.xlsx", asked | {"reason": " "}, JSON)) == (422, "access.reason_missing")


def test_a_long_list_is_not_taken_out_by_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    a_town()
    monkeypatch.setattr(upkeep_api, "MOST_IN_A_FILE", 3)
    answer = at_desk().post(f"{API}/upkeep/flaws.xlsx", {"reason": "上门核对名单"}, JSON)
    assert code(answer) == (422, "registry.too_many_for_a_file")
    assert not Disclosure.objects.filter(what="registry.flaws").exists()


class TestALongList:
    """It leaves by two people."""

    @pytest.fixture(autouse=True)
    def many(self, in_town: None, at_now: None, monkeypatch: pytest.MonkeyPatch) -> None:
        a_town()
        monkeypatch.setattr(upkeep_api, "MOST_IN_A_FILE", 2)

    @pytest.fixture
    def asked(self) -> dict[str, str]:
        return {"area": str(id_of("G1")), "reason": "打印给第1网格上门核对"}

    def ask(self, desk: Client, asked: dict[str, str]) -> str:
        answer = desk.post(f"{API}/upkeep/flaws/ask", asked, JSON)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def test_is_asked_for_agreed_to_by_another_and_fetched_with_both_names_on_every_row(
        self, asked: dict[str, str], tmp_path: Path
    ) -> None:
        one, other = at_desk(), at_desk()
        id = self.ask(one, asked)
        assert code(one.get(f"{API}/upkeep/flaws/{id}.xlsx")) == (409, "access.export_not_agreed")
        (item,) = other.get(f"{API}/waiting").json()["items"]
        assert (item["id"], item["waits_for"], item["n"], item["reason"]) == (id, "export", 3, asked["reason"])
        assert other.post(f"{API}/exports/{id}/decide", {"agree": True}, JSON).status_code == 201
        rows = rows_of(one.get(f"{API}/upkeep/flaws/{id}.xlsx"), tmp_path)
        assert len(rows) == 4 and all("同意:" in str(row[-1]) for row in rows[1:])
        looks = Disclosure.objects.filter(what="registry.flaws")
        assert {(look.how, look.reason) for look in looks} == {("exported", asked["reason"])}
        assert code(other.get(f"{API}/upkeep/flaws/{id}.xlsx")) == (404, "access.not_found"), "who agreed gets nothing"
        assert other.get(f"{API}/waiting").json()["items"] == []
        assert ledger.rebuild_differs() == []

    def test_who_asks_does_not_agree_and_neither_does_who_may_not_look_there(self, asked: dict[str, str]) -> None:
        one = at_desk()
        id = self.ask(one, asked)
        refused = one.post(f"{API}/exports/{id}/decide", {"agree": True}, JSON)
        assert code(refused) == (403, "access.needs_another_person")
        elsewhere = at_desk(at="C2")
        assert elsewhere.post(f"{API}/exports/{id}/decide", {"agree": True}, JSON).status_code == 404
        assert elsewhere.get(f"{API}/exports").json()["rows"] == elsewhere.get(f"{API}/waiting").json()["items"] == []

    def test_declined_it_stays_here_and_says_why(self, asked: dict[str, str]) -> None:
        one, other = at_desk(), at_desk()
        id = self.ask(one, asked)
        said = {"agree": False, "reason": "先按网格分开"}
        assert other.post(f"{API}/exports/{id}/decide", said, JSON).status_code == 201
        (mine,) = one.get(f"{API}/exports").json()["rows"]
        assert (mine["state"], mine["said"]) == ("declined", "先按网格分开")
        assert code(one.get(f"{API}/upkeep/flaws/{id}.xlsx")) == (409, "access.export_not_agreed")
        again = other.post(f"{API}/exports/{id}/decide", {"agree": True}, JSON)
        assert code(again) == (409, "access.export_decided")

    def test_never_holds_more_than_was_agreed_to_and_is_over_after_a_day(
        self, asked: dict[str, str], tmp_path: Path
    ) -> None:
        one, other = at_desk(), at_desk()
        id = self.ask(one, asked)
        other.post(f"{API}/exports/{id}/decide", {"agree": True}, JSON)
        hand_in(changed(change="field", resident=ZHANG, field="name", base_version=0, value=None))
        assert len(rows_of(one.get(f"{API}/upkeep/flaws/{id}.xlsx"), tmp_path)) == 1 + 3
        with clock.stopped_at(NOW + timedelta(hours=25)):
            assert code(one.get(f"{API}/upkeep/flaws/{id}.xlsx")) == (409, "access.export_not_agreed")

    def test_costs_a_reason_and_has_an_end(self, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        desk = at_desk()
        reasonless = desk.post(f"{API}/upkeep/flaws/ask", asked | {"reason": " "}, JSON)
        assert code(reasonless) == (422, "access.reason_missing")
        monkeypatch.setattr(access_rules, "MOST_BY_TWO", 2)
        assert code(desk.post(f"{API}/upkeep/flaws/ask", asked, JSON)) == (422, "access.export_too_long")


def test_a_grid_that_ended_with_somebody_in_it_is_counted_listed_and_taken_along(tmp_path: Path) -> None:
    """The whole way: an area list may end what no act at a desk would, and nobody may be lost in it."""
    a_town()
    territory.end_area(area=id_of("G3"), on=TODAY, by=THE_HOUSE, at=NOW)
    desk, elsewhere = at_desk(), at_desk(at="C1")
    assert desk.get(f"{API}/upkeep").json()["total"]["grid_ended"] == 1
    (row,) = desk.get(f"{API}/upkeep/flaws", {"flaw": "grid_ended"}).json()["rows"]
    told = (row["concern"], row["door"], row["name"], row["says"])
    assert told == ("orphaned", "2幢1单元101", "李**", "这户所在的网格已经撤销")
    taken = {"flaw": "grid_ended", "reason": "逐户重新归网格"}
    assert rows_of(desk.post(f"{API}/upkeep/flaws.xlsx", taken, JSON), tmp_path)[1][1] == "2幢1单元101"
    assert "grid_ended" not in elsewhere.get(f"{API}/upkeep").json()["total"]
    assert elsewhere.get(f"{API}/upkeep/flaws", {"flaw": "grid_ended"}).json()["rows"] == []


def test_expected_homes_are_told_with_their_source_and_stand_beside_the_remainder(tmp_path: Path) -> None:
    a_town()
    desk = at_desk()
    told = {"area": str(id_of("C1")), "homes": 6, "source": "派出所", "counted_on": TODAY.isoformat()}
    assert desk.post(f"{API}/upkeep/expected", told, JSON).status_code == 201
    row = desk.get(f"{API}/upkeep/completeness", {"area": str(id_of("C1"))}).json()["total"]
    assert (row["due"], row["reached"], row["named"], row["unlisted"]) == (6, 1, 1, 4)
    assert row["expected"] == {"homes": 6, "source": "派出所", "counted_on": TODAY.isoformat()}
    book = rows_of(desk.get(f"{API}/upkeep/completeness.xlsx", {"area": str(id_of("C1"))}), tmp_path)
    assert book[-1][:4] == ["明镜社区", "6", "派出所", TODAY.isoformat()]
    later = told | {"counted_on": date(2031, 1, 1).isoformat()}
    assert code(desk.post(f"{API}/upkeep/expected", later, JSON)) == (422, "registry.counted_in_the_future")
    assert code(at_desk(at="C2").post(f"{API}/upkeep/expected", told, JSON)) == (404, "access.not_found")


def test_the_months_are_agreed_at_the_desk() -> None:
    agreed = {
        "area": str(id_of("S")), "from_on": TODAY.isoformat(), "stale_months": 6, "oldest_years": 115, "issuer": "街道",
    }  # fmt: skip
    desk = at_desk()
    assert desk.post(f"{API}/upkeep/figures", agreed, JSON).status_code == 201
    figures = desk.get(f"{API}/upkeep").json()["figures"]
    assert (figures["stale_months"], figures["issuer"]) == (6, "街道")
    assert code(desk.post(f"{API}/upkeep/figures", agreed | {"stale_months": 0}, JSON))[0] == 400


def test_who_lives_here_is_counted_by_kind() -> None:
    a_town()
    total = at_desk().get(f"{API}/upkeep/residence").json()["total"]
    assert (total["people"], total["kinds"]["unknown"]) == (2, 2)


@pytest.mark.parametrize("path", ["upkeep", "upkeep/flaws", "upkeep/completeness", "upkeep/residence"])
def test_only_whoever_may_read_the_register_counts_it(path: str) -> None:
    assert code(Client().get(f"{API}/{path}")) == (401, "access.not_signed_in")
    assert code(at_desk(Role.SYSTEM_ADMIN).get(f"{API}/{path}")) == (403, "access.not_permitted")
