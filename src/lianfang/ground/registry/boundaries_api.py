"""HTTP for boundaries: split a grid, merge areas, split what is larger, and see beforehand what it would come to."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.registry import actions, queries, redrawing
from lianfang.ground.registry.door_groups import door_groups
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import DoorGroup, GridPart, RedrawPlan
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import MAY_CHANGE, Area, AreaKind, Marker, Node, Part, Point, Shape, box

_TEXT = r"^[^\x00]*$"
Name = Annotated[str, msgspec.Meta(max_length=120, pattern=_TEXT)]
Code = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")]
Line = Annotated[str, msgspec.Meta(max_length=120, pattern=_TEXT)]
Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=_TEXT)]
HIDDEN_BELOW = 10
Ids = Annotated[list[UUID], msgspec.Meta(max_length=500)]


class Where(msgspec.Struct, frozen=True):
    """One area."""

    area_id: UUID


class AskedPart(msgspec.Struct, frozen=True):
    """Where some of it goes: to `grid`, or to a new area called `name`. What goes: areas below it, doors by list lines,
    or all the rest.
    """

    grid: UUID | None = None
    name: Name = ""
    code: Code | None = None
    areas: Ids = []
    doors: Annotated[list[Line], msgspec.Meta(max_length=500)] = []
    rest: bool = False

    def to_part(self) -> GridPart:
        """As the register takes it."""
        grid = AreaId(self.grid) if self.grid else None
        ids = tuple(AreaId(id) for id in self.areas)
        return GridPart(grid, self.name, self.code, ids, tuple(line for line in self.doors if line.strip()), self.rest)


class EndedArea(msgspec.Struct, frozen=True):
    """The first day without it, and what takes its place."""

    on: date
    into: Ids = []
    reason: Reason | None = None


class AskedMap(msgspec.Struct, frozen=True):
    """A map of which area."""

    area: UUID


class DrawnArea(msgspec.Struct, frozen=True):
    """An area and its outline. `people` only of grids, and only from ten on: fewer are somebody's home."""

    id: AreaId
    kind: AreaKind
    name: str
    shape: Shape | None
    people: int | None = None


class AreaMap(msgspec.Struct, frozen=True):
    """What a map shows; `box` is from its south-west to its north-east corner, of what lies around where nothing is
    drawn yet. `around`: what is beside it and above it, for orientation; never with people.
    """

    area: AreaId
    box: tuple[Point, Point] | None
    areas: list[DrawnArea]
    markers: list[Marker]
    around: list[DrawnArea] = []


class Redraw(msgspec.Struct, frozen=True):
    """New boundaries of a grid, from today. `only_look`: say what it would come to and change nothing.

    `seen`: what the look answered; when other doors would go by now, nothing is done.
    """

    parts: Annotated[list[AskedPart], msgspec.Meta(min_length=1, max_length=50)]
    end: bool = False
    only_look: bool = False
    reason: Reason = ""
    seen: Annotated[str, msgspec.Meta(max_length=64, pattern=_TEXT)] | None = None


class Split(msgspec.Struct, frozen=True):
    """New areas beside one that is larger than a grid, each with some of what lies directly below it."""

    parts: Annotated[list[AskedPart], msgspec.Meta(min_length=1, max_length=50)]
    reason: Reason = ""


class Merge(msgspec.Struct, frozen=True):
    """Into which area everything goes; this one ends."""

    into: UUID
    reason: Reason = ""


class Merged(msgspec.Struct, frozen=True):
    """What took the place of what."""

    ended: AreaId
    into: AreaId


class MapOfArea(Desk):
    """An area drawn, for a map without a tile server."""

    def get(self, parsed_query: Query[AskedMap]) -> AreaMap:
        """Outlines, gates and sites of an area and what is directly below it; people as counts per grid alone."""
        viewer, area, on = self.viewer, AreaId(parsed_query.area), local_day(clock.now())
        viewer.require(Permission.READ)
        viewer.require(Permission.READ, lineage=areas.lineage(area, on))
        here = [areas.area_on(area, on), *areas.children(area, on)]
        drawn = areas.outlines([each.id for each in here], on)
        people = queries.people_in([each.id for each in here if each.kind is AreaKind.GRID])
        rows = [
            DrawnArea(each.id, each.kind, each.name, drawn.get(each.id), _hidden(people.get(each.id))) for each in here
        ]
        around = _around(area, on)
        seen = box(drawn.values()) or box(each.shape for each in around if each.shape)
        return AreaMap(area, seen, rows, areas.markers(areas.subtree(area, on)), around)


