"""Where a task stands, and what it adds to the counts. Pure; `vectors.json` holds the cases that phone and server both
run.

Everything said about a task is a set, and its standing a function of that set: whatever order, repetition, splitting or
lateness it arrives in, the same standing and the same counts result. That is why a tally is never increased but moved:
the difference between what a task counted before and what it counts now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from uuid import UUID

from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.campaigns.terms import (
    AttemptPolicy,
    Call,
    CallStep,
    DatedPolicy,
    Forecast,
    Joining,
    MeantPeople,
    Origin,
    Outcome,
    Pace,
    Said,
    Standing,
    Stay,
    TaskState,
    Totals,
    WorkedDay,
)
from lianfang.ground.forms.terms import Category, Form, Per
from lianfang.ground.registry.terms import TargetDefinition, Targeted, TargetKind

STATE_OF: Mapping[Outcome, TaskState] = {
    Outcome.DONE: TaskState.DONE,
    Outcome.NOBODY_HOME: TaskState.ATTEMPTED,
    Outcome.REFUSED: TaskState.ATTEMPTED,
    Outcome.ELSEWHERE: TaskState.ATTEMPTED,
    Outcome.MOVED_AWAY: TaskState.STRUCK,
    Outcome.VACANT: TaskState.STRUCK,
}
_RANK = {state: rank for rank, state in enumerate(TaskState)}

Counts = Mapping[tuple[date, str], int]
Hours = Mapping[tuple[date, int, str], int]


def later(one: TaskState, other: TaskState) -> TaskState:
    """The join of two states: untouched < attempted < done < struck."""
    return max(one, other, key=_RANK.__getitem__)


def standing(said: Collection[Said]) -> Standing:
    """Where a task stands.

    A correction takes the place of the entry it names, whenever it comes; of two corrections of the same entry both
    stand, and so the further state wins. Nothing but a correction undoes a strike.

    Two visits to one household are both kept and count once, on the day and in the hour of the first. Its people count
    once too: as the larger of the two numbers. Each worker counted people of the same household, so the larger number
    is how many at least there are; the sum would count somebody twice, and the last one would depend on which phone
    found a network first.
    """
    live = _uncorrected(said)
    if not live:
        return Standing()
    state = max((STATE_OF[s.outcome] for s in live), key=_RANK.__getitem__)
    deciding = [s for s in live if STATE_OF[s.outcome] is state]
    first = min(deciding, key=lambda s: (s.day, s.at, s.entry))
    latest = max(deciding, key=lambda s: (s.at, s.entry))
    return Standing(
        state=state,
        outcome=latest.outcome,
        entry=latest.entry,
        by=latest.by,
        at=latest.at,
        day=first.day,
        hour=first.hour,
        people=max(s.people for s in deciding) if state is TaskState.DONE else 0,
        attempts=sum(STATE_OF[s.outcome] is TaskState.ATTEMPTED for s in live),
        refusals=sum(s.outcome is Outcome.REFUSED for s in live),
        appointment=latest.appointment if state is TaskState.ATTEMPTED else None,
        disputed=state is TaskState.STRUCK and any(s.outcome is Outcome.DONE for s in live),
        heard=min(_first_heard(s, said) for s in deciding),
    )


def _first_heard(word: Said, said: Iterable[Said]) -> int:
    """A correction says how it was where it was: it is counted where what it corrects was counted."""
    if word.corrects is None:
        return word.position
    every = {s.entry: s for s in said}
    seen = set[UUID]()
    while word.corrects in every and word.entry not in seen:
        seen.add(word.entry)
        word = every[word.corrects]
    return word.position


def _uncorrected(said: Iterable[Said]) -> list[Said]:
    every = {s.entry: s for s in said}
    corrected = {s.corrects for s in every.values()}
    return [s for s in every.values() if s.entry not in corrected]


def counted(joining: Joining, stands: Standing) -> Counts:
    """What a task adds to the tallies, by day and measure."""
    counts: dict[tuple[date, str], int] = defaultdict(int)
    counts[joining.on, joining.origin] += 1
    counts[joining.on, "people_due"] += joining.people_due
    if stands.day is not None:
        counts[stands.day, stands.state] += 1
    if stands.day is not None and stands.state is TaskState.DONE:
        counts[stands.day, "people"] += stands.people
    if stands.day is not None and stands.state is TaskState.STRUCK:
        counts[stands.day, "people_due"] -= joining.people_due
        counts[stands.day, "disputed"] += stands.disputed
    return counts


def stay_at(position: int, stays: Sequence[Stay]) -> int:
    """Which of the stays held at a position; before the first of them the first."""
    return max((no for no, stay in enumerate(stays) if stay.position <= position), default=0)


def last_stay(stands: Standing, stays: Sequence[Stay]) -> int:
    """Where a task is counted. One that is finished stays where it was finished; one that is open moves with its
    household.
    """
    finished = stands.state in (TaskState.DONE, TaskState.STRUCK)
    return stay_at(stands.heard, stays) if finished else len(stays) - 1


def counted_along(joining: Joining, stands: Standing, stays: Sequence[Stay]) -> Mapping[tuple[int, date, str], int]:
    """What a task whose household came to lie elsewhere adds to the tallies: by stay, day and measure.

    What was counted on a day stays there. On the day of a move the open part is taken off where it was and put to where
    it is, so that the sums of both are right from then on. (`counted` is the case of a single stay.)
    """
    counts: dict[tuple[int, date, str], int] = defaultdict(int)
    last = last_stay(stands, stays)
    open_part = {joining.origin: (0, 1), "people_due": (0, joining.people_due)}
    if stands.state is TaskState.ATTEMPTED:
        open_part[stands.state] = (stay_at(stands.heard, stays), 1)
    for (day, measure), count in counted(joining, stands).items():
        if measure not in open_part:
            counts[last, day, measure] += count
    if stands.state is TaskState.STRUCK and stands.day is not None:
        counts[last, stands.day, "people_due"] -= joining.people_due
    for measure, (first, count) in open_part.items():
        day = stands.day if measure == TaskState.ATTEMPTED and stands.day else joining.on
        counts[first, day, measure] += count
        for no in range(first + 1, last + 1):
            counts[no - 1, stays[no].day, measure] -= count
            counts[no, stays[no].day, measure] += count
    return counts


def counted_by_hour(stands: Standing) -> Hours:
    """What it adds to the curve of its day: households and people, in the hour they were first reached."""
    if stands.state is not TaskState.DONE or stands.day is None or stands.hour is None:
        return {}
    return {(stands.day, stands.hour, "households"): 1, (stands.day, stands.hour, "people"): stands.people}


def joined(before: Joining | None, now: Joining) -> Joining:
    """A household joins once: as listed if it ever was, on the earliest day, with the larger number of people due."""
    if before is None:
        return now
    if Origin.LISTED in (before.origin, now.origin):
        return before if before.origin is Origin.LISTED else now
    return Joining(Origin.FOUND, min(before.on, now.on), max(before.people_due, now.people_due))


def takes_any_household(target: TargetDefinition) -> bool:
    """Is it about whoever lives there? Whether a household just found meets a narrower definition nobody knows yet."""
    return target.of is TargetKind.HOUSEHOLDS and target.households is Targeted.ALL and target.dwelling is None


def meant(target: TargetDefinition) -> MeantPeople | None:
    """Whom of a household that meets the definition it is about; None when everybody."""
    if target.households is Targeted.WITH_AGE_FROM:
        return MeantPeople(from_years=target.years, alone_from=target.alone_from)
    return MeantPeople(until_years=target.years) if target.households is Targeted.WITH_AGE_UNTIL else None


def takes_found(*, day: date, ends_on: date, closed_on: date | None) -> bool:
    """Does a household found on that day still join?

    A campaign is over for it after its last day, however late we hear of it.
    """
    return day <= ends_on and (closed_on is None or day <= closed_on)


def check_opening(
    *, form: Form, has_incident: bool, starts_on: date, ends_on: date, today: date, last: date | None
) -> None:
    """A campaign ends after it begins, not in the past, not after its incident; questions that need an incident have
    one.
    """
    if ends_on < starts_on:
        raise Problem("campaigns.ends_before_it_starts")
    if ends_on < today:
        raise Problem("campaigns.ends_in_the_past")
    if form.needs_incident and not has_incident:
        raise Problem("campaigns.form_needs_incident", status=409)
    if last is not None and ends_on > last:
        raise Problem("campaigns.longer_than_its_incident", status=409, until=last.isoformat())


def check_target(target: TargetDefinition, form: Form) -> None:
    """Places and buildings have neither age nor dwelling, and nobody in particular to ask: their form asks of none."""
    of_homes = (target.households is not Targeted.ALL, target.years, target.dwelling, target.alone_from)
    at_homes = target.of is TargetKind.HOUSEHOLDS
    if (target.places and target.of is not TargetKind.PLACES) or (not at_homes and any(of_homes)):
        raise Problem("campaigns.target_mixed")
    if not at_homes and any(q.per is Per.PERSON or q.category is Category.REGISTER for q in form.questions):
        raise Problem("campaigns.form_for_homes", status=409)


# --- calling again ---------------------------------------------------------------------------------------------------

REFUSALS_THAT_CLOSE = 2  # for every campaign: who said no twice is left alone, and nothing follows from it


def policy_at(policies: Sequence[DatedPolicy], at: datetime) -> AttemptPolicy:
    """The policy in force at a moment; before any was declared, the house's own."""
    return next((dated.policy for dated in reversed(policies) if dated.since <= at), AttemptPolicy())


