"""Folds what happens to restriction orders, keys and credentials into the tables they are read from."""

from collections.abc import Sequence

import msgspec

from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.codes import records
from lianfang.ground.codes.terms import OrderAct

# A name that the wiring never changes; the module posture writes it.
_FORGOTTEN = "posture.incident_forgotten.v1"

_PROPOSE = (
    "INSERT INTO codes_order (id, incident_id, area_id, person, terms, proposed_by, proposed_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
# Each word counts once, the first; a second signature is another person's or it is none.
_SIGN = (
    "UPDATE codes_order SET signed_by = %s, starts_at = %s, ends_at = %s"
    " WHERE id = %s AND signed_by IS NULL AND declined_at IS NULL AND proposed_by <> %s"
)
_DECLINE = "UPDATE codes_order SET declined_at = %s WHERE id = %s AND signed_by IS NULL AND declined_at IS NULL"
_TELL = "UPDATE codes_order SET told_at = %s WHERE id = %s AND told_at IS NULL"
_END = "UPDATE codes_order SET ended_at = %s WHERE id = %s AND ended_at IS NULL"
_APPEAL = "UPDATE codes_order SET appealed_at = %s WHERE id = %s AND appealed_at IS NULL"
_DECIDE = "UPDATE codes_order SET appeal_decided_at = %s WHERE id = %s AND appeal_decided_at IS NULL"
_ACT = (
    "INSERT INTO codes_orderact (id, order_id, act, by_id, at, how, stands, words)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_FORGET_ACTS = "DELETE FROM codes_orderact WHERE order_id IN (SELECT id FROM codes_order WHERE incident_id = %s)"
_FORGET = "DELETE FROM codes_order WHERE incident_id = %s"
_FORGET_CREDENTIALS = "DELETE FROM codes_credential WHERE incident_id = %s"
_KEY = (
    "INSERT INTO codes_issuerkey (id, name, x, y, signs_from, signs_until)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
# Whoever begins with a new key ends with the one before it.
_HAND_ON = "UPDATE codes_issuerkey SET signs_until = %s WHERE id <> %s AND signs_from < %s AND signs_until > %s"
_WITHDRAW = "UPDATE codes_issuerkey SET withdrawn_at = %s WHERE id = %s AND withdrawn_at IS NULL"
_ISSUE = (
    "INSERT INTO codes_credential"
    " (number, incident_id, area_id, person, resident, carrier, carried_by, issued_at, until)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (number) DO NOTHING"
)
_REVOKE = "UPDATE codes_credential SET revoked_at = %s WHERE number = %s AND revoked_at IS NULL"


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """One row per order, for as long as its incident is remembered."""
    for entry in entries:
        if entry.kind == _FORGOTTEN:
            fold.execute(_FORGET_ACTS, (entry.facts.incident,))
            fold.execute(_FORGET, (entry.facts.incident,))
            fold.execute(_FORGET_CREDENTIALS, (entry.facts.incident,))
        elif entry.body is not None:
            _fold(entry, fold)
            _note(entry, fold)


def _fold(entry: Entry, fold: Fold) -> None:
    match entry.body:
        case records.OrderProposed(order, terms):
            key = incident_key(terms.incident)
            person = fold.search_hash(key, terms.resident.hex, field="codes.person")
            sealed = fold.seal(key, msgspec.json.encode(terms), about=sealed_place(order.hex))
            row = (order, terms.incident, entry.area, person, sealed, entry.actor, entry.received_at)
            fold.execute(_PROPOSE, row)
        case records.KeyIntroduced(key, name, x, y, _, signs_from, signs_until):
            fold.execute(_HAND_ON, (signs_from, key, signs_from, signs_from))
            fold.execute(_KEY, (key, name, x, y, signs_from, signs_until))
        case records.KeyWithdrawn(key):
            fold.execute(_WITHDRAW, (entry.received_at, key))
        case records.CredentialIssued(number, resident, incident, carrier, until, carried_by):
            key = incident_key(incident)
            person = fold.search_hash(key, resident.hex, field="codes.person")
            sealed = fold.seal(key, resident.bytes, about=sealed_holder(number.hex))
            whom = (number, incident, entry.area, person, sealed)
            fold.execute(_ISSUE, (*whom, carrier, carried_by, entry.received_at, until))
        case records.CredentialRevoked(number):
            fold.execute(_REVOKE, (entry.received_at, number))
        case records.OrderSigned(order, starts_at, ends_at):
            if entry.actor is not None:
                fold.execute(_SIGN, (entry.actor, starts_at, ends_at, order, entry.actor))
        case records.OrderDeclined(order):
            fold.execute(_DECLINE, (entry.received_at, order))
        case records.PersonTold(order):
            fold.execute(_TELL, (entry.received_at, order))
        case records.OrderEnded(order):
            fold.execute(_END, (entry.received_at, order))
        case records.AppealRaised(order):
            fold.execute(_APPEAL, (entry.received_at, order))
        case records.AppealDecided(order, stands):
            fold.execute(_DECIDE, (entry.received_at, order))
            if not stands:
                fold.execute(_END, (entry.received_at, order))


def _note(entry: Entry, fold: Fold) -> None:
    """What somebody did about an order, as its page tells it."""
    act = _ACTS.get(entry.kind)
    if act is None:
        return
    body = entry.body
    said = getattr(body, "reason", None) or getattr(body, "words", None)
    sealed = said and fold.seal(entry.key, said.encode(), about=words_place(entry.id.hex))
    how, stands = getattr(body, "how", None), getattr(body, "stands", None)
    fold.execute(_ACT, (entry.id, body.order, act, entry.actor, entry.received_at, how, stands, sealed))


_ACTS = {
    records.ORDER_PROPOSED.name: OrderAct.PROPOSED,
    records.ORDER_SIGNED.name: OrderAct.SIGNED,
    records.ORDER_DECLINED.name: OrderAct.DECLINED,
    records.PERSON_TOLD.name: OrderAct.TOLD,
    records.ORDER_ENDED.name: OrderAct.ENDED,
    records.APPEAL_RAISED.name: OrderAct.APPEALED,
    records.APPEAL_DECIDED.name: OrderAct.APPEAL_DECIDED,
}


def words_place(act: str) -> str:
    """What the sealed words of an act are bound to."""
    return f"codes_orderact/words/{act}"


def sealed_place(order: str) -> str:
    """What a sealed column is bound to, so that it cannot be moved to another row."""
    return f"codes_order/terms/{order}"


def sealed_holder(number: str) -> str:
    """The same for whom a credential was issued to."""
    return f"codes_credential/resident/{number}"


PROJECTIONS = (
    Projection(
        name="codes",
        apply=apply,
        tables=("codes_order", "codes_orderact", "codes_issuerkey", "codes_credential"),
        kinds=frozenset({*(kind.name for kind in records.KINDS), _FORGOTTEN}),
    ),
)
