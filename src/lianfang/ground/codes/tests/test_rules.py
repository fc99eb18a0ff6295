"""Who is restricted, by what, until when; and that nothing else restricts anybody."""

from datetime import date, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.ground.codes import queries, rules
from lianfang.ground.codes.terms import (
    Colour,
    Evidence,
    Longest,
    Order,
    OrderGround,
    OrderMeasure,
    OrderState,
    OrderVerb,
)
from lianfang.ground.codes.tests.builders import DAY, LI, WANG, ZHANG, a_test, an_order, proposed, terms
from lianfang.ground.policies.tests.builders import NOW, in_force
from lianfang.ground.posture.terms import Words
from lianfang.ground.posture.tests.test_rules import refused as raises

SECOND = timedelta(seconds=1)
DRIVER = {"who": "grown_up", "home": "elsewhere", "must_enter": "no"}


def colour(*orders: Order, at: datetime = NOW) -> Colour:
    return queries.status_of({}, orders, (), None, at=at).colour


def test_an_order_ends_by_itself_at_its_second_without_anything_running() -> None:
    order = an_order()
    assert colour(order, at=NOW + 7 * DAY - SECOND) is Colour.RED
    assert colour(order, at=NOW + 7 * DAY) is Colour.GREEN
    assert rules.state_of(order, at=NOW + 700 * DAY) is OrderState.ENDED


def test_an_order_of_one_person_does_not_exist() -> None:
    for order in (proposed(), an_order(signed_by=ZHANG), an_order(signed_by=None)):
        assert rules.live([order], at=NOW) == []
        assert colour(order) is Colour.GREEN


def test_a_proposal_that_nobody_signs_within_a_day_lapses() -> None:
    order = proposed()
    assert rules.state_of(order, at=NOW + DAY - SECOND) is OrderState.PROPOSED
    assert rules.state_of(order, at=NOW + DAY) is OrderState.LAPSED
    with raises("codes.not_waiting"):
        rules.check_signing(order, by=LI, at=NOW + DAY)


def test_whoever_proposed_cannot_sign_and_neither_can_the_house() -> None:
    for by in (ZHANG, None):
        with raises("codes.second_person_needed"):
            rules.check_signing(proposed(), by=by, at=NOW)


def test_before_the_person_was_told_no_gate_hears_of_it() -> None:
    order = an_order(told_at=NOW + timedelta(hours=2))
    assert colour(order, at=NOW + timedelta(hours=1)) is Colour.GREEN
    assert colour(order, at=NOW + timedelta(hours=2)) is Colour.RED


@pytest.mark.parametrize(
    ("measure", "drawn"),
    [
        (OrderMeasure.CENTRAL_QUARANTINE, Colour.RED),
        (OrderMeasure.HOME_QUARANTINE, Colour.RED),
        (OrderMeasure.HOME_MONITORING, Colour.YELLOW),
    ],
)
def test_the_colour_says_which_measure(measure: OrderMeasure, drawn: Colour) -> None:
    assert colour(an_order(terms=terms(measure=measure))) is drawn


def test_the_person_reads_who_decided_why_until_when_and_that_they_may_appeal() -> None:
    words = queries.status_of({}, [an_order()], (), None, at=NOW).words
    assert "莘塍街道办事处决定居家隔离,到 2021-08-15 10:00 自动解除" in words.zh
    assert "同桌吃饭" in words.zh and words.zh.endswith("不服可以申诉。")
    assert words.en.endswith("You may appeal.")


def test_an_appeal_left_lying_for_a_day_suspends_what_no_laboratory_found() -> None:
    appealed = an_order(appealed_at=NOW)
    found_in_a_laboratory = an_order(appealed_at=NOW, terms=terms(ground=OrderGround.POSITIVE_TEST))
    assert colour(appealed, at=NOW + DAY - SECOND) is Colour.RED
    assert colour(appealed, at=NOW + DAY) is Colour.GREEN
    assert colour(found_in_a_laboratory, at=NOW + DAY) is Colour.RED
    heard = an_order(appealed_at=NOW, appeal_decided_at=NOW + 2 * DAY)
    assert rules.state_of(heard, at=NOW + DAY) is OrderState.SUSPENDED
    assert rules.state_of(heard, at=NOW + 2 * DAY) is OrderState.LIVE


