"""The demo district on the map: outlines of its buildings, its grids and of what they make up, and a gate for every
community.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from lianfang.demo.district import SUBDISTRICT, District, Grid, Point, building_points
from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import Area, Datum, MarkerKind


def draw(district: District, places: Mapping[str, AreaId], *, by: Actor, at: datetime) -> None:
    """All of it in one turn, the way a file of outlines is brought in."""
    communities = {c.name: list(grids) for c, grids in groupby(district.grids, key=lambda grid: grid.community)}
    hulls = {name: _hull(grids) for name, grids in communities.items()}
    sectors: dict[str, list[Sequence[Point]]] = {}
    for grids in communities.values():
        sectors.setdefault(grids[0].community.sector, []).append(_hull(grids))
    drawn: dict[str, list[Sequence[Point]]] = {SUBDISTRICT: list(hulls.values()), **sectors}
    drawn |= {name: [hull] for name, hull in hulls.items()} | {grid.name: [grid.outline] for grid in district.grids}
    features = [_feature(places[name], rings) for name, rings in drawn.items()]
    for grid in district.grids:
        features += _buildings(grid, areas.children(places[grid.name], local_day(at)))
    document = {"type": "FeatureCollection", "features": features}
    with ledger.turn(by=by, at=at):
        how: dict[str, Any] = {"by": by, "at": at}
        territory.draw_outlines(
            document=document, datum=Datum.WGS84, on=local_day(at), within=[places[SUBDISTRICT]], **how
        )
        for name, hull in hulls.items():
            kind = MarkerKind.GATE
            territory.set_marker(area=places[name], kind=kind, name=f"{name}卡口", point=hull[0], **how)


def _buildings(grid: Grid, inside: Sequence[Area]) -> Iterator[dict[str, Any]]:
    points = building_points(grid, [area.name for area in inside])
    for area in inside:
        yield _feature(area.id, [_block(points[area.name])])


_WIDE, _DEEP = 0.00024, 0.00008  # some 24 metres by 9


def _block(middle: Point) -> tuple[Point, ...]:
    east, north = middle
    left, right = round(east - _WIDE / 2, 6), round(east + _WIDE / 2, 6)
    foot, top = round(north - _DEEP / 2, 6), round(north + _DEEP / 2, 6)
    return ((left, foot), (right, foot), (right, top), (left, top), (left, foot))


def _hull(grids: Sequence[Grid]) -> tuple[Point, ...]:
    """A community's grids are strips side by side: its corners are the outer ones of the first and the last."""
    first, last = grids[0].outline, grids[-1].outline
    return (first[0], last[1], last[2], first[3], first[0])


def _feature(area: AreaId, rings: Sequence[Sequence[Point]]) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [[[list(point) for point in ring]] for ring in rings]}
    return {"type": "Feature", "properties": {"id": str(area)}, "geometry": geometry}
