"""What the ledger is told of looking at visits again: how many are to be, what was found, what became of it."""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.checking import CheckFound, HowKept, Percent
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.registry.terms import HouseholdRef

RECHECK = "campaigns.recheck"
_CAMPAIGN = "campaigns.campaign"
_HOUSEHOLD = "registry.household"
_Why = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Code = Annotated[str, msgspec.Meta(max_length=60)]


class ChecksSet(msgspec.Struct, frozen=True):
    """From now on so many of a hundred finished visits of a campaign are looked at again. The latest word stands."""

    campaign: CampaignId
    percent: Percent
    reason: _Why


class VisitRechecked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a second person found of a visit, and in which questions it was otherwise."""

    campaign: CampaignId
    target: HouseholdId
    visit: UUID
    found: CheckFound
    questions: Annotated[tuple[_Code, ...], msgspec.Meta(max_length=200)] = ()


class FindingSettled(msgspec.Struct, frozen=True):
    """What became of what was found."""

    recheck: UUID
    how: HowKept
    reason: _Why


class ChecksFacts(msgspec.Struct, frozen=True):
    """The share itself says nothing of anybody."""

    campaign: CampaignId
    percent: int


class RecheckFacts(msgspec.Struct, frozen=True):
    """What stays readable for ever: what was found, in how many questions; not whose."""

    campaign: CampaignId
    found: CheckFound
    questions: int


class FindingFacts(msgspec.Struct, frozen=True):
    """How one ended."""

    how: HowKept


class RecheckRef(msgspec.Struct, frozen=True):
    """What a later record is told of a re-check: where it belongs, under which key."""

    id: UUID
    household: HouseholdId
    grid: AreaId
    key: KeyName


def _accept_set(heard: Heard, known: Known) -> Accepted | Held:
    campaign: CampaignRef | None = known.get(Reference(_CAMPAIGN, heard.body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.campaign)
    return Accepted(campaign.area, REGISTER_KEY, ChecksFacts(campaign.id, heard.body.percent))


def _accept_recheck(heard: Heard, known: Known) -> Accepted | Held:
    body: VisitRechecked = heard.body
    campaign: CampaignRef | None = known.get(Reference(_CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    household: HouseholdRef | None = known.get(Reference(_HOUSEHOLD, body.target))
    if household is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.target)
    facts = RecheckFacts(campaign.id, body.found, len(body.questions))
    return Accepted(household.grid, campaign.key, facts, body.target, (), household.lately(heard.at))


def _accept_settled(heard: Heard, known: Known) -> Accepted | Held:
    recheck: RecheckRef | None = known.get(Reference(RECHECK, heard.body.recheck))
    if recheck is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.recheck)
    return Accepted(recheck.grid, recheck.key, FindingFacts(heard.body.how), recheck.household)


CHECKS_SET = Kind(
    "campaigns.checks_set.v1",
    ChecksSet,
    ChecksFacts,
    _accept_set,
    wants=lambda body: [Reference(_CAMPAIGN, body.campaign)],
)
VISIT_RECHECKED = Kind(
    "campaigns.visit_rechecked.v1",
    VisitRechecked,
    RecheckFacts,
    _accept_recheck,
    wants=lambda body: [Reference(_CAMPAIGN, body.campaign), Reference(_HOUSEHOLD, body.target)],
    parent=lambda body: body.visit,
    from_devices=True,
)
FINDING_SETTLED = Kind(
    "campaigns.finding_settled.v1",
    FindingSettled,
    FindingFacts,
    _accept_settled,
    wants=lambda body: [Reference(RECHECK, body.recheck)],
)
CHECKING_KINDS = (CHECKS_SET, VISIT_RECHECKED, FINDING_SETTLED)
