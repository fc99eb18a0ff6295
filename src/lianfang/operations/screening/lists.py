"""Walking lists 走访单: printed for a grid, walked with a pen, and typed in at a desk as what a phone would have sent.

A list has a number (its place in the ledger) and lines; on paper a household is number and line, and so is its code.
Each line is one visit with an id of its own, made of list and line: typed in twice it is the same visit.
"""

from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, RecordId, new_id
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.ledger.terms import Entry, Kind
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.records import TaskOutcome
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.forms.terms import Answers
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import HouseholdRow, PremisesRow, TargetKind
from lianfang.operations.screening.permissions import Permission
from lianfang.operations.screening.records import (
    HOUSEHOLD_VISITED,
    LIST_PRINTED,
    PREMISES_VISITED,
    HouseholdVisited,
    ListPrinted,
    PremisesVisited,
)

MOST_LINES = 200  # as many households as one person may carry away on paper


class LineSaid(msgspec.Struct, frozen=True):
    """What was written on one line."""

    outcome: Outcome
    on: date
    people: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    answers: Answers = {}


class Line(msgspec.Struct, frozen=True):
    """One line as the desk sees it: the door (of a place its name too), and whether it was typed in already. Nobody's
    names: they are on the paper.
    """

    line: int
    household: HouseholdId
    door: str
    people: int
    entered_at: datetime | None = None
    entered_by: str | None = None
    outcome: Outcome | None = None


class Printed(msgspec.Struct, frozen=True):
    """A list as it was printed."""

    id: UUID
    number: int
    campaign: CampaignRef
    grid: AreaId
    households: tuple[HouseholdId, ...]
    printed_at: datetime


class Entered(msgspec.Struct, frozen=True):
    """What became of a line: kept now, or typed in before, in the same words or in others; then nothing was changed."""

    line: Line
    already: bool = False
    same: bool = True


def print_list(
    *, campaign: CampaignId, grid: AreaId, viewer: Viewer, reason: str
) -> tuple[Printed, list[HouseholdRow] | list[PremisesRow], int]:
    """A list of who is still to be reached, in walking order; what left on paper of people is noted first."""
    if campaigns.campaign(id=campaign).of is not TargetKind.HOUSEHOLDS:
        return _print_premises(campaign, grid, viewer)
    waiting = campaigns.remaining_tasks(campaign=campaign, grid=grid)
    homes = registry.households_of(
        list(waiting),
        viewer=viewer,
        area=grid,
        permission=Permission.PRINT_LIST,
        purpose=Purpose.INCIDENT_RESPONSE if campaigns.campaign(id=campaign).incident else Purpose.REGISTER_UPKEEP,
        page_size=MOST_LINES,
        what="screening.walking_list",
        how=Looked.EXPORTED,
        reason=reason,
    )
    return _printed(campaign, grid, [home.id for home in homes.rows], viewer), homes.rows, homes.total


def _print_premises(campaign: CampaignId, grid: AreaId, viewer: Viewer) -> tuple[Printed, list[PremisesRow], int]:
    """Places and buildings name no resident."""
    waiting = campaigns.remaining_tasks(campaign=campaign, grid=grid)
    found = registry.premises_of(list(waiting), first=campaigns.walking_order(grid=grid, on=local_day(viewer.at)))
    shown = found[:MOST_LINES]
    return _printed(campaign, grid, [HouseholdId(each.id) for each in shown], viewer), shown, len(found)


def _printed(campaign: CampaignId, grid: AreaId, targets: list[HouseholdId], viewer: Viewer) -> Printed:
    if not targets:
        raise Problem("screening.nothing_to_walk", status=409)
    body = ListPrinted(new_id(), campaign, grid, tuple(targets))
    with turn(by=viewer.actor, at=viewer.at) as writing:
        entry = writing.append(LIST_PRINTED.name, body, id=body.list)
    return printed(number=entry.position)


