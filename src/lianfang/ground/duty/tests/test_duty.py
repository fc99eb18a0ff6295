"""Stations and shifts on the ledger."""

from datetime import timedelta

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.duty import actions, queries
from lianfang.ground.duty.terms import Crew
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_night_at_the_gate_from_the_plan_to_going_off() -> None:
    town.load()
    chief, guard = hire("chief", Role.COMMAND), hire("guard", Role.VOLUNTEER, area="G1")
    eyes, own = viewer(chief), viewer(guard)
    gate = actions.open_station(area=id_of("G1"), name="聊城南高速口", viewer=eyes, at=NOW)
    shift = actions.plan_shift(
        station=gate.id, account=guard, starts_at=NOW, ends_at=NOW + 8 * HOUR, viewer=eyes, at=NOW
    )
    (missing,) = queries.on_call(area=id_of("C1"), viewer=eyes)
    assert (missing.account, missing.is_there, missing.crew) == (guard, False, Crew.DUTY)
    actions.sign_on(shift=shift.id, viewer=own, at=NOW)
    assert queries.on_call(area=id_of("C1"), viewer=eyes)[0].is_there
    assert queries.on_call(area=id_of("C2"), viewer=eyes) == []
    with raises("duty.no_rest"):
        actions.plan_shift(
            station=gate.id,
            account=guard,
            starts_at=NOW + 9 * HOUR,
            ends_at=NOW + 12 * HOUR,
            crew=Crew.RESPONSE,
            viewer=eyes,
            at=NOW,
        )
    (gap,) = queries.unmanned(station=gate.id, crew=Crew.DUTY, since=NOW, until=NOW + 24 * HOUR, viewer=eyes)
    assert gap.starts_at == NOW + 8 * HOUR
    actions.sign_off(shift=shift.id, viewer=own, at=NOW + HOUR)
    assert queries.on_call(area=id_of("C1"), viewer=viewer(chief, hours=2)) == []
    assert ledger.rebuild_differs() == []


def test_a_volunteer_plans_nothing_and_a_chief_of_elsewhere_neither() -> None:
    town.load()
    chief, there = hire("chief", Role.COMMAND), hire("there", Role.COMMAND, area="C2")
    guard = hire("guard", Role.VOLUNTEER, area="G1")
    gate = actions.open_station(area=id_of("G1"), name="北门", viewer=viewer(chief), at=NOW)
    for who, code in ((guard, "access.not_permitted"), (there, "access.not_found")):
        with raises(code):
            actions.plan_shift(
                station=gate.id, account=guard, starts_at=NOW, ends_at=NOW + HOUR, viewer=viewer(who), at=NOW
            )
    assert queries.on_call(area=id_of("G1"), viewer=viewer(chief)) == []
