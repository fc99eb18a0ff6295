"""Counting answers as the measures of a pack. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

import msgspec

from lianfang.foundation.kernel.measures import Unit
from lianfang.ground.forms.terms import Answers, Form, Per, Question, Value
from lianfang.ground.posture.terms import Pack, PackMeasure
from lianfang.operations.screening.records import HouseholdVisited

Counts = Mapping[str, int]


class Answered(msgspec.Struct, frozen=True):
    """What one visit adds up to, and the day it counts on. `void` when the visit was corrected."""

    day: date
    counts: dict[str, int]
    void: bool = False
    at: datetime | None = None  # only where the latest visit's word stands


def measured(visit: HouseholdVisited, *, form: Form, measures: Iterable[PackMeasure]) -> dict[str, int]:
    """How much a finished visit adds to each measure. Answers that do not fit their question are not counted."""
    exceptions = {e.resident: e.answers for e in visit.exceptions}  # the last word on a person stands
    people = max(visit.people, len(exceptions))
    counts = {}
    for measure in measures:
        if not measure.is_counted:
            continue
        if measure.question is None:
            counts[measure.name] = people if measure.unit is Unit.PEOPLE else 1
        elif question := form.by_code.get(measure.question):
            given = _values(question, visit.answers, exceptions.values(), people)
            counts[measure.name] = sum(n * _worth(measure, value) for value, n in given if question.fits(value))
    return {name: count for name, count in counts.items() if count}


def _values(
    question: Question, answers: Answers, exceptions: Collection[Answers], people: int
) -> Iterator[tuple[Value, int]]:
    """Each answer to a question, and how many times it was given: once for the household, or for each of its people."""
    own = [e[question.code] for e in exceptions if question.code in e] if question.per is Per.PERSON else []
    if question.code in answers:
        yield answers[question.code], people - len(own) if question.per is Per.PERSON else 1
    for value in own:
        yield value, 1


def _worth(measure: PackMeasure, value: Value) -> int:
    if measure.adds:
        return int(value) if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, list):  # several choices: one that counts is enough
        return any(one in measure.counts for one in value)
    return value in measure.counts


def counted(visits: Collection[Answered], *, latest: Collection[str] = ()) -> dict[tuple[date, str], int]:
    """What all visits to one household count together, by day and measure.

    A household visited more than once counts once, on the day of its first finished visit, and of each answer the
    larger number: a symptom that somebody mentioned is not outvoted by a colleague who did not hear of it. Of the
    measures in `latest` the last visit's number stands: who has left may have gone back. Order and repetition change
    nothing.
    """
    valid = [v for v in visits if not v.void]
    if not valid:
        return {}
    if len(valid) == 1:
        return {(valid[0].day, name): count for name, count in valid[0].counts.items()}
    day = min(v.day for v in valid)
    names = {name for v in valid for name in v.counts}
    most = {(day, name): max(v.counts.get(name, 0) for v in valid) for name in names}
    last = max(valid, key=_moment)
    return most | {(day, name): last.counts.get(name, 0) for name in names.intersection(latest)}


def _moment(visit: Answered) -> tuple[str, int]:
    """Of two at the same instant the one that counts fewer: nobody is taken for safe by a tie."""
    return (visit.at.astimezone(UTC).isoformat() if visit.at else "", -sum(visit.counts.values()))


def latest_of(pack: Pack) -> frozenset[str]:
    """The measures of which the latest visit's word stands."""
    return frozenset({pack.roll.settled}) if pack.roll else frozenset()