def printed(*, number: int) -> Printed:
    """A list by its number; `screening.list_unknown` (404) when there is none, or it is forgotten."""
    found = ledger.entries_between(number, number) if 0 < number < 2**53 else []
    body = found[0].body if found else None
    if not isinstance(body, ListPrinted):
        raise Problem("screening.list_unknown", status=404, number=number)
    return Printed(
        body.list, number, campaigns.campaign(id=body.campaign), body.grid, body.households, found[0].received_at
    )


def lines(found: Printed, *, viewer: Viewer) -> list[Line]:
    """Its lines, by door, with what was typed in already. Doors alone are nobody's names: nothing is disclosed."""
    doors = registry.doors_of(found.households)
    others = [id for id in found.households if id not in doors]
    doors |= {HouseholdId(each.id): (_called(each), 0) for each in registry.premises_of(others)}
    kept = {e.id: e for e in ledger.entries_of([line_id(found.id, n + 1) for n in range(len(found.households))])}
    names = access.names_of([e.actor for e in kept.values() if e.actor])
    return [
        _line(n, household, doors.get(household, ("", 0)), kept.get(line_id(found.id, n)), names)
        for n, household in enumerate(found.households, start=1)
    ]


def _called(each: PremisesRow) -> str:
    return " · ".join(filter(None, (each.name, each.door)))


def _line(n: int, household: HouseholdId, door: tuple[str, int], kept: Entry | None, names: dict[UUID, str]) -> Line:
    where, people = door
    if kept is None:
        return Line(n, household, where, people)
    by = names.get(kept.actor) if kept.actor else None
    return Line(n, household, where, people, kept.received_at, by, kept.facts.outcome)


def enter_line(found: Printed, *, line: int, said: LineSaid, viewer: Viewer, by: Actor, at: datetime) -> Entered:
    """Keep what was written on a line as the visit it was. A line typed in before changes nothing, and says so."""
    if not 1 <= line <= len(found.households):
        raise Problem("screening.line_unknown", status=404, line=line, most=len(found.households))
    if not local_day(found.printed_at) <= said.on <= local_day(at):
        raise Problem("screening.line_day", first=local_day(found.printed_at).isoformat())
    occasion = found.campaign.occasion_on(local_day(found.printed_at)) or found.campaign.occasion
    task = TaskOutcome(found.campaign.id, found.households[line - 1], occasion, said.outcome)
    kind, body = _visit(found.campaign, task, said)
    id = line_id(found.id, line)
    with turn(by=by, at=at) as writing:
        before = ledger.entry_of(id)
        if before is None:
            writing.append(kind.name, body, id=id, at=_moment(said.on, at))
    kept = lines(found, viewer=viewer)[line - 1]
    same = before is None or (before.body == body and local_day(before.at) == said.on)
    return Entered(kept, already=before is not None, same=same)


def _visit(campaign: CampaignRef, task: TaskOutcome, said: LineSaid) -> tuple[Kind, HouseholdVisited | PremisesVisited]:
    if campaign.of is not TargetKind.HOUSEHOLDS:
        return PREMISES_VISITED, PremisesVisited(task, said.answers)
    people = said.people if said.outcome is Outcome.DONE else 0
    return HOUSEHOLD_VISITED, HouseholdVisited(task, people, answers=said.answers)


def _moment(on: date, at: datetime) -> datetime:
    """Paper knows the day: noon, or now if that is sooner."""
    return min(at, datetime.combine(on, time(12), tzinfo=LOCAL).astimezone(UTC))


def line_id(list_: UUID, line: int) -> RecordId:
    """The same for the same line, whoever types it in: with the list's own time, like every id."""
    drawn = sha256(list_.bytes + line.to_bytes(4, "big")).digest()
    marks = bytes([0x70 | drawn[0] & 0x0F, drawn[1], 0x80 | drawn[2] & 0x3F])  # version 7
    return RecordId(UUID(bytes=list_.bytes[:6] + marks + drawn[3:10]))
