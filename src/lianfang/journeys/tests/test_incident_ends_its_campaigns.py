"""What ran under an incident stops with it, and what a phone brings from before is kept."""

from datetime import datetime, timedelta

import pytest

from lianfang.foundation.ledger import journeys, queries
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    ZHANG,
    a_campaign,
    a_household,
    a_visit,
    an_incident,
    hand_in,
    tasks,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture import jobs
from lianfang.ground.posture import queries as incidents
from lianfang.ground.posture.terms import Change, Part, Step
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def beat(at: datetime) -> None:
    """What the server does every few seconds."""
    with clock.stopped_at(at):
        jobs.write_ends()
        journeys.run_due()


def now_of(campaign: CampaignRef) -> CampaignRef:
    return campaigns.campaign(id=campaign.id)


def test_campaigns_stop_when_their_incident_runs_out_also_when_the_server_slept_over_it() -> None:
    campaign = a_campaign(incident=an_incident(days=2, drill=False))
    beat(NOW + DAY)
    assert now_of(campaign).closed_at is None
    beat(NOW + 40 * DAY)
    beat(NOW + 41 * DAY)
    assert now_of(campaign).closed_at == NOW + 40 * DAY
    (ended,) = queries.entries_after(0, kinds=frozenset({"posture.incident_ended.v1"}))
    (closed,) = queries.entries_after(0, kinds=frozenset({"campaigns.campaign_closed.v1"}))
    assert closed.cause == ended.id and ended.body.ended_at == NOW + 2 * DAY


def test_a_phone_that_was_offline_when_it_was_closed_loses_nothing() -> None:
    home = a_household("G1")
    incident = an_incident(drill=False)
    campaign = a_campaign(incident=incident)
    visited = a_visit(campaign, home)  # made before the end, handed in after it
    posture.close_incident(incident=incident.id, reason="警报解除", by=LI, at=NOW + timedelta(hours=2))
    beat(NOW + timedelta(hours=2))
    assert now_of(campaign).closed_at is not None
    hand_in([visited])
    assert tasks()[home][3] == "done"


def test_the_campaigns_that_would_stop_are_shown_before_one_signs() -> None:
    incident = an_incident()
    campaign = a_campaign(incident=incident)
    before = posture.propose_closing(incident=incident.id, reason="x", by=ZHANG, at=NOW)
    (line,) = [line for line in before.shown if line.part is Part.CAMPAIGN]
    assert (line.code, line.change) == (str(campaign.id), Change.ENDS)
    standing = incidents.difference_of(incident=incident, step=Step.STANDING, at=NOW)
    assert [one.code for one in standing.lines if one.part is Part.COLLECTED] == ["household_sweep"]
    mark = incidents.difference_of(incident=incident, step=Step.CLOSING, at=NOW).mark
    a_campaign(incident=incident)
    assert incidents.difference_of(incident=incident, step=Step.CLOSING, at=NOW).mark != mark
