"""Areas over HTTP."""

from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock, database
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.territory import actions, api, workbook
from lianfang.ground.territory.tests.town import NOW, id_of, load

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db(databases=["default", "plumbing"])]
API = "/api/v1/areas"
JSON = "application/json"


@pytest.fixture
def in_town(db: None) -> Any:
    load()
    with clock.stopped_at(NOW):
        yield


def at_desk(*roles: Role, at: str = "S") -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire("somebody", *roles, area=at)))
    return client


def of_its_own(request: Callable[[], Any]) -> Any:
    """In a context where nothing was done before, as the server runs each request."""
    database._commit_begun.set(False)
    return request()


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["rows"]]


def test_areas_are_listed_by_parent_by_kind_by_words_and_by_vacancy() -> None:
    desk = at_desk(Role.GRID_WORKER, at="G1")
    assert names(desk.get(API)) == ["莘塍街道"]
    assert names(desk.get(f"{API}?parent={id_of('C1')}")) == ["第1网格", "第2网格"]
    assert names(desk.get(f"{API}?area={id_of('C2')}&kind=grid")) == ["第3网格"]
    assert names(desk.get(API, {"q": "明镜 2"})) == ["第2网格"]
    assert names(desk.get(f"{API}?vacant=true&sort=-name")) == ["第3网格", "第2网格", "第1网格"]
    (top,) = desk.get(API).json()["rows"]
    assert (top["grids"], top["vacancies"], top["path_name"]) == (3, 3, "莘塍街道")


@pytest.mark.parametrize(
    ("lost", "code", "there"),
    [("permitted", "wire.database_away", False), ("committed", "wire.perhaps_saved", True)],
)
def test_a_database_lost_before_the_commit_saved_nothing_and_after_it_nobody_says_so(
    monkeypatch: pytest.MonkeyPatch, lost: str, code: str, there: bool
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    monkeypatch.setattr(api, "_permit" if lost == "permitted" else "_rows", away)
    asked = {"kind": "grid", "name": "第9网格", "parent": str(id_of("C1"))}
    answer = copy_context().run(of_its_own, lambda: desk.post(API, asked, JSON))
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    monkeypatch.undo()
    assert ("第9网格" in names(desk.get(f"{API}?parent={id_of('C1')}"))) is there


def test_a_profile_shows_where_it_is_what_lies_below_and_who_answers() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    actions.assign_responsible(grid=id_of("G1"), account=worker, name="李强", by=THE_HOUSE, at=NOW)
    profile = at_desk(Role.COMMUNITY_OFFICER, at="C1").get(f"{API}/{id_of('G1')}").json()
    assert [step["name"] for step in profile["lineage"]] == ["莘塍街道", "东片", "明镜社区", "第1网格"]
    assert [child["name"] for child in profile["children"]] == ["1幢"]
    assert profile["responsible"]["account"] == {"id": str(worker), "name": "李强"} and profile["vacant"] is False


def test_an_officer_adds_renames_moves_and_ends_areas() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER)
    made = desk.post(API, {"kind": "grid", "name": "第4网格", "parent": str(id_of("C1")), "code": "G4"}, JSON).json()
    assert made["path_name"].endswith("明镜社区 › 第4网格")
    moved = desk.patch(f"{API}/{made['id']}", {"parent": str(id_of("C2")), "name": "第40网格"}, JSON).json()
    assert [step["name"] for step in moved["lineage"]] == ["莘塍街道", "中塘社区", "第40网格"]
    ended = desk.post(f"{API}/{made['id']}/end", {"on": "2021-12-11", "into": [str(id_of("G3"))]}, JSON)
    assert ended.status_code == 201 or ended.status_code == 200
    assert (
        desk.post(f"{API}/{id_of('G1')}/end", {"on": "2021-12-11"}, JSON).json()["code"] == "territory.has_areas_below"
    )
    unknown = desk.patch(f"{API}/{id_of('G1')}", {"parent": "00000000-0000-0000-0000-000000000001"}, JSON)
    assert unknown.status_code == 404


