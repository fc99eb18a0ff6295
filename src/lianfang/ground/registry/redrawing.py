"""A grid's doors go to other grids: what that would do, and doing it, in one turn with the tree of areas.

A split gives some doors to a new grid, a merger all of them to one that is there. Households follow their doors, tasks
their households; what was counted stays where it was counted.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.database import as_instant
from lianfang.ground.registry import following
from lianfang.ground.registry.door_lists import parts_of, read_line
from lianfang.ground.registry.models import Import
from lianfang.ground.registry.reading import as_id, in_parts, query
from lianfang.ground.registry.records import GridsRedrawn, PlaceSaid, RedrawnDoor
from lianfang.ground.registry.terms import DoorSpan, GridPart, ImportState, PartCount, RedrawnRef, RedrawPlan
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import Area, AreaKind, Node

_DOORS_AT_ONCE = 2000
_MOST_UNCLEAR = 20
_KEPT = -1  # stays in the grid it is in
_UNDER_WAY = (ImportState.READING, ImportState.READY, ImportState.PUBLISHING, ImportState.UNDOING)


class FoundDoor(NamedTuple):
    """A door of a grid, with the households behind it."""

    id: UUID
    area: AreaId
    shown: str
    key: str
    homes: tuple[UUID, ...]
    people: int


class _Draft(NamedTuple):
    """Which part each door falls to, before anything is done."""

    grid: Area
    parts: Sequence[GridPart]
    lists: list[list[DoorSpan]]
    below: dict[AreaId, int]  # areas at and below those that a part names
    doors: dict[int, list[FoundDoor]]
    places: dict[int, list[PlaceSaid]]
    unclear: tuple[str, ...]


def plan(*, grid: AreaId, parts: Sequence[GridPart], on: date) -> RedrawPlan:
    """What it would come to. Changes nothing."""
    return _plan(_draft(grid, parts, on))


def who_goes(*, grid: AreaId, parts: Sequence[GridPart], on: date) -> tuple[RedrawPlan, list[list[HouseholdId]]]:
    """The same, and for each of its parts the households."""
    draft = _draft(grid, parts, on)
    behind = [draft.doors[no] for no in (_KEPT, *range(len(parts)))]
    return _plan(draft), [[HouseholdId(home) for door in doors for home in door.homes] for doors in behind]


def redraw(
    *,
    grid: AreaId,
    parts: Sequence[GridPart],
    by: Actor,
    at: datetime,
    end: bool = False,
    reason: str = "",
    seen: str | None = None,
) -> RedrawPlan:
    """Give doors of a grid to other grids, from today. With `end` nothing may be left, and the grid is no more.

    `seen` is what a plan said of itself: when other doors would go by now, `registry.boundary_moved_meanwhile` (409).
    """
    on = local_day(at)
    with ledger.turn(by=by, at=at) as turn:
        draft = _draft(grid, parts, on)
        if draft.unclear:
            raise Problem("registry.door_in_two_parts", status=422, door=draft.unclear[0], count=len(draft.unclear))
        if seen is not None and seen != _mark(draft):
            raise Problem("registry.boundary_moved_meanwhile", status=409, name=draft.grid.name)
        _refuse_rosters_under_way(grid, on)
        before = areas.lineage(grid, on)
        targets = [_target(draft.grid, part, on, by=by, at=at) for part in parts]
        _move_areas(draft, targets, on, by=by, at=at, reason=reason)
        left = len(draft.doors[_KEPT]) + len(draft.places[_KEPT])
        if end and (left or areas.children(grid, on)):
            raise Problem("registry.doors_left_over", status=422, count=left)
        _append(turn, draft, targets, before, on, reason)
        gone_along = {target: draft.places.get(no, []) for no, target in enumerate(targets)}
        following.take_along(turn, grid, gone_along, on)
        if end:
            into = list(dict.fromkeys(targets))
            gone = areas.first_day_without(grid, on)
            territory.end_area(area=grid, on=gone, into=into, reason=reason or None, by=by, at=at)
        done = _plan(draft)
        named = [msgspec.structs.replace(p, grid=t) for p, t in zip(done.parts[1:], targets, strict=True)]
        return msgspec.structs.replace(done, parts=(done.parts[0], *named), done=True)


def end_area(
    *, area: AreaId, on: date, into: Sequence[AreaId], by: Actor, at: datetime, reason: str | None = None
) -> None:
    """No such area from a day on. Nobody may be left behind in it: a grid with doors is merged or divided instead."""
    with ledger.turn(by=by, at=at):
        if query("SELECT 1 FROM registry_dwelling WHERE grid_id = %s LIMIT 1", [area]):
            raise Problem("territory.grid_with_households", status=409)
        if query("SELECT 1 FROM registry_place WHERE grid_id = %s AND NOT gone LIMIT 1", [area]):
            raise Problem("registry.grid_with_places", status=409)
        territory.end_area(area=area, on=on, into=into, reason=reason, by=by, at=at)


def follow_buildings(*, by: Actor, at: datetime, cause: UUID | None = None) -> int:
    """Households and places whose building or entrance has come to lie in another grid go after it; answers how many
    doors.

    Buildings are moved one by one at the desk, or many at once by a workbook of areas.
    """
    on = local_day(at)
    with ledger.turn(by=by, at=at) as turn:
        rows = query("SELECT DISTINCT area_id, grid_id FROM registry_dwelling WHERE area_id <> grid_id", [])
        strayed: dict[AreaId, dict[AreaId, list[AreaId]]] = defaultdict(lambda: defaultdict(list))
        for area, was in ((AreaId(as_id(a)), AreaId(as_id(g))) for a, g in rows):
            now = areas.grid_of(area, on)
            if now is not None and now != was:
                strayed[was][now].append(area)
        moved = 0
        for was, targets in sorted(strayed.items()):
            places = (areas.lineage(was, on), *(areas.lineage(to, on) for to in targets))
            behind = {area: no for no, at_ in enumerate(targets.values(), 1) for area in at_}
            doors = [(door, behind[door.area]) for door in doors_of(was) if door.area in behind]
            drawn = [_drawn(door, to, door.area) for door, to in doors]
            body = GridsRedrawn(was, places, (), was, on, len(drawn), sum(len(d.households) for d in drawn))
            _append_doors(turn, body, drawn, cause)
            moved += len(drawn)
        following.follow_buildings(turn, on, cause=cause)
        return moved


def grid_on(household: HouseholdId, on: date) -> AreaId | None:
    """In which grid a household lay at the end of a day, as far back as moves are known."""
    first_after = "SELECT grid_id FROM registry_move WHERE household_id = %s AND day > %s ORDER BY position LIMIT 1"
    now = "SELECT grid_id FROM registry_household WHERE id = %s"
    found = query(first_after, [household, on]) or query(now, [household])
    return AreaId(as_id(found[0][0])) if found else None


def load_redrawn(ids: Sequence[UUID]) -> Mapping[UUID, RedrawnRef]:
    """By which lists the doors of these grids went elsewhere."""
    found = {}
    for grid, lists, rest, at in in_parts(
        "SELECT grid_id, lists, rest_id, at FROM registry_redrawn WHERE grid_id IN ({ids})", ids
    ):
        spans = msgspec.json.decode(lists, type=tuple[tuple[UUID, tuple[DoorSpan, ...]], ...])
        since = as_instant(at)
        assert since is not None
        named = tuple((AreaId(each), lines) for each, lines in spans)
        found[as_id(grid)] = RedrawnRef(named, AreaId(as_id(rest)), since)
    return found


def _draft(grid: AreaId, parts: Sequence[GridPart], on: date) -> _Draft:
    found = _live_grid(grid)
    if not parts or sum(part.rest for part in parts) > 1 or any(part.grid == grid for part in parts):
        raise Problem("registry.parts_unusable", status=422)
    for part in parts:
        if part.grid is not None:
            _live_grid(part.grid)
        elif not part.name.strip():
            raise Problem("registry.part_without_a_name", status=422)
    lists = [[_line(text) for text in part.doors] for part in parts]
    below = _claimed(found, parts, on)
    rest = next((no for no, part in enumerate(parts) if part.rest), _KEPT)
    doors: dict[int, list[FoundDoor]] = defaultdict(list)
    unclear = []
    for door in doors_of(grid):
        claims = sorted({*parts_of(door.key, lists), *([below[door.area]] if door.area in below else [])})
        doors[claims[0] if claims else rest].append(door)
        if len(claims) > 1:
            unclear.append(door.shown)
    places: dict[int, list[PlaceSaid]] = defaultdict(list)
    for place in following.places_of(grid):
        places[following.part_of(place, lists, below, rest)].append(place)
    return _Draft(found, parts, lists, below, doors, places, tuple(unclear[:_MOST_UNCLEAR]))


def _live_grid(id: AreaId) -> Area:
    found = areas.find(id)
    if found is None or found.kind is not AreaKind.GRID:
        raise Problem("territory.area_not_found", status=404)
    if found.valid_to is not None:
        heirs = "、".join(areas.area(each).name for each, _ in areas.past(id).after)
        code = "registry.grid_went_into" if heirs else "registry.grid_is_no_more"
        raise Problem(code, status=409, name=found.name, on=found.valid_to.isoformat(), into=heirs)
    return found


def _line(text: str) -> DoorSpan:
    line = read_line(text)
    if line is None or line == DoorSpan():
        raise Problem("registry.door_list_unreadable", status=422, line=text[:60])
    return line


def _claimed(grid: Area, parts: Sequence[GridPart], on: date) -> dict[AreaId, int]:
    """The areas that parts name, and what stands below these; each must lie in the grid and be named once."""
    inside = set(areas.subtree(grid.id, on)) - {grid.id}
    claimed: dict[AreaId, int] = {}
    for no, part in enumerate(parts):
        for area in part.areas:
            below = areas.subtree(area, on)
            if area not in inside or not claimed.keys().isdisjoint(below):
                raise Problem("registry.area_not_to_be_given", status=422, area=str(area))
            claimed.update(dict.fromkeys(below, no))
    return claimed


def doors_of(grid: AreaId) -> list[FoundDoor]:
    """Every door of a grid, in the order in which they became known."""
    doors = query("SELECT id, area_id, door, door_key FROM registry_dwelling WHERE grid_id = %s ORDER BY id", [grid])
    behind: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    homes = "SELECT dwelling_id, id, people FROM registry_household WHERE grid_id = %s ORDER BY id"
    for dwelling, home, people in query(homes, [grid]):
        behind[as_id(dwelling)].append((as_id(home), people))
    return [
        FoundDoor(
            as_id(id),
            AreaId(as_id(area)),
            shown,
            key,
            tuple(home for home, _ in behind[as_id(id)]),
            sum(people for _, people in behind[as_id(id)]),
        )
        for id, area, shown, key in doors
    ]


def _plan(draft: _Draft) -> RedrawPlan:
    stays: tuple[int, AreaId | None, str] = (_KEPT, draft.grid.id, draft.grid.name)
    named = [stays, *((no, part.grid, part.name or _name(part.grid)) for no, part in enumerate(draft.parts))]
    counts = tuple(_count(g, n, draft.doors[no], len(draft.places[no])) for no, g, n in named)
    return RedrawPlan(draft.grid.id, counts, draft.unclear, seen=_mark(draft))


def _mark(draft: _Draft) -> str:
    """By which a plan is known again: the same doors to the same parts, and as many of them."""
    doors = sorted((no, door.id.hex) for no, inside in draft.doors.items() for door in inside)
    return hashlib.sha256(repr(doors).encode()).hexdigest()[:24]


def _name(grid: AreaId | None) -> str:
    found = areas.find(grid) if grid else None
    return found.name if found else ""


def _count(grid: AreaId | None, name: str, doors: Collection[FoundDoor], places: int) -> PartCount:
    homes = sum(len(door.homes) for door in doors)
    return PartCount(grid, name, len(doors), homes, sum(door.people for door in doors), places)


def rosters_under_way(grid: AreaId, on: date) -> list[str]:
    """The files of rosters that were checked against a grid's boundary as it is, and are not published yet."""
    above = set(areas.lineage(grid, on))
    return [
        row.file_name
        for row in Import.objects.filter(state__in=_UNDER_WAY)
        if row.area_id is None or row.area_id in above or grid in areas.lineage(AreaId(row.area_id), on)
    ]


