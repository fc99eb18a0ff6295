"""A building moved alone takes its households along."""

from datetime import timedelta
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import DwellingId, HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import journeys
from lianfang.foundation.plumbing import clock
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.models import Household
from lianfang.ground.registry.records import HouseholdFound
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db
HOME = HouseholdId(UUID(int=1))


def test_a_building_that_moves_takes_its_households_along_once() -> None:
    town.load()
    with ledger.turn(by=THE_HOUSE, at=town.NOW) as turn:
        found = HouseholdFound(HOME, DwellingId(new_id()), town.id_of("U1"), "1幢1单元101")
        turn.append("registry.household_found.v1", found)
    tomorrow = town.TODAY + timedelta(days=1)
    with clock.stopped_at(town.NOW + timedelta(days=1)):
        at = clock.now()
        territory.change_area(area=town.id_of("B1"), parent=town.id_of("G2"), on=tomorrow, by=THE_HOUSE, at=at)
        journeys.run_due()
        assert Household.objects.get().grid_id == town.id_of("G2")
        assert [registry.grid_on(HOME, on) for on in (town.TODAY, tomorrow)] == [town.id_of("G1"), town.id_of("G2")]
        before = Household.objects.get().position
        journeys.run_due()
        assert Household.objects.get().position == before
    assert ledger.rebuild_differs() == []
