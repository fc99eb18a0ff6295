"""Counts move by difference: the sum of what all tasks count is right after every step, in whatever order it came."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.moments import utc
from lianfang.ground.campaigns import rules
from lianfang.ground.campaigns.terms import (
    AttemptPolicy,
    DatedPolicy,
    Joining,
    Origin,
    Outcome,
    Said,
    Standing,
    TaskState,
    Totals,
)
from lianfang.ground.forms.tests.builders import FEVER, a_form
from lianfang.ground.posture.tests.test_rules import refused

NOON = utc(2021, 12, 10, 4)
FRIDAY = date(2021, 12, 10)
LISTED = Joining(Origin.LISTED, FRIDAY, 4)


def a_visit(
    entry: int = 1, outcome: Outcome = Outcome.DONE, *, people: int = 0, days: int = 0, corrects: int | None = None
) -> Said:
    at = NOON + timedelta(days=days, minutes=entry)
    named = UUID(int=corrects) if corrects else None
    return Said(UUID(int=entry), outcome, at, FRIDAY + timedelta(days=days), 12, people, corrects=named)


@st.composite
def visits(draw: st.DrawFn) -> list[Said]:
    """Some outcomes of one task, a few of which correct others."""
    said = []
    for entry in range(1, draw(st.integers(0, 7)) + 1):
        corrects = draw(st.sampled_from([None, None, *range(1, entry)])) if entry > 1 else None
        outcome, days = draw(st.sampled_from(Outcome)), draw(st.integers(0, 3))
        said.append(a_visit(entry, outcome, people=draw(st.integers(0, 6)), days=days, corrects=corrects))
    return said


@given(visits(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(said: list[Said], random: object) -> None:
    shuffled = [*said, *said[: len(said) // 2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.standing(shuffled) == rules.standing(said)


@given(visits(), st.randoms(use_true_random=False))
def test_tallies_moved_step_by_step_equal_tallies_counted_at_the_end(said: list[Said], random: object) -> None:
    random.shuffle(said)  # type: ignore[attr-defined]
    tally: Counter[tuple[object, ...]] = Counter(rules.counted(LISTED, Standing()))
    before = Standing()
    for so_far in range(1, len(said) + 1):
        now = rules.standing(said[:so_far])
        tally.subtract(rules.counted(LISTED, before))
        tally.update(rules.counted(LISTED, now))
        before = now
    at_the_end = rules.counted(LISTED, rules.standing(said))
    assert {k: v for k, v in tally.items() if v} == {k: v for k, v in at_the_end.items() if v}


@given(visits())
def test_a_household_is_in_one_place_only(said: list[Said]) -> None:
    sums: Counter[str] = Counter()
    for (_, measure), n in rules.counted(LISTED, rules.standing(said)).items():
        sums[measure] += n
    totals = Totals.of(sums)
    assert totals.untouched + totals.attempted + totals.done + totals.struck == totals.listed + totals.found == 1
    assert totals.remaining == totals.untouched + totals.attempted


@given(visits())
def test_the_curve_adds_up_to_what_is_done(said: list[Said]) -> None:
    stands = rules.standing(said)
    by_hour = sum(n for (_, _, measure), n in rules.counted_by_hour(stands).items() if measure == "households")
    assert by_hour == (stands.state is TaskState.DONE)


def test_a_visit_of_friday_that_arrives_on_sunday_counts_on_friday() -> None:
    sunday, friday = a_visit(2, days=2, people=3), a_visit(1, days=0, people=3)
    assert rules.standing([sunday]).day == FRIDAY + timedelta(days=2)
    assert rules.standing([sunday, friday]).day == FRIDAY


def test_people_of_a_household_met_twice_count_once() -> None:
    stands = rules.standing([a_visit(1, people=3), a_visit(2, people=4)])
    assert rules.counted(LISTED, stands)[FRIDAY, "people"] == 4


def test_who_is_struck_is_no_longer_due_and_nor_are_its_people() -> None:
    counts = rules.counted(LISTED, rules.standing([a_visit(1, Outcome.MOVED_AWAY)]))
    assert (counts[FRIDAY, "struck"], counts[FRIDAY, "people_due"]) == (1, 0)


def test_a_strike_falls_only_to_a_correction_that_names_it() -> None:
    struck, met, mended = a_visit(1, Outcome.VACANT), a_visit(2), a_visit(3, Outcome.NOBODY_HOME, corrects=1)
    assert rules.standing([struck, met]).disputed
    assert rules.standing([struck, met, mended]).state is TaskState.DONE


def test_a_refusal_put_right_is_none() -> None:
    twice = [a_visit(1, Outcome.REFUSED), a_visit(2, Outcome.REFUSED)]
    assert rules.standing(twice).refusals == 2
    assert rules.standing([*twice, a_visit(3, Outcome.NOBODY_HOME, corrects=2)]).refusals == 1


def test_a_policy_holds_from_its_day_on_and_the_house_s_own_before() -> None:
    strict = AttemptPolicy(hours_between=24)
    dated = (DatedPolicy(NOON, strict), DatedPolicy(NOON + timedelta(days=2), AttemptPolicy(notice_at=2)))
    assert rules.policy_at(dated, NOON - timedelta(hours=1)) == AttemptPolicy()
    assert rules.policy_at(dated, NOON + timedelta(days=1)) == strict
    assert rules.policy_at(dated, NOON + timedelta(days=9)).notice_at == 2


def test_a_listed_household_stays_listed_when_it_is_found_again() -> None:
    found = Joining(Origin.FOUND, FRIDAY - timedelta(days=1), 9)
    assert rules.joined(LISTED, found) == rules.joined(found, LISTED) == LISTED


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=5), st.randoms(use_true_random=False)
)
def test_a_household_found_more_than_once_joins_once(found: list[tuple[int, int]], random: object) -> None:
    joinings = [Joining(Origin.FOUND, FRIDAY + timedelta(days=d), people) for d, people in found]
    expected = Joining(Origin.FOUND, min(j.on for j in joinings), max(j.people_due for j in joinings))
    random.shuffle(joinings)  # type: ignore[attr-defined]
    joined = None
    for joining in joinings:
        joined = rules.joined(joined, joining)
    assert joined == expected


def test_a_household_found_before_the_campaign_was_closed_joins_however_late_we_hear() -> None:
    closed = FRIDAY + timedelta(days=1)
    assert rules.takes_found(day=FRIDAY, ends_on=FRIDAY + timedelta(days=5), closed_on=closed)
    assert not rules.takes_found(day=FRIDAY + timedelta(days=2), ends_on=FRIDAY + timedelta(days=5), closed_on=closed)


def check(**changes: object) -> None:
    plain = {
        "form": a_form(),
        "has_incident": False,
        "starts_on": FRIDAY,
        "ends_on": FRIDAY,
        "today": FRIDAY,
        "last": None,
    }
    rules.check_opening(**(plain | changes))  # type: ignore[arg-type]


def test_a_campaign_that_asks_about_health_needs_an_incident() -> None:
    check(form=a_form(FEVER), has_incident=True)
    with refused("campaigns.form_needs_incident"):
        check(form=a_form(FEVER))


def test_a_campaign_ends_no_later_than_its_incident() -> None:
    check(ends_on=FRIDAY + timedelta(days=3), last=FRIDAY + timedelta(days=3))
    with refused("campaigns.longer_than_its_incident"):
        check(ends_on=FRIDAY + timedelta(days=4), last=FRIDAY + timedelta(days=3))


def test_a_campaign_lies_ahead_and_runs_forward() -> None:
    with refused("campaigns.ends_before_it_starts"):
        check(starts_on=FRIDAY + timedelta(days=1))
    with refused("campaigns.ends_in_the_past"):
        check(today=FRIDAY + timedelta(days=1))
