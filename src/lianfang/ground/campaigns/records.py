"""What campaigns write into the ledger, and the part that every operation's visit carries.

An operation's kind has a field `task: TaskOutcome` in its body and `TaskFacts` (or more) as its facts; `place()` tells
where such a record belongs and under which key it is sealed. The engine folds every entry with such a part, whatever
its kind.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.checking_records import CHECKING_KINDS
from lianfang.ground.campaigns.giving_records import GIVING_KINDS
from lianfang.ground.campaigns.need_records import NEED_KINDS
from lianfang.ground.campaigns.occasion_records import OCCASION_BEGUN
from lianfang.ground.campaigns.occasions import Recurrence
from lianfang.ground.campaigns.terms import AttemptPolicy, CampaignRef, Outcome
from lianfang.ground.registry.terms import HouseholdRef, PremisesRef, TargetDefinition, TargetKind

CAMPAIGN = "campaigns.campaign"
HOUSEHOLD = "registry.household"
PREMISES = "registry.premises"
NOT_ITS_TARGET = "campaigns.not_its_target"  # a home in a campaign about places, or the reverse: kept, not counted
_FORM = "forms.form"
_INCIDENT = "posture.incident"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
Occasion = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
People = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Appointment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$", max_length=19)]


class TaskOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """The engine's part in a visit: which task, and how the attempt ended.

    `target` is a household, or the place or building a campaign about those goes to. `appointment` is local time, as
    promised at the door.
    """

    campaign: CampaignId
    target: HouseholdId
    occasion: Occasion
    outcome: Outcome
    note_code: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    appointment: Appointment | None = None


class TaskFacts(msgspec.Struct, frozen=True):
    """What of a visit stays readable for ever: counts and results, no household, no person."""

    campaign: CampaignId
    occasion: str
    outcome: Outcome
    people: int = 0


class TaskCorrected(msgspec.Struct, frozen=True):
    """What an earlier record said of a task was wrong; this is how it was. The earlier one stays in the ledger."""

    entry: UUID
    task: TaskOutcome
    reason: Reason
    people: People = 0


class CampaignOpened(msgspec.Struct, frozen=True):
    """A campaign begins: over which targets, with which form, for which purpose, until when."""

    campaign: CampaignId
    name: Text
    area: AreaId
    target: TargetDefinition
    form: UUID
    occasion: Occasion
    starts_on: date
    ends_on: date
    incident: IncidentId | None = None
    purpose: Purpose = Purpose.INCIDENT_RESPONSE
    attempts: AttemptPolicy | None = None
    recurs: Recurrence | None = None  # then `occasion` is the first of them


class AttemptsSet(msgspec.Struct, frozen=True):
    """From now on a campaign calls again by this policy."""

    campaign: CampaignId
    policy: AttemptPolicy
    reason: Reason


class CampaignClosed(msgspec.Struct, frozen=True):
    """It ends sooner. What was recorded before and arrives later still counts."""

    campaign: CampaignId
    reason: Reason


class CampaignFacts(msgspec.Struct, frozen=True):
    """What of its opening stays readable for ever."""

    campaign: CampaignId
    incident: IncidentId | None
    occasion: str
    starts_on: date
    ends_on: date
    purpose: Purpose


class AttemptsFacts(msgspec.Struct, frozen=True):
    """The policy itself: it says nothing of anybody."""

    campaign: CampaignId
    policy: AttemptPolicy


class ClosedFacts(msgspec.Struct, frozen=True):
    """The same of its closing."""

    campaign: CampaignId


class Place(msgspec.Struct, frozen=True):
    """Where a visit belongs: its campaign and target, the key its answers are sealed under, what is odd about it."""

    campaign: CampaignRef
    target: HouseholdRef | PremisesRef
    key: KeyName
    flags: tuple[str, ...] = ()
    lately: tuple[AreaId, ...] = ()  # grids it lay in when the record was made


def task_references(task: TaskOutcome) -> list[Reference]:
    """What has to be looked up before a visit to a household can be placed."""
    return [Reference(CAMPAIGN, task.campaign), Reference(HOUSEHOLD, task.target)]


def premises_references(task: TaskOutcome) -> list[Reference]:
    """The same of a visit to a place or building."""
    return [Reference(CAMPAIGN, task.campaign), Reference(PREMISES, task.target)]


def place(task: TaskOutcome, heard: Heard, known: Known) -> Place | Held:
    """Where a record with this part belongs. It waits for a campaign or target nobody has heard of yet."""
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, task.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=task.campaign)
    target = target_of(task.target, known)
    if target is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=task.target)
    days = campaign.named(task.occasion)
    if days is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE)
    said = {
        "campaigns.after_its_end": campaign.closed_at is not None and heard.at > campaign.closed_at,
        "campaigns.after_its_occasion": campaign.recurs is not None and local_day(heard.at) > days.ends_on,
        NOT_ITS_TARGET: not is_its_target(target, campaign),
    }
    flags = tuple(flag for flag, holds in said.items() if holds)
    return Place(campaign, target, campaign.key, flags, target.lately(heard.at))


def target_of(id: UUID, known: Known) -> HouseholdRef | PremisesRef | None:
    """The household, or the place or building, of that id."""
    found: HouseholdRef | PremisesRef | None = known.get(Reference(HOUSEHOLD, id)) or known.get(Reference(PREMISES, id))
    return found


def is_its_target(target: HouseholdRef | PremisesRef, campaign: CampaignRef) -> bool:
    """Does the campaign go to such?"""
    return campaign.of is (target.of if isinstance(target, PremisesRef) else TargetKind.HOUSEHOLDS)


def _accept_correction(heard: Heard, known: Known) -> Accepted | Held:
    body: TaskCorrected = heard.body
    where = place(body.task, heard, known)
    if isinstance(where, Held):
        return where
    facts = TaskFacts(body.task.campaign, body.task.occasion, body.task.outcome, body.people)
    return Accepted(where.target.grid, where.key, facts, body.task.target, where.flags, where.lately)


def _accept_opening(heard: Heard, known: Known) -> Accepted | Held:
    body: CampaignOpened = heard.body
    for reference in _references_of_opening(body):
        if known.get(reference) is None:
            return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=reference.id)
    facts = CampaignFacts(body.campaign, body.incident, body.occasion, body.starts_on, body.ends_on, body.purpose)
    return Accepted(body.area, REGISTER_KEY, facts)


def _references_of_opening(body: CampaignOpened) -> list[Reference]:
    incident = [Reference(_INCIDENT, body.incident)] if body.incident else []
    return [Reference(_FORM, body.form), *incident]


def _accept_closing(heard: Heard, known: Known) -> Accepted | Held:
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, heard.body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.campaign)
    return Accepted(campaign.area, REGISTER_KEY, ClosedFacts(campaign.id))


def _accept_attempts(heard: Heard, known: Known) -> Accepted | Held:
    body: AttemptsSet = heard.body
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    return Accepted(campaign.area, REGISTER_KEY, AttemptsFacts(campaign.id, body.policy))


CAMPAIGN_OPENED = Kind(
    "campaigns.campaign_opened.v1",
    CampaignOpened,
    CampaignFacts,
    _accept_opening,
    wants=_references_of_opening,
    makes=lambda body: [body.campaign],
)
CAMPAIGN_CLOSED = Kind(
    "campaigns.campaign_closed.v1",
    CampaignClosed,
    ClosedFacts,
    _accept_closing,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign)],
)
ATTEMPTS_SET = Kind(
    "campaigns.attempts_set.v1",
    AttemptsSet,
    AttemptsFacts,
    _accept_attempts,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign)],
)
TASK_CORRECTED = Kind(
    "campaigns.task_corrected.v1",
    TaskCorrected,
    TaskFacts,
    _accept_correction,
    wants=lambda body: [*task_references(body.task), Reference(PREMISES, body.task.target)],
    parent=lambda body: body.entry,
    from_devices=True,
)

KINDS = (
    *(CAMPAIGN_OPENED, CAMPAIGN_CLOSED, ATTEMPTS_SET, TASK_CORRECTED, OCCASION_BEGUN),
    *NEED_KINDS,
    *GIVING_KINDS,
    *CHECKING_KINDS,
)