def _around(area: AreaId, on: date) -> list[DrawnArea]:
    """The areas beside it and all above it, as far as they are drawn."""
    above = list(areas.lineage(area, on)[:-1])
    beside = [each.id for each in areas.children(above[-1], on) if each.id != area] if above else []
    drawn = areas.outlines([*above, *beside], on)
    return [DrawnArea(id, found.kind, found.name, drawn[id]) for id in drawn if (found := areas.find(id, on))]


def _hidden(people: int | None) -> int | None:
    return people if people is None or people >= HIDDEN_BELOW else None


class EndOfArea(Desk):
    """The end of an area."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[EndedArea]) -> Area:
        """From that day there is no such area; its past stays to be asked for. A grid with doors in it is merged."""
        now, area = clock.now(), AreaId(parsed_path.area_id)
        _permit(self.viewer, area)
        actions.end_area(
            area=area,
            on=parsed_body.on,
            into=[AreaId(id) for id in parsed_body.into],
            reason=parsed_body.reason,
            by=self.viewer.actor,
            at=now,
        )
        return areas.area(area)


class RedrawOfGrid(Desk):
    """A grid's boundary."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Redraw]) -> RedrawPlan:
        """Give doors of a grid to other grids, with their households and open tasks."""
        grid, now = AreaId(parsed_path.area_id), clock.now()
        parts = [part.to_part() for part in parsed_body.parts]
        _permit(self.viewer, grid, *(part.grid for part in parts if part.grid))
        if parsed_body.only_look:
            return redrawing.plan(grid=grid, parts=parts, on=local_day(now))
        by, reason = self.viewer.actor, parsed_body.reason
        how = {"end": parsed_body.end, "seen": parsed_body.seen}
        return actions.redraw(grid=grid, parts=parts, reason=reason, by=by, at=now, **how)  # type: ignore[arg-type]


class DoorsOfGrid(Desk):
    """What lies in a grid, to choose from."""

    def get(self, parsed_path: Path[Where]) -> list[DoorGroup]:
        """Its buildings and entrances, each with how many doors, households and people; nobody's name."""
        grid = AreaId(parsed_path.area_id)
        _permit(self.viewer, grid)
        return door_groups(grid, local_day(clock.now()))


class SplitOfArea(Desk):
    """An area larger than a grid in several."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Split]) -> list[AreaId]:
        """Answers the new areas."""
        area, now = AreaId(parsed_path.area_id), clock.now()
        _permit(self.viewer, area)
        found = areas.area(area)
        parts = [_part(part, found.kind, found.parent) for part in parsed_body.parts]
        how = {"on": local_day(now), "by": self.viewer.actor, "at": now, "reason": parsed_body.reason or None}
        territory.split_area(area=area, parts=parts, **how)  # type: ignore[arg-type]
        return [AreaId(part.node.id) for part in parts]


class MergerOfArea(Desk):
    """One area into another of its kind."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Merge]) -> Merged:
        """Whatever lies below it, households and open tasks too, belongs to the other from today."""
        area, into, now = AreaId(parsed_path.area_id), AreaId(parsed_body.into), clock.now()
        _permit(self.viewer, area, into)
        by, reason = self.viewer.actor, parsed_body.reason
        if areas.area(area).kind is AreaKind.GRID:
            whole = [GridPart(grid=into, rest=True)]
            actions.redraw(grid=area, parts=whole, end=True, reason=reason, by=by, at=now)
        else:
            on = local_day(now)
            territory.merge_areas(areas=[area], into=into, on=on, by=by, at=now, reason=reason or None)
        return Merged(area, into)


def _part(part: AskedPart, kind: AreaKind, parent: AreaId | None) -> Part:
    if not part.name.strip():
        raise Problem("registry.part_without_a_name", status=422)
    node = Node(new_id(), kind, part.name.strip(), parent=parent, code=part.code)
    return Part(node, tuple(AreaId(id) for id in part.areas))


def _permit(viewer: Viewer, *ids: AreaId) -> None:
    viewer.require(MAY_CHANGE)
    for id in ids:
        viewer.require(MAY_CHANGE, lineage=areas.lineage(id, local_day(viewer.at)))


urlpatterns = [
    path("areas/map", MapOfArea.as_view(), name="areas-map"),
    path("areas/<uuid:area_id>/end", EndOfArea.as_view(), name="area-end"),
    path("areas/<uuid:area_id>/doors", DoorsOfGrid.as_view(), name="area-doors"),
    path("areas/<uuid:area_id>/redraw", RedrawOfGrid.as_view(), name="area-redraw"),
    path("areas/<uuid:area_id>/split", SplitOfArea.as_view(), name="area-split"),
    path("areas/<uuid:area_id>/merge", MergerOfArea.as_view(), name="area-merge"),
]
