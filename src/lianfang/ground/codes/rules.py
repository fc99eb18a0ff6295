"""When an order exists, counts and ends, and what status follows. Pure; nothing here needs a clock to tick.

Sources: Zhengzhou, June 2022 (1,317 people red, 871 for a forwarded code, for a reason that was none of the code's);
突发事件应对法 and 传染病防治法 (a measure has a ground, a competent issuer and an end).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.codes.terms import (
    APPEAL_DUE_AFTER,
    UNSIGNED_LAPSES_AFTER,
    CodeStatus,
    Colour,
    Evidence,
    Order,
    OrderGround,
    OrderMeasure,
    OrderState,
    OrderTerms,
)
from lianfang.ground.policies.terms import InForce, PolicyDecision, Said, Verdict
from lianfang.ground.posture.terms import Words

SHORTEST_REASON = 10
# The longest that any protocol we have read gives: 14 days of quarantine, 7 of monitoring.
LONGEST_DAYS = {
    OrderMeasure.CENTRAL_QUARANTINE: 14,
    OrderMeasure.HOME_QUARANTINE: 14,
    OrderMeasure.HOME_MONITORING: 7,
}
# A laboratory found it: an appeal left lying does not suspend the order, it is still owed an answer.
_LABORATORY = frozenset({OrderGround.CASE, OrderGround.POSITIVE_TEST})
_RED = frozenset({OrderMeasure.CENTRAL_QUARANTINE, OrderMeasure.HOME_QUARANTINE})
_FREE = frozenset({Verdict.PASS, Verdict.NOTHING})

_MEASURES = {
    OrderMeasure.CENTRAL_QUARANTINE: Words("集中隔离", "central quarantine"),
    OrderMeasure.HOME_QUARANTINE: Words("居家隔离", "quarantine at home"),
    OrderMeasure.HOME_MONITORING: Words("居家健康监测", "health monitoring at home"),
}
_NOTHING = Words("没有限制。现在这里也不查码。", "No restriction, and no code is asked for here now.")
_APPEAL = Words("不服可以申诉。", "You may appeal.")


def check_proposal(terms: OrderTerms) -> None:
    """A reason that says something, evidence in words, and no more days than any protocol gives."""
    if len({letter for letter in terms.reason if letter.isalnum()}) < 4 or len(terms.reason.strip()) < SHORTEST_REASON:
        raise Problem("codes.reason_too_short", status=422, least=SHORTEST_REASON)
    if not all(each.words.strip() and each.reference.strip() for each in terms.evidence) or not terms.evidence:
        raise Problem("codes.evidence_missing", status=422)
    if not 1 <= terms.days <= (most := LONGEST_DAYS[terms.measure]):
        raise Problem("codes.too_long", status=422, most=most)


def check_signing(order: Order, *, by: AccountId | None, at: datetime) -> None:
    """The second signature: another person, within a day of the proposal."""
    if state_of(order, at=at) is not OrderState.PROPOSED:
        raise Problem("codes.not_waiting", status=409)
    if by is None or by == order.proposed_by:
        raise Problem("codes.second_person_needed", status=409)


def check_running(order: Order, *, at: datetime) -> None:
    """Signed, and not over yet."""
    if state_of(order, at=at) not in (OrderState.SIGNED, OrderState.LIVE, OrderState.SUSPENDED):
        raise Problem("codes.not_running", status=409)


def check_hearing(order: Order, *, by: AccountId | None, at: datetime) -> None:
    """An appeal that waits is decided by somebody who has not put their name to the order."""
    check_running(order, at=at)
    if order.appealed_at is None or order.appeal_decided_at is not None:
        raise Problem("codes.no_appeal", status=409)
    if by is None or by in (order.proposed_by, order.signed_by):
        raise Problem("codes.third_person_needed", status=409)


def end_of(terms: OrderTerms, *, signed_at: datetime) -> datetime:
    """When an order ends: known from the moment it is signed."""
    return signed_at + timedelta(days=terms.days)


def state_of(order: Order, *, at: datetime) -> OrderState:
    """How far it has come at that moment. Nothing but its dates says so."""
    if order.declined_at is not None and order.declined_at <= at:
        return OrderState.DECLINED
    if order.starts_at is None or order.ends_at is None or order.signed_by in (None, order.proposed_by):
        return OrderState.PROPOSED if at < order.proposed_at + UNSIGNED_LAPSES_AFTER else OrderState.LAPSED
    if at >= order.ends_at or (order.ended_at is not None and order.ended_at <= at):
        return OrderState.ENDED
    if order.told_at is None or at < order.told_at:
        return OrderState.SIGNED
    return OrderState.SUSPENDED if _suspended(order, at) else OrderState.LIVE


def _suspended(order: Order, at: datetime) -> bool:
    """An appeal that lies for a day suspends what no laboratory found, until it is decided."""
    if order.appealed_at is None or order.terms.ground in _LABORATORY:
        return False
    decided = order.appeal_decided_at is not None and order.appeal_decided_at <= at
    return not decided and at >= order.appealed_at + APPEAL_DUE_AFTER


def live(orders: Sequence[Order], *, at: datetime) -> list[Order]:
    """Those that count at that moment, the one that ends last first."""
    found = [order for order in orders if state_of(order, at=at) is OrderState.LIVE]
    return sorted(found, key=lambda order: (order.ends_at or at, str(order.id)), reverse=True)


def status(
    orders: Sequence[Order],
    evidence: Sequence[Evidence],
    policy: InForce | None,
    decision: PolicyDecision | None,
    *,
    at: datetime,
) -> CodeStatus:
    """What follows for one person: from live orders first, then from what the policy says of evidence they can read.

    Red takes a live order. Yellow takes a live order, or evidence that the deciding row looked at. Whatever else a
    policy would say of mere facts (a code that was shown, a place, a list somebody is on) is grey: look by hand.
    """
    if counting := live(orders, at=at):
        return _restricted(counting, at)
    if policy is None or decision is None:
        return CodeStatus(Colour.GREEN, at, (), (), None, _NOTHING)
    if decision.verdict in _FREE:
        return CodeStatus(Colour.GREEN, at, (), (), decision, decision.explanation)
    used = _looked_at(decision, policy, evidence)
    grey = decision.verdict is Verdict.ASK_A_PERSON or not used
    return CodeStatus(Colour.GREY if grey else Colour.YELLOW, at, (), used, decision, decision.explanation)


def _restricted(orders: Sequence[Order], at: datetime) -> CodeStatus:
    red = any(order.terms.measure in _RED for order in orders)
    said = [_said(order) for order in orders]
    words = Words("".join(each.zh for each in said) + _APPEAL.zh, " ".join([*(each.en for each in said), _APPEAL.en]))
    return CodeStatus(Colour.RED if red else Colour.YELLOW, at, tuple(o.id for o in orders), (), None, words)


def _said(order: Order) -> Words:
    measure, terms = _MEASURES[order.terms.measure], order.terms
    until = order.ends_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if order.ends_at else ""
    zh = f"{terms.issuer}决定{measure.zh},到 {until} 自动解除;依据 {terms.basis},理由:{terms.reason}。"
    en = f"{terms.issuer} ordered {measure.en} until {until}, when it ends; by {terms.basis}, because: {terms.reason}."
    return Words(zh, en)


def _looked_at(decision: PolicyDecision, policy: InForce, evidence: Sequence[Evidence]) -> tuple[UUID, ...]:
    """The evidence without which this row would not have decided."""
    row = next((row for row in policy.edition.rows if row.name == decision.row), None)
    asked: set[str] = set(row.when) if row else set()
    return tuple(each.id for each in evidence if asked & _known(each.facts, decision.inputs))


def _known(facts: Mapping[str, Said], inputs: Mapping[str, Said]) -> set[str]:
    return {name for name in facts if name in inputs}
