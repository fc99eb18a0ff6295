"""Reads of places: in a list, and one with all it ever was. They name no resident."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import walls
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry import models
from lianfang.ground.registry.following import name_key
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import limits
from lianfang.ground.registry.terms import Place, PlaceKind, PlaceLook, PlaceRow, PlaceWhy, Slice
from lianfang.ground.territory import queries as territory

_SORTS = {"name": "name", "kind": "kind"}


def places(
    *,
    viewer: Viewer,
    q: str = "",
    area: AreaId | None = None,
    kind: PlaceKind | None = None,
    sort: str = "",
    page: int = 1,
    page_size: int = 50,
) -> Slice:
    """The places in the viewer's areas, by name."""
    viewer.require(Permission.READ)
    if area is not None:
        viewer.require(Permission.READ, lineage=territory.lineage(area, local_day(viewer.at)))
    roots = [area] if area is not None else viewer.roots(Permission.READ)
    found = models.Place.objects.filter(grid_id__in=territory.grid_ids(roots, local_day(viewer.at)), gone=False)
    if kind is not None:
        found = found.filter(kind=kind)
    if q.strip():
        found = found.filter(name_key__contains=name_key(q))
    size, start = limits(page, page_size)
    by = _SORTS.get(sort.removeprefix("-"), "name")
    rows = found.order_by(f"-{by}" if sort.startswith("-") else by, "name", "id")[start : start + size]
    return Slice(list(_shown(rows, local_day(viewer.at))), found.count())


def place(id: UUID, *, viewer: Viewer) -> Place:
    """One of them, also one that is no more; outside the viewer's areas, as if there were none (404)."""
    viewer.require(Permission.READ)
    row = models.Place.objects.filter(id=id).first()
    on = local_day(viewer.at)
    if row is None or not viewer.may(Permission.READ, lineage=territory.lineage(AreaId(row.grid_id), on)):
        raise Problem("access.not_found", status=404)
    area = AreaId(row.area_id)
    return Place(
        id=row.id,
        kind=PlaceKind(row.kind),
        name=row.name,
        door=row.door,
        grid=AreaId(row.grid_id),
        area=area,
        where=_path(AreaId(row.grid_id), on),
        gone=row.gone,
        looks=_looks(row.id),
    )


def _shown(rows: Iterable[models.Place], on: date) -> Iterator[PlaceRow]:
    for row in rows:
        where = _path(AreaId(row.grid_id), on)
        yield PlaceRow(row.id, PlaceKind(row.kind), row.name, row.door, row.grid_id, where)


def _looks(place: UUID) -> list[PlaceLook]:
    """Oldest first. Also from grids that are not the viewer's: it is the same shop, and names no resident."""
    with walls.lifted():
        rows = list(models.PlaceLook.objects.filter(place_id=place).order_by("position"))
    names = accounts.names_of({row.by_id for row in rows if row.by_id})
    return [
        PlaceLook(
            row.day,
            PlaceWhy(row.why),
            PlaceKind(row.kind),
            row.name,
            row.door,
            _path(AreaId(row.grid_id), row.day),
            names.get(row.by_id, "") if row.by_id else "",
        )
        for row in rows
    ]


def _path(grid: AreaId, on: date) -> str:
    """Where it is, in the words of that day; of a grid made later that day, in the words of now."""
    found = territory.find(grid, on) or territory.find(grid)
    return found.path_name if found else ""
