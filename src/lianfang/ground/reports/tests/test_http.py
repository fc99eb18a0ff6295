"""What desks may do with reports, and who may not."""

from datetime import timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns.tests.village import a_campaign, a_household, a_visit, hand_in
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()
    home = a_household("G1")
    a_household("G3")
    hand_in([a_visit(a_campaign(), home)], at=NOW)


def drafted(clerk: Clerk, area: str = "S", **more: Any) -> dict[str, Any]:
    status, found = clerk.post("reports", {"area": str(id_of(area)), **more})
    assert status == 201, found
    return dict(found)


def test_from_draft_to_archive() -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    report = drafted(officer)
    path = f"reports/{report['id']}"
    assert (report["state"], report["title"]) == ("draft", "莘塍街道日报 2021年12月10日(周五)")
    assert report["document"]["sections"][0]["sentences"][0].startswith("应走访 2 户,已完成 1 户")
    texts = {"opening": "今天小雨。", "problems": "", "plan": "明早再去。"}
    status, written = officer.post(f"{path}/texts", {"seen": 0, "texts": texts})
    assert (status, written["edits"], written["texts"]) == (201, 1, texts)
    assert officer.post(f"{path}/texts", {"seen": 0, "texts": texts})[1]["code"] == "reports.changed_meanwhile"
    assert officer.post(f"{path}/issue", {})[1]["code"] == "reports.not_signed"
    chief = Clerk("chief", Role.COMMAND)
    assert chief.post(f"{path}/sign", {"seen": 1})[1]["signed"]["name"]
    status, issued = chief.post(f"{path}/issue", {})
    assert (status, issued["state"], len(issued["files"])) == (201, "issued", 3)
    _, recount = chief.get(f"{path}/recount")
    assert recount["same"] is True and recount["signed"] == recount["again"] == issued["figures"]
    assert [row["id"] for row in officer.get("reports?state=issued")[1]["rows"]] == [report["id"]]


@pytest.mark.parametrize("format, begins", [("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_a_draft_can_be_looked_at_in_every_format(format: str, begins: bytes) -> None:
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    report = drafted(officer, "C1")
    with clock.stopped_at(NOW):
        answer = officer._client.get(f"/api/v1/reports/{report['id']}/file/{format}", headers=officer._headers({}))
    assert answer.status_code == 200 and b"".join(answer).startswith(begins)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_of_other_areas_there_are_no_reports() -> None:
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    street = drafted(Clerk("chief", Role.COMMAND))
    other = drafted(Clerk("chief2", Role.COMMAND), "C2")
    for path in (f"reports/{street['id']}", f"reports/{other['id']}", f"reports/{other['id']}/recount"):
        assert officer.get(path)[0] == 404
    for act, body in (("texts", {"seen": 0, "texts": {}}), ("sign", {"seen": 0}), ("issue", {})):
        assert officer.post(f"reports/{other['id']}/{act}", body)[0] == 404
    assert officer.get("reports")[1]["rows"] == []
    assert officer.post("reports", {"area": str(id_of("C2"))})[0] == 404
    assert officer.get(f"reports?area={id_of('C2')}")[0] == 404


def test_workers_at_doors_draft_nothing_and_leads_read_their_grid_s() -> None:
    report = drafted(Clerk("chief", Role.COMMAND), "G1")
    worker, lead = Clerk("worker", Role.GRID_WORKER, area="G1"), Clerk("lead", Role.GRID_LEAD, area="G1")
    assert worker.get("reports")[0] == 403 and worker.get(f"reports/{report['id']}")[0] == 403
    assert lead.get(f"reports/{report['id']}")[0] == 200
    assert lead.post(f"reports/{report['id']}/sign", {"seen": 0})[0] == 403
    assert lead.post("reports", {"area": str(id_of("G1"))})[0] == 403


def test_what_cannot_be_reported_is_said_in_a_sentence() -> None:
    chief = Clerk("chief", Role.COMMAND)
    area = str(id_of("S"))
    late = (NOW + timedelta(hours=1)).isoformat()
    status, problem = chief.post("reports", {"area": area, "cut_off": late})
    assert (status, problem["code"]) == (400, "reports.cut_off_in_future") and "还没有到" in problem["message"]
    assert chief.post("reports", {"area": area, "day": "2021-12-11"})[1]["code"] == "reports.day_after_cut_off"
    for odd in ({"day": "0001-01-01"}, {"cut_off": "0001-01-01T00:00:00Z"}, {"day": "9999-12-31"}):
        assert chief.post("reports", {"area": area, **odd})[0] in (201, 400)
    for odd in ({"day": "昨天"}, {"audience": "everybody"}, {"cut_off": "2021-12-10T08:00:00"}, {"language": "fr"}):
        assert chief.post("reports", {"area": area, **odd})[0] == 400
    report = drafted(chief)
    texts = {"opening": "字" * 4001}
    assert (
        chief.post(f"reports/{report['id']}/texts", {"seen": 0, "texts": texts})[1]["code"] == "reports.text_too_long"
    )
    assert chief.get(f"reports/{report['id']}/file/doc")[0] in (400, 404)
    assert chief.get("reports/00000000-0000-0000-0000-000000000001")[0] == 404
