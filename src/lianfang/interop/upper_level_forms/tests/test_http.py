"""A table from the upper level's blank to the archive, and who may do what with it."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.campaigns.tests.village import a_campaign, a_household, a_visit, an_incident, hand_in
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.interop.upper_level_forms import models
from lianfang.interop.upper_level_forms.tests.books import book, protected, with_part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def campaign() -> Any:
    """明镜社区: two households, one of them visited; 中塘社区: one, visited by nobody."""
    town.load()
    home = a_household("G1")
    a_household("G2")
    a_household("G3")
    opened = a_campaign()
    hand_in([a_visit(opened, home, people=14)], at=NOW)
    return opened


def file(data: bytes, name: str = "日报.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def taken_in(clerk: Clerk, data: bytes | None = None, **more: str) -> dict[str, Any]:
    fields = {"area": str(id_of("S")), "title": "市防控日报", "file": file(data or book())}
    status, table = clerk.upload("upper-level-forms/workbook", fields | more)
    assert status == 201, table
    return dict(table)


def cell(campaign: Any, name: str, measure: str = "done", area: str = "C1", spec: str = "total") -> dict[str, Any]:
    about = {"source": "campaigns", "id": str(campaign.id)}
    return {"sheet": "日报", "cell": name, "about": about, "measure": measure, "area": str(id_of(area)), "spec": spec}


def mapped(clerk: Clerk, table: dict[str, Any], *cells: dict[str, Any]) -> dict[str, Any]:
    body = {"seen": table["edits"], "cells": list(cells)}
    status, found = clerk.post(f"upper-level-forms/{table['id']}/cells", body)
    assert status == 201, found
    return dict(found)


def test_mapped_once_then_it_fills_itself_and_is_archived(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = taken_in(officer)
    path = f"upper-level-forms/{table['id']}"
    assert [told["title"] for told in table["subjects"]] and table["sheets"][0]["name"] == "日报"
    _, sheet = officer.get(f"{path}/sheets/0")
    drawn = {(one["row"], one["column"]): one for one in sheet["cells"]}
    assert (drawn[4, 4]["words"], drawn[4, 4]["why"]) == ("明镜社区 · 入户排查 · 已完成", "")
    assert (drawn[1, 1]["wide"], drawn[1, 1]["why"], drawn[7, 3]["why"]) == (6, "words", "formula")
    status, column = officer.post(f"{path}/column", {"sheet": "日报", "cell": "D4"})
    assert [(one["cell"], one["area_name"], one["sure"]) for one in column[:3]] == [
        ("D4", "明镜社区", True),
        ("D5", "中塘社区", True),
        ("D6", "莘塍街道", False),
    ]
    cells = [cell(campaign, "C4", "listed"), cell(campaign, "D4"), cell(campaign, "D6", area="S")]
    table = mapped(officer, table, *cells, cell(campaign, "E4", spec="share"), cell(campaign, "D5", area="C2"))
    _, values = officer.get(f"{path}/values?day=2021-12-10")
    assert [one["shown"] for one in values["values"]] == ["2", "1", "1", "50.00 %", "0"]
    status, issued = officer.post(f"{path}/fillings", {"seen": table["edits"], "day": "2021-12-10"})
    assert status == 201, issued
    again = f"upper-level-fillings/{issued['id']}"
    status, data = officer.download(f"{again}/file.xlsx")
    sheet = load_workbook(io.BytesIO(data))["日报"]
    assert [sheet[name].value for name in ("C4", "D4", "D5", "D6", "E4")] == [2, 1, 0, 1, 0.5]
    hand_in([a_visit(campaign, a_household("G1"))], at=NOW)
    assert officer.download(f"{again}/file.xlsx")[1] == data
    _, recount = officer.get(f"{again}/recount")
    assert recount["same"] is True and recount["position"] == issued["position"] > 0
    assert [one["id"] for one in officer.get(f"{path}/fillings")[1]] == [issued["id"]]
    assert officer.get("upper-level-forms")[1]["rows"][0]["issued_day"] == "2021-12-10"


def test_a_number_of_an_exercise_is_refused_beside_real_ones(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = mapped(officer, taken_in(officer), cell(campaign, "D4"))  # of an exercise, mapped while nothing else ran
    real = a_campaign(incident=an_incident(drill=False))
    table = mapped(officer, table, cell(campaign, "D4"), cell(real, "C4", "listed"))
    path = f"upper-level-forms/{table['id']}"
    assert str(campaign.id) not in str(table["subjects"])  # it is not even offered any more
    status, problem = officer.post(f"{path}/fillings", {"seen": table["edits"], "day": "2021-12-10"})
    assert status == 409 and "演练" in str(problem["details"])


def test_a_rebuild_comes_to_the_same(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = mapped(officer, taken_in(officer), cell(campaign, "D4"))
    officer.post(f"upper-level-forms/{table['id']}/fillings", {"seen": table["edits"]})
    before = [list(model.objects.values()) for model in (models.Form, models.Filling)]
    assert all(before)
    ledger.rebuild()
    assert [list(model.objects.values()) for model in (models.Form, models.Filling)] == before


def test_a_moved_column_is_asked_about_and_a_lost_one_refused(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = mapped(officer, taken_in(officer), cell(campaign, "D4"))
    path = f"upper-level-forms/{table['id']}"

    def sent(data: bytes, agreed: str = "false") -> tuple[int, Any]:
        return officer.upload(f"{path}/workbook", {"seen": table["edits"], "agreed": agreed, "file": file(data)})

    wider = book(heads=("应走访", "其中老人", "已完成", "完成率"))
    status, problem = sent(wider)
    assert (status, problem["code"]) == (409, "upper_level_forms.layout_moved")
    assert problem["details"]["moved"][0] | {"cell": "D4", "to_cell": "E4"} == problem["details"]["moved"][0]
    assert officer.get(path)[1]["cells"][0]["wanted"]["cell"] == "D4"
    status, lost = sent(book(heads=("应走访", "完成户数", "完成率")), "true")
    assert (status, lost["code"]) == (409, "upper_level_forms.layout_lost")
    assert "日报 D4" in lost["details"]["cells"][0]["message"] and "已完成" in lost["details"]["cells"][0]["message"]
    status, taken = sent(wider, "true")
    assert (status, taken["cells"][0]["wanted"]["cell"], taken["edits"]) == (201, "E4", table["edits"] + 1)
    assert sent(book(), "true")[1]["code"] == "upper_level_forms.changed_meanwhile"


def test_cells_that_cannot_be_had_are_said_one_by_one(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = taken_in(officer, book(protected))
    cells = [cell(campaign, "C4"), cell(campaign, "C7"), cell(campaign, "D4", spec="share", measure="listed")]
    cells += [cell(campaign, "D5", measure="nothing")]
    status, problem = officer.post(f"upper-level-forms/{table['id']}/cells", {"seen": 1, "cells": cells})
    assert (status, problem["code"]) == (409, "upper_level_forms.cells_refused")
    assert [one["why"] for one in problem["details"]["cells"]] == ["locked", "formula", "no_share", "measure_gone"]
    assert all(one["message"].startswith("日报 ") for one in problem["details"]["cells"])
    assert officer.post(f"upper-level-forms/{table['id']}/fillings", {"seen": 1})[1]["code"] == (
        "upper_level_forms.nothing_mapped"
    )
    assert officer.get(f"upper-level-forms/{table['id']}/values?day=2021-12-11")[0] in (400, 409)
    assert officer.get(f"upper-level-forms/{table['id']}/sheets/7")[0] == 404


def test_a_shared_table_shows_no_count_of_fewer_than_ten_people(campaign: Any) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    table = taken_in(officer, audience="shared")
    cells = [cell(campaign, "C4", "people_due"), cell(campaign, "C5", "people_due", area="C2")]
    table = mapped(officer, table, *cells, cell(campaign, "D4"))
    _, values = officer.get(f"upper-level-forms/{table['id']}/values")
    assert [one["shown"] for one in values["values"]] == ["不显示", "不显示", "1"]


def test_of_other_areas_there_are_no_tables_and_workers_have_none(campaign: Any) -> None:
    chief = Clerk("chief", Role.COMMAND)
    table = mapped(chief, taken_in(chief), cell(campaign, "D4"))
    _, issued = chief.post(f"upper-level-forms/{table['id']}/fillings", {"seen": table["edits"]})
    path = f"upper-level-forms/{table['id']}"
    officer, worker = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1"), Clerk("worker", Role.GRID_WORKER, area="G1")
    for address in (path, f"{path}/sheets/0", f"{path}/values", f"{path}/fillings"):
        assert officer.get(address)[0] == 404 and worker.get(address)[0] == 403
    assert officer.get(f"upper-level-fillings/{issued['id']}/recount")[0] == 404
    assert officer.get("upper-level-forms")[1]["rows"] == []
    assert officer.post(f"{path}/cells", {"seen": 2, "cells": []})[0] == 404
    fields = {"area": str(id_of("S")), "title": "表", "file": file(book())}
    assert officer.upload("upper-level-forms/workbook", fields)[0] == 404
    clerk = Clerk("data", Role.DATA_OFFICER)
    assert clerk.post(f"{path}/fillings", {"seen": table["edits"]})[0] == 403


@pytest.mark.parametrize(
    "data, code",
    [
        (with_part(book(), "xl/vbaProject.bin", b"x"), "upper_level_forms.has_macros"),
        (b"PK\3\4", "upper_level_forms.unreadable"),
        (b"PK" + b"0" * (11 << 20), "tables.too_large"),
        ("一,二".encode(), "upper_level_forms.not_xlsx"),
    ],
)
def test_bad_workbooks_are_said_so_in_a_sentence(data: bytes, code: str) -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    fields = {"area": str(id_of("S")), "title": "表", "file": file(data)}
    status, problem = officer.upload("upper-level-forms/workbook", fields)
    assert status in (413, 422) and problem["code"] == code and problem["message"] != code