def next_call(stands: Standing, policy: AttemptPolicy, *, at: datetime) -> Call:
    """When somebody may call at an open door again, and what for. The phone judges by the same cases.

    An hour that the household named stands above everything, quiet hours too. Who refused twice is closed, without any
    consequence. Else so many hours pass, who was missed by day is tried in the evening, and the night is left in peace.
    """
    attempt = stands.attempts + 1
    notice = attempt >= policy.notice_at
    now = at.astimezone(LOCAL).replace(tzinfo=None)
    if stands.appointment is not None:
        promised = stands.appointment[
            :16
        ]  # as it was said, which may be no hour of any day: it is shown, not reckoned with
        return Call(CallStep.PROMISED, promised if promised > f"{now:%Y-%m-%dT%H:%M}" else None, attempt, notice)
    if stands.refusals >= REFUSALS_THAT_CLOSE:
        return Call(CallStep.CLOSED, attempt=attempt)
    ready = max(now, _ready(stands, policy, at) or now)
    begins = _after_quiet(ready, policy)
    if begins <= now:
        return Call(CallStep.NOW, None, attempt, notice)
    return Call(CallStep.QUIET if ready == now else CallStep.WAIT, _minute(begins), attempt, notice)


def _ready(stands: Standing, policy: AttemptPolicy, now: datetime) -> datetime | None:
    if stands.at is None or not stands.attempts:
        return None
    last = min(stands.at, now).astimezone(LOCAL).replace(tzinfo=None)
    ready = last + timedelta(hours=policy.hours_between)
    evening = _on_the_day(last, policy.off_peak_from) if policy.off_peak_from else last
    return max(ready, evening) if last < evening else ready


