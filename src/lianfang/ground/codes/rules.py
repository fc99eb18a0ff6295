"""When an order exists, counts and ends, and what status follows. Pure; nothing here needs a clock to tick.

Sources: Zhengzhou, June 2022 (1,317 people red, 871 for a forwarded code, for a reason that was none of the code's);
突发事件应对法 and 传染病防治法 (a measure has a ground, a competent issuer and an end).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
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
    Longest,
    Order,
    OrderGround,
    OrderMeasure,
    OrderState,
    OrderTerms,
    OrderVerb,
)
from lianfang.ground.policies.terms import InForce, PolicyDecision, Said, Verdict
from lianfang.ground.posture.terms import Words

SHORTEST_REASON = 10
# A laboratory found it: an appeal left lying does not suspend the order, it is still owed an answer.
_LABORATORY = frozenset({OrderGround.CASE, OrderGround.POSITIVE_TEST})
_RED = frozenset({OrderMeasure.CENTRAL_QUARANTINE, OrderMeasure.HOME_QUARANTINE})
_FREE = frozenset({Verdict.PASS, Verdict.NOTHING})

_MEASURES = {
    OrderMeasure.CENTRAL_QUARANTINE: Words("集中隔离", "central quarantine"),
    OrderMeasure.HOME_QUARANTINE: Words("居家隔离", "quarantine at home"),
    OrderMeasure.HOME_MONITORING: Words("居家健康监测", "health monitoring at home"),
}
_GROUNDS = {
    OrderGround.CASE: Words("已经确诊", "an infection was confirmed"),
    OrderGround.POSITIVE_TEST: Words("检测结果是阳性", "a test was positive"),
    OrderGround.CLOSE_CONTACT: Words("您是密切接触者", "you are a close contact"),
    OrderGround.CONTACT_OF_CONTACT: Words("您是密接的密接", "you are a contact of a close contact"),
    OrderGround.FROM_HIGH_RISK_AREA: Words("您从高风险区来", "you come from a high-risk area"),
}
_NOTHING = Words("没有限制。现在这里也不查码。", "No restriction, and no code is asked for here now.")
_APPEAL = Words("不服可以申诉。", "You may appeal.")


def longest_days(longest: Iterable[Longest], measure: OrderMeasure, *, on: date) -> Longest | None:
    """For how long a measure may be ordered on a day: the latest word that holds by then. None: not at all."""
    found = [each for each in longest if each.measure is measure and each.from_on <= on]
    return max(found, key=lambda each: each.from_on, default=None)


def check_proposal(terms: OrderTerms, longest: Longest | None) -> None:
    """A reason that says something, evidence in words, and no more days than any protocol gives."""
    if len({letter for letter in terms.reason if letter.isalnum()}) < 4 or len(terms.reason.strip()) < SHORTEST_REASON:
        raise Problem("codes.reason_too_short", status=422, least=SHORTEST_REASON)
    if not all(each.words.strip() and each.reference.strip() for each in terms.evidence) or not terms.evidence:
        raise Problem("codes.evidence_missing", status=422)
    most = longest.days if longest else 0
    if not 1 <= terms.days <= most:
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


def check_telling(order: Order, *, at: datetime) -> None:
    """Whoever is restricted is told once; the first word counts."""
    check_running(order, at=at)
    if order.told_at is not None:
        raise Problem("codes.told_already", status=409)


def check_appealing(order: Order, *, at: datetime) -> None:
    """One appeal at a time."""
    check_running(order, at=at)
    if order.appealed_at is not None:
        raise Problem("codes.appealed_already", status=409)


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
    laws: Mapping[str, Words] | None = None,
) -> CodeStatus:
    """What follows for one person: from live orders first, then from what the policy says of evidence they can read.

    Red takes a live order. Yellow takes a live order, or evidence that the deciding row looked at. Whatever else a
    policy would say of mere facts (a code that was shown, a place, a list somebody is on) is grey: look by hand.
    """
    if counting := live(orders, at=at):
        return _restricted(counting, at, laws or {})
    if policy is None or decision is None:
        return CodeStatus(Colour.GREEN, at, (), (), None, _NOTHING)
    if decision.verdict in _FREE:
        return CodeStatus(Colour.GREEN, at, (), (), decision, decision.explanation)
    used = _looked_at(decision, policy, evidence)
    grey = decision.verdict is Verdict.ASK_A_PERSON or not used
    return CodeStatus(Colour.GREY if grey else Colour.YELLOW, at, (), used, decision, decision.explanation)


def _restricted(orders: Sequence[Order], at: datetime, laws: Mapping[str, Words]) -> CodeStatus:
    red = any(order.terms.measure in _RED for order in orders)
    said = [_said(order, laws) for order in orders]
    words = Words("".join(each.zh for each in said) + _APPEAL.zh, " ".join([*(each.en for each in said), _APPEAL.en]))
    return CodeStatus(Colour.RED if red else Colour.YELLOW, at, tuple(o.id for o in orders), (), None, words)


def _said(order: Order, laws: Mapping[str, Words]) -> Words:
    measure, terms = _MEASURES[order.terms.measure], order.terms
    law = laws.get(terms.basis) or Words(terms.basis, terms.basis)
    until = _moment(order.ends_at) if order.ends_at else ""
    zh = f"{terms.issuer}决定{measure.zh},到 {until} 自动解除;依据《{law.zh}》,理由:{terms.reason}。"
    en = f"{terms.issuer} ordered {measure.en} until {until}, when it ends; by {law.en}, because: {terms.reason}."
    return Words(zh, en)


def to_the_person(order: Order, *, law: Words, at: datetime) -> tuple[Words, ...]:
    """An order in the words of whoever it is about, sentence by sentence: what, until when, why, and what they can do.

    Of a proposal it says what would be, so that whoever signs reads what the person will read.
    """
    measure, terms = _MEASURES[order.terms.measure], order.terms
    until = _moment(order.ends_at or end_of(terms, signed_at=at))
    ground = _GROUNDS[terms.ground]
    due = APPEAL_DUE_AFTER // timedelta(hours=1)
    said = [
        Words(
            f"{terms.issuer}请您{measure.zh},到 {until} 为止,到时自动解除,不用再办手续。",
            f"{terms.issuer} asks you for {measure.en} until {until}. It then ends by itself; nothing need be done.",
        ),
        Words(f"原因:{ground.zh}。{terms.reason}。", f"Why: {ground.en}. {terms.reason}."),
        Words(f"依据:《{law.zh}》。", f"By what law: {law.en}."),
        Words(
            f"您不同意,可以当场向来告知的人说,也可以打电话给社区,我们照您的话记下来,{due} 小时内由没有签过字的人答复。",
            f"If you do not agree, tell whoever brings this, or call your community: it is noted in your words, and "
            f"somebody who has not signed answers within {due} hours.",
        ),
    ]
    if terms.ground not in _LABORATORY:
        said.append(
            Words(
                f"{due} 小时还没有答复的,先停止执行,直到答复为止。",
                f"If nobody answers within {due} hours, it is suspended until somebody does.",
            )
        )
    return tuple(said)


def verbs(order: Order, *, by: AccountId | None, at: datetime) -> frozenset[OrderVerb]:
    """What somebody could do about it just now, as far as the order itself goes; what they are permitted is asked
    apart.
    """
    checks: dict[OrderVerb, Callable[[], None]] = {
        OrderVerb.SIGN: lambda: check_signing(order, by=by, at=at),
        OrderVerb.DECLINE: lambda: check_signing(order, by=by, at=at),
        OrderVerb.TELL: lambda: check_telling(order, at=at),
        OrderVerb.END: lambda: check_running(order, at=at),
        OrderVerb.APPEAL: lambda: check_appealing(order, at=at),
        OrderVerb.DECIDE_APPEAL: lambda: check_hearing(order, by=by, at=at),
    }
    return frozenset(verb for verb, check in checks.items() if _holds(check))


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except Problem:
        return False
    return True


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def _looked_at(decision: PolicyDecision, policy: InForce, evidence: Sequence[Evidence]) -> tuple[UUID, ...]:
    """The evidence without which this row would not have decided."""
    row = next((row for row in policy.edition.rows if row.name == decision.row), None)
    asked: set[str] = set(row.when) if row else set()
    return tuple(each.id for each in evidence if asked & _known(each.facts, decision.inputs))


def _known(facts: Mapping[str, Said], inputs: Mapping[str, Said]) -> set[str]:
    return {name for name in facts if name in inputs}
