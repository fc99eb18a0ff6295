"""A number as of a position is the same later: after corrections, other boundaries, forgetting and a rebuild."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.campaigns.measures import COVERAGE
from lianfang.ground.campaigns.models import Tally
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    ZHANG,
    a_campaign,
    a_correction,
    a_household,
    a_visit,
    an_incident,
    hand_in,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.tests import town
from lianfang.operations.screening.measures import ANSWERS
from lianfang.operations.screening.models import PackMeasure

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=60)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


@pytest.fixture
def swept() -> tuple[Incident, CampaignRef, list[Any]]:
    """An incident with a campaign; of four households three were called at."""
    incident = an_incident()
    homes = [a_household("G1"), a_household("G1"), a_household("G2"), a_household("G3")]
    campaign = a_campaign(incident=incident)
    visits = [
        a_visit(campaign, homes[0], people=4, answers={"fever_or_cough": True}),
        a_visit(campaign, homes[1], Outcome.NOBODY_HOME),
        a_visit(campaign, homes[2], people=2, answers={"fever_or_cough": False}),
    ]
    hand_in(visits)
    return incident, campaign, visits


def coverage(campaign: CampaignRef, position: int) -> dict[AreaId, dict[str, int]]:
    """By area, at every level."""
    found: dict[AreaId, Counter[str]] = {}
    for one in entries.counted_at(COVERAGE, keys={"campaign_id": campaign.id}, position=position):
        for area in one.lineage:
            found.setdefault(area, Counter()).update(one.counts)
    return {area: {name: n for name, n in counts.items() if n} for area, counts in found.items()}


def answers(incident: Incident, position: int) -> list[Any]:
    return entries.counted_at(ANSWERS, keys={"incident_id": incident.id}, position=position, by=("measure",))


def live(campaign: CampaignRef) -> dict[AreaId, dict[str, int]]:
    """The same from the tally that screens read."""
    names = [measure.name for measure in COVERAGE.measures]
    found: dict[AreaId, Counter[str]] = {}
    for row in Tally.objects.filter(campaign_id=campaign.id):
        found.setdefault(AreaId(row.area_id), Counter()).update({name: getattr(row, name) for name in names})
    return {area: {name: n for name, n in counts.items() if n} for area, counts in found.items()}


def forget(incident: Incident) -> None:
    proposal = posture.propose_forgetting(incident=incident.id, reason="保存期已满", by=ZHANG, at=LATER)
    posture.forget_incident(proposal=proposal.id, by=LI, at=LATER)


def test_at_the_head_the_moves_add_up_to_the_tally_at_every_level(swept: tuple[Incident, CampaignRef, Any]) -> None:
    incident, campaign, _ = swept
    assert coverage(campaign, entries.head()) == live(campaign)
    assert coverage(campaign, entries.head())[town.id_of("S")]["done"] == 2
    street = PackMeasure.objects.filter(area_id=town.id_of("S"), measure="people_with_fever_or_cough").get().value
    assert street == 4
    fevers = [a.counts["value"] for a in answers(incident, entries.head()) if a.by == ("people_with_fever_or_cough",)]
    assert sum(fevers) == 4


def test_a_number_of_then_is_not_touched_by_what_is_corrected_later(swept: tuple[Incident, CampaignRef, Any]) -> None:
    incident, campaign, visits = swept
    then = entries.head()
    before, asked = coverage(campaign, then), answers(incident, then)
    home = UUID(visits[0]["body"]["task"]["target"])
    hand_in([a_correction(campaign, home, Outcome.VACANT, entry=visits[0]["id"])])  # type: ignore[arg-type]
    now = coverage(campaign, entries.head())
    assert now == live(campaign) and now[town.id_of("S")]["struck"] == 1
    assert (coverage(campaign, then), answers(incident, then)) == (before, asked)


def test_nor_by_boundaries_that_are_drawn_otherwise(swept: tuple[Incident, CampaignRef, Any]) -> None:
    _, campaign, _ = swept
    then = entries.head()
    before = coverage(campaign, then)
    hung = [(town.id_of("G1"), town.id_of("C2"))]
    territory.move_areas(moves=hung, on=town.TODAY, by=ZHANG, at=NOW + timedelta(hours=4))
    now = coverage(campaign, entries.head())
    assert now == live(campaign)
    assert now[town.id_of("C1")] != before[town.id_of("C1")]
    assert coverage(campaign, then) == before


@pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
def test_nor_by_forgetting_and_not_by_a_rebuild_after_it(swept: tuple[Incident, CampaignRef, Any]) -> None:
    incident, campaign, _ = swept
    positions = [p for p in range(entries.head() + 1) if coverage(campaign, p)]
    before = [(coverage(campaign, p), answers(incident, p)) for p in positions]
    forget(incident)
    assert [(coverage(campaign, p), answers(incident, p)) for p in positions] == before
    assert ledger.rebuild_differs() == []
    assert [(coverage(campaign, p), answers(incident, p)) for p in positions] == before


def test_the_position_of_an_instant_is_the_last_that_was_given_by_then(
    swept: tuple[Incident, CampaignRef, Any],
) -> None:
    assert entries.position_at(NOW - timedelta(days=1)) == 0
    assert entries.position_at(NOW + timedelta(hours=4)) == entries.head()
    assert 0 < entries.position_at(NOW) < entries.head()
