"""Places and buildings as whoever goes there needs them: for a record that points at one, a list, a phone.

A building is an area of the tree, a place stands on the register; either lies in one grid. They name no resident.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.plumbing import walls
from lianfang.ground.registry.models import Place
from lianfang.ground.registry.reading import as_id, in_parts, marks, query
from lianfang.ground.registry.terms import PlaceDocument, PlaceKind, PremisesRef, PremisesRow, TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind, AreaRef


def load_premises(ids: Sequence[UUID]) -> Mapping[UUID, PremisesRef]:
    """For records: also what is no more, as somebody was there while it was."""
    places = in_parts("SELECT id, grid_id FROM registry_place WHERE id IN ({ids})", ids)
    found = {as_id(id): PremisesRef(as_id(id), TargetKind.PLACES, AreaId(as_id(grid))) for id, grid in places}
    rest = [id for id in ids if id not in found]
    return found | {ref.id: building for ref in territory.area_refs(rest) if (building := _building(ref))}


def _building(ref: AreaRef) -> PremisesRef | None:
    if ref.kind is not AreaKind.BUILDING or ref.grid is None:
        return None
    return PremisesRef(ref.id, TargetKind.BUILDINGS, ref.grid)


def premises_of(ids: Collection[UUID], *, first: Mapping[AreaId, int] | None = None) -> list[PremisesRow]:
    """These places and buildings in walking order: by a way through their buildings (`first`), else by door and name.
    Who asks has seen to whose grids they are.
    """
    places = [_row(row) for row in Place.objects.filter(id__in=list(ids))]
    known = {row.id for row in places}
    buildings = [
        PremisesRow(ref.id, ref.grid, ref.id, territory.area(ref.id).name)
        for ref in territory.area_refs([id for id in ids if id not in known])
        if ref.grid is not None
    ]
    way = first or {}
    return sorted([*places, *buildings], key=lambda row: (way.get(row.area, len(way)), _numbered(row), row.id))


def _row(row: Place) -> PremisesRow:
    return PremisesRow(row.id, AreaId(row.grid_id), AreaId(row.area_id), row.name, row.door, PlaceKind(row.kind))


def _numbered(row: PremisesRow) -> tuple[str, str]:
    """2幢 before 10幢."""
    return numbered(row.door), numbered(row.name)


def numbered(text: str) -> str:
    """By which texts with numbers in them sort as people count."""
    padded, digits = "", ""
    for sign in f"{text} ":
        if sign.isdecimal():
            digits += sign
            continue
        padded, digits = f"{padded}{digits.zfill(6) if digits else ''}{sign}", ""
    return padded


def areas_of_premises(ids: Collection[UUID]) -> dict[UUID, AreaId]:
    """The building or entrance each of these lies in or is; of a place without one its grid."""
    return {row.id: row.area for row in premises_of(ids)}


def place_documents(grids: Collection[AreaId]) -> list[PlaceDocument]:
    """All places that stand in these grids, as a phone gets them."""
    rows = Place.objects.filter(grid_id__in=list(grids), gone=False).order_by("grid_id", "name", "id")
    return [
        PlaceDocument(row.id, AreaId(row.grid_id), AreaId(row.area_id), PlaceKind(row.kind), row.name, row.door)
        for row in rows
    ]


_CHANGED = (
    "SELECT 1 FROM registry_placelook n JOIN registry_placelook o ON o.place_id = n.place_id"
    " WHERE n.position > %s AND o.grid_id IN ({grids}) LIMIT 1"
)


def places_changed(grids: Sequence[AreaId], since: int) -> bool:
    """Has anything been said since then of a place that stands in these grids, or once did?"""
    with walls.lifted():  # it may have gone to somebody else's; that it did is all that is told
        return bool(query(_CHANGED.format(grids=marks(grids)), [since, *grids]))
