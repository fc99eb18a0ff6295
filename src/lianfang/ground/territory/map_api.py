"""HTTP for outlines, gates and sites: a look at a file before it is kept, keeping it, and giving it out."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.territory import actions, drawing, queries, shapes
from lianfang.ground.territory.permissions import Permission
from lianfang.ground.territory.terms import AreaKind, Datum, MarkerKind, Point, Shape, box

# No text of ours holds a NUL, and PostgreSQL takes none.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
GEOJSON = "application/geo+json"


class Where(msgspec.Struct, frozen=True):
    """One area."""

    area_id: UUID


class Drawing(msgspec.Struct, frozen=True):
    """A GeoJSON document (Feature or FeatureCollection), and in which coordinates it was drawn."""

    document: dict[str, Any]
    datum: Datum
    on: date | None = None


class Drawn(msgspec.Struct, frozen=True):
    """How many areas were drawn."""

    areas: int


class ShapeLook(msgspec.Struct, frozen=True):
    """An area as a file draws it, in WGS-84, and as it is drawn now."""

    id: AreaId
    name: str
    kind: AreaKind
    path_name: str
    shape: Shape
    had: Shape | None


class DrawingLook(msgspec.Struct, frozen=True):
    """What a file would draw; `box` is from its south-west to its north-east corner."""

    areas: list[ShapeLook]
    box: tuple[Point, Point] | None


class WantedOutlines(msgspec.Struct, frozen=True):
    """Outlines of which area and all below (without one: of all of one's own), in which coordinates."""

    area: UUID | None = None
    datum: Datum = Datum.WGS84


class NewMarker(msgspec.Struct, frozen=True):
    """A gate or site. With `marker` it is one that is there already; without east and north it is taken away."""

    kind: MarkerKind
    name: Name
    east: float | None = None
    north: float | None = None
    datum: Datum = Datum.WGS84
    marker: UUID | None = None


class MarkerPut(msgspec.Struct, frozen=True):
    """Which marker it is."""

    marker: UUID


class Outlines(Desk):
    """Outlines of areas."""

    def post(self, parsed_body: Body[Drawing]) -> Drawn:
        """Draw areas as a document does: all of it, or nothing and every problem by feature."""
        now, viewer = clock.now(), self.viewer
        viewer.require(Permission.CHANGE)
        how: dict[str, Any] = {"document": parsed_body.document, "datum": parsed_body.datum}
        how |= {"on": parsed_body.on or local_day(now), "within": viewer.roots(Permission.CHANGE)}
        try:
            return Drawn(actions.draw_outlines(by=viewer.actor, at=now, **how))
        except Problem as problem:
            raise _in_words(problem, self.request.headers.get("Accept-Language", "")) from None


class LookAtOutlines(Desk):
    """A file of outlines before it is kept."""

    def post(self, parsed_body: Body[Drawing]) -> DrawingLook:
        """What it would draw, brought to WGS-84. Keeps nothing."""
        viewer, on = self.viewer, parsed_body.on or local_day(clock.now())
        viewer.require(Permission.CHANGE)
        how: dict[str, Any] = {"document": parsed_body.document, "datum": parsed_body.datum}
        try:
            drawn = drawing.read_outlines(on=on, within=viewer.roots(Permission.CHANGE), **how)
        except Problem as problem:
            raise _in_words(problem, self.request.headers.get("Accept-Language", "")) from None
        had, areas = queries.outlines(drawn, on), {id: queries.area_on(id, on) for id in drawn}
        rows = [ShapeLook(id, a.name, a.kind, a.path_name, drawn[id], had.get(id)) for id, a in areas.items()]
        return DrawingLook(rows, box(drawn.values()))


class OutlinesFile(Desk):
    """The outlines as a file."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[WantedOutlines]) -> HttpResponse:
        """Everything drawn at and below an area, as GeoJSON."""
        viewer, on = self.viewer, local_day(clock.now())
        viewer.require(Permission.READ)
        if parsed_query.area is not None:
            viewer.require(Permission.READ, lineage=queries.lineage(AreaId(parsed_query.area), on))
        tops = [AreaId(parsed_query.area)] if parsed_query.area else sorted(viewer.roots(Permission.READ))
        document = drawing.write_outlines(within=tops, on=on, datum=parsed_query.datum)
        answer = HttpResponse(msgspec.json.encode(document), content_type=GEOJSON, status=HTTPStatus.OK)
        answer["Content-Disposition"] = f'attachment; filename="outlines-{parsed_query.datum}.geojson"'
        return answer


class MarkersOfArea(Desk):
    """Gates and sites."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[NewMarker]) -> MarkerPut:
        """Put one on the map, move it, or take it away."""
        now, area, new = clock.now(), AreaId(parsed_path.area_id), parsed_body
        _permit_change(self.viewer, area)
        point = (
            None
            if new.east is None or new.north is None
            else shapes.point((new.east, new.north), new.datum, name=new.name)
        )
        how: dict[str, Any] = {"by": self.viewer.actor, "at": now, "marker": new.marker}
        return MarkerPut(actions.set_marker(area=area, kind=new.kind, name=new.name, point=point, **how))


def _permit_change(viewer: Viewer, area: AreaId) -> None:
    viewer.require(Permission.CHANGE)
    viewer.require(Permission.CHANGE, lineage=queries.lineage(area, local_day(viewer.at)))


def _in_words(problem: Problem, accept_language: str) -> Problem:
    """Each feature's mistake as a sentence."""
    language = language_of(accept_language)
    for error in problem.details.get("errors", ()):
        error["message"] = sentence(error["code"], language, **error["details"])
    return problem


urlpatterns = [
    path("areas/outlines", Outlines.as_view(), name="areas-outlines"),
    path("areas/outlines/look", LookAtOutlines.as_view(), name="areas-outlines-look"),
    path("areas/outlines.geojson", OutlinesFile.as_view(), name="areas-outlines-file"),
    path("areas/<uuid:area_id>/markers", MarkersOfArea.as_view(), name="area-markers"),
]
