"""Folds codes, visits and warrants into the tables they are read from."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.walls import Walled
from lianfang.operations.venues import records, rules, warrant_records
from lianfang.operations.venues.measures import COUNTED
from lianfang.operations.venues.records import VisitFacts, VisitsForgottenFacts

# A name that the wiring never changes; the module posture writes it.
_FORGOTTEN = "posture.incident_forgotten.v1"
_ISSUE = (
    "INSERT INTO venues_code (id, no, place_id, area_id, incident_id, name, door, contact, issued_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_WITHDRAW = "UPDATE venues_code SET withdrawn_at = %s WHERE id = %s AND withdrawn_at IS NULL"
_NOTE = (
    "INSERT INTO venues_visit (code_no, at, position, token)"
    " SELECT no, %s, %s, %s FROM venues_code WHERE id = %s ON CONFLICT DO NOTHING"
)
# One range of the clustered table for each code, however many visits there are.
_CODES_OF = "SELECT no FROM venues_code WHERE incident_id = %s"
_FORGET_DAY = "DELETE FROM venues_visit WHERE code_no = %s AND at >= %s AND at < %s"
_FORGET_VISITS = "DELETE FROM venues_visit WHERE code_no = %s"
_PROPOSE = (
    "INSERT INTO venues_warrant (id, incident_id, area_id, terms, proposed_by, proposed_at, readings)"
    " VALUES (%s, %s, %s, %s, %s, %s, 0) ON CONFLICT (id) DO NOTHING"
)
# Each word counts once, the first; a second signature is another person's or it is none.
_SIGN = (
    "UPDATE venues_warrant SET signed_by = %s, signed_at = %s"
    " WHERE id = %s AND signed_by IS NULL AND declined_at IS NULL AND proposed_by <> %s"
)
_DECLINE = "UPDATE venues_warrant SET declined_at = %s WHERE id = %s AND signed_by IS NULL AND declined_at IS NULL"
_READ = "UPDATE venues_warrant SET readings = readings + 1 WHERE id = %s AND signed_by IS NOT NULL"
_FORGET_WARRANTS = "DELETE FROM venues_warrant WHERE incident_id = %s"


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """One row per visit that can be found, for as long as its day is kept; counts stay."""
    for entry in entries:
        if entry.kind == records.VISIT_NOTED.name:
            _note(entry, fold)
        elif entry.kind == records.VISITS_FORGOTTEN.name:
            _forget_day(entry.facts, fold)
        elif entry.kind == _FORGOTTEN:
            for (no,) in fold.execute(_CODES_OF, (entry.facts.incident,)).fetchall():
                fold.execute(_FORGET_VISITS, (no,))
            fold.execute(_FORGET_WARRANTS, (entry.facts.incident,))
        elif entry.body is not None:
            _fold(entry, fold)


def _note(entry: Entry, fold: Fold) -> None:
    facts: VisitFacts = entry.facts
    counts = {"visits": 1} if facts.is_visit else {"no_visits": 1}
    fold.tally(COUNTED, area=entry.area, day=entry.day, keys=(facts.incident, facts.code), **counts)
    body: records.VisitNoted | None = entry.body
    known = rules.UNKNOWN_CREDENTIAL not in entry.flags
    if body is None or body.credential is None or not (facts.is_visit and known):
        return
    moment = rules.moment_of(at=entry.at, received_at=entry.received_at)
    said = rules.token_text(hour=rules.hour_of(moment), credential=body.credential)
    token = fold.search_hash(entry.key, said, field=TOKEN_FIELD)[:16]
    fold.execute(_NOTE, (int(moment.timestamp()), entry.position, token, facts.code))


def _forget_day(facts: VisitsForgottenFacts, fold: Fold) -> None:
    day = (rules.seconds_of(facts.day), rules.seconds_of(facts.day + timedelta(days=1)))
    for (no,) in fold.execute(_CODES_OF, (facts.incident,)).fetchall():
        fold.execute(_FORGET_DAY, (no, *day))


def _fold(entry: Entry, fold: Fold) -> None:
    match entry.body:
        case records.CodeIssued(code, place, area, incident, name, door, contact):
            row = (code, entry.position, place, area, incident, name, door, contact, entry.received_at)
            fold.execute(_ISSUE, row)
        case records.CodeWithdrawn(code):
            fold.execute(_WITHDRAW, (entry.received_at, code))
        case warrant_records.WarrantProposed(warrant, area, terms):
            key = incident_key(terms.incident)
            sealed = fold.seal(key, msgspec.json.encode(terms), about=sealed_place(warrant.hex))
            fold.execute(_PROPOSE, (warrant, terms.incident, area, sealed, entry.actor, entry.received_at))
        case warrant_records.WarrantSigned(warrant):
            if entry.actor is not None:
                fold.execute(_SIGN, (entry.actor, entry.received_at, warrant, entry.actor))
        case warrant_records.WarrantDeclined(warrant):
            fold.execute(_DECLINE, (entry.received_at, warrant))
        case warrant_records.WarrantRead(warrant):
            fold.execute(_READ, (warrant,))


TOKEN_FIELD = "venues.token"


def sealed_place(warrant: str) -> str:
    """What a sealed column is bound to, so that it cannot be moved to another row."""
    return f"venues_warrant/terms/{warrant}"


PROJECTIONS = (
    Projection(
        name="venues",
        apply=apply,
        tables=("venues_code", "venues_visit", "venues_warrant"),
        kinds=frozenset({*(kind.name for kind in records.KINDS), _FORGOTTEN}),
        tallies=(COUNTED,),
    ),
)
# A visit lies where its code hangs.
WALLED = (
    Walled("venues_visit", grid="(SELECT code.area_id FROM venues_code code WHERE code.no = code_no)"),
    Walled("venues_warrant", grid="area_id"),
)
