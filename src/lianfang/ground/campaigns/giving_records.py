"""What the ledger is told when doors are given to somebody: to whom, from when on, why."""

from typing import Annotated

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.giving import MOST_DOORS, MOST_HANDS
from lianfang.ground.campaigns.terms import CampaignRef

_CAMPAIGN = "campaigns.campaign"
Hands = Annotated[tuple[AccountId, ...], msgspec.Meta(max_length=MOST_HANDS)]
Doors = Annotated[tuple[HouseholdId, ...], msgspec.Meta(max_length=MOST_DOORS)]
Parts = Annotated[tuple[AreaId, ...], msgspec.Meta(max_length=MOST_DOORS)]
TeamName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]


class DoorsGiven(msgspec.Struct, frozen=True, omit_defaults=True):
    """Doors of a grid are these people's from then on. The record's own id is the giving's."""

    campaign: CampaignId
    grid: AreaId
    to: Hands
    since: Instant
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    areas: Parts = ()
    households: Doors = ()
    team: TeamName | None = None


class GivenFacts(msgspec.Struct, frozen=True):
    """What of it stays readable for ever: that doors changed hands, into how many; not whose."""

    campaign: CampaignId
    hands: int
    since: Instant


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: DoorsGiven = heard.body
    campaign: CampaignRef | None = known.get(Reference(_CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    return Accepted(body.grid, campaign.key, GivenFacts(body.campaign, len(body.to), body.since))


DOORS_GIVEN = Kind(
    "campaigns.doors_given.v1",
    DoorsGiven,
    GivenFacts,
    _accept,
    wants=lambda body: [Reference(_CAMPAIGN, body.campaign)],
)
GIVING_KINDS = (DOORS_GIVEN,)
