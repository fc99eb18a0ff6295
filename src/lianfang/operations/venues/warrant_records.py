"""What warrants write into the ledger, under their incident's key: who wants to know what, who agreed, who read."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.operations.venues.terms import Plain, WarrantTerms

WARRANT = "venues.warrant"


class WarrantProposed(msgspec.Struct, frozen=True):
    """The first of two people wants to know. Nothing can be read by it."""

    warrant: UUID
    area: AreaId
    terms: WarrantTerms


class WarrantSigned(msgspec.Struct, frozen=True):
    """The second of two people agrees."""

    warrant: UUID
    proposed_by: AccountId


class WarrantDeclined(msgspec.Struct, frozen=True):
    """The second person does not agree."""

    warrant: UUID
    reason: Plain


class WarrantRead(msgspec.Struct, frozen=True):
    """One of the two read who it was. Each of these people finds it among the looks at them."""

    warrant: UUID
    people: int
    visits: int


class WarrantFacts(msgspec.Struct, frozen=True):
    """What of a warrant may be counted for ever."""

    warrant: UUID
    about_a_case: bool | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    people: int | None = None
    visits: int | None = None


class WarrantRef(msgspec.Struct, frozen=True):
    """A warrant as later records look it up."""

    id: UUID
    area: AreaId
    incident: IncidentId


def _accept_proposal(heard: Heard, known: Known) -> Accepted:
    body: WarrantProposed = heard.body
    terms = body.terms
    facts = WarrantFacts(body.warrant, terms.resident is not None, terms.starts_at, terms.ends_at)
    return Accepted(body.area, incident_key(terms.incident), facts, subject=terms.resident)


def _accept_on_warrant(heard: Heard, known: Known) -> Accepted | Held:
    body = heard.body
    warrant: WarrantRef | None = known.get(Reference(WARRANT, body.warrant))
    if warrant is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.warrant)
    facts = WarrantFacts(warrant.id, people=getattr(body, "people", None), visits=getattr(body, "visits", None))
    return Accepted(warrant.area, incident_key(warrant.incident), facts)


def _on_warrant(name: str, body: type[msgspec.Struct]) -> Kind:
    return Kind(name, body, WarrantFacts, _accept_on_warrant, wants=_warrant_of)


def _warrant_of(body: Any) -> list[Reference]:
    return [Reference(WARRANT, body.warrant)]


WARRANT_PROPOSED = Kind(
    "venues.warrant_proposed.v1",
    WarrantProposed,
    WarrantFacts,
    _accept_proposal,
    makes=lambda body: [body.warrant],
)
WARRANT_SIGNED = _on_warrant("venues.warrant_signed.v1", WarrantSigned)
WARRANT_DECLINED = _on_warrant("venues.warrant_declined.v1", WarrantDeclined)
WARRANT_READ = _on_warrant("venues.warrant_read.v1", WarrantRead)

KINDS = (WARRANT_PROPOSED, WARRANT_SIGNED, WARRANT_DECLINED, WARRANT_READ)