def test_an_appeal_is_heard_by_neither_of_the_two() -> None:
    appealed = an_order(appealed_at=NOW)
    for by in (ZHANG, LI, None):
        with raises("codes.third_person_needed"):
            rules.check_hearing(appealed, by=by, at=NOW)
    rules.check_hearing(appealed, by=WANG, at=NOW)
    with raises("codes.no_appeal"):
        rules.check_hearing(an_order(), by=WANG, at=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "不听话"}, "codes.reason_too_short"),
        ({"reason": "。。。。。。。。。。。。"}, "codes.reason_too_short"),
        ({"evidence": ()}, "codes.evidence_missing"),
        ({"days": 15}, "codes.too_long"),
        ({"measure": OrderMeasure.HOME_MONITORING, "days": 8}, "codes.too_long"),
    ],
)
def test_an_order_without_reason_evidence_or_end_is_not_proposed(changes: dict[str, Any], code: str) -> None:
    wanted = terms(**changes)
    with raises(code):
        rules.check_proposal(wanted, rules.longest_days(queries.longest(), wanted.measure, on=NOW.date()))


def test_the_longest_term_of_a_measure_is_dated_data_with_its_source() -> None:
    early, late = (Longest(OrderMeasure.HOME_QUARANTINE, n, date(2021, n, 1), Words("", "")) for n in (3, 7))
    found = [
        rules.longest_days([late, early], OrderMeasure.HOME_QUARANTINE, on=date(2021, month, 1)) for month in (2, 3, 8)
    ]
    assert found == [None, early, late]
    with raises("codes.too_long"):
        rules.check_proposal(terms(days=1), None)
    assert all(each.source.zh and each.source.en for each in queries.longest())
    assert {each.measure for each in queries.longest()} == set(OrderMeasure)


def test_the_person_reads_the_end_the_reason_the_law_by_its_name_and_how_to_appeal() -> None:
    law = Words("突发公共卫生事件应急条例", "Regulation on Responses to Public Health Emergencies")
    said = " ".join(words.zh for words in rules.to_the_person(an_order(), law=law, at=NOW))
    for part in ("到时自动解除", "同桌吃饭一小时", "突发公共卫生事件应急条例", "24 小时内", "先停止执行"):
        assert part in said
    found_by_a_laboratory = an_order(terms=terms(ground=OrderGround.POSITIVE_TEST))
    said = " ".join(words.zh for words in rules.to_the_person(found_by_a_laboratory, law=law, at=NOW))
    assert "先停止执行" not in said


def test_what_one_may_do_next_follows_from_the_order_and_who_one_is() -> None:
    sign = {OrderVerb.SIGN, OrderVerb.DECLINE}
    assert rules.verbs(proposed(), by=ZHANG, at=NOW) == set()
    assert rules.verbs(proposed(), by=LI, at=NOW) == sign
    assert rules.verbs(proposed(), by=LI, at=NOW + DAY) == set()
    assert rules.verbs(an_order(), by=LI, at=NOW) == {OrderVerb.END, OrderVerb.APPEAL}
    untold, appealed = an_order(told_at=None), an_order(appealed_at=NOW)
    assert rules.verbs(untold, by=LI, at=NOW) == {OrderVerb.TELL, OrderVerb.END, OrderVerb.APPEAL}
    assert rules.verbs(appealed, by=WANG, at=NOW) == {OrderVerb.END, OrderVerb.DECIDE_APPEAL}
    assert rules.verbs(appealed, by=LI, at=NOW) == {OrderVerb.END}
    assert rules.verbs(an_order(), by=WANG, at=NOW + 7 * DAY) == set()


# --- what restricts nobody -------------------------------------------------------------------------------------------


