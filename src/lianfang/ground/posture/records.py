"""What posture writes into the ledger. All are acts at a desk; they name no resident and outlive every incident."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.posture.terms import DifferenceLine, IncidentDraft, Pack, Words

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]

INCIDENT = "posture.incident"


class IncidentOpened(msgspec.Struct, frozen=True):
    """An incident begins. The pack is kept whole, so that changing a file later changes nothing that was decided."""

    incident: IncidentId
    name: Text
    area: AreaId
    basis: Text
    issuer: Text
    pack: Pack
    starts_at: Instant
    ends_at: Instant
    drill: bool = False
    proposal: UUID | None = None  # what the first of two people proposed
    proposed_by: AccountId | None = None


class OpeningProposed(msgspec.Struct, frozen=True):
    """The first of two people wants an incident opened, and has seen what it would change."""

    proposal: UUID
    wanted: IncidentDraft
    reason: Annotated[str, msgspec.Meta(max_length=1000)]
    shown: tuple[DifferenceLine, ...]


class ClosingProposed(msgspec.Struct, frozen=True):
    """The first of two people wants an incident to end before its time."""

    incident: IncidentId
    proposal: UUID
    reason: Reason
    shown: tuple[DifferenceLine, ...]


class ProposalWithdrawn(msgspec.Struct, frozen=True):
    """Whoever proposed it takes it back. `incident`: None for an opening."""

    proposal: UUID
    area: AreaId
    incident: IncidentId | None = None


class IncidentEnded(msgspec.Struct, frozen=True):
    """It is over, by itself or because it was closed. The house writes it down, and what ran under it stops."""

    incident: IncidentId
    ended_at: Instant


class RenewalProposed(msgspec.Struct, frozen=True):
    """The first of two people wants an incident to last longer."""

    incident: IncidentId
    proposal: UUID
    ends_at: Instant
    reason: Reason
    shown: tuple[DifferenceLine, ...] = ()


class IncidentRenewed(msgspec.Struct, frozen=True):
    """The second of two people agrees, and the end moves."""

    incident: IncidentId
    proposal: UUID
    ends_at: Instant
    proposed_by: AccountId


class IncidentClosed(msgspec.Struct, frozen=True):
    """It ends sooner than written."""

    incident: IncidentId
    reason: Reason
    proposal: UUID | None = None
    proposed_by: AccountId | None = None


class ForgettingProposed(msgspec.Struct, frozen=True):
    """The first of two people says that it is time to forget."""

    incident: IncidentId
    proposal: UUID
    reason: Reason


class IncidentForgotten(msgspec.Struct, frozen=True):
    """The second of two people agreed, and the key was destroyed.

    `again`: the house did it once more, because a copy from before it was restored; the two stay those who decided.
    """

    incident: IncidentId
    proposal: UUID
    reason: Reason
    proposed_by: AccountId
    proposed_at: Instant
    confirmed_by: AccountId
    confirmed_at: Instant
    entries: dict[str, int]
    waiting: int
    counts: dict[str, int]
    again: bool = False
    by_itself: bool = False  # an exercise at its end; the two are those who opened it


class PolicyIssued(msgspec.Struct, frozen=True):
    """A decision table comes into force, with who issued it and on what ground."""

    policy: UUID
    code: Text
    version: int
    title: Words
    issuer: Text
    basis: Text
    area: AreaId
    starts_at: Instant
    rows: tuple[dict[str, Any], ...]
    ends_at: Instant | None = None
    incident: IncidentId | None = None


class OpenedFacts(msgspec.Struct, frozen=True):
    """What of an opening stays readable for ever."""

    incident: IncidentId
    basis: str
    pack: str
    starts_at: datetime
    ends_at: datetime
    drill: bool


class IncidentFacts(msgspec.Struct, frozen=True):
    """What of a renewal or closing stays readable for ever."""

    incident: IncidentId
    ends_at: datetime | None = None


class OpeningFacts(msgspec.Struct, frozen=True):
    """What of a proposal to open stays readable for ever."""

    proposal: UUID
    basis: str
    pack: str
    ends_at: datetime
    drill: bool


class WithdrawnFacts(msgspec.Struct, frozen=True):
    """What of a withdrawal stays readable for ever."""

    proposal: UUID
    incident: IncidentId | None


class PolicyFacts(msgspec.Struct, frozen=True):
    """What of a policy stays readable for ever."""

    policy: UUID
    code: str
    version: int
    basis: str
    starts_at: datetime
    ends_at: datetime | None


def _accept_opening(heard: Heard, known: Known) -> Accepted | Held:
    body: IncidentOpened = heard.body
    facts = OpenedFacts(body.incident, body.basis, body.pack.code, body.starts_at, body.ends_at, body.drill)
    return Accepted(area=body.area, key=REGISTER_KEY, facts=facts)


def _accept_on_incident(heard: Heard, known: Known) -> Accepted | Held:
    """Proposal, renewal and closing stand on the incident's area."""
    incident = known.get(Reference(INCIDENT, heard.body.incident))
    if incident is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.incident)
    facts = IncidentFacts(heard.body.incident, getattr(heard.body, "ends_at", None))
    return Accepted(area=incident.area, key=REGISTER_KEY, facts=facts)


