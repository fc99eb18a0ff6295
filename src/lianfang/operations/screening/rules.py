"""Counting answers as the measures of a pack. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import msgspec

from lianfang.foundation.kernel.measures import Unit
from lianfang.ground.forms.terms import Answers, Form, Per, Question, Value
from lianfang.ground.posture.terms import PackMeasure
from lianfang.operations.screening.records import HouseholdVisited

Counts = Mapping[str, int]


class Answered(msgspec.Struct, frozen=True):
    """What one visit adds up to, and the day it counts on. `void` when the visit was corrected."""

    day: date
    counts: dict[str, int]
    void: bool = False


def measured(visit: HouseholdVisited, *, form: Form, measures: Iterable[PackMeasure]) -> dict[str, int]:
    """How much a finished visit adds to each measure. Answers that do not fit their question are not counted."""
    exceptions = {e.resident: e.answers for e in visit.exceptions}  # the last word on a person stands
    people = max(visit.people, len(exceptions))
    counts = {}
    for measure in measures:
        if measure.question is None:
            counts[measure.name] = people if measure.unit is Unit.PEOPLE else 1
        elif question := form.by_code.get(measure.question):
            values = _values(question, visit.answers, exceptions.values(), people)
            counts[measure.name] = sum(times * _worth(measure, value) for value, times in values)
    return {name: count for name, count in counts.items() if count}


def _values(
    question: Question, answers: Answers, exceptions: Collection[Answers], people: int
) -> Iterable[tuple[Value, int]]:
    """Each answer to a question, and how many times it was given: once for the household, or for each of its people."""
    everybody = answers.get(question.code)
    if question.per is Per.HOUSEHOLD:
        given: list[tuple[Value | None, int]] = [(everybody, 1)]
    else:
        own = [e[question.code] for e in exceptions if question.code in e]
        given = [(everybody, people - len(own)), *((value, 1) for value in own)]
    return [(value, times) for value, times in given if value is not None and question.fits(value)]


def _worth(measure: PackMeasure, value: Value) -> int:
    if measure.adds:
        return int(value) if isinstance(value, int) and not isinstance(value, bool) else 0
    return value in measure.counts


def counted(visits: Collection[Answered]) -> dict[tuple[date, str], int]:
    """What all visits to one household count together, by day and measure.

    A household visited more than once counts once, on the day of its first finished visit, and of each answer the
    larger number: a symptom that somebody mentioned is not outvoted by a colleague who did not hear of it. Order and
    repetition change nothing.
    """
    valid = [v for v in visits if not v.void]
    if not valid:
        return {}
    day = min(v.day for v in valid)
    names = {name for v in valid for name in v.counts}
    return {(day, name): max(v.counts.get(name, 0) for v in valid) for name in names}