def test_where_no_policy_is_in_force_everybody_without_an_order_is_green() -> None:
    found = queries.status_of({"shown": "red"}, (), (), None, at=NOW)
    assert (found.colour, found.orders, found.decision) == (Colour.GREEN, (), None)


def test_a_fresh_test_makes_green_and_a_stale_one_yellow_with_the_test_named() -> None:
    starred = DRIVER | {"shown": "green_starred"}
    fresh, stale = (a_test(sampled=NOW - timedelta(hours=hours)) for hours in (47, 60))
    assert queries.status_of(starred, (), [fresh], in_force(), at=NOW).colour is Colour.GREEN
    found = queries.status_of(starred, (), [stale], in_force(), at=NOW)
    assert (found.colour, found.evidence) == (Colour.YELLOW, (stale.id,))


@pytest.mark.parametrize("shown", ["red", "yellow"])
def test_a_foreign_code_that_was_shown_is_an_observation_and_restricts_nobody_here(shown: str) -> None:
    found = queries.status_of(DRIVER | {"shown": shown}, (), [a_test(sampled=NOW)], in_force(), at=NOW)
    assert (found.colour, found.orders, found.evidence) == (Colour.GREY, (), ())


def test_there_is_no_way_to_hand_in_a_list_a_tag_or_a_scan() -> None:
    """Zhengzhou: 871 people turned red for scanning a place code that somebody had forwarded."""
    assert set(signature(rules.status).parameters) == {"orders", "evidence", "policy", "decision", "at", "laws"}
    tagged = {"on_list": "depositors", "scanned": "venue", "tag": "petition", "colour": "red"}
    plain = DRIVER | {"shown": "green"}
    for policy in (None, in_force()):
        as_before = queries.status_of(plain, (), (), policy, at=NOW)
        assert queries.status_of(plain | tagged, (), (), policy, at=NOW) == as_before
        assert as_before.colour is Colour.GREEN


instants = st.integers(-20 * 24, 20 * 24).map(lambda hours: NOW + timedelta(hours=hours))
maybe = st.none() | instants
some_orders = st.builds(
    an_order,
    at=instants,
    signed_by=st.sampled_from([None, ZHANG, LI]),
    ends_at=maybe,
    told_at=maybe,
    ended_at=maybe,
    declined_at=maybe,
    appealed_at=maybe,
    appeal_decided_at=maybe,
    terms=st.sampled_from(
        [terms(), terms(measure=OrderMeasure.HOME_MONITORING), terms(ground=OrderGround.POSITIVE_TEST)]
    ),
)
some_evidence = st.builds(a_test, sampled=instants)
some_facts = st.dictionaries(
    st.sampled_from(["shown", "who", "home", "must_enter", "on_list", "tag"]),
    st.sampled_from(["red", "yellow", "green_starred", "green", "grown_up", "elsewhere", "yes", "no", "depositors"]),
)


@settings(deadline=None)
@given(
    facts=some_facts,
    orders=st.lists(some_orders, max_size=3),
    evidence=st.lists(some_evidence, max_size=2),
    at=instants,
)
def test_whatever_happens_nobody_is_red_or_yellow_without_a_live_order_or_evidence_in_hand(
    facts: dict[str, Any], orders: list[Order], evidence: list[Evidence], at: datetime
) -> None:
    found = queries.status_of(facts, orders, evidence, in_force(), at=at)
    counting = {order.id for order in rules.live(orders, at=at)}
    assert set(found.orders) == counting
    for order in orders:
        if order.id in counting:
            assert order.signed_by not in (None, order.proposed_by)
            assert order.told_at and order.told_at <= at and order.ends_at and at < order.ends_at
    if found.colour is Colour.RED:
        assert counting
    if found.colour is Colour.YELLOW:
        assert counting or (found.evidence and set(found.evidence) <= {each.id for each in evidence})
    assert found.words.zh and found.words.en
    assert queries.status_of(facts, orders, evidence, in_force(), at=at).colour is found.colour