def _accept_opening_proposal(heard: Heard, known: Known) -> Accepted | Held:
    wanted: IncidentDraft = heard.body.wanted
    facts = OpeningFacts(heard.body.proposal, wanted.basis, wanted.pack, wanted.ends_at, wanted.drill)
    return Accepted(area=wanted.area, key=REGISTER_KEY, facts=facts)


def _accept_withdrawal(heard: Heard, known: Known) -> Accepted | Held:
    body: ProposalWithdrawn = heard.body
    return Accepted(area=body.area, key=REGISTER_KEY, facts=WithdrawnFacts(body.proposal, body.incident))


def _accept_policy(heard: Heard, known: Known) -> Accepted | Held:
    body: PolicyIssued = heard.body
    facts = PolicyFacts(body.policy, body.code, body.version, body.basis, body.starts_at, body.ends_at)
    return Accepted(area=body.area, key=REGISTER_KEY, facts=facts)


def _incident_of(
    body: RenewalProposed
    | IncidentRenewed
    | ClosingProposed
    | IncidentClosed
    | IncidentEnded
    | ForgettingProposed
    | IncidentForgotten,
) -> list[Reference]:
    return [Reference(INCIDENT, body.incident)]


INCIDENT_OPENED = Kind("posture.incident_opened.v1", IncidentOpened, OpenedFacts, _accept_opening)
RENEWAL_PROPOSED = Kind(
    "posture.renewal_proposed.v1", RenewalProposed, IncidentFacts, _accept_on_incident, wants=_incident_of
)
INCIDENT_RENEWED = Kind(
    "posture.incident_renewed.v1", IncidentRenewed, IncidentFacts, _accept_on_incident, wants=_incident_of
)
INCIDENT_CLOSED = Kind(
    "posture.incident_closed.v1", IncidentClosed, IncidentFacts, _accept_on_incident, wants=_incident_of
)
FORGETTING_PROPOSED = Kind(
    "posture.forgetting_proposed.v1", ForgettingProposed, IncidentFacts, _accept_on_incident, wants=_incident_of
)
INCIDENT_FORGOTTEN = Kind(
    "posture.incident_forgotten.v1", IncidentForgotten, IncidentFacts, _accept_on_incident, wants=_incident_of
)
OPENING_PROPOSED = Kind("posture.opening_proposed.v1", OpeningProposed, OpeningFacts, _accept_opening_proposal)
CLOSING_PROPOSED = Kind(
    "posture.closing_proposed.v1", ClosingProposed, IncidentFacts, _accept_on_incident, wants=_incident_of
)
PROPOSAL_WITHDRAWN = Kind("posture.proposal_withdrawn.v1", ProposalWithdrawn, WithdrawnFacts, _accept_withdrawal)
INCIDENT_ENDED = Kind(
    "posture.incident_ended.v1", IncidentEnded, IncidentFacts, _accept_on_incident, wants=_incident_of
)
POLICY_ISSUED = Kind("posture.policy_issued.v1", PolicyIssued, PolicyFacts, _accept_policy)

KINDS = (
    *(INCIDENT_OPENED, RENEWAL_PROPOSED, INCIDENT_RENEWED, INCIDENT_CLOSED, POLICY_ISSUED),
    *(FORGETTING_PROPOSED, INCIDENT_FORGOTTEN),
    *(OPENING_PROPOSED, CLOSING_PROPOSED, PROPOSAL_WITHDRAWN, INCIDENT_ENDED),
)
