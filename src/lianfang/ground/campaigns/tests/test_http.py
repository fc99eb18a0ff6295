"""What desks are told of campaigns, and what they are not."""

from datetime import timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access.models import Disclosure
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.campaigns.tests.village import (
    ZHANG,
    a_campaign,
    a_household,
    a_visit,
    an_incident,
    hand_in,
)
from lianfang.ground.forms import actions as forms
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def new(**changes: Any) -> dict[str, Any]:
    incident = an_incident()
    form = forms.publish_pack_forms(incident=incident.id, by=ZHANG, at=NOW)[0]
    plain = {
        "name": "入户排查",
        "area": str(id_of("S")),
        "form": str(form.id),
        "incident": str(incident.id),
        "starts_on": TODAY.isoformat(),
        "ends_on": TODAY.isoformat(),
    }
    return plain | changes


def test_command_opens_a_campaign_and_closes_it() -> None:
    a_household()
    chief = Clerk("chief", Role.COMMAND)
    status, row = chief.post("campaigns", new())
    assert (status, row["state"], row["drill"], row["totals"]["listed"]) == (201, "running", True, 1)
    assert chief.get("campaigns?state=running")[1]["total"] == 1
    _, closed = chief.post(f"campaigns/{row['id']}/close", {"reason": "走完了"})
    assert closed["state"] == "closed"
    assert chief.get("campaigns?state=running")[1]["total"] == 0


def test_a_form_about_health_needs_its_incident_named() -> None:
    status, problem = Clerk("chief", Role.COMMAND).post("campaigns", new(incident=None))
    assert (status, problem["code"]) == (409, "campaigns.form_needs_incident")
    assert "请先选定应急" in problem["message"]


def test_a_campaign_cannot_outlast_its_incident() -> None:
    too_late = (TODAY + timedelta(days=8)).isoformat()
    status, problem = Clerk("chief", Role.COMMAND).post("campaigns", new(ends_on=too_late))
    assert (status, problem["code"]) == (409, "campaigns.longer_than_its_incident")
    assert problem["details"]["until"] == (TODAY + timedelta(days=7)).isoformat()


def test_workers_and_communities_open_no_campaigns() -> None:
    assert Clerk("worker", Role.GRID_WORKER, area="G1").post("campaigns", new())[0] == 403
    assert Clerk("community", Role.COMMUNITY_OFFICER, area="C1").post("campaigns", new())[0] == 403


def test_all_four_numbers_are_shown_at_every_level_and_add_up() -> None:
    homes = [a_household("G1"), a_household("G1"), a_household("G2"), a_household("G3")]
    campaign = a_campaign()
    outcomes = (Outcome.DONE, Outcome.VACANT, Outcome.REFUSED)
    hand_in([a_visit(campaign, home, outcome) for home, outcome in zip(homes, outcomes, strict=False)])
    chief = Clerk("chief", Role.COMMAND)
    _, street = chief.get(f"campaigns/{campaign.id}/coverage")
    names = ("listed", "found", "struck", "done", "attempted", "untouched", "remaining", "due", "people")
    assert [street["totals"][n] for n in names] == [4, 0, 1, 1, 1, 1, 2, 3, 3]
    for name in names:
        assert sum(row[name] for row in street["rows"]) == street["totals"][name]
    assert street["area"]["path"] == ["莘塍街道"] and street["position"] > 0
    assert street["hours"] == [{"hour": 16, "households": 1, "people": 3}]
    _, grid = chief.get(f"campaigns/{campaign.id}/coverage?area={id_of('G1')}")
    assert grid["rows"] == [] and grid["totals"]["listed"] == 2


def test_a_community_sees_its_own_part_and_no_other() -> None:
    a_household("G1"), a_household("G3")
    campaign = a_campaign()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    _, own = officer.get(f"campaigns/{campaign.id}/coverage")
    assert (own["area"]["name"], own["totals"]["listed"]) == ("明镜社区", 1)
    assert officer.get(f"campaigns/{campaign.id}/coverage?area={id_of('C2')}")[0] == 404
    assert officer.get(f"campaigns/{campaign.id}")[1]["totals"]["listed"] == 1
    elsewhere = a_campaign(area="C2")
    assert officer.get(f"campaigns/{elsewhere.id}")[0] == 404
    assert [r["id"] for r in officer.get("campaigns")[1]["rows"]] == [str(campaign.id)]