def _refuse_rosters_under_way(grid: AreaId, on: date) -> None:
    """A roster that was checked against the old boundaries must not be published into the new ones."""
    for file in rosters_under_way(grid, on):
        raise Problem("registry.roster_under_way", status=409, file=file)


def _target(source: Area, part: GridPart, on: date, *, by: Actor, at: datetime) -> AreaId:
    if part.grid is not None:
        return part.grid
    node = Node(new_id(), AreaKind.GRID, part.name.strip(), parent=source.parent, code=part.code)
    return territory.add_area(node=node, on=on, split_from=[source.id], by=by, at=at)


def _move_areas(draft: _Draft, targets: Sequence[AreaId], on: date, *, by: Actor, at: datetime, reason: str) -> None:
    """The areas that parts name come to stand below their new grids; with a rest, whatever else stood there as well."""
    named = [(area, targets[no]) for no, part in enumerate(draft.parts) for area in part.areas]
    rest = next((targets[no] for no, part in enumerate(draft.parts) if part.rest), None)
    if rest is not None:
        given = {area for area, _ in named}
        named += [(c.id, rest) for c in areas.children(draft.grid.id, on) if c.id not in given]
    territory.move_areas(moves=named, on=on, by=by, at=at, reason=reason or None)


def _append(
    turn: ledger.Turn, draft: _Draft, targets: Sequence[AreaId], before: tuple[AreaId, ...], on: date, reason: str
) -> None:
    """One entry; a door listed apart from its building hangs directly below its new grid."""
    drawn = []
    for no, doors in draft.doors.items():
        for door in doors if no != _KEPT else ():
            area = door.area if areas.grid_of(door.area, on) == targets[no] else targets[no]
            drawn.append(_drawn(door, no + 1, area))
    rest = next((targets[no] for no, part in enumerate(draft.parts) if part.rest), draft.grid.id)
    lists = tuple((targets[no], tuple(spans)) for no, spans in enumerate(draft.lists) if spans)
    places = (before, *(areas.lineage(target, on) for target in targets))
    homes = sum(len(door.households) for door in drawn)
    _append_doors(turn, GridsRedrawn(draft.grid.id, places, lists, rest, on, len(drawn), homes, reason[:200]), drawn)


def _drawn(door: FoundDoor, to: int, area: AreaId) -> RedrawnDoor:
    return RedrawnDoor(door.id.bytes, area.bytes, 0, to, [home.bytes for home in door.homes])


def _append_doors(turn: ledger.Turn, body: GridsRedrawn, doors: list[RedrawnDoor], cause: UUID | None = None) -> None:
    pieces = [msgspec.msgpack.encode(doors[i : i + _DOORS_AT_ONCE]) for i in range(0, len(doors), _DOORS_AT_ONCE)]
    turn.append("registry.grids_redrawn.v1", body, attachments=pieces, cause=cause)
