"""The roster over HTTP: a week of stations, who is on call by day and by night, coming on and going off oneself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
HOUR = timedelta(hours=1)


class Office:
    """A chief who plans, and two who stand in the duty and in the response crew."""

    def __init__(self) -> None:
        town.load()
        self.chief = Clerk("chief", Role.COMMAND)
        self.guard = Clerk("guard", Role.VOLUNTEER, area="G1")
        self.second = Clerk("second", Role.GRID_WORKER, area="G1")
        _, self.gate = self.chief.post("duty/stations", {"area": str(id_of("C1")), "name": "聊城南高速口"})

    def plan(self, who: Clerk, starts_at: datetime, hours: int = 8, crew: str = "duty") -> tuple[int, Any]:
        body = {"station": self.gate["id"], "account": str(who.account), "crew": crew}
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + hours * HOUR).isoformat()}
        return self.chief.post("duty/shifts", body | times)

    def week(self, who: Clerk | None = None, area: str = "C1") -> Any:
        status, found = (who or self.chief).get(f"duty?area={id_of(area)}")
        assert status == 200, found
        return found


@pytest.fixture
def office() -> Office:
    return Office()


def test_two_crews_take_turns_day_and_night_and_the_gaps_are_named(office: Office) -> None:
    """Seed 002: 值班组 and 应急组 at the expressway exit. NOW is four in the afternoon there."""
    office.plan(office.guard, NOW)
    office.plan(office.second, NOW, crew="response")
    office.plan(office.guard, NOW + 18 * HOUR)
    office.plan(office.second, NOW + 28 * HOUR, crew="duty")
    week = office.week()
    assert [(one["name"], one["crew"], one["state"]) for one in week["on_call"]] == [
        ("guard同志", "duty", "missed"),
        ("second同志", "response", "missed"),
    ]
    (station,) = week["stations"]
    assert [shift["night"] for shift in station["shifts"]] == [False, False, False, True]
    duty = [gap for gap in station["gaps"] if gap["crew"] == "duty"]
    assert (datetime.fromisoformat(duty[0]["starts_at"]), datetime.fromisoformat(duty[0]["ends_at"])) == (
        NOW + 8 * HOUR,
        NOW + 18 * HOUR,
    )


def test_one_signs_on_and_off_oneself_and_nobody_for_another(office: Office) -> None:
    _, shift = office.plan(office.guard, NOW)
    address = f"duty/shifts/{shift['id']}"
    assert office.second.post(f"{address}/on", {})[0] == 404  # a shift of the community, a worker of one grid
    assert office.chief.post(f"{address}/on", {})[1]["code"] == "duty.not_yours"
    (mine,) = office.week(office.guard, "G1")["mine"]
    assert (mine["may_sign_on"], mine["station_name"]) == (True, "聊城南高速口")
    assert office.guard.post(f"{address}/on", {})[1]["state"] == "on"
    assert office.week()["on_call"][0]["state"] == "on"
    assert office.guard.post(f"{address}/off", {})[1]["state"] == "off"
    assert office.week()["on_call"] == []


def test_only_those_who_may_stand_there_are_put_on_and_only_planners_plan(office: Office) -> None:
    elsewhere = Clerk("elsewhere", Role.VOLUNTEER, area="C2")
    auditor = Clerk("auditor", Role.AUDIT_ADMIN)
    for who in (elsewhere, auditor):
        assert office.plan(who, NOW)[1]["code"] == "duty.cannot_stand"
    _, names = office.chief.get(f"duty/stations/{office.gate['id']}/candidates?q=guard")
    assert [one["name"] for one in names] == ["guard同志"]
    assert office.guard.get(f"duty/stations/{office.gate['id']}/candidates")[0] == 403
    assert office.guard.post("duty/stations", {"area": str(id_of("G1")), "name": "北门"})[0] == 403
    assert elsewhere.get(f"duty?area={id_of('C1')}")[0] == 404


def test_a_shift_too_long_or_without_rest_is_refused_and_a_dropped_one_leaves_the_roster(office: Office) -> None:
    assert office.plan(office.guard, NOW, hours=13)[1]["code"] == "duty.too_long"
    _, shift = office.plan(office.guard, NOW)
    assert office.plan(office.guard, NOW + 10 * HOUR)[1]["code"] == "duty.no_rest"
    assert office.chief.post(f"duty/shifts/{shift['id']}/drop", {})[1]["state"] == "dropped"
    assert office.week()["stations"][0]["shifts"] == []
    assert office.plan(office.guard, NOW + 10 * HOUR)[0] == 201