def test_whoever_may_not_change_areas_changes_none() -> None:
    desk = at_desk(Role.GRID_WORKER, at="G1")
    new = {"kind": "grid", "name": "x", "parent": str(id_of("C1"))}
    assert desk.post(API, new, JSON).status_code == 403
    assert desk.patch(f"{API}/{id_of('G1')}", {"name": "x"}, JSON).status_code == 403
    assert desk.get(f"{API}/00000000-0000-0000-0000-000000000001").status_code == 404
    assert Client().get(API).status_code == 401


def test_an_officer_of_one_place_changes_nothing_elsewhere_nor_at_the_top() -> None:
    desk = at_desk(Role.SUBDISTRICT_OFFICER, at="C1")
    assert desk.patch(f"{API}/{id_of('G1')}", {"name": "x"}, JSON).status_code == 200
    assert desk.patch(f"{API}/{id_of('G3')}", {"name": "x"}, JSON).status_code == 404
    assert desk.patch(f"{API}/{id_of('G1')}", {"parent": str(id_of("C2"))}, JSON).status_code == 404
    assert desk.post(API, {"kind": "subdistrict", "name": "x"}, JSON).status_code == 404


def upload(desk: Client, content: bytes, name: str = "区域.csv", language: str = "zh-Hans") -> Any:
    return desk.post(
        f"{API}/workbook", {"file": SimpleUploadedFile(name, content)}, headers={"Accept-Language": language}
    )


def test_a_workbook_is_loaded_or_comes_back_with_every_mistake_in_words() -> None:
    desk = at_desk(Role.DATA_OFFICER)
    good = "编码,上级编码,类别,名称\nG9,C1,网格,第9网格\n".encode()
    assert upload(desk, good).json() | {"position": 0} == {"added": 1, "changed": 0, "unchanged": 0, "position": 0}
    bad = "编码,上级编码,类别,名称\nG9,C9,网格,第9网格\nB1,S,楼栋,1幢\n".encode()
    answer = upload(desk, bad)
    assert (answer.status_code, answer.json()["code"]) == (422, "territory.tree_has_errors")
    errors = answer.json()["details"]["errors"]
    assert [(e["row"], e["column"], e["message"]) for e in errors] == [
        (2, "上级编码", "找不到上级「C9」。"),
        (3, "上级编码", "楼栋 不能放在 街道 下面。"),
    ]
    assert "building cannot stand under" in upload(desk, bad, language="en").json()["details"]["errors"][1]["message"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a workbook", b"\xd0\xcf\x11\xe0junk", b"\x00\x01\x02", b"a,b\n1,2\n"]
)
def test_a_file_that_is_no_table_is_said_to_be_none(content: bytes) -> None:
    answer = upload(at_desk(Role.DATA_OFFICER), content, "x.xlsx")
    assert answer.status_code == 422 and answer.json()["code"].startswith("tables.")


def test_an_upload_without_a_file_is_said_to_be_none() -> None:
    desk = at_desk(Role.DATA_OFFICER)
    assert desk.post(f"{API}/workbook", {"note": "x"}).status_code == 400
    assert desk.post(f"{API}/workbook", {}, JSON).status_code == 400


def test_template_and_export_are_workbooks(tmp_path: Any) -> None:
    desk = at_desk(Role.DATA_OFFICER)
    for address in (f"{API}/template.xlsx", f"{API}/export.xlsx?area={id_of('C1')}"):
        answer = desk.get(address)
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.status_code == 200 and content.startswith(b"PK")
        assert "attachment" in answer["Content-Disposition"]
        (tmp_path / "x.xlsx").write_bytes(content)
    rows, problems = workbook.read(tmp_path / "x.xlsx")
    assert (len(rows), problems) == (5, [])