def test_the_remainder_has_names_for_the_grid_s_worker_and_lead_only() -> None:
    a_household("G1"), a_household("G1")
    home = a_household("G1")
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.NOBODY_HOME)])
    path = f"campaigns/{campaign.id}/remainder?grid={id_of('G1')}"
    for clerk in (Clerk("worker", Role.GRID_WORKER, area="G1"), Clerk("lead", Role.GRID_LEAD, area="C1")):
        _, page = clerk.get(path)
        assert len(page["rows"]) == page["total"] == 3
        counts = {"untouched": 2, "appointment": 0, "nobody_home": 1, "refused": 0, "elsewhere": 0, "closed": 0}
        assert page["counts"] == counts
        assert {row["call"]["step"] for row in page["rows"]} == {"now", "wait"}
        assert Disclosure.objects.filter(account_id=clerk.account, what="campaigns.remainder").count() == 1
    for clerk in (Clerk("chief", Role.COMMAND), Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")):
        _, page = clerk.get(path)
        assert page["rows"] is None and page["disputed"] is None
        assert (page["total"], page["counts"]["untouched"]) == (3, 2)
        assert not Disclosure.objects.filter(account_id=clerk.account).exists()
    assert Clerk("next_door", Role.GRID_WORKER, area="G3").get(path)[0] == 404


def test_a_long_remainder_comes_in_pages() -> None:
    for _ in range(5):
        a_household("G1")
    campaign, worker = a_campaign(), Clerk("worker", Role.GRID_WORKER, area="G1")
    path = f"campaigns/{campaign.id}/remainder?grid={id_of('G1')}&page_size=2"
    pages = [worker.get(f"{path}&page={n}")[1] for n in (1, 2, 3)]
    seen = [row["household"] for page in pages for row in page["rows"]]
    assert len(seen) == len(set(seen)) == pages[0]["total"] == 5


def test_a_lead_settles_a_dispute_by_naming_the_entry() -> None:
    home = a_household("G1")
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.MOVED_AWAY), a_visit(campaign, home, minutes=5)])
    lead = Clerk("lead", Role.GRID_LEAD, area="C1")
    (row,) = lead.get(f"campaigns/{campaign.id}/remainder?grid={id_of('G1')}")[1]["disputed"]
    said = {"entry": row["entry"], "outcome": "nobody_home", "reason": "看错门牌"}
    path = f"campaigns/{campaign.id}/tasks/{home}/correct"
    assert Clerk("chief", Role.COMMAND).post(path, said)[0] == 403
    assert lead.post(path, said)[1]["state"] == "done"


def test_every_number_comes_with_its_definition() -> None:
    _, measures = Clerk("worker", Role.GRID_WORKER, area="G1").get("campaigns/measures")
    done = next(m for m in measures if m["name"] == "done")
    assert done["denominator"] == "due"
    assert {m["unit"] for m in measures} == {"households", "people"}


def test_whoever_opens_campaigns_declares_when_to_call_again() -> None:
    campaign, chief = a_campaign(), Clerk("chief", Role.COMMAND)
    policy = {"hours_between": 24, "off_peak_from": None, "notice_at": 2, "quiet_from": "20:00", "quiet_until": "09:00"}
    path = f"campaigns/{campaign.id}/attempts"
    status, row = chief.post(path, {"policy": policy, "reason": "老人多,晚上早点停"})
    assert (status, row["attempts"]) == (201, policy) and row["attempts_since"]
    assert Clerk("worker", Role.GRID_WORKER, area="G1").post(path, {"policy": policy, "reason": "我想"})[0] == 403
    for wrong in ({"quiet_from": "25:00"}, {"notice_at": 0}, {"hours_between": -1}, {"off_peak_from": "6pm"}):
        assert chief.post(path, {"policy": policy | wrong, "reason": "试试"})[0] in (400, 422)


def test_a_campaign_tells_its_pace_for_each_area_below() -> None:
    homes = [a_household("G1") for _ in range(9)]
    campaign, chief = a_campaign(), Clerk("chief", Role.COMMAND)
    _, page = chief.get(f"campaigns/{campaign.id}/coverage?area={id_of('C1')}")
    assert page["pace"]["outlook"] == "too_little"
    assert [row["pace"]["outlook"] for row in page["rows"]] == ["too_little", "nothing_due"]
    hand_in(a_visit(campaign, home) for home in homes[:6])
    _, page = chief.get(f"campaigns/{campaign.id}/coverage?area={id_of('C1')}")
    assert [row["pace"]["outlook"] for row in page["rows"]] == ["in_time", "nothing_due"]
    told = chief.get(f"campaigns/{campaign.id}")[1]["pace"]
    assert told == page["pace"] and (told["outlook"], told["per_hour"]) == ("in_time", 12)
