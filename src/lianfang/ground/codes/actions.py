"""What can be done about a restriction order: propose, sign, decline, tell, end, appeal, decide the appeal.

There is no verb for a list. Each order is one person's, and each verb is one act of somebody with a name.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.codes import issuing, queries, records, rules
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.codes.terms import Order, OrderTerms, ToldHow
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry import queries as registry

rotate_key = issuing.rotate_key
withdraw_key = issuing.withdraw_key
issue_credential = issuing.issue_credential
issue = issuing.issue
revoke_credential = issuing.revoke_credential


def propose_order(*, terms: OrderTerms, viewer: Viewer, at: datetime) -> Order:
    """The first signature: whom, why, on what evidence, by what law, for how many days. Nothing changes by it."""
    today = local_day(at)
    rules.check_proposal(terms, rules.longest_days(queries.longest(), terms.measure, on=today))
    place = registry.resident_place(terms.resident, viewer=viewer, permission=Permission.PROPOSE)
    here = posture.in_force(area=place.grid, at=at)
    if not any(each.id == terms.incident for each in here.incidents):
        raise Problem("codes.no_open_incident", status=409)
    basis = posture.legal_bases().get(terms.basis)
    if basis is None or not basis.holds(today):
        raise Problem("codes.basis_not_in_force", status=422)
    id = new_id()
    with turn(by=viewer.actor, at=at) as ledger:
        about = msgspec.structs.replace(terms, resident=place.id)
        ledger.append(records.ORDER_PROPOSED.name, records.OrderProposed(id, about))
    return _now(id, viewer, Permission.PROPOSE)


def sign_order(*, order: UUID, viewer: Viewer, at: datetime) -> Order:
    """The second signature, by another person of another role. The end is fixed with it."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.SIGN)
        rules.check_signing(found, by=viewer.account, at=at)
        ends_at = rules.end_of(found.terms, signed_at=at)
        ledger.append(records.ORDER_SIGNED.name, records.OrderSigned(order, at, ends_at, found.proposed_by))
    return _now(order, viewer, Permission.SIGN)


def decline_order(*, order: UUID, reason: str, viewer: Viewer, at: datetime) -> Order:
    """The second person does not agree."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.SIGN)
        rules.check_signing(found, by=viewer.account, at=at)
        ledger.append(records.ORDER_DECLINED.name, records.OrderDeclined(order, _said(reason)))
    return _now(order, viewer, Permission.SIGN)


def tell_person(*, order: UUID, how: ToldHow, viewer: Viewer, at: datetime) -> Order:
    """The person was told. From here on the order counts at gates, never before."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.TELL)
        rules.check_telling(found, at=at)
        ledger.append(records.PERSON_TOLD.name, records.PersonTold(order, how))
    return _now(order, viewer, Permission.TELL)


def end_order(*, order: UUID, reason: str, viewer: Viewer, at: datetime) -> Order:
    """End it before its time. One person suffices; restricting again is a new order."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.END)
        rules.check_running(found, at=at)
        ledger.append(records.ORDER_ENDED.name, records.OrderEnded(order, _said(reason)))
    return _now(order, viewer, Permission.END)


def raise_appeal(*, order: UUID, words: str, viewer: Viewer, at: datetime) -> Order:
    """The person appeals; whoever hears of it notes it in their words."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.TELL)
        rules.check_appealing(found, at=at)
        ledger.append(records.APPEAL_RAISED.name, records.AppealRaised(order, _said(words)))
    return _now(order, viewer, Permission.TELL)


def decide_appeal(*, order: UUID, stands: bool, reason: str, viewer: Viewer, at: datetime) -> Order:
    """A third person decides: the order goes on to its end, or ends now."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.permitted(id=order, viewer=viewer, permission=Permission.HEAR_APPEAL)
        rules.check_hearing(found, by=viewer.account, at=at)
        ledger.append(records.APPEAL_DECIDED.name, records.AppealDecided(order, stands, _said(reason)))
    return _now(order, viewer, Permission.HEAR_APPEAL)


def _said(words: str) -> str:
    if not words.strip():
        raise Problem("codes.words_missing", status=422)
    return words.strip()[:500]


def _now(order: UUID, viewer: Viewer, permission: Permission) -> Order:
    return queries.permitted(id=order, viewer=viewer, permission=permission)
