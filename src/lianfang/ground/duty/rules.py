"""Who may be put on a shift, who is on call at a moment, and when nobody is. Pure.

Sources: seed 002 (duty and response crew take turns day and night); volunteers who stood for 22 hours, which is why a
shift has a longest and rest has a shortest.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.duty.terms import Crew, OnCall, Shift, ShiftState, Unmanned

LONGEST_SHIFT = timedelta(hours=12)
SHORTEST_REST = timedelta(hours=8)
COMES_EARLY = timedelta(minutes=30)
FIRST_HOUR_OF_DAY, FIRST_HOUR_OF_NIGHT = 6, 18


def check_shift(*, starts_at: datetime, ends_at: datetime, theirs: Iterable[Shift], at: datetime) -> None:
    """A shift to come, of bearable length, with rest before and after it."""
    if ends_at <= starts_at or ends_at <= at:
        raise Problem("duty.ends_too_early", status=422)
    if ends_at - starts_at > LONGEST_SHIFT:
        raise Problem("duty.too_long", status=422, most=LONGEST_SHIFT // timedelta(hours=1))
    for shift in theirs:
        if shift.dropped_at is None and _too_close(shift, starts_at, ends_at):
            raise Problem("duty.no_rest", status=409, least=SHORTEST_REST // timedelta(hours=1))


def _too_close(shift: Shift, starts_at: datetime, ends_at: datetime) -> bool:
    return starts_at < shift.ends_at + SHORTEST_REST and shift.starts_at < ends_at + SHORTEST_REST


def check_signing_on(shift: Shift, *, by: AccountId | None, at: datetime) -> None:
    """Oneself, while the shift runs or shortly before."""
    if by != shift.account:
        raise Problem("duty.not_yours", status=409)
    early = shift.starts_at - COMES_EARLY
    if shift.dropped_at is not None or shift.off_at is not None or not early <= at < shift.ends_at:
        raise Problem("duty.not_now", status=409)


def check_signing_off(shift: Shift, *, by: AccountId | None) -> None:
    """Oneself, after having come."""
    if by != shift.account:
        raise Problem("duty.not_yours", status=409)
    if shift.on_at is None or shift.off_at is not None:
        raise Problem("duty.not_on", status=409)


def check_dropping(shift: Shift, *, at: datetime) -> None:
    """Only what has not begun and is not over."""
    if shift.dropped_at is not None or shift.on_at is not None or at >= shift.ends_at:
        raise Problem("duty.not_now", status=409)


def may_sign_on(shift: Shift, *, by: AccountId | None, at: datetime) -> bool:
    """Would coming on be accepted?"""
    return _passes(lambda: check_signing_on(shift, by=by, at=at))


def may_sign_off(shift: Shift, *, by: AccountId | None, at: datetime) -> bool:
    """Would going off be accepted, and does it still mean anything?"""
    return at < shift.ends_at and _passes(lambda: check_signing_off(shift, by=by))


def may_drop(shift: Shift, *, at: datetime) -> bool:
    """Could it still be taken back?"""
    return _passes(lambda: check_dropping(shift, at=at))


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Problem:
        return False
    return True


def is_night(shift: Shift) -> bool:
    """A night shift begins between six in the evening and six in the morning, in the district's time."""
    return not FIRST_HOUR_OF_DAY <= shift.starts_at.astimezone(LOCAL).hour < FIRST_HOUR_OF_NIGHT


def state_of(shift: Shift, *, at: datetime) -> ShiftState:
    """How far it has come. Whoever forgot to go off is off when the shift ends."""
    if shift.dropped_at is not None and shift.dropped_at <= at:
        return ShiftState.DROPPED
    if at >= shift.ends_at or (shift.off_at is not None and shift.off_at <= at):
        return ShiftState.OFF
    if shift.on_at is not None and shift.on_at <= at:
        return ShiftState.ON
    return ShiftState.MISSED if shift.starts_at <= at else ShiftState.PLANNED


def on_call(shifts: Iterable[Shift], *, at: datetime) -> list[OnCall]:
    """Who is to be called just now: the duty crew first, those who are there first."""
    found = [
        OnCall(shift.id, shift.account, shift.crew, shift.ends_at, state is ShiftState.ON)
        for shift in shifts
        if (state := state_of(shift, at=at)) in (ShiftState.ON, ShiftState.MISSED)
    ]
    return sorted(found, key=lambda one: (one.crew is not Crew.DUTY, not one.is_there, one.until, str(one.account)))


def unmanned(shifts: Sequence[Shift], *, crew: Crew, since: datetime, until: datetime) -> list[Unmanned]:
    """When nobody of a crew is planned, between two moments."""
    planned = sorted((s.starts_at, s.ends_at) for s in shifts if s.crew is crew and s.dropped_at is None)
    found, reached = [], since
    for starts_at, ends_at in planned:
        if starts_at > reached:
            found.append(Unmanned(crew, reached, min(starts_at, until)))
        reached = max(reached, ends_at)
        if reached >= until:
            break
    if reached < until:
        found.append(Unmanned(crew, reached, until))
    return [gap for gap in found if gap.starts_at < gap.ends_at]