def _after_quiet(at: datetime, policy: AttemptPolicy) -> datetime:
    quiet_from, quiet_until = _on_the_day(at, policy.quiet_from), _on_the_day(at, policy.quiet_until)
    if quiet_from <= quiet_until:
        return quiet_until if quiet_from <= at < quiet_until else at
    if at >= quiet_from:
        return quiet_until + timedelta(days=1)
    return max(at, quiet_until)


def _on_the_day(at: datetime, clock: str) -> datetime:
    return datetime.combine(at.date(), time.fromisoformat(clock))


def _minute(at: datetime) -> str:
    return (at + timedelta(seconds=59)).strftime("%Y-%m-%dT%H:%M") if at.second else at.strftime("%Y-%m-%dT%H:%M")


# --- pace ------------------------------------------------------------------------------------------------------------

DAYS_LOOKED_AT = 5  # further back says nothing of today
_DAYS_OF_WORK = 3
_LEAST_DONE, _LEAST_WALKED = 5, timedelta(minutes=30)
_FIRST_HOUR, _LAST_HOUR = 8, 20  # of a day of which nothing is known yet
_FARTHEST = 60  # days; what lies beyond is no forecast
_HALF_HOUR = timedelta(minutes=30)


def pace(worked: Collection[WorkedDay], *, totals: Totals, starts_on: date, ends_on: date, at: datetime) -> Pace:
    """At the rate of the last three days on which anybody walked: when is everybody reached, and is that in time?

    An hour between a day's first household and its last counts as walked though nobody was met in it, and so does today
    up to now: a break is part of the pace. Days to come are as long as those were.
    """
    today = local_day(at)
    settled = _settled(totals, worked, starts_on=starts_on, ends_on=ends_on, today=today)
    if settled is not None:
        return Pace(settled)
    days = _days_of_work(worked, today)
    if not days:
        return Pace(Forecast.STANDS_STILL if worked or totals.done else Forecast.TOO_LITTLE)
    done = sum(each.households for each in days)
    walked = sum((_walked(each, at) for each in days), timedelta())
    if done < _LEAST_DONE or walked < _LEAST_WALKED:
        return Pace(Forecast.TOO_LITTLE)
    rate = done / (walked / timedelta(hours=1))
    opens, shuts = _day_of(days, today)
    finish = _walk_on(timedelta(hours=totals.remaining / rate), at, opens, shuts)
    if finish is not None and local_day(finish) <= ends_on:
        return Pace(Forecast.IN_TIME, finish, round(rate, 1))
    hours_left = _until_the_end(at, ends_on, opens, shuts) / timedelta(hours=1)
    return Pace(Forecast.LATE, finish, round(rate, 1), left=max(1, totals.remaining - int(rate * hours_left)))


