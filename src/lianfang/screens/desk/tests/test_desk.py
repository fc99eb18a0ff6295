"""The first page: honest numbers, their age, and what needs a person."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access import actions as access
from lianfang.ground.access import contacts
from lianfang.ground.access.tests.test_devices import enrol
from lianfang.ground.campaigns import actions as campaigns
from lianfang.ground.campaigns.terms import Outcome, Totals
from lianfang.ground.campaigns.tests.village import ZHANG, a_campaign, a_household, a_visit, an_incident, hand_in
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.screens.desk import queries, rules
from lianfang.screens.desk.terms import Health, SharesHeld

FINE = Health(held=0, backup_age_s=3 * 3600, disk_free_pct=61, clock_odd_devices=0, vacancies=0)


def codes(health: Health = FINE, totals: Totals = Totals(), days: int | None = 6) -> list[str]:  # noqa: B008 - frozen
    return [alarm.code for alarm in rules.alarms(health=health, totals=totals, incident_days_left=days)]


def test_when_all_is_well_nothing_rings() -> None:
    assert codes() == []
    assert codes(days=None) == []


@pytest.mark.parametrize(
    ("health", "code"),
    [
        (Health(0, 3600, 9, 0, 0), "desk.disk_nearly_full"),
        (Health(0, None, 61, 0, 0), "desk.no_backup"),
        (Health(0, 27 * 3600, 61, 0, 0), "desk.backup_is_old"),
        (Health(0, 3600, 61, 0, 0, SharesHeld(1, 2)), "desk.shares_unconfirmed"),
        (Health(0, 3600, 61, 0, 1), "desk.grids_without_a_worker"),
        (Health(1, 3600, 61, 0, 0), "desk.records_are_held"),
        (Health(0, 3600, 61, 1, 0), "desk.clocks_are_odd"),
    ],
)
def test_what_is_wrong_with_the_house_rings(health: Health, code: str) -> None:
    assert codes(health) == [code]


def test_a_disputed_household_and_an_incident_about_to_end_ring() -> None:
    assert codes(totals=Totals(disputed=1)) == ["desk.households_disputed"]
    assert codes(days=2) == ["desk.incident_ends_soon"]


@pytest.fixture
def _town(db: None, settings: Any, tmp_path: Path) -> None:
    settings.LIANFANG_BACKUPS = tmp_path  # other tests have made copies
    town.load()
    queries._staff.clear()
    contacts.forget()


def staffed(grid: str) -> Clerk:
    worker = Clerk(f"worker-{grid}", Role.GRID_WORKER, area=grid)
    access.assign_grid(grid=id_of(grid), account=worker.account, by=ZHANG, at=NOW)
    return worker


@pytest.mark.usefixtures("_town")
def test_the_street_sees_its_communities_with_who_answers_for_them() -> None:
    homes = [a_household("G1"), a_household("G2"), a_household("G3")]
    campaign = a_campaign()
    staffed("G1")
    hand_in([a_visit(campaign, homes[0]), a_visit(campaign, homes[1], Outcome.NOBODY_HOME, minutes=5)])
    _, page = Clerk("chief", Role.COMMAND).get("overview")
    assert page["campaign"]["id"] == str(campaign.id) and page["campaign"]["drill"]
    assert (page["area"]["name"], page["totals"]["listed"], page["totals"]["remaining"]) == ("莘塍街道", 3, 2)
    rows = {row["area"]["name"]: row for row in page["rows"]}
    assert rows["东片"]["responsible"] == "1/2" and rows["中塘社区"]["responsible"] == "0/1"
    assert (rows["东片"]["done"], rows["东片"]["attempted"], rows["中塘社区"]["untouched"]) == (1, 1, 1)
    assert page["hours"] == [{"hour": "16:00", "households": 1, "people": 3}]
    assert page["position"] > 0 and page["as_of"].startswith("2021-12-10")


@pytest.mark.usefixtures("_town")
def test_an_exercise_that_began_later_never_takes_the_place_of_the_real_work() -> None:
    home = a_household("G1")
    real = a_campaign(incident=an_incident(drill=False))
    drill = a_campaign(incident=an_incident(drill=True), at=NOW + timedelta(minutes=1))
    hand_in([a_visit(drill, home, people=99)])
    _, page = Clerk("chief", Role.COMMAND).get("overview")
    assert (page["campaign"]["id"], page["campaign"]["drill"]) == (str(real.id), False)
    assert (page["totals"]["done"], page["totals"]["people"]) == (0, 0)


@pytest.mark.usefixtures("_town")
def test_a_grid_s_row_names_its_worker_and_when_they_were_last_heard_of() -> None:
    a_household("G1")
    a_campaign()
    staffed("G1").get("campaigns")
    _, page = Clerk("chief", Role.COMMAND).get(f"overview?area={id_of('C1')}")
    first, second = page["rows"]
    assert first["responsible"] == "worker-G1同志" and second["responsible"] == "0/1"
    assert (first["last_sync_at"], first["unheard"]) == (None, 1)
    assert (second["last_sync_at"], second["unheard"]) == (None, 0)


@pytest.mark.usefixtures("_town")
def test_above_the_grids_it_is_the_quietest_that_counts() -> None:
    a_campaign()
    phones = [enrol(staffed(grid).account) for grid in ("G1", "G2")]
    chief = Clerk("chief", Role.COMMAND)
    told = []
    for phone, minutes in zip(phones, (30, 5), strict=True):
        access.note_contact(phone.device.id, at=NOW - timedelta(minutes=minutes))
        queries._staff.clear()
        row = next(row for row in chief.get("overview")[1]["rows"] if row["area"]["name"] == "东片")
        told.append((row["unheard"], row["last_sync_at"] and datetime.fromisoformat(row["last_sync_at"])))
    assert told == [(1, NOW - timedelta(minutes=30)), (0, NOW - timedelta(minutes=30))]


@pytest.mark.usefixtures("_town")
def test_each_sees_their_own_area_and_nobody_else_s() -> None:
    a_campaign()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    assert officer.get("overview")[1]["area"]["name"] == "明镜社区"
    assert officer.get(f"overview?area={id_of('C2')}")[0] == 404
    assert officer.get(f"overview?area={id_of('S')}")[0] == 404
    assert Clerk("volunteer", Role.VOLUNTEER).get("overview")[0] == 403


@pytest.mark.usefixtures("_town")
def test_a_campaign_of_another_part_of_the_street_is_not_told_of() -> None:
    elsewhere = a_campaign(area="C2")
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    assert officer.get(f"overview?campaign={elsewhere.id}")[0] == 404


@pytest.mark.usefixtures("_town")
def test_without_a_campaign_the_health_line_stays() -> None:
    campaign = a_campaign()
    campaigns.close_campaign(campaign=campaign.id, reason="走完了", by=ZHANG, at=NOW)
    _, page = Clerk("chief", Role.COMMAND).get("overview")
    assert page["campaign"] is None and page["rows"] == [] and page["totals"]["listed"] == 0
    assert page["health"]["vacancies"] == 3 and page["health"]["backup_age_s"] is None
    assert {"desk.no_backup", "desk.grids_without_a_worker"} <= {alarm["code"] for alarm in page["alarms"]}


@pytest.mark.usefixtures("_town")
def test_alarms_speak_the_reader_s_language() -> None:
    chief = Clerk("chief", Role.COMMAND)
    said = {a["code"]: a["message"] for a in chief.get("overview", Accept_Language="en")[1]["alarms"]}
    assert said["desk.grids_without_a_worker"] == "Grids without a responsible worker: 3."
    said = {a["code"]: a["message"] for a in chief.get("overview")[1]["alarms"]}
    assert said["desk.grids_without_a_worker"] == "3 个网格没有责任人。"


@pytest.mark.usefixtures("_town")
def test_held_records_and_odd_clocks_are_counted() -> None:
    home = a_household()
    campaign = a_campaign()
    lost = a_visit(campaign, home)
    lost["body"]["task"]["occasion"] = "another day"
    hand_in([lost])
    phone = enrol(staffed("G1").account)
    access.note_contact(phone.device.id, at=NOW, device_clock=NOW + timedelta(days=400))
    health = Clerk("chief", Role.COMMAND).get("overview")[1]["health"]
    assert (health["held"], health["clock_odd_devices"]) == (1, 1)


@pytest.mark.usefixtures("_town")
def test_the_overview_names_no_resident_and_no_household() -> None:
    home = a_household("G1")
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.REFUSED)])
    for area in ("S", "C1", "G1"):
        page = repr(Clerk(f"chief-{area}", Role.COMMAND).get(f"overview?area={id_of(area)}")[1])
        assert str(home) not in page and "refused" not in page and "1单元" not in page
