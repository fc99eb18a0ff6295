"""Outlines from a file or a hand: which area each feature means, what is wrong with it, a look beforehand, keeping it,
and giving all of it out again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import queries, shapes
from lianfang.ground.territory.atlas import Atlas, atlas
from lianfang.ground.territory.records import OutlineDrawn
from lianfang.ground.territory.terms import Datum, Point, RowProblem, Shape, ShapeFeature

_MOST_PROBLEMS = 1000


def read_outlines(*, document: Any, datum: Datum, on: date, within: Collection[AreaId]) -> dict[AreaId, Shape]:
    """What a GeoJSON document draws, in WGS-84; raises `territory.outlines_have_errors` with every problem by feature.

    A feature names its area by id, code, or a name that only one area has.
    """
    drawn, problems = dict[AreaId, Shape](), list[RowProblem]()
    try:
        found = shapes.features(document)
    except shapes.ShapeError as error:
        raise Problem(str(error), status=422) from None
    named = _Named(atlas(), on, frozenset(within))
    for no, feature in enumerate(found, 1):
        try:
            area = named.area_of(feature)
            if area in drawn:
                raise shapes.ShapeError("territory.drawn_twice")
            drawn[area] = shapes.read_shape(feature.geometry, datum)
        except shapes.ShapeError as error:
            problems.append(RowProblem(no, "", str(error), {"name": (feature.called or ("",))[-1][:60]}))
    if problems:
        shown = [msgspec.to_builtins(problem) for problem in problems[:_MOST_PROBLEMS]]
        raise Problem("territory.outlines_have_errors", status=422, count=len(problems), errors=shown)
    return drawn


def draw_outlines(*, document: Any, datum: Datum, on: date, within: Collection[AreaId], by: Actor, at: datetime) -> int:
    """Draw areas as a document does, from a day on: all of it, or nothing. Answers how many were drawn."""
    with ledger.turn(by=by, at=at) as turn:
        drawn = read_outlines(document=document, datum=datum, on=on, within=within)
        for area, shape in drawn.items():
            turn.append("territory.outline_drawn.v1", OutlineDrawn(area, shape, datum, on))
        return len(drawn)


def write_outlines(*, within: Iterable[AreaId], on: date, datum: Datum) -> dict[str, Any]:
    """Everything drawn at and below some areas, as a GeoJSON document that may come in again."""
    ids = [id for top in within for id in queries.subtree(top, on)]
    drawn = queries.outlines(ids, on)
    return {"type": "FeatureCollection", "features": [_feature(id, drawn[id], datum) for id in ids if id in drawn]}


def _feature(id: AreaId, shape: Shape, datum: Datum) -> Mapping[str, Any]:
    area = queries.area(id)
    says = {"id": str(id), "code": area.code, "name": area.name, "kind": area.kind, "datum": datum}
    polygons = [[[_given(point, datum) for point in ring] for ring in polygon] for polygon in shape]
    return {"type": "Feature", "properties": says, "geometry": {"type": "MultiPolygon", "coordinates": polygons}}


def _given(point: Point, datum: Datum) -> tuple[float, float]:
    east, north = shapes.to_gcj02(point) if datum is Datum.GCJ02 else point
    return round(east, 7), round(north, 7)  # a centimetre


class _Named:
    """The areas of a day by all that a feature may call them, gone through once for the whole file."""

    def __init__(self, book: Atlas, on: date, within: frozenset[AreaId]) -> None:
        self._book, self._on, self._within = book, on, within
        self._exact: dict[str, set[UUID]] = {}
        self._by_name: dict[str, set[UUID]] = {}
        for node in (look.node for id in book.looks if (look := book.look(id, on))):
            for called in (str(node.id), node.code):
                if called:
                    self._exact.setdefault(called, set()).add(node.id)
            self._by_name.setdefault(node.name, set()).add(node.id)

    def area_of(self, feature: ShapeFeature) -> AreaId:
        """The one area that a feature names; raises ShapeError."""
        found = {id for called in feature.called for id in self._exact.get(called, ())}
        found = found or {id for called in feature.called for id in self._by_name.get(called, ())}
        if len(found) != 1:
            raise shapes.ShapeError("territory.several_areas_called_so" if found else "territory.no_area_called_so")
        (id,) = found
        if self._within.isdisjoint(self._book.lineage(id, self._on)):
            raise shapes.ShapeError("territory.outside_your_areas")
        return AreaId(id)
