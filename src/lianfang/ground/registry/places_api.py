"""HTTP for places: the list, one with who answers for it and all it ever was, and putting it right at a desk."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.registry import following, place_views
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import Place, PlaceKind, PlaceLook, PlaceRow
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Link, LinkKind, Standing

_TEXT = r"^[^\x00]*$"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
Door = Annotated[str, msgspec.Meta(max_length=120, pattern=_TEXT)]
Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=_TEXT)]


class PlaceWhere(msgspec.Struct, frozen=True):
    """One place."""

    place_id: UUID


class PlacesListed(msgspec.Struct, frozen=True):
    """Which places to list."""

    q: Annotated[str, msgspec.Meta(max_length=100, pattern=_TEXT)] = ""
    area: UUID | None = None
    kind: PlaceKind | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|kind)$|^$")] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class NewPlace(msgspec.Struct, frozen=True):
    """A place to write down."""

    grid: UUID
    name: Name
    kind: PlaceKind
    door: Door = ""


class RightPlace(msgspec.Struct, frozen=True):
    """How a place really is. It stays in its grid: that changes with the boundary alone."""

    name: Name
    kind: PlaceKind
    door: Door = ""
    reason: Reason = ""


class EndedPlace(msgspec.Struct, frozen=True):
    """Why there is no such place any more."""

    reason: Reason = ""


class Answering(msgspec.Struct, frozen=True):
    """Somebody to ask about a place: `what` is worker (of the grid), contact (of the building), acting (for
    that) or liaison."""

    what: str
    name: str
    of: str
    since: date
    about: str = ""


class PlaceProfile(msgspec.Struct, frozen=True):
    """A place with who answers for where it stands, and all it ever was, oldest first."""

    id: UUID
    kind: PlaceKind
    name: str
    door: str
    grid: AreaId
    building: str  # and entrance, where the tree knows them
    where: str
    gone: bool
    answering: list[Answering]
    looks: list[PlaceLook]


class PlacesOfArea(Desk):
    """Places."""

    def get(self, parsed_query: Query[PlacesListed]) -> Page[PlaceRow]:
        """Those in one's areas, by name."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        which = {"q": asked.q, "area": area, "kind": asked.kind, "sort": asked.sort}
        found = place_views.places(viewer=self.viewer, page=asked.page, page_size=asked.page_size, **which)  # type: ignore[arg-type]
        return Page(found.rows, found.total, asked.page, asked.page_size, self.viewer.at.isoformat())

    def post(self, parsed_body: Body[NewPlace]) -> PlaceProfile:
        """Write one down."""
        viewer, new, grid = self.viewer, parsed_body, AreaId(parsed_body.grid)
        _permit(viewer, grid)
        what = {"kind": new.kind, "name": new.name, "door": new.door}
        id = following.set_place(grid=grid, by=viewer.actor, at=viewer.at, **what)  # type: ignore[arg-type]
        return _profile(id, viewer)


class OnePlace(Desk):
    """One place."""

    def get(self, parsed_path: Path[PlaceWhere]) -> PlaceProfile:
        """What it is, where, who answers for it, what it was."""
        return _profile(parsed_path.place_id, self.viewer)

    def patch(self, parsed_path: Path[PlaceWhere], parsed_body: Body[RightPlace]) -> PlaceProfile:
        """Put it right."""
        viewer, new = self.viewer, parsed_body
        known = _found(viewer, parsed_path.place_id)
        what = {"kind": new.kind, "name": new.name, "door": new.door, "reason": new.reason}
        following.set_place(place=known.id, grid=known.grid, by=viewer.actor, at=viewer.at, **what)  # type: ignore[arg-type]
        return _profile(known.id, viewer)


class EndOfPlace(Desk):
    """The end of it."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[PlaceWhere], parsed_body: Body[EndedPlace]) -> PlaceProfile:
        """There is no such place any more; what it was stays known."""
        viewer = self.viewer
        known = _found(viewer, parsed_path.place_id)
        following.end_place(place=known.id, by=viewer.actor, at=viewer.at, reason=parsed_body.reason)
        return _profile(known.id, viewer)


def _permit(viewer: Viewer, grid: AreaId) -> None:
    viewer.require(Permission.CHANGE)
    viewer.require(Permission.CHANGE, lineage=territory.lineage(grid, local_day(viewer.at)))


def _found(viewer: Viewer, id: UUID) -> Place:
    viewer.require(Permission.CHANGE)
    found = place_views.place(id, viewer=viewer)
    _permit(viewer, found.grid)
    return found


def _profile(id: UUID, viewer: Viewer) -> PlaceProfile:
    found, on = place_views.place(id, viewer=viewer), local_day(viewer.at)
    return PlaceProfile(
        id=found.id,
        kind=found.kind,
        name=found.name,
        door=found.door,
        grid=found.grid,
        building=_below_the_grid(found, on),
        where=found.where,
        gone=found.gone,
        answering=[] if found.gone else _answering(found, viewer),
        looks=found.looks,
    )


def _below_the_grid(place: Place, on: date) -> str:
    above = territory.lineage(place.area, on)
    inside = above[above.index(place.grid) + 1 :] if place.grid in above else ()
    return " ".join(territory.area_on(each, on).name for each in inside)


def _answering(place: Place, viewer: Viewer) -> list[Answering]:
    """Whom to ask, nearest first: the grid's worker, the building's contacts, whoever looks after anything above."""
    on = local_day(viewer.at)
    worker = territory.responsible(place.grid, viewer.at)
    found = [Answering("worker", worker.name, _name(place.grid, on), local_day(worker.starts_at))] if worker else []
    links = territory.links_above(place.area, (LinkKind.CONTACT, LinkKind.LIAISON), on)
    return found + [_link(each, on) for each in links]


def _link(link: Link, on: date) -> Answering:
    name = link.name
    if link.organisation:
        name = territory.organisation(link.organisation, on).name
    elif link.post:
        post = territory.post(link.post, on)
        name = f"{territory.organisation(post.organisation, on).name} {post.name}"
    what = "acting" if link.standing is Standing.ACTING else link.kind.value
    return Answering(what, name, _name(link.area, on), link.days.starts_on, link.about)


def _name(area: AreaId, on: date) -> str:
    found = territory.find(area, on)
    return found.name if found else ""


urlpatterns = [
    path("places", PlacesOfArea.as_view(), name="places"),
    path("places/<uuid:place_id>", OnePlace.as_view(), name="place"),
    path("places/<uuid:place_id>/end", EndOfPlace.as_view(), name="place-end"),
]
