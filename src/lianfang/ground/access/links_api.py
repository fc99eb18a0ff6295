"""HTTP for who else has to do with an area: liaison, contacts of buildings, report-ins; and for handing over."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import walls
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import assigning, queries, reported
from lianfang.ground.access.asking import Number, Size, Words
from lianfang.ground.access.assigning_api import MOST_NAMES, NameFilter, Reason, permitted_account
from lianfang.ground.access.terms import Named
from lianfang.ground.territory import actions as territory_actions
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import (
    MAY_ASSIGN,
    MAY_READ,
    REPORT_INS,
    Area,
    AreaKind,
    Link,
    LinkKind,
    Span,
    Standing,
)

About = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]


class LinkWhere(msgspec.Struct, frozen=True):
    """One link."""

    link_id: UUID


class DoorWhere(msgspec.Struct, frozen=True):
    """One area."""

    area_id: UUID


class LinkFilter(msgspec.Struct, frozen=True):
    """Links of which area and those below it (without one: of all one's own), of one kind or of both that are open."""

    area: UUID | None = None
    kind: LinkKind | None = None
    q: Words = ""
    page: Number = 1
    page_size: Size = 50


class ReportFilter(msgspec.Struct, frozen=True):
    """Report-ins to which area and those below it."""

    area: UUID | None = None
    q: Words = ""
    page: Number = 1
    page_size: Size = 50


class DoorFilter(msgspec.Struct, frozen=True):
    """Buildings and entrances of which area; only those that nobody is contact of."""

    area: UUID | None = None
    q: Words = ""
    kind: AreaKind | None = None
    vacant: bool = False
    page: Number = 1
    page_size: Size = 50


class NewLink(msgspec.Struct, frozen=True):
    """An organisation or a post looks after an area; or an account is whom to ask in a building or an entrance."""

    area: UUID
    starts_on: date | None = None
    ends_on: date | None = None
    organisation: UUID | None = None
    post: UUID | None = None
    account: UUID | None = None
    instead_of: UUID | None = None
    standing: Standing = Standing.REGULAR
    about: About = ""


class NewReportIn(msgspec.Struct, frozen=True):
    """Somebody reports in where they live, where they work, or both; with their consent, and what for."""

    account: UUID
    about: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
    consented: bool
    community: UUID | None = None
    organisation: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None


class CorrectedLink(msgspec.Struct, frozen=True):
    """The days it really was or is to be, and why they were wrong."""

    starts_on: date
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
    ends_on: date | None = None


class EndedLink(msgspec.Struct, frozen=True):
    """The first day without it."""

    on: date | None = None
    reason: Reason | None = None


class LinkRow(msgspec.Struct, frozen=True):
    """A link as lists show it."""

    id: UUID
    kind: LinkKind
    area: Named
    path_name: str
    account: Named | None
    organisation: Named | None
    post: Named | None
    about: str
    consented_on: date | None
    starts_on: date
    ends_on: date | None
    standing: Standing


class LinkProfile(msgspec.Struct, frozen=True):
    """A link, and all that ever were of its kind at the same area, latest first."""

    link: LinkRow
    history: list[LinkRow]


class ContactRow(msgspec.Struct, frozen=True):
    """A building or an entrance: who is contact, who stands in, who is to come; nobody: it is vacant."""

    id: AreaId
    name: str
    kind: AreaKind
    path_name: str
    contact: LinkRow | None
    acting: LinkRow | None
    coming: LinkRow | None


class DoorProfile(msgspec.Struct, frozen=True):
    """The same with all that ever were, latest first."""

    door: ContactRow
    history: list[LinkRow]


class Links(Desk):
    """Who looks after which area, and whom to ask in a building."""

    def get(self, parsed_query: Query[LinkFilter]) -> Page[LinkRow]:
        """On today or to come, of one's areas. (Report-ins have a list of their own.)"""
        viewer, asked = self.viewer, parsed_query
        kinds = _OPEN & ({asked.kind} if asked.kind else set(LinkKind))
        within = _within(viewer, MAY_READ, asked.area)
        return _page(territory.links(areas=within, kinds=kinds, on=local_day(viewer.at)), asked, viewer)

    def post(self, parsed_body: Body[NewLink]) -> LinkRow:
        """Add one; who is there already is replaced only if named."""
        viewer, new, area = self.viewer, parsed_body, AreaId(parsed_body.area)
        _permit(viewer, area)
        days = Span(new.starts_on or local_day(viewer.at), new.ends_on)
        how = {"area": area, "days": days, "by": viewer.actor, "at": viewer.at}
        if new.account is not None:
            account = permitted_account(viewer, AccountId(new.account))
            as_ = {"instead_of": new.instead_of, "standing": new.standing}
            link = assigning.make_contact(account=account, **as_, **how)  # type: ignore[arg-type]
        else:
            of = {"organisation": new.organisation, "post": new.post, "about": new.about}
            link = territory_actions.look_after(**of, **how)  # type: ignore[arg-type]
        return _row(_known(link), viewer)


class OneLink(Desk):
    """One link."""

    def get(self, parsed_path: Path[LinkWhere]) -> LinkProfile:
        """With those before it. A report-in shows where somebody lives or works: that look is noted."""
        viewer = self.viewer
        found = _seen(viewer, parsed_path.link_id)
        alike = [] if found.kind in REPORT_INS else territory.links_like(found.kind, area_id=found.area)
        rows = _rows(alike, viewer)
        return LinkProfile(_row(found, viewer), sorted(rows, key=lambda one: one.starts_on, reverse=True))

    def patch(self, parsed_path: Path[LinkWhere], parsed_body: Body[CorrectedLink]) -> LinkRow:
        """It was, or is to be, on other days than was written down."""
        viewer = self.viewer
        found = _found(viewer, parsed_path.link_id)
        days = Span(parsed_body.starts_on, parsed_body.ends_on)
        how = {"reason": parsed_body.reason, "by": viewer.actor, "at": viewer.at}
        territory_actions.correct_link(link=found.id, days=days, **how)  # type: ignore[arg-type]
        return _row(_known(found.id), viewer)


class EndOfLink(Desk):
    """The end of it."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[LinkWhere], parsed_body: Body[EndedLink]) -> LinkRow:
        """The first day without. A report-in may be ended by whoever reported in, too."""
        viewer = self.viewer
        found = _found(viewer, parsed_path.link_id)
        on = parsed_body.on or local_day(viewer.at)
        how = {"on": on, "reason": parsed_body.reason, "by": viewer.actor, "at": viewer.at}
        territory_actions.end_link(link=found.id, **how)  # type: ignore[arg-type]
        return _row(_known(found.id), viewer)


class Contacts(Desk):
    """楼栋长、单元长: every building and entrance with whom to ask there."""

    def get(self, parsed_query: Query[DoorFilter]) -> Page[ContactRow]:
        """As one walks; with `vacant` those where there is nobody to ask today."""
        viewer, asked, on = self.viewer, parsed_query, local_day(self.viewer.at)
        within = _within(viewer, MAY_READ, asked.area)
        held = _by_area(territory.links(areas=within, kinds=[LinkKind.CONTACT], on=on))
        doors = [area for id in territory.contact_doors(within, on) if (area := territory.find(id, on))]
        doors = [area for area in doors if asked.kind in (None, area.kind)]
        if asked.vacant:
            doors = [area for area in doors if not any(one.days.holds(on) for one in held.get(area.id, ()))]
        words = asked.q.split()
        doors = [area for area in doors if _holds(words, area.path_name, *(one.name for one in held.get(area.id, ())))]
        start = (asked.page - 1) * asked.page_size
        rows = [_door(area, held.get(area.id, []), viewer) for area in doors[start : start + asked.page_size]]
        return Page(rows, len(doors), asked.page, asked.page_size, viewer.at.isoformat())


class ContactsOfDoor(Desk):
    """One building or entrance."""

    def get(self, parsed_path: Path[DoorWhere]) -> DoorProfile:
        """Who is contact there, who was, who is to be."""
        viewer, id, on = self.viewer, AreaId(parsed_path.area_id), local_day(self.viewer.at)
        _within(viewer, MAY_READ, id)
        area = territory.area_on(id, on)
        if area.kind not in (AreaKind.BUILDING, AreaKind.ENTRANCE):
            raise Problem("territory.not_a_building", status=422)
        ever = territory.links_like(LinkKind.CONTACT, area_id=id)
        now = [one for one in ever if one.days.ends_on is None or one.days.ends_on > on]
        rows = sorted(_rows(ever, viewer), key=lambda one: one.starts_on, reverse=True)
        return DoorProfile(_door(area, now, viewer), rows)


class CandidatesForArea(Desk):
    """Whom something may be given to in an area."""

    def get(self, parsed_path: Path[DoorWhere], parsed_query: Query[NameFilter]) -> list[Named]:
        """The accounts of one's areas that are not closed, by name; the first of them."""
        _permit(self.viewer, AreaId(parsed_path.area_id))
        return queries.assignable(viewer=self.viewer, q=parsed_query.q)[:MOST_NAMES]


class ReportIns(Desk):
    """双报到: who has reported in where they live and where they work."""

    def get(self, parsed_query: Query[ReportFilter]) -> Page[LinkRow]:
        """Of one's areas; each look is noted."""
        area = AreaId(parsed_query.area) if parsed_query.area else None
        return _page(reported.report_ins(viewer=self.viewer, area=area), parsed_query, self.viewer)

    def post(self, parsed_body: Body[NewReportIn]) -> list[LinkRow]:
        """Write down that somebody reports in. It is theirs to end."""
        viewer, new, on = self.viewer, parsed_body, local_day(self.viewer.at)
        viewer.require(MAY_ASSIGN)
        places = [AreaId(new.community)] if new.community else []
        if new.organisation is not None:
            places.append(territory.organisation(new.organisation, on).area or territory.root(on))
        for place in places:
            _permit(viewer, place)
        made = assigning.report_in(
            account=permitted_account(viewer, AccountId(new.account)),
            about=new.about,
            consented_on=on if new.consented else None,
            community=AreaId(new.community) if new.community else None,
            organisation=new.organisation,
            days=Span(new.starts_on or on, new.ends_on),
            by=viewer.actor,
            at=viewer.at,
        )
        return [_row(_known(id), viewer) for id in made]


def _within(viewer: Viewer, permission: str, area: UUID | None) -> Collection[AreaId]:
    viewer.require(permission)
    if area is None:
        return viewer.roots(permission)
    viewer.require(permission, lineage=territory.lineage(AreaId(area), local_day(viewer.at)))
    return [AreaId(area)]


_OPEN = {LinkKind.LIAISON, LinkKind.CONTACT}


def _by_area(found: Iterable[Link]) -> dict[AreaId, list[Link]]:
    by_area: dict[AreaId, list[Link]] = {}
    for each in found:
        by_area.setdefault(each.area, []).append(each)
    return by_area


def _door(area: Area, held: Sequence[Link], viewer: Viewer) -> ContactRow:
    on = local_day(viewer.at)

    def first(standing: Standing | None, *, now: bool) -> LinkRow | None:
        found = [one for one in held if one.days.holds(on) is now and standing in (None, one.standing)]
        return _row(found[0], viewer) if found else None

    who = first(Standing.REGULAR, now=True), first(Standing.ACTING, now=True), first(None, now=False)
    return ContactRow(area.id, area.name, area.kind, area.path_name, *who)


def _holds(words: Sequence[str], *texts: str) -> bool:
    text = " ".join(texts).lower()
    return all(word.lower() in text for word in words)


def _page(found: Sequence[Link], asked: LinkFilter | ReportFilter, viewer: Viewer) -> Page[LinkRow]:
    """By what stands in the row itself, which is only made where somebody filters."""
    words = asked.q.split()
    start, end = (asked.page - 1) * asked.page_size, asked.page * asked.page_size
    if not words:
        return Page(_rows(found[start:end], viewer), len(found), asked.page, asked.page_size, viewer.at.isoformat())
    rows = [row for row in _rows(found, viewer) if _holds(words, *_said(row))]
    return Page(rows[start:end], len(rows), asked.page, asked.page_size, viewer.at.isoformat())


def _said(row: LinkRow) -> list[str]:
    named = (row.account, row.organisation, row.post)
    return [row.path_name, row.about, *(one.name for one in named if one)]


def _seen(viewer: Viewer, id: UUID) -> Link:
    """The link, if the viewer may see it. Report-ins are for those who decide on them, and for whoever reported in."""
    viewer.require(MAY_READ)
    try:
        found = _known(id)
    except Problem:
        raise Problem("access.not_found", status=404) from None
    if found.kind in REPORT_INS:
        if found.account != viewer.account:
            reported.note(viewer=viewer, found=[found], area=found.area)
    else:
        viewer.require(MAY_READ, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def _permit(viewer: Viewer, area: AreaId) -> None:
    viewer.require(MAY_ASSIGN)
    viewer.require(MAY_ASSIGN, lineage=territory.lineage(area, local_day(viewer.at)))


def _found(viewer: Viewer, id: UUID) -> Link:
    """The link, if the viewer may decide on it: where it is, or because it is their own report-in."""
    try:
        found = _known(id)
    except Problem:
        viewer.require(MAY_ASSIGN)
        raise Problem("access.not_found", status=404) from None
    if found.kind not in REPORT_INS or found.account != viewer.account:
        _permit(viewer, found.area)
    return found


def _known(id: UUID) -> Link:
    """Also one that lies elsewhere: whose it is decides who may end it, and that is asked here."""
    with walls.lifted():
        return territory.link(id)


def _rows(found: Iterable[Link], viewer: Viewer) -> list[LinkRow]:
    return [_row(each, viewer) for each in found]


def _row(link: Link, viewer: Viewer) -> LinkRow:
    on = local_day(viewer.at)
    area = territory.find(link.area, on)
    post = territory.post(link.post, on) if link.post else None
    organisation = post.organisation if post else link.organisation
    return LinkRow(
        id=link.id,
        kind=link.kind,
        area=queries.named_area(link.area),
        path_name=area.path_name if area else "",
        account=Named(link.account, link.name) if link.account else None,
        organisation=Named(organisation, territory.organisation(organisation, on).name) if organisation else None,
        post=Named(post.id, post.name) if post else None,
        about=link.about,
        consented_on=link.consented_on,
        starts_on=link.days.starts_on,
        ends_on=link.days.ends_on,
        standing=link.standing,
    )


urlpatterns = [
    path("links", Links.as_view(), name="links"),
    path("links/<uuid:link_id>", OneLink.as_view(), name="link"),
    path("links/<uuid:link_id>/end", EndOfLink.as_view(), name="link-end"),
    path("contacts", Contacts.as_view(), name="contacts"),
    path("contacts/<uuid:area_id>", ContactsOfDoor.as_view(), name="contacts-of-door"),
    path("areas/<uuid:area_id>/candidates", CandidatesForArea.as_view(), name="area-candidates"),
    path("report-ins", ReportIns.as_view(), name="report-ins"),
]
