"""What codes write into the ledger. All are acts at a desk about one person, under the key of their incident."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY, incident_key
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.codes.credential_terms import CarriedBy, Carrier
from lianfang.ground.codes.terms import Order, OrderGround, OrderMeasure, OrderTerms, Plain, ToldHow
from lianfang.ground.registry.records import RESIDENT
from lianfang.ground.registry.terms import ResidentRef

ORDER = "codes.order"
CREDENTIAL = "codes.credential"


class OrderProposed(msgspec.Struct, frozen=True):
    """The first of two people wants one person to be restricted. Nothing changes by it."""

    order: UUID
    terms: OrderTerms


class OrderSigned(msgspec.Struct, frozen=True):
    """The second of two people agrees, and with it the end is fixed."""

    order: UUID
    starts_at: Instant
    ends_at: Instant
    proposed_by: AccountId


class OrderDeclined(msgspec.Struct, frozen=True):
    """The second person does not agree."""

    order: UUID
    reason: Plain


class PersonTold(msgspec.Struct, frozen=True):
    """The person was told: ground, end, issuer, and how to appeal."""

    order: UUID
    how: ToldHow


class OrderEnded(msgspec.Struct, frozen=True):
    """It ends sooner than signed."""

    order: UUID
    reason: Plain


class AppealRaised(msgspec.Struct, frozen=True):
    """The person does not agree, in their own words."""

    order: UUID
    words: Plain


class AppealDecided(msgspec.Struct, frozen=True):
    """A third person decides. `stands`: the order goes on; otherwise it ends now."""

    order: UUID
    stands: bool
    reason: Plain


class KeyIntroduced(msgspec.Struct, frozen=True):
    """From then until then credentials are signed by this key; gates believe it from now on."""

    key: str
    name: str
    x: bytes
    y: bytes
    area: AreaId
    signs_from: Instant
    signs_until: Instant


class KeyWithdrawn(msgspec.Struct, frozen=True):
    """Nothing that it ever signed is believed any more."""

    key: str
    area: AreaId
    reason: Plain


class CredentialIssued(msgspec.Struct, frozen=True):
    """Somebody was given a credential. What stands in it is with them, not here."""

    number: UUID
    resident: ResidentId
    incident: IncidentId
    carrier: Carrier
    until: Instant
    carried_by: CarriedBy = CarriedBy.SELF


class CredentialRevoked(msgspec.Struct, frozen=True):
    """It was taken back: a phone was lost, or it says something wrong."""

    number: UUID
    reason: Plain


class KeyFacts(msgspec.Struct, frozen=True):
    """What of a key stays readable for ever: all but its name is public."""

    key: str
    signs_from: datetime | None = None
    signs_until: datetime | None = None


class CredentialFacts(msgspec.Struct, frozen=True):
    """What of a credential may be counted for ever."""

    number: UUID
    carrier: Carrier | None = None
    until: datetime | None = None


class CredentialRef(msgspec.Struct, frozen=True):
    """A credential as its revocation looks it up."""

    number: UUID
    area: AreaId
    incident: IncidentId


class ProposedFacts(msgspec.Struct, frozen=True):
    """What of a proposal may be counted for ever."""

    order: UUID
    ground: OrderGround
    measure: OrderMeasure
    basis: str
    days: int


class OrderFacts(msgspec.Struct, frozen=True):
    """What of the rest may be counted for ever."""

    order: UUID
    ends_at: datetime | None = None
    stands: bool | None = None


class OrderRef(msgspec.Struct, frozen=True):
    """An order as later records look it up."""

    id: UUID
    area: AreaId
    incident: IncidentId
    resident: UUID


def ref_of(order: Order) -> OrderRef:
    """An order as later records look it up."""
    return OrderRef(order.id, order.area, order.terms.incident, order.terms.resident)


def _accept_proposal(heard: Heard, known: Known) -> Accepted | Held:
    terms: OrderTerms = heard.body.terms
    resident: ResidentRef | None = known.get(Reference(RESIDENT, terms.resident))
    if resident is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=terms.resident)
    facts = ProposedFacts(heard.body.order, terms.ground, terms.measure, terms.basis, terms.days)
    return Accepted(resident.grid, incident_key(terms.incident), facts, subject=resident.id)


def _accept_on_order(heard: Heard, known: Known) -> Accepted | Held:
    order: OrderRef | None = known.get(Reference(ORDER, heard.body.order))
    if order is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.order)
    facts = OrderFacts(order.id, getattr(heard.body, "ends_at", None), getattr(heard.body, "stands", None))
    return Accepted(order.area, incident_key(order.incident), facts, subject=order.resident)


def _accept_key(heard: Heard, known: Known) -> Accepted:
    body = heard.body
    facts = KeyFacts(body.key, getattr(body, "signs_from", None), getattr(body, "signs_until", None))
    return Accepted(body.area, REGISTER_KEY, facts)


def _accept_issued(heard: Heard, known: Known) -> Accepted | Held:
    body: CredentialIssued = heard.body
    resident: ResidentRef | None = known.get(Reference(RESIDENT, body.resident))
    if resident is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.resident)
    facts = CredentialFacts(body.number, body.carrier, body.until)
    return Accepted(resident.grid, incident_key(body.incident), facts, subject=resident.id)


def _accept_revoked(heard: Heard, known: Known) -> Accepted | Held:
    issued: CredentialRef | None = known.get(Reference(CREDENTIAL, heard.body.number))
    if issued is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.number)
    return Accepted(issued.area, incident_key(issued.incident), CredentialFacts(issued.number))


def _on_order(name: str, body: type[msgspec.Struct]) -> Kind:
    return Kind(name, body, OrderFacts, _accept_on_order, wants=_order_of)


def _order_of(body: Any) -> list[Reference]:
    return [Reference(ORDER, body.order)]


ORDER_PROPOSED = Kind(
    "codes.order_proposed.v1",
    OrderProposed,
    ProposedFacts,
    _accept_proposal,
    wants=lambda body: [Reference(RESIDENT, body.terms.resident)],
    makes=lambda body: [body.order],
)
ORDER_SIGNED = _on_order("codes.order_signed.v1", OrderSigned)
ORDER_DECLINED = _on_order("codes.order_declined.v1", OrderDeclined)
PERSON_TOLD = _on_order("codes.person_told.v1", PersonTold)
ORDER_ENDED = _on_order("codes.order_ended.v1", OrderEnded)
APPEAL_RAISED = _on_order("codes.appeal_raised.v1", AppealRaised)
APPEAL_DECIDED = _on_order("codes.appeal_decided.v1", AppealDecided)

KEY_INTRODUCED = Kind("codes.key_introduced.v1", KeyIntroduced, KeyFacts, _accept_key)
KEY_WITHDRAWN = Kind("codes.key_withdrawn.v1", KeyWithdrawn, KeyFacts, _accept_key)
CREDENTIAL_ISSUED = Kind(
    "codes.credential_issued.v1",
    CredentialIssued,
    CredentialFacts,
    _accept_issued,
    wants=lambda body: [Reference(RESIDENT, body.resident)],
    makes=lambda body: [body.number],
)
CREDENTIAL_REVOKED = Kind(
    "codes.credential_revoked.v1",
    CredentialRevoked,
    CredentialFacts,
    _accept_revoked,
    wants=lambda body: [Reference(CREDENTIAL, body.number)],
)

KINDS = (
    *(ORDER_PROPOSED, ORDER_SIGNED, ORDER_DECLINED, PERSON_TOLD),
    *(ORDER_ENDED, APPEAL_RAISED, APPEAL_DECIDED),
    *(KEY_INTRODUCED, KEY_WITHDRAWN, CREDENTIAL_ISSUED, CREDENTIAL_REVOKED),
)
