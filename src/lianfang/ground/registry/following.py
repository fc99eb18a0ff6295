"""Places as they are now, put right at a desk, and going along when a boundary is redrawn.

A shop stands in a building, often behind a door of its own: it goes where they go, exactly as households do. One of
which nobody said where in the grid it stands stays with the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.registry import rules
from lianfang.ground.registry.door_lists import parts_of
from lianfang.ground.registry.models import Place
from lianfang.ground.registry.places import Places
from lianfang.ground.registry.reading import as_id, query
from lianfang.ground.registry.records import PlaceSaid, PlacesChanged
from lianfang.ground.registry.terms import DoorSpan, PlaceKind, PlaceWhy
from lianfang.ground.territory import queries as areas

_AT_ONCE = 2000


def name_key(name: str) -> str:
    """By which two spellings of a place's name are the same."""
    return "".join(rules.plain(name).split()).lower()


def as_said(row: Place) -> PlaceSaid:
    """A place as it is now, in the words in which it enters the ledger."""
    return PlaceSaid(row.id, row.grid_id, row.kind, row.name, row.door, row.area_id, row.door_key)


def places_of(grid: AreaId) -> list[PlaceSaid]:
    """All that stand in a grid, by name."""
    return [as_said(row) for row in Place.objects.filter(grid_id=grid, gone=False).order_by("name", "id")]


def part_of(place: PlaceSaid, lists: Sequence[Sequence[DoorSpan]], below: Mapping[AreaId, int], rest: int) -> int:
    """Into which part of a grid a place falls: with its building or entrance, else by its door, else into the rest."""
    if place.area is not None and AreaId(place.area) in below:
        return below[AreaId(place.area)]
    claims = parts_of(place.key, lists) if place.key else []
    return claims[0] if claims else rest


def take_along(
    turn: ledger.Turn,
    source: AreaId,
    moved: Mapping[AreaId, Collection[PlaceSaid]],
    on: date,
    *,
    cause: UUID | None = None,
) -> int:
    """These places of a grid lie in others now; answers how many."""
    there = [_in(grid, place, on) for grid, places in moved.items() for place in places]
    if there:
        _append(turn, source, PlaceWhy.MOVED, there, cause=cause)
    return len(there)


def follow_buildings(turn: ledger.Turn, on: date, *, cause: UUID | None = None) -> int:
    """Places whose building or entrance has come to lie in another grid go after it; answers how many."""
    rows = query("SELECT DISTINCT area_id, grid_id FROM registry_place WHERE area_id <> grid_id AND NOT gone", [])
    strayed: dict[AreaId, dict[AreaId, list[PlaceSaid]]] = {}
    for area, was in ((AreaId(as_id(a)), AreaId(as_id(g))) for a, g in rows):
        now = areas.grid_of(area, on)
        if now is not None and now != was:
            here = [place for place in places_of(was) if place.area == area]
            strayed.setdefault(was, {}).setdefault(now, []).extend(here)
    return sum(take_along(turn, was, moved, on, cause=cause) for was, moved in sorted(strayed.items()))


def set_place(
    *,
    grid: AreaId,
    kind: PlaceKind,
    name: str,
    door: str,
    by: Actor,
    at: datetime,
    place: UUID | None = None,
    reason: str = "",
) -> UUID:
    """Write a place down, or say how one that is known really is. Its name is its own in its grid."""
    with ledger.turn(by=by, at=at) as turn:
        known = _known(place) if place else None
        if areas.grid_of(grid, local_day(at)) != grid:
            raise Problem("territory.area_not_found", status=404)
        twins = Place.objects.filter(grid_id=grid, name_key=name_key(name), gone=False)
        if any(twin.id != place for twin in twins):
            raise Problem("registry.place_there_already", status=409, name=name.strip())
        said = PlaceSaid(known.id if known else new_id(), grid, kind, name.strip(), *_where(grid, door, local_day(at)))
        if known is None or said != as_said(known):
            _append(turn, grid, PlaceWhy.CORRECTED if known else PlaceWhy.ADDED, [said], reason=reason)
        return said.id


def end_place(*, place: UUID, by: Actor, at: datetime, reason: str = "") -> None:
    """There is no such place any more."""
    with ledger.turn(by=by, at=at) as turn:
        known = _known(place)
        body = PlacesChanged(AreaId(known.grid_id), PlaceWhy.ENDED, 1, (known.id,), reason)
        turn.append("registry.places_changed.v1", body)


def _known(place: UUID) -> Place:
    row = Place.objects.filter(id=place, gone=False).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return row


def _where(grid: AreaId, door: str, on: date) -> tuple[str, UUID | None, str]:
    """The door as written, the building or entrance it is in, and the key of it."""
    text = rules.plain(door)
    read = rules.read_door(text) if text else None
    return (text, Places([grid], on=on).area(grid, read), read.key) if read else (text, grid, "")


def _in(grid: AreaId, place: PlaceSaid, on: date) -> PlaceSaid:
    """In its building where that went along; otherwise directly in the grid, as doors do."""
    stays = place.area is not None and areas.grid_of(AreaId(place.area), on) == grid
    return msgspec.structs.replace(place, grid=grid, area=place.area if stays else grid)


def _append(
    turn: ledger.Turn,
    area: AreaId,
    why: PlaceWhy,
    places: Sequence[PlaceSaid],
    *,
    reason: str = "",
    cause: UUID | None = None,
) -> None:
    pieces = [msgspec.msgpack.encode(places[i : i + _AT_ONCE]) for i in range(0, len(places), _AT_ONCE)]
    body = PlacesChanged(area, why, len(places), reason=reason)
    turn.append("registry.places_changed.v1", body, attachments=pieces, cause=cause)
