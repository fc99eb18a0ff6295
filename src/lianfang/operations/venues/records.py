"""What enters the ledger about venues: codes issued and withdrawn, codes shown, and that a day was forgotten."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import tally_day
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.codes.records import CREDENTIAL
from lianfang.operations.venues import rules, warrant_records
from lianfang.operations.venues.terms import ScanHow, VenueCode

CODE, OPENED = "venues.code", "venues.opened"


class CodeIssued(msgspec.Struct, frozen=True):
    """A place has a code, until the incident is over or the code is withdrawn."""

    code: UUID
    place: UUID
    area: AreaId
    incident: IncidentId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    door: Annotated[str, msgspec.Meta(max_length=120)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=100)] = ""


class CodeWithdrawn(msgspec.Struct, frozen=True):
    """The code counts for nothing any more; a picture of it neither."""

    code: UUID
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CodeFacts(msgspec.Struct, frozen=True):
    """What of a code stays readable for ever."""

    code: UUID
    place: UUID
    incident: IncidentId


class VisitNoted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A venue's code was shown. `credential`: the number of what the person carries; without one it is only counted.

    It says nothing about anybody, and nothing follows from it.
    """

    code: UUID
    how: ScanHow
    credential: UUID | None = None


class VisitFacts(msgspec.Struct, frozen=True):
    """What of a visit stays readable for ever: nobody can be found by it."""

    code: UUID
    incident: IncidentId
    how: ScanHow
    is_visit: bool


class VisitsForgotten(msgspec.Struct, frozen=True):
    """The visits of a day under an incident have been kept for long enough. Their key goes with this entry."""

    incident: IncidentId
    day: date
    area: AreaId


class VisitsForgottenFacts(msgspec.Struct, frozen=True):
    """The same: it names nobody."""

    incident: IncidentId
    day: date


def _accept_issued(heard: Heard, known: Known) -> Accepted:
    body: CodeIssued = heard.body
    return Accepted(body.area, REGISTER_KEY, CodeFacts(body.code, body.place, body.incident))


def _accept_withdrawn(heard: Heard, known: Known) -> Accepted | Held:
    code: VenueCode | None = known.get(Reference(CODE, heard.body.code))
    if code is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.code)
    return Accepted(code.area, REGISTER_KEY, CodeFacts(code.id, code.place, code.incident))


def _accept_visit(heard: Heard, known: Known) -> Accepted | Held:
    """It counts where the code hangs. What came from afar, or of a code withdrawn, is kept and is no visit."""
    body: VisitNoted = heard.body
    code: VenueCode | None = known.get(Reference(CODE, body.code))
    if code is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.code)
    flags = rules.odd_about(
        code,
        known.get(Reference(OPENED, body.code)),
        how=body.how,
        known=body.credential is None or known.get(Reference(CREDENTIAL, body.credential)) is not None,
        at=rules.moment_of(at=heard.at, received_at=heard.received_at),
    )
    day, _ = tally_day(at=heard.at, received_at=heard.received_at)
    facts = VisitFacts(code.id, code.incident, body.how, rules.is_visit(flags))
    return Accepted(code.area, rules.visit_key(code.incident, day), facts, flags=flags)


def _accept_forgotten(heard: Heard, known: Known) -> Accepted:
    body: VisitsForgotten = heard.body
    return Accepted(body.area, REGISTER_KEY, VisitsForgottenFacts(body.incident, body.day))


def _its_code(body: Any) -> list[Reference]:
    return [Reference(CODE, body.code)]


def _wanted(body: VisitNoted) -> list[Reference]:
    code = [Reference(CODE, body.code), Reference(OPENED, body.code)]
    return [*code, Reference(CREDENTIAL, body.credential)] if body.credential else code


CODE_ISSUED = Kind("venues.code_issued.v1", CodeIssued, CodeFacts, _accept_issued, makes=lambda body: [body.code])
CODE_WITHDRAWN = Kind("venues.code_withdrawn.v1", CodeWithdrawn, CodeFacts, _accept_withdrawn, wants=_its_code)
VISIT_NOTED = Kind("venues.visit_noted.v1", VisitNoted, VisitFacts, _accept_visit, wants=_wanted, from_devices=True)
VISITS_FORGOTTEN = Kind("venues.visits_forgotten.v1", VisitsForgotten, VisitsForgottenFacts, _accept_forgotten)

KINDS = (CODE_ISSUED, CODE_WITHDRAWN, VISIT_NOTED, VISITS_FORGOTTEN, *warrant_records.KINDS)
