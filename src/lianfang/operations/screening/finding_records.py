"""The re-check 复查: somebody went back and saw whether a finding is fixed."""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import CampaignId, HouseholdId
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.records import CAMPAIGN, HOUSEHOLD, NOT_ITS_TARGET, PREMISES, is_its_target, target_of
from lianfang.ground.campaigns.terms import CampaignRef


class FindingRechecked(msgspec.Struct, frozen=True):
    """What a visit found at a door, by the question that declares it, is fixed or is still there."""

    campaign: CampaignId
    household: HouseholdId
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    fixed: bool


class PremisesRechecked(msgspec.Struct, frozen=True):
    """The same of what a visit found at a place or building."""

    campaign: CampaignId
    target: UUID
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    fixed: bool


class RecheckFacts(msgspec.Struct, frozen=True):
    """What stays readable for ever: that it was looked at, and whether it was fixed."""

    campaign: CampaignId
    fixed: bool


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: FindingRechecked | PremisesRechecked = heard.body
    id = looked_at(body)
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    target = target_of(id, known)
    if target is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=id)
    question = campaign.form.form.by_code.get(body.question)
    said = {
        "screening.odd_answers": not (question and question.finding),
        NOT_ITS_TARGET: not is_its_target(target, campaign),
    }
    flags = tuple(flag for flag, holds in said.items() if holds)
    facts = RecheckFacts(campaign.id, body.fixed)
    return Accepted(target.grid, campaign.key, facts, id, flags, target.lately(heard.at))


def looked_at(body: FindingRechecked | PremisesRechecked) -> UUID:
    """Where somebody went back to."""
    return body.household if isinstance(body, FindingRechecked) else body.target


FINDING_RECHECKED = Kind(
    "screening.finding_rechecked.v1",
    FindingRechecked,
    RecheckFacts,
    _accept,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign), Reference(HOUSEHOLD, body.household)],
    from_devices=True,
)
PREMISES_RECHECKED = Kind(
    "screening.premises_rechecked.v1",
    PremisesRechecked,
    RecheckFacts,
    _accept,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign), Reference(PREMISES, body.target)],
    from_devices=True,
)
