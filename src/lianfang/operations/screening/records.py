"""The visit 入户: what a worker sends from a door."""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import ResidentId
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, Kind, Known
from lianfang.ground.campaigns.records import People, Place, TaskFacts, TaskOutcome, place, task_references
from lianfang.ground.forms.terms import Answers, Per

MOST_PEOPLE = 1000


class PersonAnswers(msgspec.Struct, frozen=True):
    """What is different for one person: it stands in place of what was answered for everybody."""

    resident: ResidentId
    answers: Answers


class HouseholdVisited(msgspec.Struct, frozen=True, omit_defaults=True):
    """A visit.

    `answers` are the household's, and everybody's unless an exception says otherwise; `people` is how many it covered.
    """

    task: TaskOutcome
    people: People = 0
    present: Annotated[list[ResidentId], msgspec.Meta(max_length=MOST_PEOPLE)] = []
    answers: Answers = {}
    exceptions: Annotated[list[PersonAnswers], msgspec.Meta(max_length=MOST_PEOPLE)] = []


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: HouseholdVisited = heard.body
    where = place(body.task, heard, known)
    if isinstance(where, Held):
        return where
    flags = (*where.flags, *_oddities(body, where))
    facts = TaskFacts(body.task.campaign, body.task.occasion, body.task.outcome, body.people)
    return Accepted(where.household.grid, where.key, facts, body.task.target, flags, where.lately)


def _oddities(body: HouseholdVisited, where: Place) -> tuple[str, ...]:
    """A worker at a door cannot be asked again, so odd answers are kept and flagged; they are not counted."""
    form = where.campaign.form.form
    odd = form.odd(body.answers) or any(form.odd(e.answers, per=Per.PERSON) for e in body.exceptions)
    crowded = max(len(set(body.present)), len(_persons(body))) > body.people
    return (*(["screening.odd_answers"] if odd else []), *(["screening.more_people_than_said"] if crowded else []))


def _persons(body: HouseholdVisited) -> set[UUID]:
    return {exception.resident for exception in body.exceptions}


HOUSEHOLD_VISITED = Kind(
    "screening.household_visited.v1",
    HouseholdVisited,
    TaskFacts,
    _accept,
    wants=lambda body: task_references(body.task),
    from_devices=True,
)

KINDS = (HOUSEHOLD_VISITED,)
