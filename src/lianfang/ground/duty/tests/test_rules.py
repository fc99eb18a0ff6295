"""Day and night at an expressway exit: who is on call, who has not come, when nobody is there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import utc
from lianfang.ground.duty import rules
from lianfang.ground.duty.terms import Crew, Shift, ShiftState, Unmanned
from lianfang.ground.posture.tests.test_rules import refused as raises

NOW, HOUR = utc(2022, 11, 1, 12), timedelta(hours=1)
GATE, AREA = new_id(), AreaId(UUID(int=1))
ZHANG, LI, WANG = (AccountId(UUID(int=n)) for n in (1, 2, 3))


def a_shift(first: float, last: float, who: AccountId = ZHANG, crew: Crew = Crew.DUTY, **more: Any) -> Shift:
    """From so many to so many hours from now."""
    return Shift(new_id(), GATE, AREA, who, crew, NOW + first * HOUR, NOW + last * HOUR, **more)


def test_the_duty_crew_is_called_first_and_who_has_not_come_is_said() -> None:
    night = a_shift(-2, 6, LI, Crew.RESPONSE, on_at=NOW - HOUR)
    missing, there = a_shift(-2, 6, WANG), a_shift(-2, 6, on_at=NOW - HOUR)
    found = rules.on_call([night, missing, there, a_shift(6, 14, LI)], at=NOW)
    assert [(one.account, one.is_there) for one in found] == [(ZHANG, True), (WANG, False), (LI, True)]


@pytest.mark.parametrize(
    ("shift", "state"),
    [
        (a_shift(1, 9), ShiftState.PLANNED),
        (a_shift(-1, 7), ShiftState.MISSED),
        (a_shift(-1, 7, on_at=NOW), ShiftState.ON),
        (a_shift(-1, 7, on_at=NOW - HOUR, off_at=NOW), ShiftState.OFF),
        (a_shift(-8, 0, on_at=NOW - 8 * HOUR), ShiftState.OFF),
        (a_shift(-1, 7, dropped_at=NOW - HOUR), ShiftState.DROPPED),
    ],
)
def test_how_far_a_shift_has_come_follows_from_its_times(shift: Shift, state: ShiftState) -> None:
    assert rules.state_of(shift, at=NOW) is state


def checked(first: float, last: float, *theirs: Shift) -> None:
    rules.check_shift(starts_at=NOW + first * HOUR, ends_at=NOW + last * HOUR, theirs=theirs, at=NOW)


def test_nobody_stands_for_more_than_twelve_hours_or_without_eight_of_rest() -> None:
    checked(0, 12)
    checked(8, 16, a_shift(-8, 0))
    checked(0, 8, a_shift(1, 9, dropped_at=NOW))
    for refused, code in (((0, 12.1), "duty.too_long"), ((3, 3), "duty.ends_too_early"), ((-8, -1), "duty.ends")):
        with pytest.raises(Exception, match=code):
            checked(*refused)
    for close in (a_shift(-8, 0), a_shift(15.5, 20), a_shift(2, 3)):
        with raises("duty.no_rest"):
            checked(7.5, 15.5, close) if close.ends_at <= NOW else checked(0, 8, close)


def test_one_comes_oneself_and_not_hours_before() -> None:
    shift = a_shift(1, 9)
    with raises("duty.not_yours"):
        rules.check_signing_on(shift, by=LI, at=NOW + HOUR)
    with raises("duty.not_now"):
        rules.check_signing_on(shift, by=ZHANG, at=NOW)
    rules.check_signing_on(shift, by=ZHANG, at=NOW + HOUR - rules.COMES_EARLY)
    with raises("duty.not_on"):
        rules.check_signing_off(shift, by=ZHANG)


def test_when_nobody_is_planned_is_said_to_the_minute() -> None:
    day = [a_shift(0, 8), a_shift(10, 18, LI), a_shift(8, 10, WANG, Crew.RESPONSE)]
    gaps = rules.unmanned(day, crew=Crew.DUTY, since=NOW, until=NOW + 24 * HOUR)
    assert gaps == [
        Unmanned(Crew.DUTY, NOW + 8 * HOUR, NOW + 10 * HOUR),
        Unmanned(Crew.DUTY, NOW + 18 * HOUR, NOW + 24 * HOUR),
    ]


@given(
    st.lists(st.tuples(st.integers(-5, 30), st.integers(1, 12)), max_size=6),
    st.integers(0, 23).map(lambda hour: NOW + (hour + 0.5) * HOUR),
)
def test_at_any_moment_somebody_is_planned_or_a_gap_says_so(spans: list[tuple[int, int]], at: datetime) -> None:
    shifts = [a_shift(first, first + hours) for first, hours in spans]
    gaps = rules.unmanned(shifts, crew=Crew.DUTY, since=NOW, until=NOW + 24 * HOUR)
    planned = bool(rules.on_call(shifts, at=at))
    assert planned is not any(gap.starts_at <= at < gap.ends_at for gap in gaps)
