"""The slice of the world a phone carries: its grids, their households, the open campaigns, and what changed since."""

import hashlib
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.records import DeviceCount
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import MOST_GRIDS_OF_A_PHONE, TaskDocument
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import DocumentPage
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind
from lianfang.operations.checkpoints import queries as checkpoints
from lianfang.operations.screening import queries as screening
from lianfang.screens.field.permissions import Permission
from lianfang.screens.field.terms import AreaNode, FeedPage, FieldScope, GridScope

HOUSEHOLDS_AT_ONCE = 1000
NAMES_STAY = timedelta(hours=72)
_ALL_TASKS = 1_000_000  # a phone has few grids; the households' page bounds the tasks


def feed(*, viewer: Viewer, after: int, shape: str, limit: int = HOUSEHOLDS_AT_ONCE) -> FeedPage:
    """What changed since `after` for this phone; a whole new slice when its scope is not what it thinks.

    Pages go by position, and end only where a position ends, so asking on from the last one loses nothing.
    """
    head = ledger.head()  # taken first: what is folded meanwhile is sent again next time, never missed
    gates = checkpoints.slice_for(viewer=viewer)
    scope = _scope(viewer, only_gates=gates is not None)
    actual = _shape(scope)
    reset = after == 0 or shape != actual or after > head
    since = 0 if reset else after
    grids = [AreaId(grid.id) for grid in scope.grids]
    page = registry.household_documents(grids, since, limit, viewer)
    running = campaigns.open_campaigns(areas=grids, at=viewer.at)
    return FeedPage(
        reset=reset,
        position=page.position if page.more else head,
        more=page.more,
        as_of=viewer.at,
        names_until=viewer.at + NAMES_STAY,
        shape=actual,
        scope=scope if reset else FieldScope(scope.grids, []),
        campaigns=running,
        households=page.households,
        gone=page.gone,
        tasks=_tasks(grids, since, page, [campaign.id for campaign in running]),
        device=_count(viewer),
        givings=campaigns.giving_documents(grids=grids, campaigns=[each.id for each in running], viewer=viewer),
        findings=screening.to_recheck(grids=grids),
        forgotten=campaigns.forgotten_campaigns(areas=grids, at=viewer.at),
        gates=gates,
        places=registry.place_documents(grids) if reset or registry.places_changed(grids, since) else None,
    )


def _tasks(grids: list[AreaId], since: int, page: DocumentPage, running: Collection[CampaignId]) -> list[TaskDocument]:
    tasks = campaigns.task_documents(grids=grids, after_position=since, limit=_ALL_TASKS, campaigns=running)
    return [task for task in tasks if not page.more or task.position <= page.position]


def _count(viewer: Viewer) -> DeviceCount | None:
    """What we have from this device: nothing yet is nought, not unknown."""
    if viewer.device is None:
        return None
    return ledger.device_counts([viewer.device]).get(viewer.device, DeviceCount(0, 0, 0))


def _scope(viewer: Viewer, *, only_gates: bool) -> FieldScope:
    """Whoever stands at a gate and at no door carries the gate and no list of anybody."""
    on = local_day(viewer.at)
    roots = viewer.roots(Permission.CARRY)
    grids = {grid.id: grid for root in roots for grid in territory.grids_under(root, on)}
    if not grids and not only_gates:
        raise Problem("field.nothing_to_carry", status=403)
    if len(grids) > MOST_GRIDS_OF_A_PHONE:
        raise Problem("field.slice_too_large", status=403, grids=len(grids), most=MOST_GRIDS_OF_A_PHONE)
    mine = set(territory.grids_of(viewer.account, on))
    return FieldScope(
        grids=[_grid(grid, grid.id in mine) for grid in sorted(grids.values(), key=lambda g: g.path_name)],
        areas=[node for grid in grids.values() for node in _inside(grid, on)],
    )


def _inside(grid: Area, on: date) -> Iterator[AreaNode]:
    way = campaigns.walking_order(grid=grid.id, on=on)
    for area in territory.areas_below(grid.id, on, kinds=(AreaKind.BUILDING, AreaKind.ENTRANCE)):
        yield AreaNode(area.id, area.parent, area.kind, area.name, way.get(area.id))


def _grid(grid: Area, mine: bool) -> GridScope:
    return GridScope(grid.id, grid.name, list(grid.path), mine)


def _shape(scope: FieldScope) -> str:
    """A digest of where the phone works: as long as it stays the same, changes are enough."""
    ids: list[UUID] = sorted([*(grid.id for grid in scope.grids), *(area.id for area in scope.areas)])
    ways = sorted((area.walk, area.id) for area in scope.areas if area.walk is not None)
    return hashlib.sha256(msgspec.msgpack.encode([ids, ways] if ways else ids)).hexdigest()[:16]
