"""Rosters in an office's own layout, from file to register."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.models import Job
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.foundation.plumbing.tables import read_sheet
from lianfang.ground.access.models import Account, Disclosure
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry import actions, choosing, imports, jobs, staging
from lianfang.ground.registry.models import Household, Import, ImportChunk, RememberedLayout, Resident, Suggestion
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.files import a_number
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
JSON = "application/json"
API = "/api/v1"
SECRET = "某某教"
ONE, TWO, THREE = (a_number(day) for day in ("19650101", "19880202", "20100303"))
TITLES = ["序号", "姓名", "身份证号", "住址", "民族", "联系电话", "与户主关系", "宗教信仰"]


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


def officer(name: str = "officer", at: str = "S") -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire(name, Role.COMMUNITY_OFFICER, area=at)))
    return client


def as_csv(rows: Sequence[Sequence[Any]], *, encoding: str = "gbk", delimiter: str = ";") -> bytes:
    lines = "".join(delimiter.join("" if c is None else str(c) for c in row) + "\r\n" for row in rows)
    return lines.encode(encoding)


def people() -> list[list[Any]]:
    return [
        [1, "张三", ONE, "一幢一单元101室", SECRET, "15400000001", "户主", SECRET],
        [2, "李四", TWO, "1幢1单元101", SECRET, "154 0000 0002", "妻子", SECRET],
        [3, "张小", THREE, "1-1-102", SECRET, None, "户主", SECRET],
    ]


def a_village(rows: Sequence[Sequence[Any]] | None = None) -> bytes:
    """A title, a line about who sent it, the header, people, a total, a signature."""
    top = [["明镜社区人口花名册"], ["填报单位:明镜居委会"], [], TITLES]
    return as_csv([*top, *(people() if rows is None else rows), ["合计", "3人"], ["制表人:某某", "审核:某某"]])


def upload(desk: Client, content: bytes, name: str = "花名册.csv", layout: str = "own") -> dict[str, Any]:
    answer = desk.post(f"{API}/imports?layout={layout}", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def looked_at(desk: Client, id: str, **query: Any) -> dict[str, Any]:
    answer = desk.get(f"{API}/imports/{id}/layout", query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def confirm(desk: Client, id: str, layout: dict[str, Any], sender: str = "") -> dict[str, Any]:
    answer = desk.post(f"{API}/imports/{id}/layout", {"layout": layout, "sender": sender}, JSON)
    assert answer.status_code == 201, answer.content
    jobs.read_roster.call(job=answer.json()["job"], import_id=id)
    return dict(desk.get(f"{API}/imports/{id}").json())


def read(desk: Client, content: bytes, sender: str = "", **changes: Any) -> dict[str, Any]:
    """Uploaded, taken as suggested, read."""
    id = upload(desk, content)["id"]
    return confirm(desk, id, looked_at(desk, id)["layout"] | changes, sender)


def publish(id: str) -> None:
    from lianfang.foundation.kernel.people import THE_HOUSE

    actions.publish_import(import_id=UUID(id), by=THE_HOUSE, at=NOW)


def published_by_job(desk: Client, id: str) -> None:
    begun = desk.post(f"{API}/imports/{id}/publish").json()
    jobs.publish_roster.call(job=begun["job"], import_id=id, account=str(Import.objects.get(id=id).held_by))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def targets(layout: dict[str, Any]) -> dict[int, str]:
    return {chosen["index"]: chosen["target"] for chosen in layout["columns"]}


class TestFromFileToRegister:
    def test_a_villages_gbk_list_becomes_the_register(self) -> None:
        desk = officer()
        begun = upload(desk, a_village())
        assert begun["job"] is None and Import.objects.get().state == "choosing"
        found = looked_at(desk, begun["id"])
        assert (found["header"], found["header_rows"]) == (4, 1)
        assert targets(found["layout"]) == {1: "name", 2: "id_number", 3: "address", 5: "phone", 6: "relation"}
        ready = confirm(desk, begun["id"], found["layout"])
        assert (ready["state"], ready["rows"], ready["good"], ready["bad"]) == ("ready", 3, 3, 0)
        assert (ready["households"], ready["residents"]) == (2, 3)
        assert Resident.objects.count() == 0
        publish(begun["id"])
        assert sorted(Household.objects.values_list("door", "people")) == [("1幢1单元101", 2), ("1幢1单元102", 1)]
        assert Resident.objects.get(name="李四").phone_masked == "154****0002"

    def test_a_total_is_passed_over_and_it_says_so(self) -> None:
        said = [(f["row"], f["code"]) for f in read(officer(), a_village())["findings"]]
        assert said == [(8, "registry.total_passed_over"), (9, "registry.total_passed_over")]

    def test_two_header_rows_merged_households_and_a_hidden_sheet(self, tmp_path: Path) -> None:
        file = BytesIO()
        with xlsxwriter.Workbook(file) as book:
            old = book.add_worksheet("去年")
            old.write_row(0, 0, ["姓名", "住址"])
            old.hide()
            sheet = book.add_worksheet("今年")
            sheet.merge_range("A1:G1", "人口花名册")
            sheet.merge_range("A2:A3", "姓名")
            sheet.merge_range("B2:B3", "身份证号")
            sheet.merge_range("C2:E2", "住址")
            sheet.write_row("C3", ["幢", "单元", "室"])
            sheet.merge_range("F2:F3", "网格")
            sheet.write_row("A4", ["张三", ONE, None, "一", "101", "第1网格"])
            sheet.write_row("A5", ["李四", TWO, None, "一", "101", "第1网格"])
            sheet.merge_range("C4:C5", "1幢")
            sheet.activate()
        desk = officer()
        begun = upload(desk, file.getvalue(), "花名册.xlsx")
        found = looked_at(desk, begun["id"])
        assert found["sheets"] == [{"name": "去年", "hidden": True}, {"name": "今年", "hidden": False}]
        assert (found["header"], found["header_rows"], found["columns"][2]["title"]) == (3, 2, "住址/幢")
        assert targets(found["layout"]) == {
            0: "name", 1: "id_number", 2: "building", 3: "entrance", 4: "room", 5: "grid",
        }  # fmt: skip
        ready = confirm(desk, begun["id"], found["layout"])
        assert (ready["good"], ready["bad"], ready["households"]) == (2, 0, 1)
        hidden = looked_at(desk, begun["id"], sheet="去年")
        assert [column["title"] for column in hidden["columns"]] == ["姓名", "住址"]

    def test_a_household_whose_door_stands_on_its_first_line_only(self) -> None:
        rows = people()
        rows[1][3] = None
        desk = officer()
        id = upload(desk, a_village(rows))["id"]
        layout = looked_at(desk, id)["layout"]
        assert layout["carry"] is True
        assert confirm(desk, id, layout)["good"] == 3
        assert confirm(desk, id, layout | {"carry": False})["bad"] == 1  # it may be chosen otherwise

    def test_yes_and_no_below_a_title_that_asks(self) -> None:
        asked = ["姓名", "地址", "是否流动人口"]
        rows = [asked, ["张三", "1-1-101", "是"], ["李四", "1-1-102", "否"], ["王五", "1-1-103", "否"]]
        ready = read(officer(), as_csv(rows))
        publish(ready["id"])
        kinds = dict(Resident.objects.values_list("name", "residence_kind"))
        assert kinds == {"张三": "migrant", "李四": None, "王五": None}

    def test_a_file_about_one_grid_needs_no_column_for_it(self) -> None:
        rows = [["姓名", "幢", "室"], ["张三", "9幢", "101"], ["李四", "9幢", "102"]]
        desk = officer()
        id = upload(desk, as_csv(rows))["id"]
        layout = looked_at(desk, id)["layout"]
        assert {f["code"] for f in confirm(desk, id, layout)["findings"]} == {"registry.address_unknown"}
        ready = confirm(desk, id, layout | {"community": "明镜社区", "grid": "第2网格"})
        assert (ready["good"], ready["bad"]) == (2, 0)

    def test_the_template_itself_is_read_at_once(self, tmp_path: Path) -> None:
        file = files.workbook(tmp_path / "a.xlsx", [files.row("张三")]).read_bytes()
        assert upload(officer(), file, "a.xlsx")["job"] is not None

    def test_a_kill_between_chunks_loses_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(staging, "ROWS_IN_A_CHUNK", 1)
        desk = officer()
        id = upload(desk, a_village())["id"]
        desk.post(f"{API}/imports/{id}/layout", {"layout": looked_at(desk, id)["layout"]}, JSON)
        seen: list[int] = []

        def killed(rows: int) -> None:
            seen.append(rows)
            if len(seen) == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            actions.read_import(import_id=UUID(id), say=killed)
        actions.read_import(import_id=UUID(id))
        assert (Import.objects.get().rows, Import.objects.get().households) == (3, 2)


class TestWhatIsNotOurs:
    def test_is_dropped_unread_and_it_says_so(self) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        found = looked_at(desk, id)
        barred = {column["title"]: column["why"] for column in found["columns"] if column["barred"]}
        assert barred == {title: ["没有公开说明过用途的内容,不读、不存、不能选。"] for title in ("民族", "宗教信仰")}
        rows = people()
        rows[0][2] = ONE[:17] + ("1" if ONE[17] != "1" else "2")
        read(desk, a_village(rows))
        key = keyring.need("register")
        for chunk in ImportChunk.objects.all():
            plain = key.open(bytes(chunk.shown), about=staging.chunk_place(chunk.import_id, chunk.no, "shown"))
            assert "张三".encode() in plain and SECRET.encode() not in plain

    def test_cannot_be_chosen_by_hand_either(self) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        layout = looked_at(desk, id)["layout"]
        layout["columns"] = [{"index": 1, "target": "name"}, {"index": 4, "target": "address"}]
        for what, body in (("preview", layout), ("layout", {"layout": layout})):
            answer = desk.post(f"{API}/imports/{id}/{what}", body, JSON)
            assert code(answer) == (422, "registry.layout_column_barred")
            assert "「民族」" in answer.json()["message"]


class TestBeforeItIsRead:
    def test_the_first_rows_are_shown_masked_and_it_is_noted(self) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        answer = desk.post(f"{API}/imports/{id}/preview", looked_at(desk, id)["layout"], JSON)
        first = answer.json()["rows"][0]
        assert (first["name"], first["id_masked"], first["phone_masked"]) == ("张**", f"****{ONE[-4:]}", "154****0001")
        assert (first["place"], first["door"], first["born_year"]) == ("明镜社区 第1网格", "1幢1单元101", 1965)
        assert first["why"] == "「1幢」只在明镜社区第1网格有,按它归网格。"
        assert not any(secret in answer.content.decode() for secret in ("张三", ONE, "15400000001", SECRET))
        assert Disclosure.objects.get(what="registry.import_preview").count == 3

    def test_a_column_chosen_for_something_else_shows(self) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        layout = looked_at(desk, id)["layout"]
        swapped = {"phone": "id_number", "id_number": "phone"}
        columns = [c | {"target": swapped.get(c["target"], c["target"])} for c in layout["columns"]]
        found = desk.post(f"{API}/imports/{id}/preview", layout | {"columns": columns}, JSON).json()
        fits = {fit["target"]: (fit["fit"], fit["n"]) for fit in found["fits"]}
        assert (fits["id_number"], fits["phone"], fits["name"]) == ((0, 2), (0, 3), (3, 5))
        assert found["rows"][0]["findings"][0]["code"] == "registry.id_number_length"

    @pytest.mark.parametrize(
        ("columns", "problem"),
        [
            ([], "registry.layout_name_missing"),
            ([(1, "name")], "registry.layout_door_missing"),
            ([(1, "name"), (2, "name")], "registry.layout_twice"),
            ([(1, "name"), (1, "phone")], "registry.layout_twice"),
            ([(1, "name"), (60, "address")], "registry.layout_column_missing"),
        ],
    )
    def test_a_choice_that_cannot_be_read_by_says_what_is_missing(
        self, columns: list[tuple[int, str]], problem: str
    ) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        layout = {"header": 4, "header_rows": 1, "columns": [{"index": n, "target": t} for n, t in columns]}
        assert code(desk.post(f"{API}/imports/{id}/preview", layout, JSON)) == (422, problem)

    @pytest.mark.parametrize("header", [0, 1, 900])
    def test_a_header_pointed_at_by_mistake_breaks_nothing(self, header: int) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        assert looked_at(desk, id, header=header)["columns"] is not None

    def test_a_sheet_that_is_not_there(self) -> None:
        desk = officer()
        file = BytesIO()
        with xlsxwriter.Workbook(file) as book:
            book.add_worksheet().write_row(0, 0, ["姓名", "住址"])
        id = upload(desk, file.getvalue(), "a.xlsx")["id"]
        assert code(desk.get(f"{API}/imports/{id}/layout?sheet=甲")) == (422, "tables.no_sheet_named")

    def test_it_is_nobody_elses_business(self) -> None:
        id = upload(officer(at="C1"), a_village())["id"]
        other = officer("other", at="C2")
        assert code(other.get(f"{API}/imports/{id}/layout")) == (404, "access.not_found")

    def test_what_nobody_goes_on_with_is_deleted_after_a_day(self) -> None:
        upload(officer(), a_village())
        path = Path(Import.objects.get().path)
        assert choosing.drop_forgotten(at=NOW) == 0 and path.is_file()
        assert choosing.drop_forgotten(at=NOW + choosing.KEPT * 2) == 1
        assert (path.exists(), Import.objects.get().state) == (False, "dropped")


class TestRemembered:
    def test_by_its_header_for_whoever_sent_it_and_without_a_word_of_the_file(self) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        layout = looked_at(desk, id)["layout"]
        layout["columns"] = [c for c in layout["columns"] if c["target"] != "phone"]
        confirm(desk, id, layout, "明镜居委会")
        again = upload(desk, as_csv([TITLES, *people()], encoding="utf-8-sig", delimiter="\t"))["id"]
        found = looked_at(desk, again)
        assert (found["sender"], found["header"]) == ("明镜居委会", 1)
        assert targets(found["layout"]) == targets(layout)
        assert found["columns"][1]["why"][0] == "上次给「明镜居委会」这样选过。"
        kept = str(RememberedLayout.objects.values().get())
        assert not any(word in kept for word in ("姓名", "张三", "民族"))

    def test_another_header_is_another_layout(self) -> None:
        desk = officer()
        read(desk, a_village(), "明镜居委会")
        assert looked_at(desk, upload(desk, as_csv([[*TITLES, "房号"], *people()]))["id"])["sender"] == ""

    @pytest.mark.parametrize("sender", ["15400000001", "a@b", "明" * 41])
    def test_whoever_sends_is_an_office(self, sender: str) -> None:
        desk = officer()
        id = upload(desk, a_village())["id"]
        body = {"layout": looked_at(desk, id)["layout"], "sender": sender}
        assert code(desk.post(f"{API}/imports/{id}/layout", body, JSON)) == (422, "registry.layout_sender")


class TestGivenBack:
    def test_in_their_own_columns_with_reasons_and_nothing_that_is_a_formula(self, tmp_path: Path) -> None:
        rows = people()
        rows[0][1] = "=HYPERLINK(1)"
        rows[1][2] = "9.99999E+17"
        rows[2][3] = "99幢101"
        desk = officer()
        ready = read(desk, a_village(rows))
        back = tmp_path / "back.xlsx"
        back.write_bytes(b"".join(desk.get(f"{API}/imports/{ready['id']}/errors.xlsx")))
        header, *given = read_sheet(back)
        assert header.cells == (*TITLES, "原因")
        assert [row.cells[1] for row in given] == ["=HYPERLINK(1)", "李四", "张小"]
        assert all(row.cells[4] is None and row.cells[7] is None for row in given)
        assert given[0].odd == {}
        assert "第 15 位以后已经丢失" in str(given[1].cells[-1])
        assert "不知道归哪个网格" in str(given[2].cells[-1])

    def test_in_the_language_of_the_desk_whatever_the_browser_s(self, tmp_path: Path) -> None:
        rows = people()
        rows[2][3] = "99幢101"
        desk = officer()
        ready = read(desk, a_village(rows))
        back = tmp_path / "back.xlsx"
        answer = desk.get(f"{API}/imports/{ready['id']}/errors.xlsx?language=en", headers={"Accept-Language": "zh"})
        back.write_bytes(b"".join(answer))
        header, given = read_sheet(back)
        assert header.cells[-1] == "Reasons" and str(given.cells[-1]).startswith("Row 7")

    @pytest.mark.parametrize("language", ["zh-Hans", "en"])
    def test_and_mended_they_are_known_again(self, tmp_path: Path, language: str) -> None:
        desk = officer()
        rows = people()
        rows[2][3] = "99幢101"
        ready = read(desk, a_village(rows), "明镜居委会")
        answer = b"".join(desk.get(f"{API}/imports/{ready['id']}/errors.xlsx?language={language}"))
        assert looked_at(desk, upload(desk, answer, "back.xlsx")["id"])["sender"] == "明镜居委会"


class TestPublishing:
    def test_one_at_a_time_and_the_second_reads_who_holds_it(self) -> None:
        first, second = officer("王一"), officer("李二")
        rows = [TITLES, ["1", "赵六", None, "1-1-301", None, None, None, None]]
        one, two = read(first, a_village())["id"], read(second, as_csv(rows))["id"]
        assert first.post(f"{API}/imports/{one}/publish").status_code == 201
        answer = second.post(f"{API}/imports/{two}/publish")
        assert code(answer) == (409, "registry.publish_held")
        assert answer.json()["message"].startswith("王一同志 从 16:00 起正在发布")

    def test_many_people_are_published_by_somebody_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "MOST_ALONE", 2)
        first, second = officer("王一"), officer("李二")
        ready = read(first, a_village())
        assert ready["needs_another"] is True
        answer = first.post(f"{API}/imports/{ready['id']}/publish")
        assert code(answer) == (409, "registry.publish_needs_another")
        assert first.get(f"{API}/waiting").json()["items"] == [], "one's own is nobody's to wait for"
        assert [item["by"] for item in second.get(f"{API}/waiting").json()["items"]] == ["王一同志"]
        assert officer("elsewhere", at="C2").get(f"{API}/waiting").json()["items"] == []
        assert second.post(f"{API}/imports/{ready['id']}/publish").status_code == 201

    def test_who_may_be_listed_twice_is_looked_for_by_itself_and_the_import_says_how_many(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        desk = officer()
        publish(read(desk, a_village())["id"])
        again = [TITLES, [1, "张三", None, "1-1-301", None, "15400000001", "户主", None],
                 [2, "王五", None, "1-1-302", None, None, "户主", None]]  # fmt: skip
        id = read(desk, as_csv(again))["id"]
        with django_capture_on_commit_callbacks(execute=True):
            published_by_job(desk, id)
        assert Job.objects.filter(task=jobs.find_duplicates.module_path).count() == 1
        assert desk.get(f"{API}/imports/{id}").json()["pairs"] is None  # not looked for yet
        jobs.find_duplicates.call(job=str(uuid4()), account="")
        assert desk.get(f"{API}/imports/{id}").json()["pairs"] == Suggestion.objects.count() == 1

    def test_the_same_file_checked_twice_is_published_once(self) -> None:
        desk = officer()
        one, two = read(desk, a_village())["id"], read(desk, a_village())["id"]
        from datetime import timedelta

        with clock.stopped_at(NOW + timedelta(minutes=1)):
            actions.publish_import(import_id=UUID(one), by=_house(), at=clock.now())
            assert code(desk.post(f"{API}/imports/{two}/publish")) == (409, "registry.publish_outdated")
        assert not Path(Import.objects.get(id=one).path or "nowhere").exists()


def _house() -> Any:
    from lianfang.foundation.kernel.people import THE_HOUSE

    return THE_HOUSE
