"""Findings that are open or were fixed, and how many: by door for those who work there, as counts for all above."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.database import as_instant, as_uuid, query
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.posture.terms import Words
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening import finding_rules
from lianfang.operations.screening.finding_folding import declared
from lianfang.operations.screening.finding_rules import FindingRun, FindingWord
from lianfang.operations.screening.permissions import Permission
from lianfang.operations.screening.terms import FindingDocument


class FindingRow(msgspec.Struct, frozen=True):
    """A finding as the list shows it: a door, what, since when, until when. Nobody's name."""

    campaign: CampaignId
    campaign_name: str
    target: UUID
    of: TargetKind
    door: str  # of a place its name too; of a building its name
    grid: AreaId
    grid_name: str
    question: str
    label: Words
    found_on: date
    due_on: date
    looked: int
    age_days: int  # until today, or until it was fixed
    overdue: bool
    fixed_on: date | None


class FindingCounts(msgspec.Struct, frozen=True):
    """How many were made, and of these fixed, open, and open beyond their day; how old the oldest open one is."""

    area: AreaId
    name: str
    made: int
    fixed: int
    open: int
    overdue: int
    oldest_days: int | None


class _Door(NamedTuple):
    campaign: CampaignId
    target: UUID
    grid: AreaId
    question: str


# Where the household or place lies now (a building's entries say it); only where something was found at all.
_READ = (
    "SELECT f.campaign_id, f.target_id, coalesce(p.grid_id, s.grid_id, f.grid_id), f.question, f.at, f.day, f.bad"
    f" FROM screening_finding f LEFT JOIN ({registry.places_sql(struck=True)}) p ON p.household_id = f.target_id"
    " LEFT JOIN registry_place s ON s.id = f.target_id"
    " WHERE NOT f.void AND coalesce(p.grid_id, s.grid_id, f.grid_id) IN ({grids})"
    " AND EXISTS (SELECT 1 FROM screening_finding b WHERE b.target_id = f.target_id"
    " AND b.campaign_id = f.campaign_id AND b.question = f.question AND b.bad AND NOT b.void)"
)


def _runs(grids: Collection[AreaId]) -> Iterator[tuple[_Door, list[FindingRun]]]:
    if not grids:
        return
    words: dict[_Door, list[FindingWord]] = defaultdict(list)
    for campaign, target, grid, question, at, day, bad in query(_READ.format(grids=_marks(grids)), list(grids)):
        door = _Door(CampaignId(_id(campaign)), _id(target), AreaId(_id(grid)), question)
        instant = as_instant(at)
        assert instant is not None
        words[door].append(FindingWord(instant, day, bool(bad)))
    for door, said in words.items():
        question = declared(campaigns.campaign(id=door.campaign).form.form.questions)[door.question]
        assert question.finding is not None
        yield door, finding_rules.runs(said, days=question.finding.days)


def to_recheck(*, grids: Collection[AreaId]) -> list[FindingDocument]:
    """What is open in these grids, soonest due first."""
    found = [(door, runs[-1]) for door, runs in _runs(grids) if runs and runs[-1].fixed_on is None]
    documents = [
        FindingDocument(
            *(door.campaign, HouseholdId(door.target), door.question, _label(door), run.found_on, run.due_on),
            campaigns.campaign(id=door.campaign).of,
        )
        for door, run in found
    ]
    return sorted(documents, key=lambda one: (one.due_on, one.found_on, one.household))


def rows(*, viewer: Viewer, area: AreaId | None = None, fixed: bool = False) -> list[FindingRow]:
    """On the viewer's own grids: what is open, soonest due first; or what was fixed, latest first."""
    viewer.require(Permission.FOLLOW_FINDINGS)
    on = local_day(viewer.at)
    mine = territory.grid_ids(viewer.roots(Permission.FOLLOW_FINDINGS), on)
    grids = mine & territory.grid_ids([area], on) if area is not None else mine
    found = [(door, run) for door, runs in _runs(grids) for run in runs if (run.fixed_on is not None) is fixed]
    doors = _words_of({door.target for door, _ in found})
    listed = [_row(door, run, doors.get(door.target, ""), on) for door, run in found]
    if fixed:
        return sorted(listed, key=lambda row: (row.fixed_on or date.min, row.door), reverse=True)
    return sorted(listed, key=lambda row: (row.due_on, row.found_on, row.door))


def _words_of(targets: Collection[UUID]) -> dict[UUID, str]:
    """The door of a home; of a place its name before it; of a building its name."""
    homes = registry.doors_of([HouseholdId(id) for id in sorted(targets)])
    rest = registry.premises_of([id for id in targets if id not in homes])
    return {id: door for id, (door, _) in homes.items()} | {
        each.id: " · ".join(filter(None, (each.name, each.door))) for each in rest
    }


def counts(*, area: AreaId, on: date) -> list[FindingCounts]:
    """Of an area and each directly below it, at the grid of that alone."""
    below = [area, *(child.id for child in territory.children(area, on) if territory.grid_ids([child.id], on))]
    found = [(door.grid, run) for door, runs in _runs(territory.grid_ids([area], on)) for run in runs]
    return [_counted(each, [run for grid, run in found if each in territory.lineage(grid, on)], on) for each in below]


def _counted(area: AreaId, found: Sequence[FindingRun], on: date) -> FindingCounts:
    left = [run for run in found if run.fixed_on is None]
    return FindingCounts(
        area=area,
        name=territory.area(area).name,
        made=len(found),
        fixed=len(found) - len(left),
        open=len(left),
        overdue=sum(run.due_on < on for run in left),
        oldest_days=max(((on - run.found_on).days for run in left), default=None),
    )


def _row(door: _Door, run: FindingRun, words: str, on: date) -> FindingRow:
    campaign = campaigns.campaign(id=door.campaign)
    return FindingRow(
        campaign=door.campaign,
        campaign_name=campaign.name,
        target=door.target,
        of=campaign.of,
        door=words,
        grid=door.grid,
        grid_name=territory.area(door.grid).name,
        question=door.question,
        label=_label(door),
        found_on=run.found_on,
        due_on=run.due_on,
        looked=run.looked,
        age_days=((run.fixed_on or on) - run.found_on).days,
        overdue=run.fixed_on is None and run.due_on < on,
        fixed_on=run.fixed_on,
    )


def _label(door: _Door) -> Words:
    return campaigns.campaign(id=door.campaign).form.form.by_code[door.question].label


def _marks(ids: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(ids))


def _id(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found