def _settled(
    totals: Totals, worked: Collection[WorkedDay], *, starts_on: date, ends_on: date, today: date
) -> Forecast | None:
    """What needs no forecast."""
    if totals.due <= 0:
        return Forecast.NOTHING_DUE
    if totals.remaining <= 0:
        return Forecast.COMPLETE
    if today > ends_on:
        return Forecast.OVER
    return Forecast.NOT_BEGUN if today < starts_on and not worked else None


def _days_of_work(worked: Collection[WorkedDay], today: date) -> list[WorkedDay]:
    """The last three days on which anybody walked; none when the last of them is long gone."""
    known = sorted((w for w in worked if w.households > 0 and w.day <= today), key=lambda w: w.day)[-_DAYS_OF_WORK:]
    return known if known and known[-1].day >= today - timedelta(days=_DAYS_OF_WORK) else []


def _walked(one: WorkedDay, at: datetime) -> timedelta:
    begun, ended = _clock(one.day, one.first_hour), _clock(one.day, one.last_hour + 1)
    if local_day(at) == one.day:  # a phone's clock may run ahead of ours
        shuts = _clock(one.day, max(_LAST_HOUR, one.last_hour + 1))
        ended = max(min(at, shuts), begun + _HALF_HOUR)
    return ended - begun


def _day_of(days: Sequence[WorkedDay], today: date) -> tuple[int, int]:
    """From which hour to which people walk: as on the days before, and at least as long as today already."""
    whole = [each for each in days if each.day < today]
    opens = min((each.first_hour for each in whole), default=_FIRST_HOUR)
    shuts = max((each.last_hour + 1 for each in whole), default=_LAST_HOUR)
    now = [each for each in days if each.day == today]
    return min([opens, *(n.first_hour for n in now)]), max([shuts, *(n.last_hour + 1 for n in now)])


def _walk_on(work: timedelta, at: datetime, opens: int, shuts: int) -> datetime | None:
    """When so much work is done, walking within the day's hours; None when that lies too far off to say."""
    for ahead in range(_FARTHEST):
        day = local_day(at) + timedelta(days=ahead)
        begins, ends = max(at, _clock(day, opens)), _clock(day, shuts)
        if begins >= ends:
            continue
        if work <= ends - begins:
            return _next_half_hour(begins + work)
        work -= ends - begins
    return None


def _until_the_end(at: datetime, ends_on: date, opens: int, shuts: int) -> timedelta:
    days = [local_day(at) + timedelta(days=n) for n in range((ends_on - local_day(at)).days + 1)]
    stretches = (_clock(day, shuts) - max(at, _clock(day, opens)) for day in days)
    return sum((stretch for stretch in stretches if stretch > timedelta()), timedelta())


def _next_half_hour(at: datetime) -> datetime:
    """A forecast to the minute would claim too much."""
    midnight = _clock(local_day(at), 0)
    return midnight + ceil((at - midnight) / _HALF_HOUR) * _HALF_HOUR


def _clock(day: date, hour: int) -> datetime:
    return datetime.combine(day, time.min, LOCAL) + timedelta(hours=hour)
