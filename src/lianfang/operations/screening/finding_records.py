"""The re-check 复查: somebody went back and saw whether a finding is fixed."""

from typing import Annotated

import msgspec

from lianfang.foundation.kernel.ids import CampaignId, HouseholdId
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.records import CAMPAIGN, HOUSEHOLD
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.registry.terms import HouseholdRef


class FindingRechecked(msgspec.Struct, frozen=True):
    """What a visit found at a door, by the question that declares it, is fixed or is still there."""

    campaign: CampaignId
    household: HouseholdId
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    fixed: bool


class RecheckFacts(msgspec.Struct, frozen=True):
    """What stays readable for ever: that it was looked at, and whether it was fixed."""

    campaign: CampaignId
    fixed: bool


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: FindingRechecked = heard.body
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    household: HouseholdRef | None = known.get(Reference(HOUSEHOLD, body.household))
    if household is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.household)
    question = campaign.form.form.by_code.get(body.question)
    flags = () if question and question.finding else ("screening.odd_answers",)
    facts = RecheckFacts(campaign.id, body.fixed)
    return Accepted(household.grid, campaign.key, facts, body.household, flags, household.lately(heard.at))


FINDING_RECHECKED = Kind(
    "screening.finding_rechecked.v1",
    FindingRechecked,
    RecheckFacts,
    _accept,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign), Reference(HOUSEHOLD, body.household)],
    from_devices=True,
)
