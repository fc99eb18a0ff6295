"""What would come of new boundaries, before anybody confirms them: doors, households, people, open tasks, and who
answers for them afterwards. Looks only; the act itself is the register's or the tree's.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.ids import AreaId, HouseholdId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import GridPart, PartCount
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_CHANGE, Area, AreaKind


class Where(msgspec.Struct, frozen=True):
    """One area."""

    area_id: UUID


class AskedOutlook(msgspec.Struct, frozen=True):
    """What is to go where: parts of the area, or (`under`) the whole of it below another."""

    parts: Annotated[list[GridPart], msgspec.Meta(max_length=50)] = []
    under: UUID | None = None


class PartOutlook(msgspec.Struct, frozen=True):
    """One part afterwards. `area` is None of one that is yet to be made; `doors` is told of grids alone.

    `responsible` names who answers for its grids; `vacant` counts those that nobody would.
    """

    area: AreaId | None
    name: str
    grids: int
    doors: int | None
    households: int
    people: int
    open_tasks: int
    responsible: list[str]
    vacant: int
    places: int = 0  # told of grids alone


class Outlook(msgspec.Struct, frozen=True):
    """What it would come to. The first part is what stays; `rosters` are files that must be seen to first.

    `unclear`: doors that two parts claim. `seen` is handed in with the act.
    """

    parts: list[PartOutlook]
    campaigns: list[str]
    rosters: list[str]
    unclear: tuple[str, ...] = ()
    seen: str = ""


class OutlookOfBoundary(Desk):
    """Before a boundary is changed."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[AskedOutlook]) -> Outlook:
        """Says what would go where. Changes nothing."""
        viewer, id = self.viewer, AreaId(parsed_path.area_id)
        on = local_day(viewer.at)
        viewer.require(MAY_CHANGE)
        for each in (id, *(part.grid for part in parsed_body.parts if part.grid)):
            viewer.require(MAY_CHANGE, lineage=territory.lineage(each, on))
        area = territory.area(id)
        if parsed_body.under is not None:
            viewer.require(MAY_CHANGE, lineage=territory.lineage(AreaId(parsed_body.under), on))
            return _of_whole(area, [GridPart(area.id, rest=True)], viewer.at)
        of = _of_grid if area.kind is AreaKind.GRID else _of_whole
        return of(area, parsed_body.parts, viewer.at)


def _of_grid(grid: Area, parts: Sequence[GridPart], at: datetime) -> Outlook:
    on = local_day(at)
    plan, behind = registry.who_goes(grid=grid.id, parts=parts, on=on)
    tasks = campaigns.open_tasks_by_campaign(grids=[grid.id], at=at)
    at_home = Counter(home for rows in tasks.values() for home, _ in rows)
    told = [_part_of_grid(count, homes, at_home, at) for count, homes in zip(plan.parts, behind, strict=True)]
    names = [campaigns.campaign(id=id).name for id in tasks]
    return Outlook(told, names, registry.rosters_under_way(grid.id, on), plan.unclear, plan.seen)


def _part_of_grid(
    count: PartCount, homes: Collection[HouseholdId], tasks: Counter[HouseholdId], at: datetime
) -> PartOutlook:
    found = territory.responsible_for([count.grid], at) if count.grid else {}
    names = [one.name for one in found.values()]
    counts = (count.dwellings, count.households, count.people, sum(tasks[home] for home in homes))
    return PartOutlook(count.grid, count.name, 1, *counts, names, int(not names), count.places)


def _of_whole(area: Area, parts: Sequence[GridPart], at: datetime) -> Outlook:
    """What is larger than a grid goes with all the grids below it."""
    on = local_day(at)
    grids = [grid.id for grid in territory.grids_under(area.id, on)]
    tasks = campaigns.open_tasks_by_campaign(grids=grids, at=at)
    in_grid = Counter(grid for rows in tasks.values() for _, grid in rows)
    given = [_grids_given(area, part, parts, on) for part in parts]
    taken = {grid for some in given for grid in some}
    tell = _telling(in_grid, grids, at)
    stays = tell(area.id, area.name, [grid for grid in grids if grid not in taken])
    told = [tell(part.grid, part.name or _name(part.grid), some) for part, some in zip(parts, given, strict=True)]
    return Outlook([stays, *told], [campaigns.campaign(id=id).name for id in tasks], [])


def _grids_given(area: Area, part: GridPart, parts: Sequence[GridPart], on: date) -> list[AreaId]:
    if not part.rest:
        return [grid.id for each in part.areas for grid in territory.grids_under(each, on)]
    named = {each for other in parts for each in other.areas}
    rest = [area.id] if not named else [child.id for child in territory.children(area.id, on) if child.id not in named]
    return [grid.id for each in rest for grid in territory.grids_under(each, on)]


def _telling(
    tasks: Counter[AreaId], grids: Sequence[AreaId], at: datetime
) -> Callable[[AreaId | None, str, Sequence[AreaId]], PartOutlook]:
    homes, staff = registry.homes_in(grids), territory.responsible_for(grids, at)

    def tell(id: AreaId | None, name: str, some: Sequence[AreaId]) -> PartOutlook:
        households, people = (sum(homes.get(grid, (0, 0))[i] for grid in some) for i in (0, 1))
        names = sorted({staff[grid].name for grid in some if grid in staff})
        vacant = sum(grid not in staff for grid in some)
        open_tasks = sum(tasks[grid] for grid in some)
        return PartOutlook(id, name, len(some), None, households, people, open_tasks, names, vacant)

    return tell


def _name(area: AreaId | None) -> str:
    found = territory.find(area) if area else None
    return found.name if found else ""


urlpatterns = [path("areas/<uuid:area_id>/outlook", OutlookOfBoundary.as_view(), name="area-outlook")]
