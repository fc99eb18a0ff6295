"""How much each worker has to do: counts of grids, households, people and open tasks; and what nobody answers for, with
who above is to see to it. No resident in any of it, and no order but the one of the streets.
"""

from collections.abc import Mapping, Sequence
from typing import BinaryIO
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import tables
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import Named
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory
from lianfang.screens.desk.permissions import Permission


class Load(msgspec.Struct, frozen=True):
    """How much there is of what is counted."""

    grids: int = 0
    households: int = 0
    people: int = 0
    open_tasks: int = 0

    def plus(self, other: "Load") -> "Load":
        """Both together."""
        return Load(
            self.grids + other.grids,
            self.households + other.households,
            self.people + other.people,
            self.open_tasks + other.open_tasks,
        )


class WorkerLoad(msgspec.Struct, frozen=True):
    """What one account answers for in these areas. `posts` are the names of those it holds today."""

    account: Named
    areas: list[str]
    load: Load
    posts: list[str]


class VacantGrid(msgspec.Struct, frozen=True):
    """A grid that nobody answers for, and who is to see to that: those who can fill it, on the nearest area above."""

    grid: Named
    path_name: str
    load: Load
    owner_area: Named | None
    owners: list[Named]


class Workload(msgspec.Struct, frozen=True):
    """Everything there is to do in an area: each grid with exactly one account, or among the vacancies."""

    area: Named
    workers: list[WorkerLoad]
    vacant: list[VacantGrid]
    total: Load
    as_of: str


def workload(*, area: AreaId, viewer: Viewer) -> Workload:
    """Of one area of the viewer's. Each open task is in one worker's row or in one vacancy's, and in no other."""
    at, on = viewer.at, local_day(viewer.at)
    viewer.require(Permission.WORKLOAD)
    viewer.require(Permission.WORKLOAD, lineage=territory.lineage(area, on))
    grids = [grid.id for grid in territory.grids_under(area, on)]
    loads = _loads(grids, viewer)
    answering = territory.responsible_for(grids, at)
    mine: dict[AccountId, list[AreaId]] = {}
    for grid in grids:
        if grid in answering:
            mine.setdefault(answering[grid].account, []).append(grid)
    names = {each.account: each.name for each in answering.values()}
    posts = _posts_held(area, viewer)
    workers = [
        WorkerLoad(Named(id, names[id]), [_name(g) for g in held], _sum(held, loads), posts.get(id, []))
        for id, held in mine.items()
    ]
    vacant = [_vacant(grid, loads[grid], viewer) for grid in grids if grid not in answering]
    return Workload(Named(area, _name(area)), workers, vacant, _sum(grids, loads), at.isoformat())


def write_workload(target: BinaryIO, found: Workload) -> None:
    """The same as a workbook; no column of it is about a resident."""
    tables.write_book(target, title="工作量", columns=_COLUMNS, rows=_cells(found))


_COLUMNS = [
    tables.Column("责任人"),
    tables.Column("网格"),
    tables.Column("岗位"),
    tables.Column("网格数"),
    tables.Column("户数"),
    tables.Column("人数"),
    tables.Column("待办任务"),
    tables.Column("空缺由谁补"),
]


def _cells(found: Workload) -> list[list[tables.Cell]]:
    rows: list[list[tables.Cell]] = [
        [each.account.name, "、".join(each.areas), "、".join(each.posts), *_numbers(each.load), None]
        for each in found.workers
    ]
    for gap in found.vacant:
        owners = "、".join(owner.name for owner in gap.owners)
        rows.append([None, gap.path_name, None, *_numbers(gap.load), owners])
    return rows


def _numbers(load: Load) -> list[tables.Cell]:
    return [load.grids, load.households, load.people, load.open_tasks]


def _loads(grids: Sequence[AreaId], viewer: Viewer) -> dict[AreaId, Load]:
    homes, people = registry.households_in(grids), registry.people_in(grids)
    tasks = campaigns.open_tasks(grids, at=viewer.at)
    return {grid: Load(1, homes.get(grid, 0), people.get(grid, 0), tasks.get(grid, 0)) for grid in grids}


def _sum(grids: Sequence[AreaId], loads: Mapping[AreaId, Load]) -> Load:
    total = Load()
    for grid in grids:
        total = total.plus(loads[grid])
    return total


def _vacant(grid: AreaId, load: Load, viewer: Viewer) -> VacantGrid:
    area = territory.area(grid)
    above = access.can_fill(grid, viewer.at)
    where = Named(above[0], _name(above[0])) if above else None
    return VacantGrid(Named(grid, area.name), area.path_name, load, where, above[1] if above else [])


def _posts_held(area: AreaId, viewer: Viewer) -> dict[UUID, list[str]]:
    on = local_day(viewer.at)
    posts = {post.id: post.name for post in territory.posts(areas=[area], on=on)}
    found: dict[UUID, list[str]] = {}
    for id, held in territory.holdings(list(posts)).items():
        for each in held:
            if each.days.holds(on):
                found.setdefault(each.account, []).append(posts[id])
    return found


def _name(area: AreaId) -> str:
    return territory.area(area).name
