"""Lists of areas, organisations and places go the way of rosters: any layout, shown, tried, published, taken back."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.tables import read_sheet
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry import actions, jobs
from lianfang.ground.registry.models import Import, Place
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.test_own_layout import API, JSON, as_csv, code, confirm, looked_at, targets
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries
from lianfang.ground.territory.models import Area, Organisation
from lianfang.ground.territory.terms import EstateKind
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire("office", Role.SUBDISTRICT_OFFICER, area="S")))
    return client


def upload(desk: Client, about: str, rows: list[list[Any]]) -> str:
    file = SimpleUploadedFile("表.csv", as_csv(rows))
    answer = desk.post(f"{API}/imports?about={about}&layout=own", {"file": file})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def checked(desk: Client, about: str, rows: list[list[Any]], sender: str = "", **changes: Any) -> dict[str, Any]:
    id = upload(desk, about, rows)
    return confirm(desk, id, looked_at(desk, id)["layout"] | changes, sender)


def published(desk: Client, about: str, rows: list[list[Any]], **changes: Any) -> dict[str, Any]:
    id = checked(desk, about, rows, **changes)["id"]
    begun = desk.post(f"{API}/imports/{id}/publish")
    assert begun.status_code == 201, begun.content
    jobs.publish_roster.call(job=begun.json()["job"], import_id=id, account=str(Import.objects.get(id=id).held_by))
    return dict(desk.get(f"{API}/imports/{id}").json())


def taken_back(desk: Client, id: str) -> dict[str, Any]:
    begun = desk.post(f"{API}/imports/{id}/undo", {"reason": "弄错了"}, JSON)
    assert begun.status_code == 201, begun.content
    account = str(Import.objects.get(id=id).held_by)
    jobs.undo_roster.call(job=begun.json()["job"], import_id=id, account=account, reason="弄错了")
    return dict(desk.get(f"{API}/imports/{id}").json())


def said(read: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in read["findings"]]


def counts(read: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(read[key] for key in ("state", "added", "edits", "unchanged", "bad"))


AREAS = [
    ["莘塍街道网格一览表"],
    ["序号", "社区名称", "网格名称", "小区类型", "网格员", "联系电话"],
    ["1", "明镜社区", "第1网格", None, "某某", "15400000001"],
    ["2", "明镜社区", "第77网格", None, "某某", "15400000002"],
    ["3", "新的村", "第1网格", None, "某某", "15400000003"],
    ["合计", "3个"],
]


class TestAreas:
    def test_side_by_side_in_columns_become_a_tree_below_what_is_there(self, desk: Client) -> None:
        id = upload(desk, "areas", AREAS)
        found = looked_at(desk, id)
        assert targets(found["layout"]) == {1: "community", 2: "grid", 3: "estate_kind"}
        assert "community" in found["targets"] and "id_number" not in found["targets"]
        assert found["columns"][4]["why"] and found["columns"][4]["target"] is None  # who works there is no area
        ready = confirm(desk, id, found["layout"])
        assert counts(ready) == ("ready", 3, 0, 1, 0)
        assert said(ready) == [(6, "", "registry.total_passed_over")]
        assert not Area.objects.filter(name="第77网格").exists()

    def test_are_published_by_one_entry_and_taken_back_by_one(self, desk: Client) -> None:
        before, first = set(Area.objects.values_list("id", flat=True)), ledger_entries()
        done = published(desk, "areas", AREAS)
        assert counts(done) == ("published", 3, 0, 1, 0)
        (village,) = [area for area in queries.areas_below(id_of("S"), TODAY) if area.name == "新的村"]
        assert village.kind == "village" and village.parent == id_of("S")
        assert [area.name for area in queries.children(village.id, TODAY)] == ["第1网格"]
        assert ledger_entries() - first == 1
        back = taken_back(desk, done["id"])
        assert (back["state"], back["kept"]) == ("undone", 0)
        assert {area.id for area in queries.areas_below(id_of("S"), TODAY)} <= before
        assert ledger_entries() - first == 2

    def test_once_taken_back_the_same_file_comes_in_again(self, desk: Client) -> None:
        taken_back(desk, published(desk, "areas", AREAS)["id"])
        assert counts(published(desk, "areas", AREAS)) == ("published", 3, 0, 1, 0)

    def test_published_again_it_changes_nothing(self, desk: Client) -> None:
        published(desk, "areas", AREAS)
        again = checked(desk, "areas", AREAS)
        assert counts(again) == ("ready", 0, 0, 3, 0)
        answer = desk.post(f"{API}/imports/{again['id']}/publish")
        assert code(answer) == (409, "registry.import_brings_nothing")

    def test_what_somebody_lives_in_or_was_changed_since_is_not_taken_back(self, desk: Client, tmp_path: Path) -> None:
        done = published(desk, "areas", AREAS)
        files.publish(files.csv_file(tmp_path / "a.csv", [files.row("张三", 网格="第77网格")]))
        (village,) = [area for area in queries.areas_below(id_of("S"), TODAY) if area.name == "新的村"]
        territory.change_area(area=village.id, on=TODAY, by=THE_HOUSE, at=NOW, name="更新的村")
        back = taken_back(desk, done["id"])
        assert (back["state"], back["kept"]) == ("undone", 2)
        left = {area.name for area in queries.areas_below(id_of("S"), TODAY)}
        assert {"更新的村", "第77网格"} <= left

    def test_nor_is_an_area_in_which_somebody_works_already(self, desk: Client) -> None:
        done = published(desk, "areas", AREAS)
        (grid,) = [area for area in queries.areas_below(id_of("S"), TODAY) if area.name == "第77网格"]
        hire("worker", Role.GRID_WORKER, area=grid.code or "")
        assert taken_back(desk, done["id"])["kept"] == 1
        assert "第77网格" in {area.name for area in queries.areas_below(id_of("S"), TODAY)}

    def test_by_code_they_are_renamed_and_moved_and_taken_back_they_are_as_before(self, desk: Client) -> None:
        rows = [["区域编码", "名称", "类别", "上级", "出入口数"], ["G1", "改名网格", "网格", "C2", "2"]]
        done = published(desk, "areas", rows)
        assert counts(done) == ("published", 0, 1, 0, 0)
        now = queries.area(id_of("G1"))
        assert (now.name, now.gates, now.parent) == ("改名网格", 2, id_of("C2"))
        taken_back(desk, done["id"])
        now = queries.area_on(id_of("G1"), TODAY)
        assert (now.name, now.gates, now.parent) == ("第1网格", None, id_of("C1"))

    def test_a_community_written_on_its_first_line_only_goes_on(self, desk: Client) -> None:
        rows = [["社区", "网格"], ["新村", "甲网格"], [None, "乙网格"], ["明镜社区", "丙网格"], [None, "丁网格"]]
        id = upload(desk, "areas", rows)
        layout = looked_at(desk, id)["layout"]
        assert layout["carry"] is True
        assert counts(confirm(desk, id, layout)) == ("ready", 5, 0, 0, 0)

    def test_what_the_tree_refuses_is_found_by_row_and_the_rest_is_taken(self, desk: Client, tmp_path: Path) -> None:
        rows = [
            ["名称", "类别", "上级", "小区类型", "走访顺序"],
            ["好网格", "网格", "明镜社区", None, "3"],
            ["坏网格", "格子", "明镜社区", None, None],
            ["孤网格", "网格", "没有的社区", None, None],
            ["楼", "楼栋", "明镜社区", None, None],
            ["好小区", "小区", "明镜社区", "新潮小区", None],
            ["第三", "网格", "明镜社区", None, "第三个"],
        ]
        read = checked(desk, "areas", rows)
        assert said(read) == [
            (3, "类别", "territory.kind_unknown"),
            (4, "上级", "territory.parent_unknown"),
            (5, "上级", "territory.may_not_hold"),
            (6, "小区类型", "territory.estate_kind_unknown"),
            (7, "走访顺序", "territory.not_a_number"),
        ]
        assert counts(read) == ("ready", 1, 0, 0, 5)
        back = tmp_path / "back.xlsx"
        back.write_bytes(b"".join(desk.get(f"{API}/imports/{read['id']}/errors.xlsx")))
        _, *given = read_sheet(back)
        assert [row.cells[0] for row in given] == ["坏网格", "孤网格", "楼", "好小区", "第三"]
        assert "不认识的类别" in str(given[0].cells[-1])

    def test_a_list_moves_no_community_by_its_name_alone(self, desk: Client) -> None:
        published(desk, "areas", [["片区", "社区"], ["东片", "新甲村"]])
        read = checked(desk, "areas", [["片区", "社区"], ["西片", "新甲村"]])
        assert said(read) == [(2, "社区", "registry.area_elsewhere")]

    def test_what_the_file_does_not_say_stays(self, desk: Client) -> None:
        estate = published(desk, "areas", [["社区", "小区", "小区类型"], ["明镜社区", "锦绣园", "老旧小区"]])
        assert estate["added"] == 1
        again = published(desk, "areas", [["社区", "小区", "出入口数"], ["明镜社区", "锦绣园", "3"]])
        (area,) = [area for area in queries.areas_below(id_of("S"), TODAY) if area.name == "锦绣园"]
        assert (again["edits"], area.estate_kind, area.gates) == (1, EstateKind.OLD, 3)

    def test_what_was_shown_is_what_is_published_or_it_is_checked_anew(self, desk: Client) -> None:
        one, two = checked(desk, "areas", AREAS), checked(desk, "areas", AREAS)
        actions.publish_import(import_id=UUID(one["id"]), by=THE_HOUSE, at=NOW)
        with pytest.raises(Exception, match="publish_outdated"):
            actions.publish_import(import_id=UUID(two["id"]), by=THE_HOUSE, at=NOW)

    def test_are_loaded_by_whoever_may_load_areas(self) -> None:
        client = Client()
        client.force_login(Account.objects.get(id=hire("community", Role.COMMUNITY_OFFICER, area="C1")))
        answer = client.post(f"{API}/imports?about=areas", {"file": SimpleUploadedFile("a.csv", as_csv(AREAS))})
        assert code(answer) == (403, "access.not_permitted")

    def test_the_layout_is_remembered_but_not_for_another_kind_of_list(self, desk: Client) -> None:
        checked(desk, "areas", AREAS, "明镜居委会")
        assert looked_at(desk, upload(desk, "areas", AREAS))["sender"] == "明镜居委会"
        assert looked_at(desk, upload(desk, "places", AREAS))["sender"] == ""


ORGANISATIONS = [
    ["单位名称", "类别", "主管单位", "负责人", "所在社区"],
    ["街道办事处", "机关", None, "某某", None],
    ["城管办", "部门", "街道办事处", "某某", None],
    ["明镜物业公司", None, None, "某某", "明镜社区"],
    ["巡查一队", None, "城管办", "某某", None],
]


class TestOrganisations:
    def test_of_any_depth_come_with_what_stands_above_them(self, desk: Client) -> None:
        done = published(desk, "organisations", ORGANISATIONS)
        assert counts(done) == ("published", 4, 0, 0, 0)
        (team,) = Organisation.objects.filter(name="巡查一队")
        lineage = [queries.organisation(id, TODAY).name for id in queries.organisation_lineage(team.id, TODAY)]
        assert lineage == ["街道办事处", "城管办", "巡查一队"]
        assert queries.organisation(team.id, TODAY).kind == "team"
        company = Organisation.objects.get(name="明镜物业公司")
        assert (company.kind, company.works_in_id) == ("property_company", id_of("C1"))

    def test_again_change_nothing_and_are_taken_back_by_one_entry(self, desk: Client) -> None:
        done = published(desk, "organisations", ORGANISATIONS)
        assert counts(checked(desk, "organisations", ORGANISATIONS)) == ("ready", 0, 0, 4, 0)
        assert taken_back(desk, done["id"])["kept"] == 0
        assert queries.organisations(None, TODAY) == []

    def test_a_parent_nobody_knows_is_said(self, desk: Client) -> None:
        read = checked(desk, "organisations", [["名称", "类别", "上级"], ["一队", "队伍", "没有的单位"]])
        assert said(read) == [(2, "上级", "territory.parent_unknown")]


PLACES = [
    ["场所名称", "类型", "网格", "经营地址", "负责人", "联系电话", "从业人数"],
    ["好又多超市", "超市", "第1网格", "1幢101", "某某", "15400000001", "3"],
    ["利民小吃", "餐饮", "第2网格", "后街2号", "某某", "15400000002", "2"],
    ["不知何处", "超市", "没有的网格", None, "某某", "15400000003", "2"],
    ["怪店", "秘密", "第1网格", None, "某某", None, None],
    ["好又多 超市", "超市", "第1网格", None, "某某", None, None],
]


class TestPlaces:
    def test_stand_in_their_grids_and_nobody_who_runs_them_is_kept(self, desk: Client) -> None:
        id = upload(desk, "places", PLACES)
        found = looked_at(desk, id)
        assert targets(found["layout"]) == {0: "called", 1: "kind", 2: "grid", 3: "address"}
        done = published(desk, "places", PLACES)
        assert said(done) == [
            (4, "网格", "registry.grid_unknown"),
            (5, "类型", "territory.kind_unknown"),
            (6, "场所名称", "registry.line_twice"),
        ]
        assert sorted(Place.objects.values_list("name", "kind", "grid_id")) == sorted(
            [("好又多超市", "shop", id_of("G1")), ("利民小吃", "restaurant", id_of("G2"))]
        )
        listed = desk.get(f"{API}/places?q=超市").json()
        assert [(row["name"], row["kind"]) for row in listed["rows"]] == [("好又多超市", "shop")]

    def test_again_change_nothing_changed_they_are_known_and_taken_back_as_before(self, desk: Client) -> None:
        published(desk, "places", PLACES)
        again = checked(desk, "places", PLACES)
        assert (again["added"], again["edits"], again["unchanged"]) == (0, 0, 2)
        other = [
            PLACES[0],
            ["好又多超市", "商场", "第1网格", "2幢201", None, None, None],
            ["新店", "商店", "第1网格", *[None] * 4],
        ]
        done = published(desk, "places", other)
        assert (done["added"], done["edits"]) == (1, 1)
        assert Place.objects.get(name="好又多超市").door == "2幢201"
        assert taken_back(desk, done["id"])["kept"] == 0
        assert Place.objects.get(name="好又多超市").door == "1幢101"
        assert [row["name"] for row in desk.get(f"{API}/places").json()["rows"]] == ["利民小吃", "好又多超市"]

    def test_the_register_can_be_built_again(self, desk: Client) -> None:
        done = published(desk, "places", PLACES)
        taken_back(desk, done["id"])
        published(desk, "areas", AREAS)
        assert ledger.rebuild_differs() == []


def test_the_first_rows_are_shown_with_what_is_wrong_in_them(desk: Client) -> None:
    id = upload(desk, "places", PLACES)
    layout = looked_at(desk, id)["layout"]
    answer = desk.post(f"{API}/imports/{id}/preview", layout, JSON).json()
    assert [fit["target"] for fit in answer["fits"]] == ["called", "kind", "grid", "address"]
    assert answer["rows"] == [] and answer["lines"][0]["cells"] == ["好又多超市", "超市", "第1网格", "1幢101"]
    assert [bool(line["findings"]) for line in answer["lines"]] == [False, False, True, True, True]
    assert "15400000001" not in str(answer)


@pytest.mark.parametrize("about", ["areas", "organisations", "places"])
def test_a_column_without_a_purpose_is_barred_in_every_kind_of_list(desk: Client, about: str) -> None:
    id = upload(desk, about, [["名称", "类别", "网格", "信访情况"], ["甲", "其他", "第1网格", "有"]])
    found = looked_at(desk, id)
    assert found["columns"][3]["barred"]
    chosen = found["layout"] | {"columns": [{"index": 0, "target": "called"}, {"index": 3, "target": "kind"}]}
    body = {"layout": chosen, "sender": ""}
    assert code(desk.post(f"{API}/imports/{id}/layout", body, JSON)) == (422, "registry.layout_column_barred")


def test_what_only_people_have_cannot_be_chosen_for_places(desk: Client) -> None:
    id = upload(desk, "places", PLACES)
    chosen = looked_at(desk, id)["layout"] | {"columns": [{"index": 4, "target": "name"}]}
    answer = desk.post(f"{API}/imports/{id}/layout", {"layout": chosen, "sender": ""}, JSON)
    assert code(answer) == (422, "registry.layout_not_of_this")


def ledger_entries() -> int:
    from lianfang.foundation.ledger.models import Entry

    return Entry.objects.filter(kind__startswith="territory.").count()
