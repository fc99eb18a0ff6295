"""At this rate: said when there is something to go by, and not otherwise."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.ground.campaigns import rules
from lianfang.ground.campaigns.terms import Forecast, Pace, Totals, WorkedDay

MONDAY = date(2021, 12, 6)
THURSDAY = MONDAY + timedelta(days=3)


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def a_day(day: date, hours: range, an_hour: int) -> WorkedDay:
    return WorkedDay(day, hours[0], hours[-1], an_hour * len(hours))


def pace(*worked: WorkedDay, remaining: int = 100, at: datetime, ends_on: date = THURSDAY) -> Pace:
    done = sum(day.households for day in worked)
    totals = Totals.of({"listed": done + remaining, "done": done})
    return rules.pace(worked, totals=totals, starts_on=MONDAY, ends_on=ends_on, at=at)


def test_a_community_that_walks_ten_an_hour_is_through_on_thursday_at_two() -> None:
    worked = [a_day(MONDAY + timedelta(days=day), range(9, 17), 10) for day in range(3)]
    told = pace(*worked, remaining=50, at=clock(THURSDAY, 8, 30))
    assert (told.outlook, told.finish, told.per_hour) == (Forecast.IN_TIME, clock(THURSDAY, 14), 10)


def test_what_cannot_be_done_by_the_last_day_says_how_many_will_be_left() -> None:
    worked = a_day(MONDAY, range(8, 20), 10)
    told = pace(worked, remaining=300, at=clock(MONDAY + timedelta(days=1), 8), ends_on=MONDAY + timedelta(days=1))
    assert (told.outlook, told.left) == (Forecast.LATE, 180)
    assert told.finish == clock(THURSDAY, 14)


def test_the_night_is_no_time_to_walk() -> None:
    told = pace(a_day(MONDAY, range(9, 18), 10), remaining=20, at=clock(MONDAY, 21))
    assert told.finish is not None and local_day(told.finish) == MONDAY + timedelta(days=1)


def test_a_quiet_hour_and_a_morning_off_are_part_of_the_pace() -> None:
    busy = WorkedDay(MONDAY, 9, 11, 40)
    assert pace(busy, at=clock(MONDAY, 12)).per_hour == 13.3
    assert pace(busy, at=clock(MONDAY, 17)).per_hour == 5


def test_four_doors_and_twenty_minutes_say_nothing_yet() -> None:
    at = clock(MONDAY, 9, 20)
    assert pace(at=at).outlook is Forecast.TOO_LITTLE
    assert pace(WorkedDay(MONDAY, 9, 9, 4), at=clock(MONDAY, 11)) == Pace(Forecast.TOO_LITTLE)
    assert pace(WorkedDay(MONDAY, 9, 9, 40), at=clock(MONDAY, 9, 40)).finish is not None


def test_a_grid_where_nobody_walked_for_four_days_stands_still() -> None:
    worked = a_day(MONDAY, range(9, 17), 10)
    told = pace(worked, at=clock(MONDAY + timedelta(days=4), 10), ends_on=MONDAY + timedelta(days=9))
    assert told == Pace(Forecast.STANDS_STILL)
    long_ago = Totals.of({"listed": 9, "done": 5})  # further back than anybody looks
    days = {"starts_on": MONDAY - timedelta(days=30), "ends_on": THURSDAY}
    assert rules.pace((), totals=long_ago, at=clock(MONDAY, 10), **days).outlook is Forecast.STANDS_STILL


def test_nothing_is_foretold_of_what_is_settled() -> None:
    at, worked = clock(MONDAY, 10), a_day(MONDAY, range(8, 10), 10)
    assert pace(worked, remaining=0, at=at).outlook is Forecast.COMPLETE
    assert pace(remaining=0, at=at).outlook is Forecast.NOTHING_DUE
    assert pace(at=clock(MONDAY - timedelta(days=1), 10)).outlook is Forecast.NOT_BEGUN
    assert pace(worked, at=clock(THURSDAY + timedelta(days=1), 10)).outlook is Forecast.OVER


def test_what_would_take_half_a_year_has_no_day() -> None:
    told = pace(a_day(MONDAY, range(9, 10), 6), remaining=100_000, at=clock(MONDAY, 10))
    assert (told.outlook, told.finish) == (Forecast.LATE, None)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 23), st.integers(0, 23), st.integers(0, 600)),
        max_size=5,
        unique_by=lambda said: said[0],
    ),
    st.integers(0, 99),
)
def test_a_forecast_lies_ahead_and_is_late_only_after_the_last_day(
    said: list[tuple[int, int, int, int]], hour: int
) -> None:
    at = clock(MONDAY, 0) + timedelta(hours=hour)
    worked = [WorkedDay(MONDAY + timedelta(days=d), min(h, k), max(h, k), n) for d, h, k, n in said]
    told = pace(*worked, at=at)
    assert told.finish is None or told.finish > at
    assert (told.outlook is Forecast.IN_TIME) == (told.finish is not None and local_day(told.finish) <= THURSDAY)
    assert (told.left > 0) == (told.outlook is Forecast.LATE)
