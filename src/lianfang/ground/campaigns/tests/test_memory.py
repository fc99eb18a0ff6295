"""What is kept in memory is as right as the table, from the commit that changes it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import copies
from lianfang.ground.campaigns import actions, queries
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    ZHANG,
    a_campaign,
    a_household,
    a_roster,
    a_visit,
    an_incident,
    fates,
    found,
    hand_in,
    undo,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture import queries as postures
from lianfang.ground.registry.memory import HOUSEHOLDS
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _town() -> Iterator[None]:
    copies.forget_all()
    town.load()
    yield
    copies.forget_all()


def test_a_campaign_that_is_closed_is_closed_for_the_next_record() -> None:
    campaign = a_campaign()
    assert queries.campaign(id=campaign.id).closed_at is None
    actions.close_campaign(campaign=campaign.id, reason="提前完成", by=ZHANG, at=NOW)
    assert queries.campaign(id=campaign.id).closed_at == NOW


def test_what_was_asked_twice_is_looked_up_once(django_assert_num_queries: object) -> None:
    campaign = a_campaign()
    queries.campaign(id=campaign.id)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.campaign(id=campaign.id).id == campaign.id


def test_an_incident_that_is_closed_is_closed_for_whoever_asks_next() -> None:
    incident = an_incident()
    assert postures.incident(id=incident.id).closed_at is None
    posture.close_incident(incident=incident.id, reason="演练结束", by=LI, at=NOW)
    assert postures.incident(id=incident.id).closed_at == NOW


def test_a_household_goes_with_its_roster_and_a_visit_to_it_waits() -> None:
    campaign, home = a_campaign(), a_household()
    stays, goes = new_id(), new_id()
    roster = a_roster(goes)  # type: ignore[arg-type]
    assert fates(hand_in([a_visit(campaign, home), a_visit(campaign, goes)])) == ["stored", "stored"]  # type: ignore[arg-type]
    unvisited = a_roster(stays)  # type: ignore[arg-type]
    assert HOUSEHOLDS.get(stays) is not None
    undo(unvisited)
    undo(roster)
    assert HOUSEHOLDS.get(stays) is None
    assert fates(hand_in([a_visit(campaign, stays)])) == ["held"]  # type: ignore[arg-type]


def test_a_household_of_an_act_that_failed_never_was() -> None:
    home = new_id()
    with pytest.raises(RuntimeError), ledger.turn(by=ZHANG, at=NOW) as turn:
        turn.append("registry.household_found.v1", found(home))
        assert HOUSEHOLDS.get(home) is not None  # its own work it sees
        raise RuntimeError("power cut")
    assert HOUSEHOLDS.get(home) is None
    assert home not in HOUSEHOLDS.many([home])


def test_inside_a_transaction_one_sees_ones_own_closing_and_others_do_not_keep_it(
    django_assert_num_queries: object,
) -> None:
    campaign = a_campaign()
    queries.campaign(id=campaign.id)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.close_campaign(campaign=campaign.id, reason="提前完成", by=ZHANG, at=NOW)
        assert queries.campaign(id=campaign.id).closed_at == NOW
        raise RuntimeError("power cut")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.campaign(id=campaign.id).closed_at is None
