"""Where a task stands, and what it adds to the counts. Pure; `vectors.json` holds the cases that phone and server both
run.

Everything said about a task is a set, and its standing a function of that set: whatever order, repetition, splitting or
lateness it arrives in, the same standing and the same counts result. That is why a tally is never increased but moved:
the difference between what a task counted before and what it counts now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.campaigns.terms import Joining, Origin, Outcome, Said, Standing, Stay, TaskState
from lianfang.ground.forms.terms import Form
from lianfang.ground.registry.terms import TargetDefinition, Targeted

STATE_OF: Mapping[Outcome, TaskState] = {
    Outcome.DONE: TaskState.DONE,
    Outcome.NOBODY_HOME: TaskState.ATTEMPTED,
    Outcome.REFUSED: TaskState.ATTEMPTED,
    Outcome.ELSEWHERE: TaskState.ATTEMPTED,
    Outcome.MOVED_AWAY: TaskState.STRUCK,
    Outcome.VACANT: TaskState.STRUCK,
}
_RANK = {state: rank for rank, state in enumerate(TaskState)}

K = TypeVar("K")
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
    return target.households is Targeted.ALL and target.dwelling is None


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


def difference(before: Mapping[K, int], now: Mapping[K, int]) -> dict[K, int]:
    """What has to be added to `before` to make it `now`; what does not change is left out."""
    moved = ((key, now.get(key, 0) - before.get(key, 0)) for key in before.keys() | now.keys())
    return {key: delta for key, delta in moved if delta}
