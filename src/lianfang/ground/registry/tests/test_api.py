"""The register over HTTP."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.tables import read_sheet
from lianfang.ground.access import rules as access_rules
from lianfang.ground.access.models import Account, Disclosure
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry import actions, jobs
from lianfang.ground.registry.models import Import, Resident
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.homes import LI, ZHANG, a_number, hand_in, phone, publish, resident
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
JSON = "application/json"
API = "/api/v1"
NUMBER = a_number("99999919900307101")


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


def at_desk(*roles: Role, at: str = "S") -> Client:
    client = Client()
    account = hire(f"somebody {at} {roles}", *(roles or (Role.COMMUNITY_OFFICER,)), area=at)
    client.force_login(Account.objects.get(id=account))
    return client


def at_home() -> None:
    publish(
        {"id": ZHANG, "name": "张三", "phone": "15400000001", "relation": "head", "id_number": NUMBER},
        {"id": LI, "name": "李四"},
    )


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code") if answer.content else None


class TestPeople:
    def test_are_listed_searched_and_opened_masked(self) -> None:
        at_home()
        desk = at_desk()
        page = desk.get(f"{API}/residents", {"q": "zhang"}).json()
        assert (page["total"], page["rows"][0]["name"], page["rows"][0]["door"]) == (1, "张**", "1幢1单元101")
        home = page["rows"][0]["household"]
        opened = desk.get(f"{API}/households/{home}").json()
        assert [r["name"] for r in opened["residents"]] == ["张**", "李**"]
        assert desk.get(f"{API}/households", {"q": "1-1-101"}).json()["rows"][0]["people"] == 2
        assert "张三" not in str(page) + str(opened) and NUMBER[:14] not in str(page) + str(opened)

    def test_without_signing_in_nothing_opens(self) -> None:
        for path in ("residents", "households", f"households/{new_id()}", "disagreements", "imports"):
            assert code(Client().get(f"{API}/{path}")) == (401, "access.not_signed_in")

    def test_a_value_is_revealed_with_a_reason(self) -> None:
        at_home()
        desk = at_desk()
        url = f"{API}/residents/{ZHANG}/reveal"
        asked = {"field": "phone", "reason": "电话约定上门时间"}
        assert desk.post(url, asked, JSON).json() == {"value": "15400000001"}
        assert code(desk.post(url, asked | {"reason": ""}, JSON)) == (422, "access.reason_missing")
        assert code(desk.post(url, asked | {"field": "party"}, JSON))[0] == 400
        assert code(at_desk(at="C2").post(url, asked, JSON)) == (404, "access.not_found")
        assert code(desk.post(f"{API}/residents/{new_id()}/reveal", asked, JSON)) == (404, "access.not_found")

    def test_when_the_looks_of_the_day_are_used_up_it_says_so(self) -> None:
        at_home()
        desk, asked = at_desk(), {"field": "phone", "reason": "电话约定上门时间"}
        with patch.object(access_rules, "REVEALS_A_DAY", ((date(2020, 1, 1), 1),)):
            assert desk.post(f"{API}/residents/{ZHANG}/reveal", asked, JSON).status_code == 201
            assert code(desk.post(f"{API}/residents/{ZHANG}/reveal", asked, JSON)) == (429, "access.reveals_used_up")

    def test_a_field_is_edited_and_its_history_read(self) -> None:
        at_home()
        desk = at_desk()
        edit = {"field": "phone", "base_version": 0, "value": "15400000002"}
        assert desk.patch(f"{API}/residents/{ZHANG}", edit, JSON).status_code == 200
        assert resident().phone_masked == "154****0002"
        assert code(desk.patch(f"{API}/residents/{ZHANG}", edit, JSON)) == (409, "registry.edited_meanwhile")
        history = desk.get(f"{API}/residents/{ZHANG}/history").json()
        assert [(e["field"], e["value"]) for e in history] == [("phone", "154****0001"), ("phone", "154****0002")]
        assert history[1]["by"].startswith("somebody")

    def test_a_question_is_decided(self) -> None:
        at_home()
        hand_in(phone("15400000008", 8), by=1)
        hand_in(phone("15400000009", 9), by=2)
        desk = at_desk()
        (asked,) = desk.get(f"{API}/disagreements").json()["rows"]
        kept = asked["edits"][0]["id"]
        url = f"{API}/disagreements/{asked['id']}/settle"
        assert desk.post(url, {"kept": kept, "reason": "电话核实"}, JSON).status_code == 201
        assert resident().phone_masked == "154****0008"
        assert code(desk.post(url, {"kept": kept}, JSON)) == (404, "access.not_found")

    @pytest.mark.parametrize(
        "query",
        [
            {"page": "0"},
            {"page_size": "1000"},
            {"sort": "id_number"},
            {"area": "nowhere"},
            {"q": "x" * 200},
            {"purpose": "curiosity"},
        ],
    )
    def test_an_odd_question_gets_a_sentence(self, query: dict[str, str]) -> None:
        answer = at_desk().get(f"{API}/residents", query)
        assert code(answer) == (400, "wire.unreadable")

    @pytest.mark.parametrize("q", ["%", "_", "'", "\\", "😀", "a" * 100, "張三", "1' OR '1'='1"])
    def test_odd_words_find_nothing_and_break_nothing(self, q: str) -> None:
        at_home()
        desk = at_desk()
        for path in ("residents", "households"):
            assert desk.get(f"{API}/{path}", {"q": q}).json()["rows"] == []


class TestRosters:
    def upload(self, desk: Client, tmp_path: Path, rows: list[Any] | None = None) -> dict[str, Any]:
        path = files.workbook(tmp_path / "底册.xlsx", rows or [files.row("张三"), files.row("李四", 手机号="1")])
        with path.open("rb") as file:
            answer = desk.post(f"{API}/imports", {"file": file})
        assert answer.status_code in (200, 201), answer.content
        return dict(answer.json())

    def read(self, begun: dict[str, Any]) -> None:
        jobs.read_roster.call(job=begun["job"], import_id=begun["id"])

    def test_come_in_are_read_published_and_taken_back(self, tmp_path: Path) -> None:
        desk = at_desk()
        begun = self.upload(desk, tmp_path)
        url = f"{API}/imports/{begun['id']}"
        assert desk.get(url).json()["state"] == "reading"
        kept = Path(Import.objects.get(id=begun["id"]).path)
        assert kept.is_file() and kept.stat().st_mode & 0o077 == 0
        self.read(begun)
        assert not kept.exists()
        ready = desk.get(url).json()
        assert (ready["state"], ready["good"], ready["warned"], ready["households"]) == ("ready", 2, 1, 2)
        assert ready["findings"][0]["message"] == "第 3 行「手机号」不像电话号码,照原样收下,请核对。"
        assert Resident.objects.count() == 0
        job = desk.post(f"{url}/publish").json()["job"]
        assert desk.get(url).json()["state"] == "publishing"
        assert code(desk.post(f"{url}/publish")) == (409, "registry.import_not_now")
        account = str(Import.objects.get(id=begun["id"]).by)
        for _ in range(2):  # a job may run again after a kill
            jobs.publish_roster.call(job=job, import_id=begun["id"], account=account)
        assert (desk.get(url).json()["state"], Resident.objects.count()) == ("published", 2)
        job = desk.post(f"{url}/undo", {"reason": "错发"}, JSON).json()["job"]
        jobs.undo_roster.call(job=job, import_id=begun["id"], account=account, reason="错发")
        assert (desk.get(url).json()["state"], Resident.objects.count()) == ("undone", 0)
        assert [row["state"] for row in desk.get(f"{API}/imports").json()["rows"]] == ["undone"]

    def test_with_errors_come_back_as_the_users_own_workbook(self, tmp_path: Path) -> None:
        desk = at_desk()
        bad = files.row("张三", 证件号码="999999199003071010")
        begun = self.upload(desk, tmp_path, [files.row("李四"), bad])
        self.read(begun)
        answer = desk.get(f"{API}/imports/{begun['id']}/errors.xlsx")
        (tmp_path / "back.xlsx").write_bytes(b"".join(answer))
        header, row = read_sheet(tmp_path / "back.xlsx")
        assert header.cells[-1] == "原因" and row.cells[6] == "张三"
        assert row.cells[-1] == "第 3 行「证件号码」末位对不上,请核对原件。"
        assert Disclosure.objects.get(what="registry.import_errors").count == 1

    def test_say_in_english_what_is_wrong_to_who_reads_english(self, tmp_path: Path) -> None:
        desk = at_desk()
        begun = self.upload(desk, tmp_path, [files.row("张三", 社区="明境社区")])
        self.read(begun)
        answer = desk.get(f"{API}/imports/{begun['id']}", headers={"Accept-Language": "en"}).json()
        assert answer["findings"][0]["message"].startswith("Row 2, “社区”: There is no such community.")

    def test_that_are_no_rosters_say_so(self, tmp_path: Path) -> None:
        desk = at_desk()
        upload = SimpleUploadedFile("猫.xlsx", b"\x89PNG\r\n\x1a\n\0\0")
        begun = desk.post(f"{API}/imports", {"file": upload}).json()
        self.read(begun)
        answer = desk.get(f"{API}/imports/{begun['id']}").json()
        assert (answer["state"], answer["problem"]["code"]) == ("failed", "tables.not_text")
        assert code(desk.post(f"{API}/imports/{begun['id']}/publish")) == (409, "registry.import_not_now")

    def test_that_are_too_large_leave_nothing(self, settings: Any, tmp_path: Path) -> None:
        settings.LIANFANG_LARGEST_UPLOAD, settings.LIANFANG_DATA = 1 << 20, tmp_path
        upload = SimpleUploadedFile("大.xlsx", b"PK\x03\x04" + bytes(2 << 20))
        answer = at_desk().post(f"{API}/imports", {"file": upload})
        assert code(answer) == (413, "tables.too_large")
        assert not Import.objects.exists()
        assert list(tmp_path.rglob("*")) == []

    def test_are_nobody_elses_business(self, tmp_path: Path) -> None:
        begun = self.upload(at_desk(at="C1"), tmp_path)
        other = at_desk(at="C2")
        for path in ("", "/errors.xlsx"):
            assert code(other.get(f"{API}/imports/{begun['id']}{path}")) == (404, "access.not_found")
        for path in ("/publish", "/undo"):
            assert code(other.post(f"{API}/imports/{begun['id']}{path}", {}, JSON)) == (404, "access.not_found")
        assert other.get(f"{API}/imports").json()["rows"] == []
        assert code(at_desk(Role.GRID_WORKER).get(f"{API}/imports")) == (403, "access.not_permitted")
        assert at_desk().get(f"{API}/imports").json()["total"] == 1

    def test_can_be_dropped_before_they_are_published(self, tmp_path: Path) -> None:
        desk = at_desk()
        begun = self.upload(desk, tmp_path)
        kept = Path(Import.objects.get(id=begun["id"]).path)
        assert desk.delete(f"{API}/imports/{begun['id']}").status_code in (200, 204)
        assert not kept.exists()
        self.read(begun)
        assert desk.get(f"{API}/imports/{begun['id']}").json()["state"] == "dropped"

    def test_have_a_template(self, tmp_path: Path) -> None:
        answer = at_desk().get(f"{API}/imports/template.xlsx")
        (tmp_path / "t.xlsx").write_bytes(BytesIO(b"".join(answer)).getvalue())
        header = next(iter(read_sheet(tmp_path / "t.xlsx")))
        assert [str(c).rstrip("*") for c in header.cells] == files.HEADER


def test_the_id_of_an_area_is_the_grids() -> None:
    at_home()
    (row,) = at_desk().get(f"{API}/households").json()["rows"]
    assert UUID(row["grid"]) == id_of("G1") and row["place"] == "明镜社区 › 第1网格"


class TestOnePersonOrTwo:
    def two_entries(self) -> Client:
        zhang = {"id": ZHANG, "name": "张建国", "sex": "male", "born_on": "1990-03-07"}
        publish(zhang, zhang | {"id": LI, "name": "张健国", "phone": "15400000001"})
        actions.look_for_duplicates(by=THE_HOUSE, at=NOW)
        return at_desk()

    def test_a_pair_is_shown_masked_with_reasons_and_made_one_and_two_again(self) -> None:
        desk = self.two_entries()
        page = desk.get(f"{API}/duplicates").json()
        (pair,) = page["rows"]
        assert (page["total"], pair["sure"], pair["one"]["name"]) == (1, "certain", "张**")
        assert {"name_sounds_same", "born_same", "door_same"} == set(pair["reasons"])
        assert desk.get(f"{API}/duplicates/{pair['id']}").json() == pair
        seen = {"seen_one": pair["seen_one"], "seen_other": pair["seen_other"]}
        merged = desk.post(f"{API}/duplicates/{pair['id']}/merge", seen | {"kept": str(LI), "take": ["name"]}, JSON)
        assert (merged.status_code, resident(LI).name) == (201, "张建国")
        assert code(desk.get(f"{API}/duplicates/{pair['id']}")) == (404, "access.not_found")
        (row,) = desk.get(f"{API}/merges").json()["rows"]
        assert (row["id"], row["kept"]["id"], row["other"]["id"]) == (merged.json()["id"], str(LI), str(ZHANG))
        assert desk.post(f"{API}/merges/{row['id']}/undo", {"reason": "问错人了"}, JSON).status_code == 201
        assert (resident(LI).name, resident(ZHANG).name) == ("张健国", "张建国")
        assert {"registry.duplicates", "registry.merges"} <= set(Disclosure.objects.values_list("what", flat=True))

    def test_told_apart_they_are_asked_about_no_more(self) -> None:
        desk = self.two_entries()
        (pair,) = desk.get(f"{API}/duplicates").json()["rows"]
        assert desk.post(f"{API}/duplicates/{pair['id']}/apart", {}, JSON).status_code == 201
        assert desk.get(f"{API}/duplicates").json()["rows"] == []

    def test_who_is_kept_is_one_of_them_and_as_they_were_seen(self) -> None:
        desk = self.two_entries()
        (pair,) = desk.get(f"{API}/duplicates").json()["rows"]
        url, seen = f"{API}/duplicates/{pair['id']}/merge", {"seen_one": 1, "seen_other": 1}
        assert code(desk.post(url, seen | {"kept": str(new_id())}, JSON)) == (422, "registry.neither_of_them")
        assert code(desk.post(url, seen | {"kept": str(LI)}, JSON)) == (409, "registry.pair_moved_on")

    def test_the_search_runs_as_a_job(self) -> None:
        desk = self.two_entries()
        job = desk.post(f"{API}/duplicates").json()["job"]
        account = str(Account.objects.get(name__startswith="somebody s").id)
        hand_in(phone("15400000002", resident=LI))
        assert jobs.find_duplicates.call(job=job, account=account) == {"found": 1}
        assert code(at_desk(Role.GRID_WORKER, at="G1").post(f"{API}/duplicates")) == (403, "access.not_permitted")
