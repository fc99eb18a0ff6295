"""The visit 入户: what a worker sends from a door, of a home or of a place or building."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, ResidentId
from lianfang.foundation.kernel.moments import tally_day
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.records import (
    CAMPAIGN,
    People,
    Place,
    TaskFacts,
    TaskOutcome,
    place,
    premises_references,
    task_references,
)
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.forms.records import breaks_a_constraint
from lianfang.ground.forms.terms import Answers, Per
from lianfang.operations.screening.finding_records import FINDING_RECHECKED, PREMISES_RECHECKED

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


class PremisesVisited(msgspec.Struct, frozen=True, omit_defaults=True):
    """A visit to a place or building, which the task names: whoever is there is asked about it, nobody about
    themselves.
    """

    task: TaskOutcome
    answers: Answers = {}


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    return _placed(heard, as_visit(heard.body), known)


def as_visit(body: HouseholdVisited | PremisesVisited) -> HouseholdVisited:
    """One form of both, for whoever counts answers."""
    return body if isinstance(body, HouseholdVisited) else HouseholdVisited(body.task, answers=body.answers)


def _placed(heard: Heard, body: HouseholdVisited, known: Known) -> Accepted | Held:
    where = place(body.task, heard, known)
    if isinstance(where, Held):
        return where
    flags = (*where.flags, *_oddities(body, where, _day(heard)))
    facts = TaskFacts(body.task.campaign, body.task.occasion, body.task.outcome, body.people)
    return Accepted(where.target.grid, where.key, facts, body.task.target, flags, where.lately)


def _day(heard: Heard) -> date:
    """A clock that is years off would make a constraint on dates fail, or have no such day at all."""
    return tally_day(at=heard.at, received_at=heard.received_at)[0]


def _oddities(body: HouseholdVisited, where: Place, on: date) -> tuple[str, ...]:
    """A worker at a door cannot be asked again, so odd answers are kept and flagged; they are not counted."""
    form = where.campaign.form.form
    odd = form.odd(body.answers) or any(form.odd(e.answers, per=Per.PERSON) for e in body.exceptions)
    unlikely = breaks_a_constraint(form, body.answers, on=on)
    crowded = max(len(set(body.present)), len(_persons(body))) > body.people
    said = {
        "screening.odd_answers": odd,
        "screening.unlikely_answers": unlikely,
        "screening.more_people_than_said": crowded,
    }
    return tuple(flag for flag, holds in said.items() if holds)


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
PREMISES_VISITED = Kind(
    "screening.premises_visited.v1",
    PremisesVisited,
    TaskFacts,
    _accept,
    wants=lambda body: premises_references(body.task),
    from_devices=True,
)


class ListPrinted(msgspec.Struct, frozen=True):
    """A walking list was printed: its lines are these households (of a campaign that goes to places or buildings:
    those), in this order.
    """

    list: UUID
    campaign: CampaignId
    grid: AreaId
    households: tuple[HouseholdId, ...]


class ListFacts(msgspec.Struct, frozen=True):
    """What of it stays readable for ever: how many households left on paper."""

    list: UUID
    campaign: CampaignId
    households: int


def _accept_list(heard: Heard, known: Known) -> Accepted | Held:
    body: ListPrinted = heard.body
    campaign: CampaignRef | None = known.get(Reference(CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    return Accepted(body.grid, campaign.key, ListFacts(body.list, body.campaign, len(body.households)))


LIST_PRINTED = Kind(
    "screening.list_printed.v1",
    ListPrinted,
    ListFacts,
    _accept_list,
    wants=lambda body: [Reference(CAMPAIGN, body.campaign)],
)

KINDS = (HOUSEHOLD_VISITED, PREMISES_VISITED, LIST_PRINTED, FINDING_RECHECKED, PREMISES_RECHECKED)
